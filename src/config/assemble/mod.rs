//! From sections to values: what the schema alone cannot check.

mod deploys;
mod owners;
mod places;
mod settings;
mod sites;
mod states;

use std::path::Path;

use self::places::Base;
use super::model::{Config, PolicyBlock};
use super::outside::{Evaluator, Outside};
use super::problems::Problems;
use super::section::{Reader, Section};
use super::table::FILE;
use crate::language::{Diagnostics, Source};

impl Config {
    /// Reads the text of a configuration file. Relative paths in it are joined to `base`, the file's directory.
    ///
    /// # Errors
    /// Everything that is wrong with it; of syntax errors the first one.
    pub fn read(source: &Source, base: &Path, outside: Outside<'_>) -> Result<Config, Diagnostics> {
        let body = source.parse()?;
        let mut reader = Reader {
            problems: Problems::new(source),
            evaluator: Evaluator::new(outside),
        };
        let file = reader.file(&body, &FILE);
        let mut problems = reader.problems;
        let base = Base(base);
        let (deployments, workflows) = deploys::read(&file, base, &mut problems);
        let config = Config {
            file: source.name().to_owned(),
            states: states::read(&file, base, &mut problems),
            accounts: sites::accounts(&file, &mut problems),
            sites: sites::sites(&file, &mut problems),
            deployments,
            workflows,
            owners: owners::read(&file, &mut problems),
            settings: settings::read(&file, base, &mut problems),
            policy: policy(&body, source),
        };
        problems.into_diagnostics().into_result(config)
    }
}

/// The blocks that the policy engine reads, in the order of the file.
fn policy(body: &hcl::edit::structure::Body, source: &Source) -> Vec<PolicyBlock> {
    body.blocks()
        .filter(|block| FILE.block(block.ident.as_str()).is_some_and(|known| known.handed_over))
        .map(|block| PolicyBlock {
            block: block.clone(),
            source: source.clone(),
        })
        .collect()
}

/// Where a section stands.
fn place(section: &Section, problems: &Problems) -> crate::place::Place {
    problems.source().place(section.span.start)
}
