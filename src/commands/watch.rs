//! `driftgate watch`: the check, again and again during console work, showing only what moved.

use std::time::{Duration, Instant};

use super::check::Prepared;
use super::earlier::Earlier;
use super::{World, output, settings};
use crate::cli::{CheckArgs, WatchArgs};
use crate::error::Error;
use crate::report::{Options, watch};
use crate::result::Outcome;
use crate::watch::Known;

/// Looks until it is interrupted, nobody reads it any more, or as often as it is told.
///
/// # Errors
/// Whatever keeps a look from being taken; what a look finds, or cannot read, is no error.
pub fn run(args: &WatchArgs, world: &mut World) -> Result<Outcome, Error> {
    if let Some(flag) = of_one_check(&args.check) {
        return Err(Error::NotForWatch { flag });
    }
    let effective = settings::of_check(&args.check, world)?;
    let prepared = Prepared::new(&args.check, &effective, &mut Earlier::default(), world)?;
    prepared.announce(&effective, world);
    let options = Options {
        colour: output::coloured(args.check.output.render.color, world),
        width: world.width,
        verbose: false,
    };
    let started = Instant::now();
    let (inventory, mut result) = prepared.look(world)?;
    result.stats.duration = started.elapsed();
    let at = now();
    let mut known = Known::new(inventory, &result, &at);
    let mut outcome = result.outcome;
    let written = watch::open(&result, time_of(&at), &options, world.stdout);
    let mut read = output::still_read(written, world)?;
    let mut looks = 1_u64;
    while read && args.looks.is_none_or(|wanted| looks < wanted) {
        std::thread::sleep(args.interval);
        let (inventory, result) = prepared.look(world)?;
        let at = now();
        let moved = known.look(&prepared.states, inventory, &result, &at);
        outcome = result.outcome;
        let written = watch::write(&moved, time_of(&at), &options, world.stdout);
        read = output::still_read(written, world)?;
        looks += 1;
    }
    Ok(outcome)
}

/// A flag that says what becomes of one check's result; a watch has none to keep.
fn of_one_check(args: &CheckArgs) -> Option<&'static str> {
    let (earlier, render) = (&args.earlier, &args.output.render);
    let given = [
        ("--report", !render.reports.is_empty()),
        ("--format", render.format.is_some()),
        ("--history", earlier.history.is_some()),
        ("--since", earlier.since.is_some()),
        ("--fail-on-new", earlier.fail_on_new),
    ];
    given.into_iter().find(|(_, given)| *given).map(|(flag, _)| flag)
}

/// Now, RFC 3339 in UTC. A watch lasts, so that the clock of its start does not do.
fn now() -> String {
    jiff::Timestamp::now().to_string()
}

/// The time of day of an RFC 3339 text.
fn time_of(timestamp: &str) -> &str {
    timestamp.get(11..19).unwrap_or(timestamp)
}

/// `10s`, `2m`.
pub fn interval(text: &str) -> Result<Duration, String> {
    let wrong = || "write seconds or minutes, for example 10s or 2m".to_owned();
    let (number, unit) = match text.strip_suffix('m') {
        Some(minutes) => (minutes, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    match number.checked_mul(unit) {
        Some(seconds @ 1..=86_400) => Ok(Duration::from_secs(seconds)),
        _ => Err("a look takes at least a second and a day at most".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_seconds_or_minutes() {
        assert_eq!(interval("10s"), Ok(Duration::from_secs(10)));
        assert_eq!(interval("10"), Ok(Duration::from_secs(10)));
        assert_eq!(interval("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "s", "0s", "-1s", "1h", "1.5s", "99999999999999999999m"] {
            assert!(interval(wrong).is_err(), "{wrong}");
        }
    }
}
