//! Files that are wrong, and what people read then.

use super::read_in;

/// All that is wrong, as it is printed.
#[track_caller]
fn wrong(text: &str) -> String {
    match read_in("", text) {
        Ok(config) => panic!("nothing is wrong with it: {config:?}"),
        Err(problems) => problems.to_string(),
    }
}

#[test]
fn names_and_labels() {
    insta::assert_snapshot!(wrong(
        r#"fail_on = "low"
setings {
  fail_on = "low"
}
site "a" "b" {
  hosts  = ["a.example.com"]
  buckets = "x"
  bucket {
  }
}
state {
  source = "x"
  sauce  = 1
  fail_on = "low"
}
site "" { hosts = ["b.example.com"] }
settings "x" {
}
state = "x"
owner "deploy" {
  adress = "x"
}
"#
    ));
}

#[test]
fn missing_and_double() {
    insta::assert_snapshot!(wrong(
        r#"state "a" {
}
state "a" {
  source = null
}
settings {
}
settings {
}
owner "x" {
}
owner "y" {
  attribute {
    address = "aws_*"
  }
}
site "s" { hosts = [] }
deploy "d" { bucket = "bucket-a" }
deploy "d" { bucket = "bucket-b" }
deploy "e" {
}
"#
    ));
    insta::assert_snapshot!(wrong("state \"a\" {\n  source = \"x\"\n  source = \"y\"\n}\n"));
}

#[test]
fn types() {
    insta::assert_snapshot!(wrong(
        r#"state "a" {
  source = 5
}
state "b" {
  source = env("EMPTY")
}
site "s" {
  hosts = "www.example.com"
  environment = ["x"]
}
site "t" {
  hosts = ["a.example.com", 1, null, [""]]
}
settings {
  fail_on         = "hihg"
  unmanaged       = ["record"]
  format          = 1
  pace            = { route53 = 0, s4 = 1, s3 = "many" }
  starter_asserts = "perhaps"
  phase           = sensitive("pre")
}
deploy {
  variables = ["x"]
}
"#
    ));
}

#[test]
fn values() {
    insta::assert_snapshot!(wrong(
        r#"state "stdin" { source = "-" }
state "scheme" { source = "gs://bucket/x" }
state "prefix" { source = "s3://bucket/" }
state "path" {
  source = "x.tfstate"
  region = "eu-west-2"
}
state "twice" {
  source = "s3://b/k?region=eu-west-2"
  region = "eu-west-1"
}
state "region" {
  source = "s3://b/k"
  region = "Europe"
}
account "12345" {
}
account "111122223333" {
  profile  = "x"
  role_arn = "arn:aws:iam::444455556666:role/driftgate"
  regions  = ["eu-west-2", "eu-west-2", "x"]
}
account "444455556666" {
  external_id = "x"
}
account "777788889999" {
  role_arn = "driftgate"
}
site "a" { hosts = ["www.example.com", "localhost", "*.example.com"] }
site "b" {
  hosts        = ["WWW.example.com."]
  bucket       = "s3://x"
  distribution = "d1.cloudfront.net"
}
settings {
  reports = ["json", "yaml=x", "json=a", "human=a"]
  history = "ftp://x"
}
owner "deploy" {
  attribute {
    address = "aws_cloudfront_distribution"
    path    = "origin[].origin_path"
  }
  attribute {
    address = "google_*"
    path    = "a..b"
  }
}
"#
    ));
}

#[test]
fn deployments() {
    insta::assert_snapshot!(wrong(
        r#"deploy "a" { host = "www.example.com" }
deploy "b" {
  prefix       = "x"
  distribution = "E1"
}
deploy "c" {
  bucket    = "bucket-a"
  workflows = "."
}
deploy "d" {
  workflows = "other"
  variables = {
    "secrets.BUCKET" = "hunter2"
    "secrets.OTHER"  = file("hosts.json")
    "secrets.UNSET"  = env("NOPE", "hunter2")
    "vars.A"         = "1"
    "vars.a"         = "2"
    "REGION"         = "x"
    vars.B           = "x"
  }
  environment "prod" {
    variables = {}
  }
  environment "Prod" {
    variables = { "vars.A" = null }
  }
}
"#
    ));
}

#[test]
fn expressions() {
    insta::assert_snapshot!(wrong(
        r#"state "a" { source = env("NOPE") }
state "b" { source = file("nope.txt") }
state "c" { source = enb("STATE") }
state "d" { source = path.root }
state "e" { source = "${env("STATE")}${1 / 0}" }
site "f" { hosts = jsondecode(env("STATE")) }
deploy {
  variables = { "secrets.A" = jsondecode(env("JSON")).NOPE }
}
"#
    ));
}

#[test]
fn syntax() {
    for (text, expected) in [
        ("state \"a\" {", "driftgate.hcl:1:11: syntax error"),
        ("state \"a\" {\n  source = \n}\n", "driftgate.hcl:2:"),
        ("\u{0}", "driftgate.hcl:1:1: syntax error"),
        ("{\"state\": {}}", "driftgate.hcl:1:1: syntax error"),
    ] {
        assert!(wrong(text).starts_with(expected), "{}", wrong(text));
    }
}

#[test]
fn a_secret_is_not_part_of_any_message() {
    for value in [
        "jsondecode(env(\"PROD_BUCKET\"))",
        "parseint(env(\"PROD_BUCKET\"), 10)",
        "[env(\"PROD_BUCKET\")]",
        "env(\"NOPE\", \"x\")",
    ] {
        let text = format!("deploy {{\n  variables = {{ \"secrets.A\" = {value} }}\n}}\n");
        assert!(!wrong(&text).contains("hunter2"), "{}", wrong(&text));
    }
}
