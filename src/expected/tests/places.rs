//! From arguments to states: files, directories, globs, standard input, S3.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::{InputError, Loaded, Source, load, locate};
use super::{raw, raw_instance};

/// A directory with these files, all of them empty states.
fn directory(files: &[&str]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for file in files {
        write(directory.path(), file, &raw(json!([])));
    }
    directory
}

fn write(directory: &Path, file: &str, content: &Value) {
    let path = directory.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content.to_string()).unwrap();
}

fn located(directory: &TempDir, args: &[&str]) -> Result<Vec<String>, InputError> {
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    Ok(locate(&args, directory.path())?
        .iter()
        .map(|source| source.shown().to_owned())
        .collect())
}

fn refusal(directory: &TempDir, args: &[&str]) -> String {
    located(directory, args).unwrap_err().to_string()
}

fn loaded(directory: &TempDir, args: &[&str]) -> Result<Loaded, InputError> {
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let sources = locate(&args, directory.path())?;
    load(&sources, &mut std::io::empty(), &mut |_| Err("no S3 here".to_owned()))
}

#[test]
fn files_are_named_as_given() {
    let dir = directory(&["a.tfstate", "odd[1].json", "sub/b.tfstate.backup"]);
    assert_eq!(
        located(
            &dir,
            &[
                "a.tfstate",
                "odd[1].json",
                "sub/b.tfstate.backup",
                "a.tfstate",
                "./a.tfstate"
            ]
        ),
        Ok(vec![
            "a.tfstate".to_owned(),
            "odd[1].json".to_owned(),
            "sub/b.tfstate.backup".to_owned()
        ])
    );
    let absolute = dir.path().join("a.tfstate").display().to_string();
    let sources = locate(std::slice::from_ref(&absolute), Path::new("/")).unwrap();
    assert!(matches!(&sources[..], [Source::File { path, .. }] if path.display().to_string() == absolute));
}

#[test]
fn a_directory_stands_for_the_states_in_it() {
    let dir = directory(&[
        "z.tfstate",
        "a.tfstate",
        "a.tfstate.backup",
        "a.tfstate.1700000000.backup",
        ".a.tfstate.lock.info",
        ".hidden.tfstate",
        "a.tfstate.tflock",
        "main.tf",
        "below/c.tfstate",
    ]);
    assert_eq!(
        located(&dir, &["."]),
        Ok(vec!["a.tfstate".to_owned(), "z.tfstate".to_owned()])
    );
}

#[test]
fn a_directory_without_states_stands_for_those_below() {
    let dir = directory(&[
        "envs/prod/terraform.tfstate",
        "envs/stage/deeper/x.tfstate",
        "envs/.terraform/terraform.tfstate",
        "envs/.git/y.tfstate",
        "envs/prod/terraform.tfstate.backup",
        "envs/dir.tfstate/readme.txt",
    ]);
    assert_eq!(
        located(&dir, &["envs"]),
        Ok(vec![
            "envs/prod/terraform.tfstate".to_owned(),
            "envs/stage/deeper/x.tfstate".to_owned()
        ])
    );
}

#[test]
fn links_to_directories_do_not_lead_round_in_a_circle() {
    let dir = directory(&["envs/prod/x.tfstate"]);
    std::os::unix::fs::symlink(dir.path().join("envs"), dir.path().join("envs/prod/loop")).unwrap();
    assert_eq!(located(&dir, &["envs"]), Ok(vec!["envs/prod/x.tfstate".to_owned()]));
}

#[test]
fn a_directory_without_any_state() {
    let dir = directory(&["envs/.terraform/terraform.tfstate", "envs/terraform.tfstate.backup"]);
    for arg in ["envs", ".", "envs/.terraform"] {
        assert_eq!(
            refusal(&dir, &[arg]),
            format!(
                "{arg}: holds no *.tfstate file, nor does a directory below it (hidden ones and backups are left out); \
                 name the state, or pipe `terraform state pull` into `--state -`"
            )
        );
    }
}

