//! The steps of both sides beside each other.

use std::iter::{Enumerate, Peekable};
use std::slice::Iter;

use crate::serving::trace::{Step, Trace};

/// Steps deeper than this hang at this depth: further in there is no room left to read them.
const DEEPEST: usize = 12;

/// A step and its place among the steps of its side, from 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed<'a> {
    pub(super) index: usize,
    pub(super) step: &'a Step,
}

/// The same step on both sides, or one that only one side has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Pair<'a> {
    State(Placed<'a>),
    Live(Placed<'a>),
    Both { state: Placed<'a>, live: Placed<'a> },
}

impl<'a> Pair<'a> {
    /// The step of the live side, or of the state where live has none.
    pub(super) fn leading(self) -> Placed<'a> {
        match self {
            Pair::State(placed) | Pair::Live(placed) | Pair::Both { live: placed, .. } => placed,
        }
    }

    /// Whether both sides have the step and say the same of it, evidence aside.
    pub(super) fn agrees(self) -> bool {
        match self {
            Pair::Both { state, live } => {
                state.step.title == live.step.title && state.step.verdict == live.step.verdict
            }
            Pair::State(_) | Pair::Live(_) => false,
        }
    }
}

/// A step with the steps below it.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    pub(super) pair: Pair<'a>,
    pub(super) below: Vec<Row<'a>>,
}

/// The rows of the tree. Without a state every row is [`Pair::Live`].
pub(super) fn rows<'a>(state: Option<&'a Trace>, live: &'a Trace) -> Vec<Row<'a>> {
    let forest = |trace: &'a Trace| siblings(&mut trace.steps.iter().enumerate().peekable(), 0);
    pair(state.map_or_else(Vec::new, forest), forest(live))
}

/// A step of one side with the steps below it.
struct Node<'a> {
    placed: Placed<'a>,
    below: Vec<Node<'a>>,
}

/// The steps from here on that are at least this deep.
fn siblings<'a>(steps: &mut Peekable<Enumerate<Iter<'a, Step>>>, depth: usize) -> Vec<Node<'a>> {
    let mut nodes = Vec::new();
    while let Some((index, step)) = steps.next_if(|(_, step)| step.depth.min(DEEPEST) >= depth) {
        let below = siblings(steps, step.depth.min(DEEPEST) + 1);
        nodes.push(Node {
            placed: Placed { index, step },
            below,
        });
    }
    nodes
}

/// What it is worth to lay two steps beside each other; 0 if they must not be. Steps that touch the same things are
/// the same steps, whatever else became of them; short of that the more words two titles share the better.
fn worth(a: &Step, b: &Step) -> usize {
    if a.station != b.station {
        return 0;
    }
    let same_things = if !a.touched.is_empty() && a.touched == b.touched {
        1_000
    } else {
        0
    };
    let words = |step: &'_ Step| step.title.split_whitespace().count();
    let shared = a
        .title
        .split_whitespace()
        .filter(|word| b.title.split_whitespace().any(|other| other == *word))
        .count();
    let alike = if a.title == b.title {
        100
    } else {
        99 * shared.min(words(b)) / words(a).max(words(b)).max(1)
    };
    1 + same_things + alike
}

/// Pairs siblings of one station in their order, such that together they are worth most: a member that was added to
/// a record group shifts none of the others.
fn pair<'a>(state: Vec<Node<'a>>, live: Vec<Node<'a>>) -> Vec<Row<'a>> {
    let worth: Vec<Vec<usize>> = state
        .iter()
        .map(|a| live.iter().map(|b| worth(a.placed.step, b.placed.step)).collect())
        .collect();
    // best[i][j]: the most that state[i..] and live[j..] are worth together.
    let mut best = vec![vec![0_usize; live.len() + 1]; state.len() + 1];
    for i in (0..state.len()).rev() {
        for j in (0..live.len()).rev() {
            let together = match worth[i][j] {
                0 => 0,
                worth => worth + best[i + 1][j + 1],
            };
            best[i][j] = together.max(best[i + 1][j]).max(best[i][j + 1]);
        }
    }

    let mut rows = Vec::with_capacity(state.len().max(live.len()));
    let (mut state, mut live) = (
        state.into_iter().enumerate().peekable(),
        live.into_iter().enumerate().peekable(),
    );
    loop {
        let meet = match (state.peek(), live.peek()) {
            (None, None) => break,
            (Some(_), None) => Meet::StateAlone,
            (None, Some(_)) => Meet::LiveAlone,
            (Some((i, _)), Some((j, _))) => {
                let worth = worth[*i][*j];
                if worth > 0 && best[*i][*j] == worth + best[i + 1][j + 1] {
                    Meet::Both
                } else if best[*i][*j] == best[i + 1][*j] {
                    Meet::StateAlone
                } else {
                    Meet::LiveAlone
                }
            }
        };
        let (state, live) = match meet {
            Meet::Both => (state.next(), live.next()),
            Meet::StateAlone => (state.next(), None),
            Meet::LiveAlone => (None, live.next()),
        };
        rows.extend(row(state.map(|(_, node)| node), live.map(|(_, node)| node)));
    }
    rows
}

enum Meet {
    Both,
    StateAlone,
    LiveAlone,
}

