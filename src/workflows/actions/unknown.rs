//! Actions that the table does not hold: does a step with one look as if it deployed to S3 or CloudFront?
//!
//! Such a step is listed, so that no deployment goes unseen; a step that is plainly about something else must stay
//! quiet, or nobody reads the list. A name or an input is taken by its words: `s3Bucket`, `AWS_S3_BUCKET` and
//! `deploy-to-s3` all speak of S3.

use super::{Given, is_harmless, repository_of};
use crate::workflows::text::Text;

/// What a step with an action of another repository is asked.
pub(crate) fn looks_like_deployment(uses: &str, given: &Given<'_>) -> bool {
    let name = uses.split('@').next().unwrap_or(uses);
    let Some(repository) = repository_of(uses) else {
        return false;
    };
    if is_harmless(&repository) && !repository.starts_with("aws-actions/") {
        return false;
    }
    // `aws-actions/` prepare credentials and tools, and deploy to other services, unless they say otherwise.
    let own = words(name);
    let own = own
        .strip_prefix(["aws".to_owned(), "actions".to_owned()].as_slice())
        .unwrap_or(&own);
    let sends = own.iter().any(|word| SENDS.contains(&word.as_str()));
    let inputs = || given.with.iter().chain(given.env);
    let to_aws =
        || own.iter().any(|word| is_aws(word)) || inputs().any(|(key, _)| words(key).iter().any(|word| is_aws(word)));
    let elsewhere = own.iter().any(|word| OTHER_SERVICES.contains(&word.as_str()));
    speak(own) || sends && to_aws() && !elsewhere || inputs().any(|(key, value)| names(key, value) || holds(value))
}

/// What deployments do.
const SENDS: &[&str] = &["deploy", "deployment", "publish", "release", "sync", "upload"];

/// Services of AWS that serve no site out of a bucket.
const OTHER_SERVICES: &[&str] = &[
    "apprunner",
    "batch",
    "beanstalk",
    "ec2",
    "ecr",
    "ecs",
    "eks",
    "fargate",
    "lambda",
    "lightsail",
    "ssm",
];

fn is_aws(word: &str) -> bool {
    matches!(word, "aws" | "amazon")
}

fn speak(words: &[String]) -> bool {
    let one = |word: &String| {
        word.starts_with("s3")
            || word.contains("cloudfront")
            || matches!(word.as_str(), "bucket" | "buckets" | "distributions")
    };
    words.iter().any(one) || words.windows(2).any(|two| two == ["cloud", "front"])
}

/// Whether the name of an input, together with its value, speaks of a bucket or a distribution.
fn names(key: &str, value: &Text) -> bool {
    let words = words(key);
    let has = |one: &str| words.iter().any(|word| word == one);
    // Java and Linux have distributions too: CloudFront's have an id.
    let distribution = has("distribution") || has("dist") && (has("id") || has("cf"));
    speak(&words) || distribution && may_be_distribution(value)
}

