//! A history in a directory: one file an entry.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::store::{Action, Store, StoreError, Stored, Written, one_line};

/// A directory that keeps a history. It is made, with those above it, when the first entry is written.
///
/// Hidden files (a dot at the beginning of the name) and directories are not looked at. What an interrupted run leaves
/// behind is a hidden file.
#[derive(Clone, Debug)]
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    /// A relative path starts at the process's working directory.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn error(&self, action: Action, error: &io::Error) -> StoreError {
        StoreError {
            place: one_line(&self.path.to_string_lossy()),
            action,
            cause: error.to_string(),
            advice: advice(error.kind(), action).to_owned(),
        }
    }

    fn save(&self, name: &str, bytes: &[u8]) -> io::Result<Written> {
        fs::create_dir_all(&self.path)?;
        let Some(temporary) = Temporary::new(self.path.join(format!(".{name}.tmp")), bytes)? else {
            return Ok(Written::Taken);
        };
        let written = publish(&temporary.0, &self.path.join(name), |from, to| fs::hard_link(from, to))?;
        drop(temporary);
        // The entry is there. Some systems cannot open a directory, and some file systems cannot sync one; neither
        // undoes that.
        _ = File::open(&self.path).and_then(|directory| directory.sync_all());
        Ok(written)
    }
}

