//! All given states as one: who owns what, and in which account.

use std::collections::{BTreeMap, BTreeSet};

use crate::accounts::Accounts;
use crate::canon::dns;
use crate::expected::{Deposed, Form, Instance, State};
use crate::iam::principal::Identities;
use crate::inventory::{Caller, Failure, Reason};

/// A zone id without the `/hostedzone/` that the API and some states put before it.
pub fn bare_zone_id(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// The states of one run, indexed for the questions that a single resource cannot answer.
#[derive(Clone)]
pub struct Estate<'a> {
    states: &'a [State],
    caller: Option<&'a Caller>,
    /// The accounts whose things are ours. None where it is not known who reads: then everything is.
    ours: BTreeSet<&'a str>,
    /// All accounts of the run, where they are known.
    among: Option<&'a Accounts>,
    /// The accounts that some ARN names.
    named: BTreeSet<&'a str>,
    by_type: BTreeMap<&'a str, Vec<&'a Instance>>,
    /// (split type, bucket) of every split bucket resource.
    bucket_settings: BTreeSet<(&'a str, &'a str)>,
    bucket_regions: BTreeMap<&'a str, &'a str>,
    zone_names: BTreeMap<&'a str, String>,
    /// Per state and provider, the account that its resources' ARNs name, where they agree.
    accounts: BTreeMap<(&'a str, &'a str), Option<&'a str>>,
    identities: Identities,
}

