//! Everything that a configuration file may hold.

use super::model::Service;
use super::schema::{Attribute, Block, Kind, Label};
use crate::deploy::Phase;
use crate::finding::Severity;
use crate::report::Format;

/// The file itself.
pub(super) static FILE: Block = Block {
    name: "driftgate.hcl",
    label: Label::None,
    repeats: false,
    doc: "",
    attributes: &[],
    blocks: &[STATE, ACCOUNT, SITE, DEPLOY, OWNER, SETTINGS, RULE, ASSERT],
    handed_over: false,
    example: "",
};

const STATE: Block = Block {
    name: "state",
    label: Label::Required("a name of your own"),
    repeats: true,
    doc: "A Terraform or OpenTofu state. Several states are compared against one reading of the account: nothing that \
          one of them holds is unmanaged to another.",
    attributes: &[
        Attribute {
            name: "source",
            kind: Kind::Text,
            required: true,
            default: "",
            doc: "A file, a directory, a glob or s3://BUCKET/KEY.",
            example: "\"terraform/prod.tfstate\"",
        },
        Attribute {
            name: "region",
            kind: Kind::Text,
            required: false,
            default: "that of the environment",
            doc: "Region of the bucket that an s3:// source names.",
            example: "\"eu-west-2\"",
        },
        Attribute {
            name: "profile",
            kind: Kind::Text,
            required: false,
            default: "that of the environment",
            doc: "Profile of the shared AWS configuration that an s3:// source is read with.",
            example: "\"terraform\"",
        },
        Attribute {
            name: "terraform_dir",
            kind: Kind::Text,
            required: false,
            default: "",
            doc: "Directory of the Terraform configuration that made the state.",
            example: "\"terraform\"",
        },
    ],
    blocks: &[],
    handed_over: false,
    example: r#"state "prod" {
  source        = "s3://example-com-terraform/prod.tfstate"
  region        = "eu-west-2"
  terraform_dir = "terraform/prod"
}"#,
};

const ACCOUNT: Block = Block {
    name: "account",
    label: Label::Required("the account's id, 12 digits"),
    repeats: true,
    doc: "How to reach an AWS account: with `profile`, with `role_arn`, or with the credentials at hand if it has \
          neither. One run reads every account in which the states have something, each resource with the credentials of \
          its own account, and follows hosts from one account into another. An account in which no state has anything is \
          only asked where nothing tells which account some resource lives in. The account of the credentials at hand \
          needs no block if the states name it. Resources of an account that no credentials lead to are unchecked, never \
          missing; credentials of another account than the block says end the run.",
    attributes: &[
        Attribute {
            name: "profile",
            kind: Kind::Text,
            required: false,
            default: "",
            doc: "Profile of the shared AWS configuration to read the account with.",
            example: "\"web\"",
        },
        Attribute {
            name: "role_arn",
            kind: Kind::Text,
            required: false,
            default: "",
            doc: "Role of that account to assume with the credentials at hand; if that fails, what lives in the account \
                  is unchecked, and the rest is checked.",
            example: "\"arn:aws:iam::111122223333:role/driftgate\"",
        },
        Attribute {
            name: "external_id",
            kind: Kind::Text,
            required: false,
            default: "",
            doc: "External id that the role asks for.",
            example: "env(\"EXTERNAL_ID\", \"web\")",
        },
        Attribute {
            name: "regions",
            kind: Kind::Texts,
            required: false,
            default: "those that the states name",
            doc: "Regions to read in the account.",
            example: "[\"eu-west-2\", \"us-east-1\"]",
        },
    ],
    blocks: &[],
    handed_over: false,
    example: r#"account "111122223333" {
  role_arn    = "arn:aws:iam::111122223333:role/driftgate"
  external_id = env("DRIFTGATE_EXTERNAL_ID", "web")
  regions     = ["eu-west-2", "us-east-1"]
}"#,
};

