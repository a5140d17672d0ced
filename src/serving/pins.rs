//! Sites whose bucket or distribution somebody pinned in the configuration: what serves them has to be that. Pure.

use crate::finding::{Category, Finding, ResourceRef, Severity};
use crate::rules;
use crate::site::Site;

use super::Pair;

/// One finding per site and pin that does not hold for some of its hosts. What serves a host and is not known is said
/// by the walk itself.
pub fn findings(sites: &[Site], pairs: &[Pair]) -> Vec<Finding> {
    let pinned = |pin: fn(&Site) -> Option<&String>, wanted: &String| {
        let same = sites.iter().filter(|site| pin(site) == Some(wanted));
        same.count()
    };
    let mut found = Vec::new();
    for site in sites {
        let hosts = || pairs.iter().filter(|pair| site.hosts.contains(&pair.live.host));
        if let Some(wanted) = &site.distribution {
            let other = |pair: &&Pair| pair.live.distribution.as_ref().is_some_and(|id| id != wanted);
            let wrong: Vec<&Pair> = hosts().filter(other).collect();
            let actual = wrong.iter().filter_map(|pair| pair.live.distribution.clone()).collect();
            let alone = pinned(|site| site.distribution.as_ref(), wanted) == 1;
            found.extend(finding(
                site,
                alone,
                "aws_cloudfront_distribution",
                wanted,
                actual,
                &wrong,
            ));
        }
        if let Some(wanted) = &site.bucket {
            let others = |pair: &Pair| -> Vec<String> {
                let buckets = pair.live.served_from.iter().map(|(bucket, _)| bucket.clone());
                buckets.filter(|bucket| bucket != wanted).collect()
            };
            let wrong: Vec<&Pair> = hosts().filter(|pair| !others(pair).is_empty()).collect();
            let actual = wrong.iter().flat_map(|pair| others(pair)).collect();
            let alone = pinned(|site| site.bucket.as_ref(), wanted) == 1;
            found.extend(finding(site, alone, "aws_s3_bucket", wanted, actual, &wrong));
        }
    }
    found
}

/// `alone`: no other site pins the same.
fn finding(
    site: &Site,
    alone: bool,
    terraform_type: &str,
    wanted: &str,
    mut actual: Vec<String>,
    wrong: &[&Pair],
) -> Option<Finding> {
    if wrong.is_empty() {
        return None;
    }
    actual.sort();
    actual.dedup();
    let what = match terraform_type {
        "aws_s3_bucket" => "bucket",
        _ => "distribution",
    };
    let resource = ResourceRef {
        terraform_type: terraform_type.to_owned(),
        id: wanted.to_owned(),
        account: None,
        region: None,
    };
    let title = format!(
        "site {} is served by {what} {}, and {wanted} is pinned",
        site.name,
        actual.join(", ")
    );
    let mut impact: Vec<String> = wrong.iter().map(|pair| pair.live.host.clone()).collect();
    impact.sort();
    Some(Finding {
        place: site.place.clone(),
        aspect: (!alone).then(|| site.name.clone()),
        detail: "Point the site back, or change the pin in the configuration.".to_owned(),
        impact,
        at_least: Some(Severity::High),
        ..Finding::new(Category::Serving, rules::SITE_NOT_AS_PINNED, resource, title)
    })
}
