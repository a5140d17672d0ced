//! `driftgate targets`: what the workflows and declarations write to, as a list for people and as
//! `driftgate-targets/v1`.
//!
//! Values that came from secrets are never written: an expression stands in their place.

mod json;

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

pub use json::{json, schema};

use super::{Options, escape};
use crate::deploy::Declared;
use crate::workflows::{Confidence, Found, Kind, OriginSelector, Target, Text};

const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
const OPEN: Style = AnsiColor::Yellow.on_default();

/// Writes the list for people: a block per job, a line per write, what is open below it.
///
/// # Errors
/// Only what `out` answers.
pub fn human(found: &Found, declared: &[Declared], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let paint = |style: Style, text: &str| {
        if options.colour {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    };
    let mut blocks: Vec<(String, Vec<&Target>)> = Vec::new();
    for target in &found.targets {
        let heading = heading(target);
        match blocks.iter_mut().find(|(known, _)| *known == heading) {
            Some((_, targets)) => targets.push(target),
            None => blocks.push((heading, vec![target])),
        }
    }
    for (heading, targets) in &blocks {
        writeln!(out, "{}", paint(BOLD, &escape::text(heading)))?;
        let places: Vec<String> = targets
            .iter()
            .map(|target| escape::text(&target.at.to_string()))
            .collect();
        let wide = places
            .iter()
            .map(|place| place.chars().count())
            .max()
            .unwrap_or_default();
        for (target, place) in targets.iter().zip(&places) {
            let what = escape::text(&sentence(&target.kind));
            let kind = target.kind.name();
            writeln!(out, "  {}  {kind:<19}  {what}", paint(DIM, &format!("{place:<wide$}")))?;
            for note in notes(target) {
                writeln!(out, "  {:wide$}  {}", "", paint(OPEN, &escape::text(&note)))?;
            }
        }
        writeln!(out)?;
    }
    if !declared.is_empty() {
        writeln!(out, "{}", paint(BOLD, "declared"))?;
        for one in declared {
            let line: Vec<String> = pairs(one).map(|(key, value)| format!("{key}={value}")).collect();
            let line = line.join(",");
            writeln!(out, "  {}", escape::text(&line))?;
        }
        writeln!(out)?;
    }
    let others = [
        (
            "not understood",
            found
                .not_understood
                .iter()
                .map(|one| format!("{}: {}", one.at, one.what))
                .collect::<Vec<_>>(),
        ),
        ("not readable", found.errors.iter().map(ToString::to_string).collect()),
    ];
    for (heading, lines) in others.iter().filter(|(_, lines)| !lines.is_empty()) {
        writeln!(out, "{}", paint(BOLD, heading))?;
        for line in lines {
            writeln!(out, "  {}", escape::text(line))?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(found, declared))
}

fn heading(target: &Target) -> String {
    let environment = target
        .environment
        .as_ref()
        .map(|name| format!(", environment {name}"))
        .unwrap_or_default();
    format!("{}, job {}{environment}", target.workflow, target.job)
}

/// What is written, in one line.
fn sentence(kind: &Kind) -> String {
    let at = |bucket: &Text, prefix: &Text| {
        let prefix = prefix.display();
        if prefix.is_empty() {
            format!("s3://{bucket}")
        } else {
            format!("s3://{bucket}/{prefix}")
        }
    };
    match kind {
        Kind::Upload {
            bucket,
            prefix,
            object,
            delete,
        } => {
            let object = object.as_ref().map(|object| format!("/{object}")).unwrap_or_default();
            let delete = if *delete { ", removes what the source lacks" } else { "" };
            format!("{}{object}{delete}", at(bucket, prefix))
        }
        Kind::Delete { bucket, prefix } => at(bucket, prefix),
        Kind::CreateBucket { bucket } => format!("s3://{bucket}"),
        Kind::BucketSetting { bucket, setting } => format!("s3://{bucket}, {setting}"),
        Kind::OriginPathUpdate {
            distribution,
            origin_path,
            origins,
        } => {
            let path = origin_path.display();
            let path = if path.is_empty() { "nothing" } else { &path };
            format!("{distribution}, origin path of {} to {path}", selector(origins))
        }
        Kind::UpdateDistribution {
            distribution,
            default_root_object,
        } => match default_root_object {
            Some(object) => format!("{distribution}, root object to {object}"),
            None => distribution.display(),
        },
        Kind::Invalidate { distribution, paths } => {
            let paths: Vec<String> = paths.iter().map(Text::display).collect();
            format!("{distribution} {}", paths.join(" ")).trim_end().to_owned()
        }
    }
}

fn selector(origins: &OriginSelector) -> String {
    match origins {
        OriginSelector::All => "every origin".to_owned(),
        OriginSelector::IdContains(part) => format!("origins whose id contains {part}"),
        OriginSelector::IdIs(id) => format!("origin {id}"),
        OriginSelector::DomainContains(part) => format!("origins whose domain contains {part}"),
        OriginSelector::DomainIs(domain) => format!("the origin at {domain}"),
        OriginSelector::Index(index) => format!("origin number {}", index + 1),
        OriginSelector::NotUnderstood => "some origins".to_owned(),
    }
}

/// Every text of a target with what it is called.
fn texts(target: &Target) -> impl Iterator<Item = &Text> {
    let path = match &target.kind {
        Kind::OriginPathUpdate { origin_path, .. } => Some(origin_path),
        _ => None,
    };
    let kind = &target.kind;
    [kind.bucket(), kind.prefix(), kind.distribution(), path]
        .into_iter()
        .flatten()
}

/// Remarks below a target's line: how it is reached, when it happens, what is open.
fn notes(target: &Target) -> Vec<String> {
    let mut notes: Vec<String> = target
        .via
        .iter()
        .map(|via| format!("from {} ({})", via.at, via.calls))
        .collect();
    if let Some(matrix) = &target.matrix {
        let pairs: Vec<String> = matrix.iter().map(|(key, value)| format!("{key}={value}")).collect();
        notes.push(format!("matrix {}", pairs.join(" ")));
    }
    if !target.conditions.is_empty() {
        notes.push(format!("if {}", target.conditions.join(" and ")));
    }
    if let Some(endpoint) = &target.endpoint {
        notes.push(format!("at {endpoint}, not Amazon's own S3"));
    }
    if let Confidence::Low(why) = &target.confidence {
        notes.push(format!("not certain: {why}"));
    }
    let mut open: Vec<String> = texts(target)
        .flat_map(Text::open_parts)
        .map(|part| format!("open: {} is not known: {}", part.expression, part.why))
        .collect();
    open.dedup();
    notes.extend(open);
    notes
}

/// The members of a declaration that are given.
fn pairs(declared: &Declared) -> impl Iterator<Item = (&'static str, String)> {
    let all = [
        ("host", &declared.host),
        ("bucket", &declared.bucket),
        ("prefix", &declared.prefix),
        ("distribution", &declared.distribution),
        ("env", &declared.environment),
    ];
    all.into_iter().filter_map(|(key, value)| Some((key, value.clone()?)))
}

fn summary(found: &Found, declared: &[Declared]) -> String {
    let number = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let open = found.targets.iter().filter(|target| target.is_open()).count();
    let mut parts = vec![number(found.targets.len(), "target found", "targets found")];
    if !declared.is_empty() {
        parts.push(format!("{} declared", declared.len()));
    }
    parts.push(format!("{open} with an open bucket or distribution"));
    let missed = found.not_understood.len() + found.errors.len();
    if missed > 0 {
        parts.push(number(missed, "place not understood", "places not understood"));
    }
    format!("{}.", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deploy::declared;
    use crate::workflows::{self, Mapping, Repository};

    fn found(mapping: &Mapping) -> Found {
        let workflow = "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    environment: prod\n    steps:\n      - run: aws s3 sync out s3://${{ secrets.BUCKET }}/v1 --delete\n      - if: github.ref == 'refs/heads/main'\n        run: aws cloudfront create-invalidation --distribution-id E1 --paths '/*'\n";
        let broken = "jobs: [\n";
        let files = [
            (".github/workflows/deploy.yml", workflow),
            (".github/workflows/odd.yml", broken),
        ];
        workflows::find(&Repository::new(files), mapping)
    }

    fn text(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_list_names_every_write_with_its_line() {
        let declared = [declared::parse("host=www.example.com,bucket=site,prefix=").unwrap()];
        let shown = text(|out| human(&found(&Mapping::new()), &declared, &Options::default(), out));
        let error = shown.lines().find(|line| line.contains("odd.yml")).unwrap().to_owned();
        assert!(error.starts_with("  .github/workflows/odd.yml:"), "{error}");
        let rest = shown.replace(&error, "  (the error)");
        assert_eq!(
            rest,
            "\
.github/workflows/deploy.yml, job deploy, environment prod
  .github/workflows/deploy.yml:7  upload               s3://secrets.BUCKET/v1, removes what the source lacks
                                  open: secrets.BUCKET is not known: no --var secrets.BUCKET was given
  .github/workflows/deploy.yml:9  invalidate           E1 /*
                                  if github.ref == 'refs/heads/main'

declared
  host=www.example.com,bucket=site,prefix=

not readable
  (the error)

2 targets found, 1 declared, 1 with an open bucket or distribution, 1 place not understood.
"
        );
    }

    #[test]
    fn the_document_fits_its_schema_and_holds_no_secret() {
        let mut mapping = Mapping::new();
        mapping.set_secret(Some("prod"), "BUCKET", "very-private");
        let written = text(|out| json(&found(&mapping), &[], out));
        assert!(!written.contains("very-private"));
        let document: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(document["schema"], "driftgate-targets/v1");
        let upload = &document["targets"][0];
        assert_eq!((&upload["line"], &upload["resolved"]), (&7.into(), &true.into()));
        assert_eq!(upload["bucket"]["shown"], "secrets.BUCKET");
        assert_eq!(upload["bucket"]["value"], serde_json::Value::Null);
        assert_eq!(document["targets"][1]["distribution"]["value"], "E1");
        assert_eq!(document["errors"][0]["file"], ".github/workflows/odd.yml");
        let schema = serde_json::to_value(schema()).unwrap();
        let errors: Vec<String> = jsonschema::validator_for(&schema)
            .unwrap()
            .iter_errors(&document)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new());
        let secret = text(|out| human(&found(&mapping), &[], &Options::default(), out));
        assert!(!secret.contains("very-private"));
    }
}
