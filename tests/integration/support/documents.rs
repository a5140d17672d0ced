//! The repository's documents, and the blocks of code in them.

use std::fs;

use super::repository;

/// The documents for users, by their paths.
pub(crate) fn documents() -> Vec<String> {
    let docs = fs::read_dir(repository("docs")).expect("docs");
    let mut all: Vec<String> = docs
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".md"))
        .map(|name| format!("docs/{name}"))
        .collect();
    all.push("README.md".to_owned());
    all.sort();
    all
}

pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(repository(path)).expect(path)
}

/// The fenced blocks of a language, without the fence's own indentation.
pub(crate) fn blocks(document: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, bool, String)> = None;
    for line in document.lines() {
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        match &mut open {
            Some((_, wanted, block)) if bare == "```" => {
                if *wanted {
                    blocks.push(std::mem::take(block));
                }
                open = None;
            }
            Some((indent, _, block)) => {
                block.push_str(line.get(*indent..).unwrap_or_default());
                block.push('\n');
            }
            None => {
                if let Some(info) = bare.strip_prefix("```") {
                    open = Some((indent, info == language, String::new()));
                }
            }
        }
    }
    assert!(open.is_none(), "a block of code is not closed");
    blocks
}
