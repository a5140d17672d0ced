//! Website configurations in both forms that Terraform keeps them in.

use serde_json::Value;

use super::attributes::Attributes;
use crate::inventory::{Answer, Failure, Reason, RedirectAll, RoutingRule, Website};

/// `aws_s3_bucket_website_configuration`. It holds its routing rules twice; the JSON is read where there is one, since
/// only it can express an empty `ReplaceKeyPrefixWith`, which removes the prefix.
pub(super) fn split(attributes: Attributes) -> Answer<Website> {
    let rules = match json_rules(attributes) {
        Ok(Some(rules)) => rules,
        Ok(None) => attributes.blocks("routing_rule").map(rule_of_block).collect(),
        Err(failure) => return Answer::Failed(failure),
    };
    Answer::Found(Website {
        index_document: attributes
            .block("index_document")
            .and_then(|document| document.text("suffix")),
        error_document: attributes
            .block("error_document")
            .and_then(|document| document.text("key")),
        redirect_all_requests_to: attributes.block("redirect_all_requests_to").map(|to| RedirectAll {
            host_name: to.text_or_empty("host_name"),
            protocol: to.text("protocol"),
        }),
        routing_rules: rules,
    })
}

/// The `website` block of `aws_s3_bucket`. No block, or one with nothing in it, is no website.
pub(super) fn inline(attributes: Attributes) -> Answer<Website> {
    let Some(block) = attributes.block("website") else {
        return Answer::Absent;
    };
    let website = match json_rules(block) {
        Ok(rules) => Website {
            index_document: block.text("index_document"),
            error_document: block.text("error_document"),
            redirect_all_requests_to: block.text("redirect_all_requests_to").map(|to| redirect(&to)),
            routing_rules: rules.unwrap_or_default(),
        },
        Err(failure) => return Answer::Failed(failure),
    };
    if website == Website::default() {
        Answer::Absent
    } else {
        Answer::Found(website)
    }
}

/// `host`, or `protocol://host`.
fn redirect(to: &str) -> RedirectAll {
    match to.split_once("://") {
        Some((protocol, host)) => RedirectAll {
            host_name: host.to_owned(),
            protocol: Some(protocol.to_owned()),
        },
        None => RedirectAll {
            host_name: to.to_owned(),
            protocol: None,
        },
    }
}

fn json_rules(attributes: Attributes) -> Result<Option<Vec<RoutingRule>>, Failure> {
    let Some(text) = attributes.text("routing_rules") else {
        return Ok(None);
    };
    match serde_json::from_str::<Value>(&text) {
        Ok(Value::Array(rules)) if rules.is_empty() => Ok(None),
        Ok(Value::Array(rules)) => Ok(Some(rules.iter().map(rule_of_json).collect())),
        _ => Err(Failure::new(
            Reason::Unreadable,
            "",
            "`routing_rules` of the state is not a list in JSON",
        )),
    }
}

/// A rule in the API's own words. An empty replacement has a meaning, any other empty text has none.
fn rule_of_json(rule: &Value) -> RoutingRule {
    let text = |group: &str, member: &str| match rule.get(group)?.get(member)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let set = |group: &str, member: &str| text(group, member).filter(|text| !text.is_empty());
    RoutingRule {
        http_error_code_returned_equals: set("Condition", "HttpErrorCodeReturnedEquals"),
        key_prefix_equals: set("Condition", "KeyPrefixEquals"),
        host_name: set("Redirect", "HostName"),
        http_redirect_code: set("Redirect", "HttpRedirectCode"),
        protocol: set("Redirect", "Protocol"),
        replace_key_prefix_with: text("Redirect", "ReplaceKeyPrefixWith"),
        replace_key_with: text("Redirect", "ReplaceKeyWith"),
    }
}

fn rule_of_block(block: Attributes) -> RoutingRule {
    let condition = |name: &str| block.block("condition").and_then(|c| c.text(name));
    let redirect = |name: &str| block.block("redirect").and_then(|r| r.text(name));
    RoutingRule {
        http_error_code_returned_equals: condition("http_error_code_returned_equals"),
        key_prefix_equals: condition("key_prefix_equals"),
        host_name: redirect("host_name"),
        http_redirect_code: redirect("http_redirect_code"),
        protocol: redirect("protocol"),
        replace_key_prefix_with: redirect("replace_key_prefix_with"),
        replace_key_with: redirect("replace_key_with"),
    }
}
