//! How a Terraform attribute is to be compared.

/// The comparison rule of one attribute.
#[derive(Clone, Debug)]
pub enum Shape {
    /// Text; null, "" and a missing live value are one (SDKv2 state cannot tell them apart), and stand for
    /// `default`. `fold` maps a spelling to its canonical one.
    Text {
        default: &'static str,
        fold: fn(&str) -> String,
    },
    /// Null is `false`.
    Bool,
    /// Null and 0 stand for `default`.
    Number { default: i64 },
    /// Scalars without order; repeated members collapse. Null and [] are one.
    Set(Box<Shape>),
    /// Blocks in an order that means something and without identity: compared position by position.
    List(Box<Shape>),
    /// Blocks without order, an element identified by the named attributes.
    Keyed { key: &'static [&'static str], of: Block },
    /// Blocks whose order means something, an element identified by the named attribute.
    Ordered { key: &'static str, of: Block },
    /// At most one block, in Terraform's list form.
    Single(Block),
    /// As `Single`, but a block in which everything has its default is no block.
    Vanishing(Block),
    /// A block as a plain JSON object: an element of `List`.
    Object(Block),
    /// Text by key; a null value is "".
    Map,
    /// JSON in a string: member order and white space mean nothing.
    Json,
    /// A resource policy, compared by meaning.
    Policy,
}

fn as_is(text: &str) -> String {
    text.to_owned()
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

impl Shape {
    /// Text, byte for byte.
    pub fn text() -> Shape {
        Shape::Text {
            default: "",
            fold: as_is,
        }
    }

    /// Text whose absence stands for `default`.
    pub fn text_or(default: &'static str) -> Shape {
        Shape::Text { default, fold: as_is }
    }

    /// Text without regard to ASCII case.
    pub fn caseless() -> Shape {
        Shape::Text {
            default: "",
            fold: lower,
        }
    }

    /// Text without regard to ASCII case, whose absence stands for `default`.
    pub fn caseless_or(default: &'static str) -> Shape {
        Shape::Text { default, fold: lower }
    }

    /// Text through a fold of the caller's.
    pub fn folded(fold: fn(&str) -> String) -> Shape {
        Shape::Text { default: "", fold }
    }

    pub fn number() -> Shape {
        Shape::Number { default: 0 }
    }

    pub fn number_or(default: i64) -> Shape {
        Shape::Number { default }
    }

    pub fn set(of: Shape) -> Shape {
        Shape::Set(Box::new(of))
    }

    pub fn list(of: Shape) -> Shape {
        Shape::List(Box::new(of))
    }
}

/// One named attribute of a block.
#[derive(Clone, Debug)]
pub struct Attribute {
    pub name: &'static str,
    pub shape: Shape,
}

/// The comparable attributes of a block or resource. An attribute that is not named here is not compared.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub attributes: Vec<Attribute>,
}

impl Block {
    pub fn new<const N: usize>(attributes: [(&'static str, Shape); N]) -> Block {
        Block {
            attributes: attributes
                .into_iter()
                .map(|(name, shape)| Attribute { name, shape })
                .collect(),
        }
    }

    /// This block with one more attribute.
    pub fn with(mut self, name: &'static str, shape: Shape) -> Block {
        self.attributes.push(Attribute { name, shape });
        self
    }
}
