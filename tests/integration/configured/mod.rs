//! Configuration at work: a change in the console of a served account, and what driftgate.hcl and the Terraform files
//! make of it.

mod ignoring;
mod owners;
mod rules;
mod tags;

use std::fs;

use aws_sdk_s3::primitives::ByteStream;
use serde_json::Value;

use crate::support::binary::Run;
use crate::support::repository;
use crate::support::world::{STATES, World};

const PROD: &str = "module.site[\"prod\"].aws_cloudfront_distribution.site";
const PROD_BUCKET: &str = "module.site[\"prod\"].aws_s3_bucket.site";
const PROD_BLOCK: &str = "module.site[\"prod\"].aws_s3_bucket_public_access_block.site";

/// How the tests call these resources.
const NAMES: [(&str, &str); 3] = [(PROD, "prod"), (PROD_BUCKET, "bucket"), (PROD_BLOCK, "block")];

/// The Terraform files of the world, as they lie below `infra/`.
const FILES: [&str; 2] = ["main.tf", "site/main.tf"];

/// The header of the block that makes the distributions, in `infra/site/main.tf`.
const DISTRIBUTION: &str = "resource \"aws_cloudfront_distribution\" \"site\" {";

/// A site in two environments, served by the emulator, in a directory with its state and its Terraform files.
struct Site {
    world: World,
}

impl Site {
    /// Nothing is changed and nothing configured but where the state and the Terraform files are.
    fn load() -> Site {
        let site = Site {
            world: World::load("two-sites"),
        };
        site.declare(&[]);
        site.configure("");
        site
    }

    /// Writes driftgate.hcl: this text, and below it where state and Terraform files are.
    fn configure(&self, text: &str) {
        let states = format!(
            "\nstate \"sites\" {{\n  source        = \"{}\"\n  terraform_dir = \"infra\"\n}}\n",
            STATES[0]
        );
        fs::write(self.world.directory().join("driftgate.hcl"), format!("{text}{states}")).expect("it is written");
    }

    /// Writes the Terraform files anew: the world's own, with these lines put in as the first of the block of which the
    /// header is given.
    fn declare(&self, inserted: &[(&str, &str)]) {
        let mut found = 0;
        for file in FILES {
            let mut text = fs::read_to_string(repository("fixtures/worlds/two-sites").join(file)).expect("it is there");
            for (header, lines) in inserted
                .iter()
                .filter(|(header, _)| text.contains(header))
                .collect::<Vec<_>>()
            {
                text = text.replacen(header, &format!("{header}\n{lines}"), 1);
                found += 1;
            }
            let path = self.world.directory().join("infra").join(file);
            fs::create_dir_all(path.parent().expect("a file lies in a directory")).expect("the directory is made");
            fs::write(path, text).expect("it is written");
        }
        assert_eq!(found, inserted.len(), "each header stands in one of the files");
    }

    /// Gives the block of that header an `ignore_changes`.
    fn ignore(&self, header: &str, changes: &str) {
        let lifecycle = format!("  lifecycle {{\n    ignore_changes = {changes}\n  }}");
        self.declare(&[(header, &lifecycle)]);
    }

    /// Uploads the pages of a version into the bucket of production.
    fn build(&self, version: &str) {
        let bucket = self.world.attribute(PROD_BUCKET, "bucket");
        self.world.console(|aws| async move {
            for page in ["index.html", "404.html", "assets/app.js"] {
                let put = aws.s3.put_object().bucket(&bucket).key(format!("{version}/{page}"));
                put.body(ByteStream::from_static(b"built"))
                    .send()
                    .await
                    .expect("the object is taken");
            }
        });
    }

    /// Sets the path that production serves from.
    fn serve(&self, version: &str) {
        self.world.edit_distribution(PROD, |distribution| {
            let origins = distribution.origins.as_mut().expect("origins");
            origins.items[0].origin_path = Some(format!("/{version}"));
        });
    }