const SITE: Block = Block {
    name: "site",
    label: Label::Required("a name of your own"),
    repeats: true,
    doc: "The hosts that belong together, and what is expected to serve them. A host belongs to one site.",
    attributes: &[
        Attribute {
            name: "hosts",
            kind: Kind::Texts,
            required: true,
            default: "",
            doc: "Host names that visitors use.",
            example: "[\"www.example.com\", \"example.com\"]",
        },
        Attribute {
            name: "environment",
            kind: Kind::Text,
            required: false,
            default: "",
            doc: "Environment that the site belongs to, as the workflows name it.",
            example: "\"prod\"",
        },
        Attribute {
            name: "bucket",
            kind: Kind::Text,
            required: false,
            default: "",
            doc: "Bucket that is expected to hold the site.",
            example: "\"example-com-prod\"",
        },
        Attribute {
            name: "distribution",
            kind: Kind::Text,
            required: false,
            default: "",
            doc: "Id of the distribution that is expected to serve the site.",
            example: "\"E1A2B3C4D5E6F7\"",
        },
    ],
    blocks: &[],
    handed_over: false,
    example: r#"site "www" {
  hosts       = ["www.example.com", "example.com"]
  environment = "prod"
  bucket      = "example-com-prod"
}"#,
};

const VARIABLES: Attribute = Attribute {
    name: "variables",
    kind: Kind::Variables,
    required: false,
    default: "",
    doc: "Values that the workflows use, with keys `\"vars.NAME\"` and `\"secrets.NAME\"`; a secret's value comes from \
          `env` and is never shown.",
    example: "{ \"vars.REGION\" = \"eu-west-2\" }",
};

const DEPLOY: Block = Block {
    name: "deploy",
    label: Label::Optional("a name of your own"),
    repeats: true,
    doc: "Where deployments go: either one target, as `--deploy` declares it, with at least a bucket or a \
          distribution; or the repository whose workflows tell, and the values that they use. Only one block can \
          speak of workflows.",
    attributes: &[
        Attribute {
            name: "host",
            kind: Kind::Text,
            required: false,
            default: "",
            doc: "Host whose visitors get what is deployed.",
            example: "\"www.example.com\"",
        },
        Attribute {
            name: "bucket",
            kind: Kind::Text,
            required: false,
            default: "",
            doc: "Bucket that is uploaded to.",
            example: "\"example-com-prod\"",
        },
        Attribute {
            name: "prefix",
            kind: Kind::AnyText,
            required: false,
            default: "",
            doc: "What the keys of the objects begin with; empty for the root of the bucket.",
            example: "\"releases/1.4.3\"",
        },
        Attribute {
            name: "distribution",
            kind: Kind::Text,
            required: false,
            default: "",
            doc: "Id of the distribution that serves it.",
            example: "\"E1A2B3C4D5E6F7\"",
        },
        Attribute {
            name: "environment",
            kind: Kind::Text,
            required: false,
            default: "",
            doc: "Environment that the deployment is for.",
            example: "\"prod\"",
        },
        Attribute {
            name: "workflows",
            kind: Kind::Text,
            required: false,
            default: "the working directory, if it holds .github/workflows",
            doc: "Repository whose workflows are read.",
            example: "\".\"",
        },
        VARIABLES,
    ],
    blocks: &[Block {
        name: "environment",
        label: Label::Required("a GitHub environment"),
        repeats: true,
        doc: "Values that hold in one GitHub environment only.",
        attributes: &[Attribute {
            required: true,
            ..VARIABLES
        }],
        blocks: &[],
        handed_over: false,
        example: r#"deploy {
  environment "prod" {
    variables = { "vars.BUCKET" = "example-com-prod" }
  }
}"#,
    }],
    handed_over: false,
    example: r#"deploy {
  workflows = "."
  variables = {
    "vars.REGION" = "eu-west-2"
  }

  environment "prod" {
    variables = {
      "vars.BUCKET"      = "example-com-prod"
      "secrets.ROLE_ARN" = env("PROD_ROLE_ARN")
    }
  }
}

deploy "docs" {
  host   = "docs.example.com"
  bucket = "example-com-docs"
  prefix = "latest"
}"#,
};

const OWNER: Block = Block {
    name: "owner",
    label: Label::Required("who owns the attributes, such as `deploy`"),
    repeats: true,
    doc: "Attributes that somebody else than Terraform sets, such as the deployment pipeline: their changes are no \
          drift, and go into the deployment check.",
    attributes: &[],
    blocks: &[Block {
        name: "attribute",
        label: Label::None,
        repeats: true,
        doc: "Which attributes of which resources.",
        attributes: &[
            Attribute {
                name: "address",
                kind: Kind::Text,
                required: true,
                default: "",
                doc: "Pattern over Terraform addresses: `*` stands for any characters, `?` for one, brackets for \
                      themselves.",
                example: "\"aws_cloudfront_distribution.*\"",
            },
            Attribute {
                name: "path",
                kind: Kind::Text,
                required: true,
                default: "",
                doc: "Path of the attribute in the resource; `[*]` stands for any index or key.",
                example: "\"origin[*].origin_path\"",
            },
        ],
        blocks: &[],
        handed_over: false,
        example: r#"owner "deploy" {
  attribute {
    address = "aws_cloudfront_distribution.*"
    path    = "origin[*].origin_path"
  }
}"#,
    }],
    handed_over: false,
    example: r#"owner "deploy" {
  attribute {
    address = "module.site[*].aws_cloudfront_distribution.*"
    path    = "origin[*].origin_path"
  }
  attribute {
    address = "aws_s3_bucket.*"
    path    = "tags[\"release\"]"
  }
}"#,
};

