//! `deploy-prefix-shared`: jobs of two environments that write to one prefix of one bucket.
//!
//! Two jobs of one environment may well share a prefix: one deploys on a push, the other by hand. Prefixes inside each
//! other are left alone too, since filters (`--exclude`) may keep them apart.

use crate::deploy::deployment::{Deployment, Upload};
use crate::deploy::pattern::{Relation, relation};
use crate::finding::Severity;
use crate::rules;
use crate::serving::labels::{self, Crossing};

use super::environment::environment;
use super::{Draft, Run, places};

pub(super) fn check(run: &mut Run<'_>) {
    let deployments = run.deployments;
    for (number, one) in deployments.iter().enumerate() {
        for (other_number, other) in deployments.iter().enumerate().skip(number + 1) {
            let (Some(mine), Some(theirs)) = (environment(one), environment(other)) else {
                continue;
            };
            if labels::crossing(mine.environment, theirs.environment) == Crossing::None {
                continue;
            }
            let pairs = one.uploads.iter().enumerate().flat_map(|(index, upload)| {
                other
                    .uploads
                    .iter()
                    .enumerate()
                    .map(move |(other_index, theirs)| (index, upload, other_index, theirs))
            });
            let free = |number, index| !run.spoken.contains(&(number, index));
            let both = pairs
                .filter(|(index, _, other_index, _)| free(number, *index) && free(other_number, *other_index))
                .find(|(_, upload, _, theirs)| collide(upload, theirs))
                .map(|(_, upload, _, theirs)| (upload, theirs));
            if let Some((upload, theirs)) = both {
                say(run, (one, upload), (other, theirs));
            }
        }
    }
}

fn collide(one: &Upload, other: &Upload) -> bool {
    let (Some(bucket), Some(theirs)) = (one.bucket.resolved(), other.bucket.resolved()) else {
        return false;
    };
    let known = !one.prefix.is_open() && !other.prefix.is_open();
    let whole = one.object.is_none() && other.object.is_none() && one.is_amazon() && other.is_amazon();
    bucket == theirs && known && whole && relation(&one.prefix, &other.prefix) == Relation::Equal
}

fn say(run: &mut Run<'_>, (one, upload): (&Deployment, &Upload), (other, theirs): (&Deployment, &Upload)) {
    let deletes = upload.delete || theirs.delete;
    let title = format!(
        "{} and {} write to the same prefix, {}",
        one.name(),
        other.name(),
        upload.target()
    );
    let how = if deletes {
        " and one removes what the other uploaded"
    } else {
        ""
    };
    let detail = format!(
        "At {}. They are of different environments: the later one overwrites the earlier{how}. Give each a bucket or a \
         prefix of its own.",
        places([upload.at.as_ref(), theirs.at.as_ref()])
    );
    let hosts = upload
        .bucket
        .resolved()
        .map(|name| run.live.hosts_of(&name))
        .unwrap_or_default();
    let subject = format!("{} and {}", upload.target(), other.id());
    let severity = deletes.then_some(Severity::High);
    run.say(
        Draft::of(rules::DEPLOY_PREFIX_SHARED, one, &subject, title, detail)
            .impact(hosts)
            .at_least(severity),
    );
}