/// Whether a value is, or may be, the id of a distribution of CloudFront.
fn may_be_distribution(value: &Text) -> bool {
    let Some(id) = value.as_literal() else { return true };
    let id = id.trim();
    id.len() >= 8 && id.starts_with('E') && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// Whether a value names S3 or CloudFront. What is prose, or a script, must hold an address or a command.
fn holds(value: &Text) -> bool {
    let signs = [
        "s3://",
        "aws s3 ",
        "aws s3api ",
        "aws cloudfront ",
        "arn:aws:s3:::",
        ".cloudfront.net",
        ".s3.amazonaws.com",
    ];
    let shown = value.display();
    signs.iter().any(|sign| shown.contains(sign)) || !shown.contains(char::is_whitespace) && speak(&words(&shown))
}

/// The words of a name in lower case: parted by what is no letter or digit, and where a capital follows a small letter.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        let starts = small && c.is_ascii_uppercase();
        if starts || !c.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c.is_ascii_alphanumeric()) {
            word.push(c.to_ascii_lowercase());
        }
        small = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflows::text::{Open, Source};

    fn looks(uses: &str, with: &[(&str, &str)], env: &[(&str, &str)]) -> bool {
        let texts = |all: &[(&str, &str)]| -> Vec<(String, Text)> {
            let text = |value: &str| match value.strip_prefix('$') {
                Some(name) => Text::open(Open::new(name, Source::Secret, "no mapping")),
                None => Text::literal(value),
            };
            all.iter()
                .map(|(key, value)| ((*key).to_owned(), text(value)))
                .collect()
        };
        let (with, env) = (texts(with), texts(env));
        looks_like_deployment(uses, &Given { with: &with, env: &env })
    }

    #[test]
    fn what_speaks_of_s3_or_cloudfront_is_listed() {
        for (uses, with, env) in [
            ("someone/publish-to-s3@v1", &[][..], &[][..]),
            ("someone/s3sync@v1", &[], &[]),
            ("acme/shared/.github/actions/upload-bucket@main", &[], &[]),
            ("acme/refreshCloudFront@v2", &[], &[]),
            ("acme/site@v1", &[("s3Bucket", "x")], &[]),
            ("acme/site@v1", &[("target-bucket", "x")], &[]),
            ("acme/site@v1", &[("distribution_id", "$secrets.DIST")], &[]),
            ("acme/site@v1", &[("distribution", "EDFDVBD6EXAMPLE")], &[]),
            ("acme/site@v1", &[("cf-dist", "$vars.D")], &[]),
            ("acme/site@v1", &[("to", "s3://site/")], &[]),
            ("acme/site@v1", &[("to", "$secrets.AWS_S3_BUCKET_PROD")], &[]),
            ("acme/site@v1", &[("script", "npm ci\naws s3 sync out x")], &[]),
            ("acme/site@v1", &[], &[("AWS_S3_BUCKET", "x")]),
            ("acme/deploy-to-aws@v1", &[("folder", "out")], &[]),
            ("acme/deploy-site@v1", &[("aws-access-key-id", "$secrets.K")], &[]),
            ("acme/ecs-deploy@v1", &[("s3-bucket", "x")], &[]),
            ("aws-actions/some-deploy@v1", &[("s3-bucket", "x")], &[]),
        ] {
            assert!(looks(uses, with, env), "{uses} {with:?} {env:?}");
        }
    }

    #[test]
    fn what_is_about_something_else_stays_quiet() {
        for (uses, with, env) in [
            ("actions/checkout@v4", &[("path", "s3")][..], &[][..]),
            ("actions/setup-java@v4", &[("distribution", "temurin")], &[]),
            ("graalvm/setup-graalvm@v1", &[("distribution", "graalvm")], &[]),
            (
                "goreleaser/goreleaser-action@v6",
                &[("distribution", "goreleaser"), ("args", "release --clean")],
                &[],
            ),
            (
                "aws-actions/configure-aws-credentials@v4",
                &[("aws-region", "eu-west-2")],
                &[],
            ),
            ("aws-actions/amazon-ecr-login@v2", &[], &[]),
            (
                "aws-actions/amazon-ecs-deploy-task-definition@v2",
                &[("cluster", "app")],
                &[],
            ),
            ("appleboy/lambda-action@v1", &[("aws_region", "eu-west-2")], &[]),
            ("peaceiris/actions-gh-pages@v4", &[("publish_dir", "out")], &[]),
            (
                "slackapi/slack-github-action@v2",
                &[("payload", "deployed to the bucket of S3")],
                &[],
            ),
            ("codecov/codecov-action@v5", &[("file", "dist/cover.xml")], &[]),
            (
                "softprops/action-gh-release@v2",
                &[("files", "dist/*.zip")],
                &[("GITHUB_TOKEN", "$secrets.T")],
            ),
            ("cloudflare/wrangler-action@v3", &[("command", "deploy")], &[]),
            ("docker/build-push-action@v6", &[("tags", "s3")], &[]),
            ("not an action", &[], &[]),
        ] {
            assert!(!looks(uses, with, env), "{uses} {with:?} {env:?}");
        }
    }

    #[test]
    fn names_are_parted_into_words() {
        assert_eq!(words("AWS_S3_BUCKET"), ["aws", "s3", "bucket"]);
        assert_eq!(words("s3Bucket-toUpload"), ["s3", "bucket", "to", "upload"]);
        assert_eq!(words("{secrets.DIST}"), ["secrets", "dist"]);
        assert_eq!(words("--é"), Vec::<String>::new());
    }
}
