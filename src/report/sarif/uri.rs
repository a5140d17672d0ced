//! Paths as the URI references of a log.

use std::fmt::Write;

use super::log::ArtifactLocation;

/// The name under which a log refers to the root of the repository.
pub(super) const ROOT: &str = "SRCROOT";

/// Stands for a state without a name, such as one from standard input.
const UNNAMED_STATE: &str = "terraform.tfstate";

/// A file of the repository. What lies outside of it, an absolute path or one that begins with `..`, has no base.
pub(super) fn of_file(path: &str) -> ArtifactLocation {
    if path.starts_with('/') {
        return ArtifactLocation::new(format!("file://{}", encoded(path)), false);
    }
    let path = path.trim_start_matches("./");
    if path.is_empty() {
        return of_state("");
    }
    ArtifactLocation::new(encoded(path), path != ".." && !path.starts_with("../"))
}

/// A name for a state that code scanning takes for a file of the repository: it accepts no other scheme than `file`,
/// and makes nothing of paths outside. Bucket and key of a state in S3, the file's name of an absolute path.
pub(super) fn of_state(state: &str) -> ArtifactLocation {
    let path = match state.split_once("://") {
        Some((_, path)) => path,
        None if state.starts_with('/') => state.rsplit('/').next().unwrap_or_default(),
        None => state,
    };
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !matches!(*segment, "" | "." | ".." | "-"))
        .collect();
    let path = if segments.is_empty() {
        UNNAMED_STATE.to_owned()
    } else {
        segments.join("/")
    };
    ArtifactLocation::new(encoded(&path), true)
}

/// The path with everything percent-encoded but `/` and what RFC 3986 calls unreserved.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(location: ArtifactLocation) -> (String, bool) {
        (location.uri.unwrap(), location.uri_base_id.is_some())
    }

    #[test]
    fn files_are_relative_to_the_repository_unless_they_lie_outside() {
        for (path, uri, relative) in [
            ("infra/main.tf", "infra/main.tf", true),
            ("./main.tf", "main.tf", true),
            ("a b/[x]:ü%.tf", "a%20b/%5Bx%5D%3A%C3%BC%25.tf", true),
            ("../other/main.tf", "../other/main.tf", false),
            ("/srv/infra/a b.tf", "file:///srv/infra/a%20b.tf", false),
            ("..main.tf", "..main.tf", true),
            ("", "terraform.tfstate", true),
        ] {
            assert_eq!(shown(of_file(path)), (uri.to_owned(), relative), "{path}");
        }
    }

    #[test]
    fn every_state_has_a_name_inside_the_repository() {
        for (state, uri) in [
            ("terraform.tfstate", "terraform.tfstate"),
            ("./envs//prod.tfstate", "envs/prod.tfstate"),
            ("../../prod.tfstate", "prod.tfstate"),
            ("/srv/states/prod.tfstate", "prod.tfstate"),
            (
                "s3://states/prod/x.tfstate?region=eu-west-2",
                "states/prod/x.tfstate%3Fregion%3Deu-west-2",
            ),
            ("-", "terraform.tfstate"),
            ("", "terraform.tfstate"),
            ("/", "terraform.tfstate"),
        ] {
            assert_eq!(shown(of_state(state)), (uri.to_owned(), true), "{state}");
        }
    }
}