impl<'a> Estate<'a> {
    /// `caller` is who reads the only account; without one nothing is taken to be in another account.
    pub fn new(states: &'a [State], caller: Option<&'a Caller>) -> Estate<'a> {
        let mut estate = Estate {
            states,
            caller,
            ours: caller.iter().map(|caller| caller.account.as_str()).collect(),
            among: None,
            named: BTreeSet::new(),
            by_type: BTreeMap::new(),
            bucket_settings: BTreeSet::new(),
            bucket_regions: BTreeMap::new(),
            zone_names: BTreeMap::new(),
            accounts: BTreeMap::new(),
            identities: Identities::default(),
        };
        for instance in states.iter().flat_map(|state| &state.instances).filter(|i| i.is_aws()) {
            estate.index(instance);
        }
        for deposed in states.iter().flat_map(|state| &state.deposed) {
            if let Some(bucket) = text(&deposed.attributes, "bucket") {
                estate.bucket_settings.insert((&deposed.terraform_type, bucket));
            }
        }
        estate
    }

    /// The same where several accounts may be read: what lives in any of them is ours.
    pub fn across(states: &'a [State], accounts: &'a Accounts) -> Estate<'a> {
        Estate::new(states, None).among(accounts)
    }

    /// Other states of the same accounts.
    pub fn over<'s>(&self, states: &'s [State]) -> Estate<'s>
    where
        'a: 's,
    {
        let estate = Estate::new(states, self.caller);
        match self.among {
            Some(accounts) => estate.among(accounts),
            None => estate,
        }
    }

    fn among(mut self, accounts: &'a Accounts) -> Estate<'a> {
        self.caller = accounts.first();
        self.ours = accounts
            .callers()
            .iter()
            .map(|caller| caller.account.as_str())
            .collect();
        self.among = Some(accounts);
        self
    }

    /// The same as one of its accounts sees it: what lives in the others is not its own.
    pub fn within<'b>(&self, caller: &'b Caller) -> Estate<'b>
    where
        'a: 'b,
    {
        Estate {
            caller: Some(caller),
            ours: BTreeSet::from([caller.account.as_str()]),
            ..self.clone()
        }
    }

    fn index(&mut self, instance: &'a Instance) {
        let kind = instance.terraform_type.as_str();
        self.by_type.entry(kind).or_default().push(instance);
        if kind.starts_with("aws_s3_bucket_")
            && let Some(bucket) = instance.text("bucket")
        {
            self.bucket_settings.insert((kind, bucket));
        }
        match kind {
            "aws_s3_bucket" => {
                let name = instance.text("bucket").or(instance.text("id"));
                let region = instance.text("bucket_region").or(instance.text("region"));
                if let (Some(name), Some(region)) = (name, region) {
                    self.bucket_regions.insert(name, region);
                }
            }
            "aws_route53_zone" => {
                if let (Some(id), Some(name)) = (instance.text("id"), instance.text("name")) {
                    self.zone_names.insert(bare_zone_id(id), dns::name(name));
                }
            }
            "aws_cloudfront_origin_access_identity" => {
                if let (Some(id), Some(canonical)) = (instance.text("id"), instance.text("s3_canonical_user_id")) {
                    self.identities.add_oai(id, canonical);
                }
            }
            _ => {}
        }
        if let Some(account) = instance.text("arn").and_then(account_in_arn) {
            self.named.insert(account);
            self.accounts
                .entry((&instance.state, &instance.provider))
                .and_modify(|known| {
                    if *known != Some(account) {
                        *known = None;
                    }
                })
                .or_insert(Some(account));
        }
    }

    /// Every managed instance of an AWS provider, in the states' order.
    pub fn instances(&self) -> impl Iterator<Item = &'a Instance> {
        self.states
            .iter()
            .flat_map(|state| &state.instances)
            .filter(|i| i.is_aws())
    }

    pub fn states(&self) -> &'a [State] {
        self.states
    }

    pub fn of_type(&self, terraform_type: &str) -> impl Iterator<Item = &'a Instance> + use<'a> {
        self.by_type
            .get(terraform_type)
            .cloned()
            .unwrap_or_default()
            .into_iter()
    }

    /// Everything of a type that some state lays claim to: what is managed, and what waits to be deleted.
    pub fn claims(&self, terraform_type: &str) -> impl Iterator<Item = Instance> {
        let deposed = self.states.iter().flat_map(|state| &state.deposed);
        self.of_type(terraform_type)
            .cloned()
            .chain(deposed.filter(|d| d.terraform_type == terraform_type).map(as_instance))
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// Whether a split resource of some state owns a setting of the bucket.
    pub fn owns_bucket_setting(&self, split_type: &str, bucket: &str) -> bool {
        self.bucket_settings.contains(&(split_type, bucket))
    }

    /// The region in which some state recorded the bucket.
    pub fn bucket_region(&self, bucket: &str) -> Option<&'a str> {
        self.bucket_regions.get(bucket).copied()
    }

    /// The canonical name of a zone that some state manages.
    pub fn zone_name(&self, zone: &str) -> Option<&str> {
        self.zone_names.get(zone).map(String::as_str)
    }

    /// The ids of the zones that some state manages in an account that is read.
    pub fn managed_zones(&self) -> impl Iterator<Item = &'a str> {
        let ids: BTreeSet<&str> = self
            .of_type("aws_route53_zone")
            .filter(|zone| self.is_ours(zone))
            .filter_map(|zone| zone.text("id").map(bare_zone_id))
            .collect();
        ids.into_iter()
    }

    /// The account that is read, if known; of several, the run's own.
    pub fn account(&self) -> Option<&'a str> {
        self.caller.map(|caller| caller.account.as_str())
    }

    /// The account that an instance lives in: by its own ARN, by the provider's own look-up, by the ARNs of its provider's
    /// other resources, or by the only account of several that lists the thing. `None` where nothing tells.
    pub fn account_of(&self, instance: &'a Instance) -> Option<&'a str> {
        let own = instance.text("arn").and_then(account_in_arn);
        let siblings = || {
            self.accounts
                .get(&(instance.state.as_str(), instance.provider.as_str()))
                .copied()
                .flatten()
        };
        let looked_up = || {
            let state = self.states.iter().find(|state| state.source == instance.state)?;
            state.account_of(&instance.provider)
        };
        let listed = || {
            let (kind, accounts) = (instance.terraform_type.as_str(), self.among?);
            match kind {
                "aws_route53_record" => accounts.of_zone(instance.text("zone_id")?),
                kind if kind.starts_with("aws_s3_bucket") => {
                    accounts.of_bucket(instance.text("bucket").or_else(|| instance.text("id"))?)
                }
                kind => accounts.of_thing(kind, instance.text("id")?),
            }
        };
        own.or_else(looked_up).or_else(siblings).or_else(listed)
    }

    /// Whether the instance is in an account that is read, as far as anything tells.
    pub fn is_ours(&self, instance: &'a Instance) -> bool {
        match self.account_of(instance) {
            Some(theirs) if !self.ours.is_empty() => self.ours.contains(theirs),
            _ => true,
        }
    }

    /// The account that a live thing is in, by its Terraform type and import id, where known.
    pub fn account_of_thing(&self, terraform_type: &str, id: &str) -> Option<&'a str> {
        let Some(accounts) = self.among.filter(|accounts| accounts.are_several()) else {
            return self.account();
        };
        accounts.of_thing(terraform_type, id).or_else(|| {
            let mut same = self.of_type(terraform_type).filter(|one| one.text("id") == Some(id));
            self.account_of(same.next()?)
        })
    }

    /// Why nothing is known of an instance that lives in an account which is not read. `None` for any other.
    pub fn elsewhere(&self, instance: &'a Instance) -> Option<Failure> {
        let theirs = self.account_of(instance).filter(|_| !self.is_ours(instance))?;
        if let Some(failure) = self.among.and_then(|accounts| accounts.unread().get(theirs)) {
            let detail = format!("it lives in account {theirs}, which could not be read: {failure}");
            return Some(Failure::new(failure.reason, "", detail));
        }
        Some(not_read(&format!("it lives in account {theirs}"), theirs, &self.ours))
    }

    /// Whether nothing tells which account an instance lives in, while it is known who reads.
    pub fn is_unplaced(&self, instance: &'a Instance) -> bool {
        !self.ours.is_empty() && self.account_of(instance).is_none()
    }

    /// Whether the instance's state tells one provider configuration from another: what `terraform show` writes names all of
    /// them alike.
    pub fn tells_providers_apart(&self, instance: &Instance) -> bool {
        let mut own = self.states.iter().filter(|state| state.source == instance.state);
        own.all(|state| state.form == Form::Raw)
    }

    /// Why an instance that nothing places in an account is not gone, although no account which is read has it.
    pub fn nowhere(&self) -> Failure {
        let read = list(&self.ours);
        let detail = format!(
            "nothing tells which account it lives in, and nothing of its provider is in {read}: it is in another account, \
             which takes an `account` block with its profile or role_arn, or everything of that provider is gone"
        );
        Failure::new(Reason::OtherAccount, "", detail)
    }

    /// Why an instance that nothing places in an account, and that no account which is read has, may still exist: another
    /// account was not read. `None` where no other one is known.
    pub fn perhaps_elsewhere(&self) -> Option<Failure> {
        let unread = self.among.map(|accounts| accounts.unread().keys().map(String::as_str));
        let looked_up = self.states.iter().flat_map(|state| &state.hints);
        let mut others = self.named.iter().copied().chain(unread.into_iter().flatten());
        let other = others.find(|one| !self.ours.contains(one)).or_else(|| {
            looked_up
                .filter_map(|hint| hint.account.as_deref())
                .find(|one| !self.ours.contains(one))
        })?;
        let what = format!("nothing tells which account it lives in; it may be {other}");
        Some(match self.among.and_then(|accounts| accounts.unread().get(other)) {
            Some(failure) => {
                let detail = format!("{what}, which could not be read: {failure}");
                Failure::new(failure.reason, "", detail)
            }
            None => not_read(&what, other, &self.ours),
        })
    }

    /// What the states tell about principals with several spellings.
    pub fn identities(&self) -> &Identities {
        &self.identities
    }
}

