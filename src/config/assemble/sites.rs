//! `account` and `site` blocks.

use std::collections::BTreeMap;

use super::{place, places};
use crate::config::model::{Account, Credentials, Origin, Sourced};
use crate::config::problems::Problems;
use crate::config::section::{Section, Text};
use crate::site::Site;

pub(super) fn accounts(file: &Section, problems: &mut Problems) -> Vec<Account> {
    file.sections("account")
        .filter_map(|section| account(section, problems))
        .collect()
}

fn account(section: &Section, problems: &mut Problems) -> Option<Account> {
    let label = section.label.as_ref()?;
    if !is_account(&label.text) && !label.text.is_empty() {
        let message = format!("{:?} is no account id: it has 12 digits", label.text);
        problems.complain(&label.span, message);
    }
    let credentials = credentials(section, &label.text, problems);
    let mut regions = Vec::new();
    for text in section.texts("regions") {
        let Some(region) = places::region(&text, problems) else {
            continue;
        };
        if regions.contains(&region.value) {
            problems.complain(&text.span, format!("region {} stands twice", region.value));
        }
        regions.push(region.value);
    }
    Some(Account {
        id: label.text.clone(),
        place: place(section, problems),
        credentials,
        regions: match section.get("regions") {
            Some(given) => given.sourced(regions),
            None => Sourced::default(regions),
        },
    })
}

fn credentials(section: &Section, account: &str, problems: &mut Problems) -> Sourced<Credentials> {
    let profile = section.text("profile");
    let role = section.text("role_arn");
    let external_id = section.text("external_id");
    if let (Some(external_id), None) = (&external_id, &role) {
        problems.complain(&external_id.span, "`external_id` needs the `role_arn` that asks for it");
    }
    match (profile, role) {
        (profile, Some(role)) => {
            if profile.is_some() {
                let message = "an account is read with `profile` or with `role_arn`, not with both";
                problems.complain(&role.span, message);
            }
            role_of(&role, account, problems);
            role.sourced(Credentials::Role {
                arn: role.text.clone(),
                external_id: external_id.map(|text| text.text),
            })
        }
        (Some(profile), None) => profile.sourced(Credentials::Profile(profile.text.clone())),
        (None, None) => Sourced {
            value: Credentials::AtHand,
            origin: Origin::Default,
        },
    }
}

/// Complains about what is no role of that account.
fn role_of(role: &Text, account: &str, problems: &mut Problems) {
    // arn:PARTITION:iam::ACCOUNT:role/PATH/NAME
    let parts: Vec<&str> = role.text.splitn(6, ':').collect();
    let (owner, resource) = match parts.as_slice() {
        ["arn", partition, "iam", "", owner, resource] if partition.starts_with("aws") => (*owner, *resource),
        _ => ("", ""),
    };
    let name = resource.strip_prefix("role/").unwrap_or_default();
    if !is_account(owner) || name.is_empty() {
        let message = format!("{:?} is no ARN of a role", role.text);
        let hint = "it looks like arn:aws:iam::111122223333:role/driftgate";
        problems.advise(&role.span, message, Some(hint.to_owned()));
    } else if is_account(account) && owner != account {
        let message = format!("this role gives access to account {owner}, not to {account}");
        problems.complain(&role.span, message);
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

pub(super) fn sites(file: &Section, problems: &mut Problems) -> Vec<Site> {
    let mut taken = BTreeMap::new();
    file.sections("site")
        .map(|section| site(section, &mut taken, problems))
        .collect()
}

/// `taken` holds, for every host so far, its site and the line.
fn site(section: &Section, taken: &mut BTreeMap<String, (String, usize)>, problems: &mut Problems) -> Site {
    let name = section.name().to_owned();
    let texts = section.texts("hosts");
    if let Some(given) = section.get("hosts")
        && texts.is_empty()
    {
        problems.complain(&given.span, "a site has at least one host");
    }
    let mut hosts = Vec::new();
    for text in texts {
        let Some(host) = places::host(&text, problems) else {
            continue;
        };
        let line = problems.source().position(text.span.start).line;
        if let Some((site, line)) = taken.get(&host) {
            let message = format!("{host} already belongs to site {site:?}, line {line}");
            problems.complain(&text.span, message);
            continue;
        }
        taken.insert(host.clone(), (name.clone(), line));
        hosts.push(host);
    }
    Site {
        hosts,
        environment: section.text("environment").map(|text| text.text),
        bucket: section.text("bucket").and_then(|text| places::bucket(&text, problems)),
        distribution: section
            .text("distribution")
            .and_then(|text| places::distribution(&text, problems)),
        place: Some(place(section, problems)),
        name,
    }
}