#[test]
fn globs() {
    let dir = directory(&[
        "envs/prod/a.tfstate",
        "envs/prod/a.tfstate.backup",
        "envs/stage/b.tfstate",
        "envs/.terraform/terraform.tfstate",
        "envs/deep/er/c.tfstate",
    ]);
    let both = Ok(vec![
        "envs/prod/a.tfstate".to_owned(),
        "envs/stage/b.tfstate".to_owned(),
    ]);
    assert_eq!(located(&dir, &["envs/*/*.tfstate"]), both);
    assert_eq!(located(&dir, &["envs/*/*.tfstate*"]), both);
    assert_eq!(located(&dir, &["envs/[ps]*"]), both);
    let all = Ok(vec![
        "envs/deep/er/c.tfstate".to_owned(),
        "envs/prod/a.tfstate".to_owned(),
        "envs/stage/b.tfstate".to_owned(),
    ]);
    assert_eq!(located(&dir, &["envs/**/*.tfstate"]), all);
    let absolute = dir.path().join("envs/*/a.tfstate").display().to_string();
    assert_eq!(located(&dir, &[&absolute]), Ok(vec!["envs/prod/a.tfstate".to_owned()]));
}

#[test]
fn globs_that_match_no_state() {
    let dir = directory(&["a.tfstate.backup"]);
    for pattern in ["*.tfstate", "*.backup", "no/where/*"] {
        assert_eq!(
            refusal(&dir, &[pattern]),
            format!(
                "{pattern}: matches no state file; check the pattern, and quote it so that the shell leaves it alone"
            )
        );
    }
    assert_eq!(
        refusal(&dir, &["x/[a"]),
        "x/[a: not a valid glob: invalid range pattern at character 3; correct it"
    );
}

#[test]
fn what_is_not_there() {
    let dir = directory(&["file.tfstate"]);
    for arg in ["gone.tfstate", "file.tfstate/below"] {
        assert_eq!(
            refusal(&dir, &["file.tfstate", arg]),
            format!("{arg}: no such file or directory; name a state file, a directory, a glob, `-` or s3://BUCKET/KEY")
        );
    }
    assert_eq!(
        refusal(&dir, &["https://example.com/x.tfstate"]),
        "https://example.com/x.tfstate: driftgate reads files, `-` and s3://BUCKET/KEY only; pipe `terraform state pull` \
         into `--state -`"
    );
}

#[test]
fn standard_input_is_read_once() {
    let dir = directory(&[]);
    assert_eq!(
        refusal(&dir, &["-", "-"]),
        "-: given more than once; standard input holds one state"
    );
    let text = raw(json!([])).to_string();
    let loaded = load(&[Source::Stdin], &mut text.as_bytes(), &mut |_| Err(String::new())).unwrap();
    assert_eq!(loaded.states[0].source, "-");
    let empty = load(&[Source::Stdin], &mut std::io::empty(), &mut |_| Err(String::new()));
    assert_eq!(
        empty.unwrap_err().to_string(),
        "-: is empty; if the state was moved to another backend, pipe `terraform state pull` into `--state -`"
    );
}

#[test]
fn s3_objects_come_from_the_fetch() {
    let dir = directory(&[]);
    let url = "s3://states/env:/prod/x.tfstate?region=eu-west-2";
    let sources = locate(&[url.to_owned(), url.to_owned()], dir.path()).unwrap();
    assert_eq!(sources.len(), 1);
    let mut asked = Vec::new();
    let mut fetch = |object: &super::super::S3Object| {
        asked.push((object.bucket.clone(), object.key.clone(), object.region.clone()));
        Ok(raw_instance(json!({"attributes": {"id": "b"}}))
            .to_string()
            .into_bytes())
    };
    let loaded = load(&sources, &mut std::io::empty(), &mut fetch).unwrap();
    assert_eq!(
        asked,
        [(
            "states".to_owned(),
            "env:/prod/x.tfstate".to_owned(),
            Some("eu-west-2".to_owned())
        )]
    );
    assert_eq!(loaded.states[0].instances[0].state, url);

    let mut refuse = |_: &super::super::S3Object| Err("access denied; allow s3:GetObject on it".to_owned());
    assert_eq!(
        load(&sources, &mut std::io::empty(), &mut refuse)
            .unwrap_err()
            .to_string(),
        format!("{url}: access denied; allow s3:GetObject on it")
    );
}