fn text<'a>(attributes: &'a serde_json::Map<String, serde_json::Value>, name: &str) -> Option<&'a str> {
    attributes.get(name).and_then(serde_json::Value::as_str)
}

/// What leads to an account that nothing leads to yet.
fn not_read(what: &str, account: &str, ours: &BTreeSet<&str>) -> Failure {
    let detail = format!(
        "{what}, the credentials are of {}; give an `account \"{account}\"` block with its profile or role_arn",
        list(ours)
    );
    Failure::new(Reason::OtherAccount, "", detail)
}

fn list(accounts: &BTreeSet<&str>) -> String {
    let all: Vec<&str> = accounts.iter().copied().collect();
    match all.as_slice() {
        [one] => format!("account {one}"),
        several => format!("accounts {}", several.join(", ")),
    }
}

/// The account that an ARN names, if it names one by its id.
pub(crate) fn account_in_arn(arn: &str) -> Option<&str> {
    let account = arn.split(':').nth(4)?;
    (account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit())).then_some(account)
}

fn as_instance(deposed: &Deposed) -> Instance {
    Instance {
        address: deposed.address.clone(),
        terraform_type: deposed.terraform_type.clone(),
        provider: deposed.provider.clone(),
        schema_version: 0,
        attributes: deposed.attributes.clone(),
        sensitive: Vec::new(),
        tainted: false,
        flat: false,
        state: deposed.state.clone(),
    }
}