impl Store for Directory {
    fn list(&self) -> Result<Vec<String>, StoreError> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|error| self.error(Action::List, &error))?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| self.error(Action::List, &error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with('.') && !entry.path().is_dir() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn read(&self, name: &str) -> Result<Stored, StoreError> {
        Ok(match fs::read(self.path.join(name)) {
            Ok(bytes) => Stored::Bytes(bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => Stored::Gone,
            Err(error) => Stored::Unreadable(error.to_string()),
        })
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<Written, StoreError> {
        self.save(name, bytes)
            .map_err(|error| self.error(Action::Write, &error))
    }

    fn remove(&self, name: &str) -> Result<(), StoreError> {
        match fs::remove_file(self.path.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(self.error(Action::Remove, &error)),
            _ => Ok(()),
        }
    }

    fn shown(&self, name: &str) -> String {
        one_line(&self.path.join(name).to_string_lossy())
    }
}

/// A file that is removed in the end, whatever happens.
struct Temporary(PathBuf);

impl Temporary {
    /// Writes the bytes through to the disk. `None` if there is such a file already.
    fn new(path: PathBuf, bytes: &[u8]) -> io::Result<Option<Self>> {
        let mut file = match OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
            file => file?,
        };
        let temporary = Self(path);
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(Some(temporary))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Gone already where it was renamed. Otherwise it is hidden, and nobody reads it.
        _ = fs::remove_file(&self.0);
    }
}

/// Gives the file at `from` the name `to` in one step, unless something has that name. `link` is [`fs::hard_link`],
/// which does just that; a file system without links has only the renaming, which would replace what came to stand
/// there since the look at it.
fn publish(from: &Path, to: &Path, link: impl Fn(&Path, &Path) -> io::Result<()>) -> io::Result<Written> {
    match link(from, to) {
        Ok(()) => return Ok(Written::Done),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(Written::Taken),
        Err(_) => {}
    }
    if fs::symlink_metadata(to).is_ok() {
        return Ok(Written::Taken);
    }
    fs::rename(from, to)?;
    Ok(Written::Done)
}

/// What to do about an error of the operating system.
fn advice(kind: ErrorKind, action: Action) -> &'static str {
    match (kind, action) {
        (ErrorKind::StorageFull | ErrorKind::QuotaExceeded, _) => {
            "make room there, keep fewer or younger entries, or name a directory on another disk"
        }
        (ErrorKind::PermissionDenied, Action::List | Action::Read) => {
            "let the user who runs driftgate read the directory"
        }
        (ErrorKind::PermissionDenied, Action::Write | Action::Remove) => {
            "let the user who runs driftgate write to the directory, or name another one"
        }
        (ErrorKind::ReadOnlyFilesystem, _) => "the file system is mounted read-only; name a directory elsewhere",
        (ErrorKind::NotADirectory | ErrorKind::AlreadyExists, _) => {
            "something that is no directory stands in its place; name another directory"
        }
        _ => "check the path and the disk, or name another directory",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "20261124T020304.123Z-9f2c51d0a7b36e48.json.gz";

    fn files(path: &Path) -> Vec<String> {
        let names = fs::read_dir(path).unwrap();
        let mut names: Vec<String> = names
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_directory_is_made_with_the_first_entry_and_holds_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b");
        let store = Directory::new(&path);
        assert_eq!(store.list(), Ok(vec![]));
        assert_eq!(store.remove(NAME), Ok(()));
        assert_eq!(store.read(NAME), Ok(Stored::Gone));
        assert!(!path.exists(), "looking makes nothing");
        assert_eq!(store.write(NAME, b"one"), Ok(Written::Done));
        assert_eq!(files(&path), [NAME]);
        assert_eq!(store.read(NAME), Ok(Stored::Bytes(b"one".to_vec())));
        assert_eq!(store.remove(NAME), Ok(()));
        assert_eq!(store.remove(NAME), Ok(()));
        assert_eq!(store.list(), Ok(vec![]));
    }

    #[test]
    fn a_name_that_is_taken_keeps_what_it_has() {
        let root = tempfile::tempdir().unwrap();
        let store = Directory::new(root.path());
        assert_eq!(store.write(NAME, b"one"), Ok(Written::Done));
        assert_eq!(store.write(NAME, b"two"), Ok(Written::Taken));
        assert_eq!(store.read(NAME), Ok(Stored::Bytes(b"one".to_vec())));
        assert_eq!(files(root.path()), [NAME]);
    }

    #[test]
    fn without_links_a_file_is_renamed_and_still_replaces_none() {
        let root = tempfile::tempdir().unwrap();
        let (from, to) = (root.path().join("from"), root.path().join("to"));
        let no_links = |_: &Path, _: &Path| Err(io::Error::from(ErrorKind::PermissionDenied));
        fs::write(&from, "one").unwrap();
        assert_eq!(publish(&from, &to, no_links).unwrap(), Written::Done);
        assert_eq!(files(root.path()), ["to"]);
        fs::write(&from, "two").unwrap();
        assert_eq!(publish(&from, &to, no_links).unwrap(), Written::Taken);
        assert_eq!(fs::read(&to).unwrap(), b"one");
        let missing = root.path().join("missing");
        let error = publish(&missing, &root.path().join("new"), no_links).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }

    #[test]
    fn hidden_files_and_directories_are_not_listed() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join(format!(".{NAME}.tmp")), "half").unwrap();
        fs::write(root.path().join(".gitignore"), "*").unwrap();
        fs::create_dir(root.path().join("20261124T020304.123Z-0000000000000000.json.gz")).unwrap();
        fs::write(root.path().join("README"), "text").unwrap();
        assert_eq!(Directory::new(root.path()).list(), Ok(vec!["README".to_owned()]));
    }

    /// Holds for the superuser as well, whom permissions do not stop.
    #[test]
    fn a_place_that_cannot_be_a_directory() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "text").unwrap();
        let told = |path: &Path, action: Action| {
            let store = Directory::new(path);
            let error = match action {
                Action::List => store.list().unwrap_err(),
                _ => store.write(NAME, b"one").unwrap_err(),
            };
            assert_eq!(error.action, action);
            error.to_string()
        };
        let instead = "something that is no directory stands in its place; name another directory";
        for path in [file.clone(), file.join("below")] {
            for (action, verb) in [(Action::List, "listed"), (Action::Write, "written")] {
                let text = told(&path, action);
                let begin = format!("{}: the history cannot be {verb}: ", path.display());
                assert!(text.starts_with(&begin) && text.ends_with(instead), "{text}");
            }
        }
        let long = root.path().join("x".repeat(300));
        for action in [Action::List, Action::Write] {
            let text = told(&long, action);
            assert!(
                text.ends_with("; check the path and the disk, or name another directory"),
                "{text}"
            );
        }
        assert_eq!(files(root.path()), ["file"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_without_permission() {
        use std::os::unix::fs::PermissionsExt;

        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o555)).unwrap();
        // The superuser may write all the same: then the store has to be able to do so too.
        let may_write = File::create(root.path().join(".probe")).is_ok();
        match Directory::new(root.path()).write(NAME, b"one") {
            Ok(written) => assert!(may_write && written == Written::Done),
            Err(error) => {
                assert!(!may_write, "{error}");
                assert_eq!(error.advice, advice(ErrorKind::PermissionDenied, Action::Write));
            }
        }
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn each_error_says_what_to_do() {
        let store = Directory::new("results");
        let text = |kind: ErrorKind, action: Action| store.error(action, &io::Error::from(kind)).to_string();
        insta::assert_snapshot!(
            [
                text(ErrorKind::StorageFull, Action::Write),
                text(ErrorKind::QuotaExceeded, Action::Write),
                text(ErrorKind::PermissionDenied, Action::List),
                text(ErrorKind::PermissionDenied, Action::Write),
                text(ErrorKind::PermissionDenied, Action::Remove),
                text(ErrorKind::ReadOnlyFilesystem, Action::Write),
                text(ErrorKind::NotADirectory, Action::List),
                text(ErrorKind::Other, Action::List),
            ]
            .join("\n")
        );
    }

    #[test]
    fn a_name_cannot_forge_a_line() {
        let store = Directory::new("re\nsults");
        assert_eq!(
            store.shown("ü\u{1b}[31m\r::error::x"),
            "re\\nsults/ü\\u{1b}[31m\\r::error::x"
        );
    }
}
