//! A repository's name, safe to stand in an address.

use std::fmt;
use std::str::FromStr;

/// `OWNER/NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    owner: String,
    name: String,
}

impl Repository {
    pub fn owner(&self) -> &str {
        &self.owner
    }

    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

impl FromStr for Repository {
    type Err = String;

    fn from_str(text: &str) -> Result<Repository, String> {
        let fits = |part: &str| {
            !part.is_empty()
                && part != "."
                && part != ".."
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        match text.split_once('/') {
            Some((owner, name)) if fits(owner) && fits(name) => Ok(Repository {
                owner: owner.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err(format!("{text:?} is no repository; write OWNER/NAME")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_github_gives_are_taken() {
        for good in ["example/site", "Example-Org/site.example.com", "a/_b"] {
            assert_eq!(good.parse::<Repository>().expect(good).to_string(), good);
        }
        for bad in [
            "", "site", "/site", "example/", "a/b/c", "a/..", "../b", "a b/c", "a/b?c", "a/b#c", "a/%2e",
        ] {
            let error = bad.parse::<Repository>().expect_err(bad);
            assert!(error.contains("OWNER/NAME"), "{error}");
        }
    }
}