    /// Edits the tags of the distribution of production: these are set, those taken away.
    fn tag_distribution(&self, set: &[(&str, &str)], removed: &[&str]) {
        use aws_sdk_cloudfront::types::{Tag, TagKeys, Tags};
        let arn = self.world.attribute(PROD, "arn");
        self.world.console(|aws| async move {
            if !set.is_empty() {
                let tags = set
                    .iter()
                    .map(|(key, value)| Tag::builder().key(*key).value(*value).build().expect("a tag"));
                let tags = Tags::builder().set_items(Some(tags.collect())).build();
                let add = aws.cloudfront.tag_resource().resource(&arn).tags(tags);
                add.send().await.expect("the tags are taken");
            }
            if !removed.is_empty() {
                let keys = removed.iter().map(|key| (*key).to_owned()).collect();
                let keys = TagKeys::builder().set_items(Some(keys)).build();
                let remove = aws.cloudfront.untag_resource().resource(&arn).tag_keys(keys);
                remove.send().await.expect("the tags are gone");
            }
        });
    }

    /// `driftgate check` as it is configured.
    fn check(&self) -> Told {
        self.check_with(&[])
    }

    /// The same with more flags.
    fn check_with(&self, more: &[&str]) -> Told {
        let arguments = ["check", "--format", "json"].iter().chain(more);
        let run = self.world.driftgate(arguments.copied()).run();
        let result = run.json();
        Told { run, result }
    }

    /// What a person gets to read.
    fn read(&self, more: &[&str]) -> String {
        let run = self.world.driftgate(["check"].iter().chain(more).copied()).run();
        run.stdout
    }
}

/// What a run said.
struct Told {
    run: Run,
    result: Value,
}

impl Told {
    /// A line for each thing that was decided about: action, severity, rule, resource, attribute.
    fn decided(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for finding in list(&self.result["findings"]) {
            let about = format!("{} {}", text(&finding["rule"]), name(&finding["address"]));
            let changes = list(&finding["changes"]);
            for (at, decision) in list(&finding["decisions"]).iter().enumerate() {
                let path = changes.get(at).map_or("", |change| text(&change["path"]));
                let line = format!(
                    "{} {} {about} {path}",
                    text(&decision["action"]),
                    text(&decision["severity"])
                );
                lines.push(line.trim_end().to_owned());
            }
        }
        lines.sort();
        lines
    }

    /// What fails as drift, a line each: resource and attribute.
    fn drifted(&self) -> Vec<String> {
        let decided = self.decided();
        let mut lines: Vec<String> = decided
            .iter()
            .map(|line| line.splitn(4, ' ').collect::<Vec<_>>())
            .filter(|words| words[0] == "fail" && words[2] == "resource-changed")
            .map(|words| words[3].to_owned())
            .collect();
        lines.sort();
        lines
    }

    /// What was ignored by configuration, a line each: resource and attribute.
    fn ignored(&self) -> Vec<String> {
        let ignored = list(&self.result["ignored"]);
        let mut lines: Vec<String> = ignored
            .iter()
            .map(|one| format!("{} {}", name(&one["address"]), text(&one["path"])))
            .collect();
        lines.sort();
        lines
    }

    /// Who owns what was ignored, each once.
    fn ignored_by(&self) -> Vec<&str> {
        let mut by: Vec<&str> = list(&self.result["ignored"])
            .iter()
            .map(|one| text(&one["by"]))
            .collect();
        by.sort_unstable();
        by.dedup();
        by
    }

    fn finding(&self, rule: &str) -> &Value {
        let mut found = list(&self.result["findings"])
            .iter()
            .filter(|finding| finding["rule"] == rule);
        found
            .next()
            .unwrap_or_else(|| panic!("no {rule} in {:#}", self.result["findings"]))
    }

    /// Asserts a complete run with this exit code that decided about exactly this.
    #[track_caller]
    fn says(&self, code: i32, decided: &[&str]) {
        assert_eq!(
            self.decided(),
            decided,
            "{:#}\n{}",
            self.result["findings"],
            self.run.stderr
        );
        assert_eq!((self.run.code, &self.result["complete"]), (code, &Value::Bool(true)));
    }

    /// As `says`, and asserts that exactly this was ignored.
    #[track_caller]
    fn says_beside(&self, code: i32, decided: &[&str], ignored: &[&str]) {
        assert_eq!(self.ignored(), ignored);
        self.says(code, decided);
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn name(address: &Value) -> &str {
    let address = text(address);
    let known = NAMES.iter().find(|(known, _)| *known == address);
    known.map_or(address, |(_, name)| name)
}
