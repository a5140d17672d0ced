//! The values of a condition's terms, each made when it is first asked for.

use std::cell::OnceCell;

use super::circumstances::Circumstances;
use super::vocabulary::When;
use crate::finding::{Change, Finding};
use crate::language::{Members, Scope, Slot, Value};
use crate::site::Site;

/// Values that are made once.
pub(super) struct Cells(Vec<OnceCell<Value>>);

impl Cells {
    pub(super) fn new(count: usize) -> Cells {
        Cells((0..count).map(|_| OnceCell::new()).collect())
    }

    pub(super) fn value(&self, at: usize, make: impl FnOnce() -> Value) -> &Value {
        self.0.get(at).map_or(&Value::Null, |cell| cell.get_or_init(make))
    }
}

/// What holds of a finding, whichever of its changes is looked at.
pub(super) struct FindingScope<'a> {
    finding: &'a Finding,
    circumstances: &'a Circumstances<'a>,
    cells: Cells,
}

impl<'a> FindingScope<'a> {
    pub(super) fn new(finding: &'a Finding, circumstances: &'a Circumstances<'a>) -> FindingScope<'a> {
        FindingScope {
            finding,
            circumstances,
            cells: Cells::new(When::ALL.len()),
        }
    }

    /// The scope of one change, or of the finding if it has none.
    pub(super) fn of<'s>(&'s self, change: Option<&'a Change>) -> ChangeScope<'s, 'a> {
        ChangeScope {
            finding: self,
            change,
            cells: Cells::new(5),
        }
    }

    fn site(&self) -> Option<&'a Site> {
        let hosts = &self.finding.impact;
        let mut sites = self.circumstances.sites.iter();
        sites.find(|site| site.hosts.iter().any(|host| hosts.contains(host)))
    }

    fn make(&self, term: When) -> Value {
        let (finding, circumstances) = (self.finding, self.circumstances);
        let resource = &finding.resource;
        let site = |member: &dyn Fn(&Site) -> Value| self.site().map_or(Value::Null, member);
        match term {
            When::FindingId => Value::from(finding.id()),
            When::FindingRule => Value::from(&*finding.rule),
            When::FindingCategory => Value::from(finding.category.name()),
            When::FindingSeverity => Value::from(circumstances.default_severity(finding).name()),
            When::FindingAddress | When::ResourceAddress => text(finding.address.as_deref()),
            When::FindingState => text(finding.state.as_deref()),
            When::FindingType | When::ResourceType => Value::from(resource.terraform_type.as_str()),
            When::FindingResourceId | When::ResourceId => Value::from(resource.id.as_str()),
            When::FindingTitle => Value::from(finding.title.as_str()),
            When::FindingDetail => Value::from(finding.detail.as_str()),
            When::FindingHosts | When::Hosts => texts(&finding.impact),
            When::FindingFile => text(finding.place.as_ref().map(|place| place.file.as_str())),
            When::FindingLine => {
                let line = finding.place.as_ref().map(|place| place.line).filter(|line| *line > 0);
                line.and_then(|line| i64::try_from(line).ok())
                    .map_or(Value::Null, Value::from)
            }
            When::FindingNew => (circumstances.ages)(finding).map_or(Value::Unknown, |age| Value::from(age.new)),
            When::FindingFirstSeen => {
                (circumstances.ages)(finding).map_or(Value::Unknown, |age| Value::from(age.first_seen))
            }
            When::ResourceName => named(finding.address.as_deref(), name),
            When::ResourceModule => named(finding.address.as_deref(), module),
            When::ResourceExpected => circumstances.resources.expected(finding),
            When::ResourceLive => circumstances.resources.live(finding),
            When::ResourceTags => tags(self.value(When::ResourceLive), self.value(When::ResourceExpected)),
            When::SiteName => site(&|site| Value::from(site.name.as_str())),
            When::SiteHosts => site(&|site| texts(&site.hosts)),
            When::SiteEnvironment => site(&|site| text(site.environment.as_deref())),
            When::SiteBucket => site(&|site| text(site.bucket.as_deref())),
            When::SiteDistribution => site(&|site| text(site.distribution.as_deref())),
            When::Host => text(finding.impact.first().map(String::as_str)),
            When::Account => text(resource.account.as_deref()),
            When::Region => text(resource.region.as_deref()),
            When::Phase => Value::from(circumstances.phase.name()),
            When::Now => Value::from(circumstances.now),
            // Asked of the change.
            When::ChangePath | When::ChangeExpected | When::ChangeLive | When::ChangeSensitive | When::ChangeNote => {
                Value::Null
            }
        }
    }

    fn value(&self, term: When) -> &Value {
        self.cells.value(term as usize, || self.make(term))
    }
}