fn row<'a>(state: Option<Node<'a>>, live: Option<Node<'a>>) -> Option<Row<'a>> {
    let (pair_here, state_below, live_below) = match (state, live) {
        (Some(state), Some(live)) => (
            Pair::Both {
                state: state.placed,
                live: live.placed,
            },
            state.below,
            live.below,
        ),
        (Some(state), None) => (Pair::State(state.placed), state.below, Vec::new()),
        (None, Some(live)) => (Pair::Live(live.placed), Vec::new(), live.below),
        (None, None) => return None,
    };
    Some(Row {
        pair: pair_here,
        below: pair(state_below, live_below),
    })
}

#[cfg(test)]
mod tests {
    use super::super::samples::{step, trace};
    use super::*;
    use crate::serving::trace::{Side, Station, Visitor};

    /// `=` same, `~` both, `-` state alone, `+` live alone; children in brackets.
    fn drawn(rows: &[Row<'_>]) -> String {
        let row = |row: &Row<'_>| {
            let sign = match row.pair {
                Pair::Both { .. } if row.pair.agrees() => '=',
                Pair::Both { .. } => '~',
                Pair::State(_) => '-',
                Pair::Live(_) => '+',
            };
            let below = match &row.below[..] {
                [] => String::new(),
                below => format!("[{}]", drawn(below)),
            };
            format!("{sign}{}{below}", row.pair.leading().step.title)
        };
        rows.iter().map(row).collect::<Vec<_>>().join(" ")
    }

    fn of(side: Side, steps: &[(usize, Station, &str)]) -> Trace {
        let steps = steps
            .iter()
            .map(|(depth, station, title)| step(*depth, *station, title));
        trace(side, steps.collect(), Visitor::Private)
    }

    fn aligned(state: &[(usize, Station, &str)], live: &[(usize, Station, &str)]) -> String {
        let (state, live) = (of(Side::State, state), of(Side::Live, live));
        drawn(&rows(Some(&state), &live))
    }

    #[test]
    fn equal_paths_agree_in_every_step() {
        let path = [
            (0, Station::Zone, "z"),
            (0, Station::Record, "r"),
            (1, Station::Record, "a"),
            (1, Station::Record, "b"),
            (0, Station::Object, "o"),
        ];
        assert_eq!(aligned(&path, &path), "=z =r[=a =b] =o");
    }

    #[test]
    fn a_member_more_shifts_none_of_the_others() {
        let group = (0, Station::Record, "group");
        let member = |title| (1, Station::Record, title);
        assert_eq!(
            aligned(
                &[group, member("a"), member("b")],
                &[group, member("new"), member("a"), member("b")]
            ),
            "=group[+new =a =b]"
        );
        assert_eq!(
            aligned(&[group, member("a"), member("b")], &[group, member("b")]),
            "=group[-a =b]"
        );
    }

    #[test]
    fn members_are_known_by_what_they_touch_then_by_their_titles() {
        let group = (0, Station::Record, "group");
        let member = |title| (1, Station::Record, title);
        assert_eq!(
            aligned(
                &[group, member("blue 50 % -> d1"), member("green 50 % -> d2")],
                &[
                    group,
                    member("canary 20 % -> d3"),
                    member("blue 40 % -> d1"),
                    member("green 40 % -> d2")
                ]
            ),
            "=group[+canary 20 % -> d3 ~blue 40 % -> d1 ~green 40 % -> d2]"
        );

        let touching = |side, steps: &[(&str, &str)]| {
            let mut trace = of(side, &[]);
            trace.steps = steps
                .iter()
                .map(|(title, id)| step(0, Station::Record, title).touches("aws_route53_record", id))
                .collect();
            trace
        };
        let state = touching(Side::State, &[("to d1", "a"), ("to d2", "b")]);
        let live = touching(Side::Live, &[("to d2", "a"), ("to d1", "b")]);
        assert_eq!(drawn(&rows(Some(&state), &live)), "~to d2 ~to d1");
    }

    #[test]
    fn steps_of_one_station_meet_in_their_order_and_no_others_do() {
        assert_eq!(
            aligned(
                &[(0, Station::Origin, "old"), (0, Station::Access, "policy")],
                &[(0, Station::Origin, "new"), (0, Station::ErrorResponse, "page")]
            ),
            "~new -policy +page"
        );
    }

    #[test]
    fn without_a_state_nothing_is_compared() {
        let live = of(Side::Live, &[(0, Station::Zone, "z"), (1, Station::Record, "r")]);
        assert_eq!(drawn(&rows(None, &live)), "+z[+r]");
    }

    #[test]
    fn any_depth_finds_its_place() {
        let live = of(
            Side::Live,
            &[
                (usize::MAX, Station::Zone, "a"),
                (3, Station::Zone, "b"),
                (usize::MAX, Station::Zone, "c"),
                (usize::MAX - 1, Station::Zone, "d"),
                (0, Station::Zone, "e"),
            ],
        );
        assert_eq!(drawn(&rows(None, &live)), "+a +b[+c +d] +e");
        let deep: Vec<_> = (0..50_000).map(|depth| (depth, Station::Zone, "s")).collect();
        assert_eq!(rows(None, &of(Side::Live, &deep)).len(), 1);
    }
}