const SETTINGS: Block = Block {
    name: "settings",
    label: Label::None,
    repeats: false,
    doc: "What the command line says with flags, for every run.",
    attributes: &[
        Attribute {
            name: "fail_on",
            kind: Kind::Choice(severities),
            required: false,
            default: "\"low\"",
            doc: "Lowest severity that fails a run.",
            example: "\"high\"",
        },
        Attribute {
            name: "unmanaged",
            kind: Kind::Scopes(scopes),
            required: false,
            default: "\"all\"",
            doc: "What is reported when no state holds it: records of managed zones, settings of managed buckets.",
            example: "[\"records\"]",
        },
        Attribute {
            name: "format",
            kind: Kind::Choice(formats),
            required: false,
            default: "\"human\"",
            doc: "Format of the result on standard output.",
            example: "\"json\"",
        },
        Attribute {
            name: "reports",
            kind: Kind::Texts,
            required: false,
            default: "[]",
            doc: "Files to write the result to, each as FORMAT=FILE.",
            example: "[\"json=drift.json\"]",
        },
        Attribute {
            name: "pace",
            kind: Kind::Numbers(services),
            required: false,
            default: "what AWS allows",
            doc: "Requests per second to a service, at most.",
            example: "{ route53 = 3 }",
        },
        Attribute {
            name: "history",
            kind: Kind::Text,
            required: false,
            default: "",
            doc: "Directory or s3://BUCKET/PREFIX that keeps the results of earlier runs.",
            example: "\"s3://example-com-drift/site\"",
        },
        Attribute {
            name: "since",
            kind: Kind::Text,
            required: false,
            default: "",
            doc: "Earlier result, as a JSON file, that tells what is new.",
            example: "\"last.json\"",
        },
        Attribute {
            name: "starter_asserts",
            kind: Kind::Bool,
            required: false,
            default: "false",
            doc: "Whether the asserts that ship with driftgate are checked: no public bucket behind an origin access control, TLS 1.2 at least, and the like.",
            example: "false",
        },
        Attribute {
            name: "phase",
            kind: Kind::Choice(phases),
            required: false,
            default: "\"pre\"",
            doc: "Whether checks run before the deployment or after it.",
            example: "\"post\"",
        },
    ],
    blocks: &[],
    handed_over: false,
    example: r#"settings {
  fail_on   = "medium"
  unmanaged = ["records"]
  reports   = ["json=drift.json"]
  pace      = { route53 = 3 }
}"#,
};

const RULE: Block = Block {
    name: "rule",
    label: Label::Required("a name of your own"),
    repeats: true,
    doc: "A policy: what a finding means here. It is read as in a policy file.",
    attributes: &[],
    blocks: &[],
    handed_over: true,
    example: r#"rule "comment" {
  when   = finding.rule == "resource-changed" && change.path == "comment"
  action = "allow"
  reason = "edited by support"
}"#,
};

const ASSERT: Block = Block {
    name: "assert",
    label: Label::Required("a name of your own"),
    repeats: true,
    doc: "A policy: what has to hold in the live account, drift or not. It is read as in a policy file.",
    attributes: &[],
    blocks: &[],
    handed_over: true,
    example: r#"assert "comment" {
  for     = resource.type == "aws_cloudfront_distribution"
  that    = resource.live.comment != null
  message = "${resource.id} does not say what it is for"
}"#,
};

fn severities() -> Vec<&'static str> {
    Severity::WORST_FIRST
        .iter()
        .rev()
        .map(|severity| severity.name())
        .collect()
}

fn formats() -> Vec<&'static str> {
    Format::ALL.iter().map(|format| format.name()).collect()
}

fn phases() -> Vec<&'static str> {
    [Phase::Pre, Phase::Post].map(Phase::name).to_vec()
}

fn services() -> Vec<&'static str> {
    Service::ALL.map(Service::name).to_vec()
}

fn scopes() -> Vec<&'static str> {
    vec!["records", "bucket-settings"]
}