/// What holds of one change of a finding.
pub(super) struct ChangeScope<'s, 'a> {
    finding: &'s FindingScope<'a>,
    change: Option<&'a Change>,
    cells: Cells,
}

impl Scope for ChangeScope<'_, '_> {
    fn value(&self, slot: Slot) -> &Value {
        let Some(term) = When::of(slot) else {
            return &Value::Null;
        };
        let cell = match term {
            When::ChangePath => 0,
            When::ChangeExpected => 1,
            When::ChangeLive => 2,
            When::ChangeSensitive => 3,
            When::ChangeNote => 4,
            other => return self.finding.value(other),
        };
        let Some(change) = self.change else {
            return &Value::Null;
        };
        self.cells.value(cell, || match cell {
            0 => Value::from(change.path.as_str()),
            1 => Value::from(&change.expected).sensitive_if(change.sensitive),
            2 => Value::from(&change.live).sensitive_if(change.sensitive),
            3 => Value::from(change.sensitive),
            _ => text(change.note.as_deref()),
        })
    }
}

pub(super) fn text(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

pub(super) fn texts(texts: &[String]) -> Value {
    Value::list(texts.iter().map(|text| Value::from(text.as_str())))
}

/// A part of an address.
pub(super) fn named(address: Option<&str>, part: fn(&str) -> &str) -> Value {
    address.map_or(Value::Null, |address| Value::from(part(address)))
}

/// The live tags, else those of the state.
pub(super) fn tags(live: &Value, expected: &Value) -> Value {
    let member = |value: &Value, names: &[&str]| {
        let members = value.unmarked().0.as_members()?;
        names.iter().find_map(|name| members.get(*name)).cloned()
    };
    let found = member(live, &["tags"])
        .or_else(|| member(expected, &["tags_all", "tags"]))
        .or_else(|| (live.is_unknown() || expected.is_unknown()).then_some(Value::Unknown));
    match found {
        Some(tags) if !tags.is_null() => tags,
        _ => Value::Object(Members::new(Default::default())),
    }
}

/// Where the last part of an address begins: its type and name.
fn split(address: &str) -> usize {
    let (mut quoted, mut escaped, mut depth) = (false, false, 0_usize);
    let mut dots = Vec::new();
    for (at, c) in address.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            '.' if !quoted && depth == 0 => dots.push(at),
            _ => {}
        }
    }
    // The last dot stands between type and name, the one before it behind the module.
    dots.len()
        .checked_sub(2)
        .and_then(|at| dots.get(at))
        .map_or(0, |dot| dot + 1)
}

/// The module that an address lies in: `module.site["prod"]`; empty for the root module.
pub(super) fn module(address: &str) -> &str {
    address[..split(address)].trim_end_matches('.')
}

/// The name in an address: `site` of `module.x.aws_s3_bucket.site["a.b"]`.
pub(super) fn name(address: &str) -> &str {
    let last = &address[split(address)..];
    let name = last.split_once('.').map_or(last, |(_, name)| name);
    name.split('[').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        for (address, in_module, called) in [
            ("aws_s3_bucket.site", "", "site"),
            ("aws_s3_bucket.site[0]", "", "site"),
            ("aws_s3_bucket.site[\"www.example.com\"]", "", "site"),
            ("module.a.aws_s3_bucket.site", "module.a", "site"),
            (
                "module.a[\"x.y\\\"].z\"].module.b[0].aws_s3_bucket.site[\"]\"]",
                "module.a[\"x.y\\\"].z\"].module.b[0]",
                "site",
            ),
            ("odd", "", "odd"),
            ("", "", ""),
        ] {
            assert_eq!((module(address), name(address)), (in_module, called), "{address}");
        }
    }

    #[test]
    fn tags_are_the_live_ones_if_they_were_read() {
        let tags_of = |live: serde_json::Value, expected: serde_json::Value| {
            format!("{:?}", tags(&Value::from(&live), &Value::from(&expected)))
        };
        let some = serde_json::json!({ "tags_all": { "env": "prod" } });
        assert_eq!(
            tags_of(serde_json::json!({ "tags": { "env": "test" } }), some.clone()),
            r#"{"env": "test"}"#
        );
        assert_eq!(tags_of(serde_json::json!({ "tags": null }), some.clone()), "{}");
        assert_eq!(tags_of(serde_json::json!({}), some), r#"{"env": "prod"}"#);
        assert_eq!(tags_of(serde_json::json!({}), serde_json::Value::Null), "{}");
        assert_eq!(format!("{:?}", tags(&Value::Unknown, &Value::Null)), "(unknown)");
    }
}
