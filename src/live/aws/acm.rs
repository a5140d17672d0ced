//! Reading certificates, each in the region that its ARN names. CloudFront's are in us-east-1, whatever the region that
//! is configured.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_config::{Region, SdkConfig};
use aws_sdk_acm::Client;
use aws_sdk_acm::types;
use futures::stream::{self, StreamExt};

use super::calls::Calls;
use super::classify::{CallError, absent, hollow, is_region};
use super::wire::{instant, text};
use crate::inventory::{Answer, Certificate, Failure, Inventory, Reason};
use crate::live::{Progress, actions};
use crate::plan::{Read, ReadPlan};

/// Calls in flight at once. ACM allows ten `DescribeCertificate` a second (ACM quotas, "API rate quotas").
const IN_FLIGHT: usize = 4;

pub(super) struct Acm {
    shared: SdkConfig,
    calls: Calls,
    /// The account of the credentials.
    account: String,
    by_region: Mutex<BTreeMap<String, Client>>,
}

impl Acm {
    pub(super) fn new(shared: &SdkConfig, calls: &Calls, account: &str) -> Self {
        Self {
            shared: shared.clone(),
            calls: calls.clone(),
            account: account.to_owned(),
            by_region: Mutex::default(),
        }
    }

    /// Does all certificate reads of the plan.
    pub(super) async fn read(&self, plan: &ReadPlan, progress: &dyn Progress) -> Inventory {
        let mut inventory = Inventory::default();
        let arns = plan.iter().filter_map(|read| match read {
            Read::Certificate(arn) => Some(arn.as_str()),
            _ => None,
        });
        let mut calls = stream::iter(arns)
            .map(|arn| async move { (arn.to_owned(), self.certificate(arn).await) })
            .buffer_unordered(IN_FLIGHT);
        while let Some((arn, answer)) = calls.next().await {
            inventory.certificate.insert(arn, answer);
            progress.finished(1);
        }
        drop(calls);
        inventory
    }

    async fn certificate(&self, arn: &str) -> Answer<Certificate> {
        let operation = actions::DESCRIBE_CERTIFICATE;
        let place = match Place::of(arn) {
            Some(place) => place,
            None => {
                let detail = format!("{arn:?} is no ARN of a certificate in ACM");
                return Answer::Failed(Failure::new(Reason::BadAnswer, operation, detail));
            }
        };
        // Certificates are shared with no other account. What ACM says of another one's is not the truth about it.
        if place.account != self.account {
            let detail = format!(
                "the certificate belongs to account {}, the credentials to {}",
                place.account, self.account
            );
            return Answer::Failed(Failure::new(Reason::OtherAccount, operation, detail));
        }
        let call = self.client(place.region).describe_certificate().certificate_arn(arn);
        match Box::pin(call.send()).await {
            Ok(out) => out
                .certificate
                .and_then(|found| certificate(arn, found))
                .map_or_else(|| hollow(operation), Answer::Found),
            Err(error) => CallError::new(&error).answer(operation, absent::CERTIFICATE),
        }
    }

    fn client(&self, region: &str) -> Client {
        let mut clients = self.by_region.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(region) {
            return client.clone();
        }
        let config = aws_sdk_acm::config::Builder::from(&self.shared)
            .region(Region::new(region.to_owned()))
            .interceptor(self.calls.clone())
            .build();
        let client = Client::from_conf(config);
        clients.insert(region.to_owned(), client.clone());
        client
    }
}

/// Where a certificate is, as its ARN tells: `arn:PARTITION:acm:REGION:ACCOUNT:certificate/ID`.
#[derive(Debug, PartialEq, Eq)]
struct Place<'a> {
    region: &'a str,
    account: &'a str,
}

impl<'a> Place<'a> {
    fn of(arn: &'a str) -> Option<Self> {
        let mut fields = arn.splitn(6, ':');
        let (prefix, _partition, service) = (fields.next()?, fields.next()?, fields.next()?);
        let (region, account, resource) = (fields.next()?, fields.next()?, fields.next()?);
        (prefix == "arn" && service == "acm" && is_region(region) && resource.starts_with("certificate/"))
            .then_some(Self { region, account })
    }
}

/// `None` for a description that tells neither a name nor a status.
fn certificate(arn: &str, found: types::CertificateDetail) -> Option<Certificate> {
    let mut names: Vec<String> = Vec::new();
    let main = text(found.domain_name)?;
    for name in [main]
        .into_iter()
        .chain(found.subject_alternative_names.unwrap_or_default())
    {
        let name = name.to_ascii_lowercase();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    // One record validates both `example.com` and `*.example.com`.
    let mut validation_records: Vec<(String, String)> = Vec::new();
    for record in found
        .domain_validation_options
        .unwrap_or_default()
        .into_iter()
        .filter_map(|option| option.resource_record)
    {
        let record = (record.name, record.value);
        if !validation_records.contains(&record) {
            validation_records.push(record);
        }
    }
    Some(Certificate {
        arn: text(found.certificate_arn).unwrap_or_else(|| arn.to_owned()),
        status: found.status?.as_str().to_owned(),
        names,
        not_before: found.not_before.as_ref().and_then(instant),
        not_after: found.not_after.as_ref().and_then(instant),
        imported: found.r#type == Some(types::CertificateType::Imported),
        renewal_status: found
            .renewal_summary
            .and_then(|renewal| text(Some(renewal.renewal_status.as_str().to_owned()))),
        validation_records,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_tells_region_and_account() {
        assert_eq!(
            Place::of("arn:aws-cn:acm:cn-north-1:111122223333:certificate/12345678"),
            Some(Place {
                region: "cn-north-1",
                account: "111122223333"
            })
        );
        for other in [
            "",
            "arn:aws:acm",
            "arn:aws:acm::111122223333:certificate/1",
            "arn:aws:acm:evil.example.com/:111122223333:certificate/1",
            "arn:aws:iam::111122223333:server-certificate/site",
            "arn:aws:acm:us-east-1:111122223333:something/1",
        ] {
            assert_eq!(Place::of(other), None, "{other}");
        }
    }
}
