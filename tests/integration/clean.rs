//! Worlds that nobody touched: both states of each must compare clean.

use crate::support::world::World;

#[test]
fn two_sites() {
    World::load("two-sites").expect_clean();
}

#[test]
fn every_attribute() {
    World::load("every-attribute").expect_clean();
}

#[test]
fn inline_forms() {
    World::load("inline-forms").expect_clean();
}