#[test]
fn what_cannot_be_read() {
    let dir = directory(&["sub/x.tfstate"]);
    let load = |name: &str| {
        let source = Source::File {
            path: dir.path().join(name),
            shown: name.to_owned(),
        };
        load(&[source], &mut std::io::empty(), &mut |_| Err(String::new()))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        load("sub"),
        "sub: cannot be read: Is a directory (os error 21); check its type and permissions"
    );
    assert_eq!(
        load("gone"),
        "gone: no such file or directory; name a state file, a directory, a glob, `-` or s3://BUCKET/KEY"
    );
}

fn numbered(serial: u64, lineage: &str, id: &str) -> Value {
    let mut state = raw_instance(json!({"attributes": {"id": id}}));
    state["serial"] = json!(serial);
    state["lineage"] = json!(lineage);
    state
}

#[test]
fn the_newest_copy_of_a_state_counts() {
    let dir = directory(&[]);
    write(dir.path(), "errored.tfstate", &numbered(9, "one", "new"));
    write(
        dir.path(),
        "other.tfstate",
        &numbered(2, "two", "same address, other state"),
    );
    write(dir.path(), "terraform.tfstate", &numbered(8, "one", "old"));
    for args in [
        ["."].as_slice(),
        &["terraform.tfstate", "other.tfstate", "errored.tfstate"],
    ] {
        let loaded = loaded(&dir, args).unwrap();
        assert_eq!(
            loaded
                .states
                .iter()
                .map(|state| state.source.as_str())
                .collect::<Vec<_>>(),
            ["errored.tfstate", "other.tfstate"]
        );
        assert_eq!(
            loaded.warnings,
            ["terraform.tfstate (serial 8) is an older copy of errored.tfstate (serial 9); only the newer one is used"]
        );
    }
}

#[test]
fn equal_copies_count_once() {
    let dir = directory(&[]);
    write(dir.path(), "a.tfstate", &numbered(9, "one", "b"));
    write(dir.path(), "b.tfstate", &numbered(9, "one", "b"));
    let loaded = loaded(&dir, &["."]).unwrap();
    assert_eq!(loaded.states.len(), 1);
    assert_eq!(loaded.states[0].source, "a.tfstate");
    assert_eq!(
        loaded.warnings,
        ["a.tfstate and b.tfstate are the same state (serial 9); the first one is used"]
    );
}

#[test]
fn copies_of_one_serial_that_differ_are_refused() {
    let dir = directory(&[]);
    write(dir.path(), "a.tfstate", &numbered(9, "one", "b"));
    write(dir.path(), "b.tfstate", &numbered(9, "one", "c"));
    assert_eq!(
        loaded(&dir, &["."]).unwrap_err().to_string(),
        "b.tfstate: has the lineage and the serial (9) of a.tfstate, but other content; give only the one that is right"
    );
}

#[test]
fn states_without_lineage_are_never_copies() {
    let dir = directory(&[]);
    for name in ["a.tfstate", "b.tfstate"] {
        write(
            dir.path(),
            name,
            &json!({"format_version": "1.0", "terraform_version": "1.11.4"}),
        );
        write(dir.path(), &format!("empty-{name}"), &numbered(1, "", "b"));
    }
    let loaded = loaded(&dir, &["."]).unwrap();
    assert_eq!((loaded.states.len(), loaded.warnings), (4, vec![]));
}
