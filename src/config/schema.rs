//! What describes a block: the vocabulary of the table in `table`.

/// The type of an attribute, as the file writes it.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A string that is not empty.
    Text,
    /// A string, perhaps an empty one.
    AnyText,
    /// One of these strings.
    Choice(fn() -> Vec<&'static str>),
    /// True or false.
    Bool,
    /// A list of strings that are not empty.
    Texts,
    /// `"all"`, `"none"`, or a list of these strings.
    Scopes(fn() -> Vec<&'static str>),
    /// What `--var` says, as a map.
    Variables,
    /// A map of whole numbers from 1 on, with these keys.
    Numbers(fn() -> Vec<&'static str>),
}

impl Kind {
    /// What it is called in messages.
    pub(super) fn described(self) -> String {
        match self {
            Kind::Choice(_) | Kind::Scopes(_) => self.name(),
            _ => format!("a {}", self.name()),
        }
    }

    /// What it is called in the documentation.
    pub(super) fn name(self) -> String {
        let quoted = |names: fn() -> Vec<&'static str>| {
            let names: Vec<String> = names().iter().map(|name| format!("\"{name}\"")).collect();
            names.join(", ")
        };
        match self {
            Kind::Text | Kind::AnyText => "string".to_owned(),
            Kind::Choice(names) => format!("one of {}", quoted(names)),
            Kind::Bool => "bool".to_owned(),
            Kind::Texts => "list of strings".to_owned(),
            Kind::Scopes(names) => format!("\"all\", \"none\" or a list of {}", quoted(names)),
            Kind::Variables => "map of strings".to_owned(),
            Kind::Numbers(names) => format!("map of numbers with the keys {}", quoted(names)),
        }
    }
}

/// One attribute of a block.
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
    /// What holds without it, as HCL or in words; empty where nothing does.
    pub(super) default: &'static str,
    /// One sentence.
    pub(super) doc: &'static str,
    /// A value, as HCL.
    pub(super) example: &'static str,
}

/// The label of a block.
pub(super) enum Label {
    /// It has none.
    None,
    /// It may have one; what it is.
    Optional(&'static str),
    /// It has one; what it is.
    Required(&'static str),
}

/// One kind of block.
pub(super) struct Block {
    pub(super) name: &'static str,
    pub(super) label: Label,
    /// Whether several of them may stand side by side.
    pub(super) repeats: bool,
    /// Sentences.
    pub(super) doc: &'static str,
    pub(super) attributes: &'static [Attribute],
    pub(super) blocks: &'static [Block],
    /// Whether its content is somebody else's to read.
    pub(super) handed_over: bool,
    /// A block of this kind, as HCL.
    pub(super) example: &'static str,
}

impl Block {
    pub(super) fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    pub(super) fn block(&self, name: &str) -> Option<&'static Block> {
        self.blocks.iter().find(|block| block.name == name)
    }

    /// The first block below this one that has an attribute of that name.
    pub(super) fn owner_of(&self, attribute: &str) -> Option<&'static Block> {
        self.blocks
            .iter()
            .find(|block| block.attribute(attribute).is_some())
            .or_else(|| self.blocks.iter().find_map(|block| block.owner_of(attribute)))
    }
}
