//! Distributions, attribute by attribute, and the identities that they read buckets with.
//!
//! Left out, since the emulator lacks them or AWS would refuse the combination: VPC origins, continuous
//! deployment policies, tenant-only distributions (these three are changed in the snapshot: end of `own`), mutual TLS,
//! field-level encryption profiles that exist (it takes any id).

mod behaviours;
mod identities;
mod origins;
mod own;

use aws_sdk_cloudfront::types::{CacheBehavior, DistributionConfig, Origin};
use serde_json::Value;

use crate::support::world::{World, changed};

const FULL: &str = "aws_cloudfront_distribution.full";
const LEAST: &str = "aws_cloudfront_distribution.least";
const DISABLED: &str = "aws_cloudfront_distribution.disabled";
const STAGE: &str = "module.site[\"stage\"].aws_cloudfront_distribution.site";
/// AWS's managed cache policy "CachingDisabled".
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

fn edge() -> World {
    World::part("every-attribute", &["aws_cloudfront_"])
}

/// Edits one distribution and expects these paths at its address.
#[track_caller]
fn edited(address: &str, paths: &[&str], edit: impl FnOnce(&mut DistributionConfig)) -> Vec<Value> {
    let world = edge();
    world.edit_distribution(address, edit);
    world.expect(&[changed(address, paths)])
}

/// As `edited`, of the distribution that has everything.
#[track_caller]
fn full(paths: &[&str], edit: impl FnOnce(&mut DistributionConfig)) {
    edited(FULL, paths, edit);
}

/// As `full`, of one of its origins.
#[track_caller]
fn at_origin(id: &str, paths: &[&str], edit: impl FnOnce(&mut Origin)) {
    full(paths, |d| edit(origin(d, id)));
}

/// As `full`, of one of its behaviours.
#[track_caller]
fn at_behaviour(pattern: &str, paths: &[&str], edit: impl FnOnce(&mut CacheBehavior)) {
    let paths: Vec<String> = paths
        .iter()
        .map(|path| format!("ordered_cache_behavior[\"{pattern}\"].{path}"))
        .collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    full(&paths, |d| edit(behaviour(d, pattern)));
}

fn origin<'a>(d: &'a mut DistributionConfig, id: &str) -> &'a mut Origin {
    d.origins
        .as_mut()
        .expect("origins")
        .items
        .iter_mut()
        .find(|one| one.id == id)
        .expect("the origin")
}

fn behaviours(d: &mut DistributionConfig) -> &mut Vec<CacheBehavior> {
    d.cache_behaviors
        .as_mut()
        .expect("behaviours")
        .items
        .as_mut()
        .expect("behaviours")
}

fn behaviour<'a>(d: &'a mut DistributionConfig, pattern: &str) -> &'a mut CacheBehavior {
    behaviours(d)
        .iter_mut()
        .find(|one| one.path_pattern == pattern)
        .expect("the behaviour")
}
