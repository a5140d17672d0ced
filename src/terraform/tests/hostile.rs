//! Text that nobody means.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::address::Address;
use super::super::provider::ProviderName;
use super::super::{json as json_syntax, native};
use super::*;

#[test]
fn deep_nesting_is_an_error_with_its_place() {
    let cases = [
        format!("a = {}1{}\n", "[".repeat(1_000), "]".repeat(1_000)),
        format!("{}{}\n", "a {\n".repeat(1_000), "}\n".repeat(1_000)),
        format!("a = {}1{}\n", "(".repeat(1_000), ")".repeat(1_000)),
        format!("a = \"{}x{}\"\n", "${\"".repeat(1_000), "\"}".repeat(1_000)),
    ];
    for text in cases {
        let error = try_read(&[("main.tf", &text)]).unwrap_err().to_string();
        assert!(error.starts_with("infra/main.tf:"), "{error}");
        assert!(error.contains("64"), "{error}");
    }
}

#[test]
fn ten_megabytes_are_read() {
    let one = |n: usize| {
        format!(
            "resource \"aws_s3_bucket\" \"b{n}\" {{\n  bucket = \"site-{n}-${{var.environment}}\"\n  tags = {{\n    owner = \"{}\"\n  }}\n}}\n",
            "x".repeat(150)
        )
    };
    let text: String = (0..40_000).map(one).collect();
    assert!(text.len() > 10_000_000);
    assert_eq!(read(&[("main.tf", &text)]).resources().count(), 40_000);
}

fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "resource",
        "module",
        "moved",
        "terraform",
        "provider",
        "lifecycle",
        "ignore_changes",
        "backend",
        "source",
        "from",
        "to",
        "removed",
        "\"a\"",
        "\"./\"",
        " ",
        "\n",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "=",
        ".",
        ",",
        ":",
        "all",
        "*",
        "0",
        "\"${",
        "}\"",
        "<<E\n",
        "\nE\n",
        "#",
        "/*",
        "é",
        "\r\n",
        "\"",
        "\\",
        "null",
        "count",
        "1",
    ]);
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

/// JSON of the shape of a configuration, with anything for its values.
fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        words().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 4, |inner| {
        let name = prop::sample::select(vec![
            "resource",
            "a",
            "lifecycle",
            "ignore_changes",
            "terraform",
            "backend",
            "s3",
            "moved",
            "from",
            "//",
            "provider",
            "ignore_tags",
            "keys",
            "module",
            "count",
            "source",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name, inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())),
        ]
    })
}

fn whole(name: &str, text: &str) {
    if let Ok(configuration) = try_read(&[(name, text)]) {
        configuration.state_location(None);
        let _ = configuration.ignored_tags("provider.aws");
        for block in configuration.resources() {
            let _ = configuration.standing(&block.address());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text_is_met(text in ".{0,60}") {
        let _ = native::parse("a.tf", &text);
        let _ = json_syntax::parse("a.tf.json", &text);
        let _ = Address::parse(&text);
        let _ = ProviderName::parse(&text);
    }

    #[test]
    fn any_words_are_met(text in words()) {
        whole("a.tf", &text);
        whole("a.tf.json", &text);
        let _ = Address::parse(&text);
        let _ = ProviderName::parse(&text);
    }

    #[test]
    fn any_document_is_met(document in documents()) {
        whole("a.tf.json", &document.to_string());
        whole("a.tf.json", &serde_json::to_string_pretty(&document).unwrap());
    }
}
