//! A host's serving path as a picture: a line with stations, branches to the right, and where it breaks.

use super::wrap::wrap;
use super::writer::Html;
use crate::report::escape;
use crate::result::{HostState, PathStep, Standing};

/// The picture's width in its own units: that of a narrow phone's column, so that its letters are legible there too.
const WIDTH: usize = 320;
/// Where the first line runs, and how far a branch lies to the right of what it branches from.
const LEFT: usize = 17;
const BRANCH: usize = 20;
/// The radius of the bend where a branch leaves its line.
const BEND: usize = 8;
/// Deeper branches are drawn on top of each other.
const DEEPEST: usize = 5;
/// From a line to the text beside it.
const TEXT: usize = 24;
const NAME_SIZE: usize = 12;
const TITLE_SIZE: usize = 14;
const WHY_SIZE: usize = 13;
const MOST_TITLE_LINES: usize = 4;
const MOST_WHY_LINES: usize = 6;

/// A step with its place in the picture.
struct Station<'a> {
    step: &'a PathStep,
    x: usize,
    /// The middle of its shape.
    y: usize,
    name: String,
    title: Vec<String>,
    why: Vec<String>,
}

impl Station<'_> {
    fn text_at(&self) -> usize {
        self.x + TEXT
    }
}

/// Draws the path of the host with this number.
pub(super) fn draw(html: &mut Html, number: usize, host: &HostState) {
    let (stations, height) = laid_out(&host.path);
    let (title, desc) = (format!("path-{number}-title"), format!("path-{number}-desc"));
    let (view, labels) = (format!("0 0 {WIDTH} {height}"), format!("{title} {desc}"));
    let (wide, high) = (WIDTH.to_string(), height.to_string());
    let attributes = [
        ("class", "path"),
        ("viewBox", view.as_str()),
        ("width", wide.as_str()),
        ("height", high.as_str()),
        ("role", "img"),
        ("aria-labelledby", labels.as_str()),
    ];
    html.element("div", &[("class", "picture")], |html| {
        html.element("svg", &attributes, |html| {
            html.leaf("title", &[("id", &title)], &format!("Serving path of {}", host.host));
            let words: Vec<String> = in_words(&host.path).collect();
            html.leaf("desc", &[("id", &desc)], &words.join("; "));
            rails(html, &stations);
            for station in &stations {
                self::station(html, station);
            }
        });
        html.element("details", &[("class", "words")], |html| {
            html.leaf("summary", &[], "The path in words");
            html.element("ol", &[], |html| {
                for words in in_words(&host.path) {
                    html.leaf("li", &[], &words);
                }
            });
        });
    });
}

/// What the shapes mean, once for the page.
pub(super) fn legend(html: &mut Html) {
    html.element("ul", &[("class", "legend")], |html| {
        for (standing, meaning) in [
            (Standing::Good, "good"),
            (Standing::Remark, "good, with a remark"),
            (Standing::Broken, "broken"),
            (Standing::Unknown, "cannot be told"),
        ] {
            html.element("li", &[], |html| {
                let attributes = [
                    ("class", "path"),
                    ("viewBox", "0 0 24 24"),
                    ("width", "20"),
                    ("height", "20"),
                    ("aria-hidden", "true"),
                ];
                html.element("svg", &attributes, |html| shape(html, standing, 12, 12));
                html.text(meaning);
            });
        }
    });
}

/// What a step's standing is called, and why; nothing for a good one. The first broken step is where the path breaks.
fn remark(step: &PathStep, first_broken: bool) -> Option<String> {
    let word = match step.standing {
        Standing::Good => return None,
        Standing::Remark => "Remark",
        Standing::Broken if first_broken => "Breaks here",
        Standing::Broken => "Broken",
        Standing::Unknown => "Cannot be told",
    };
    Some(if step.why.is_empty() {
        word.to_owned()
    } else {
        format!("{word}: {}", step.why)
    })
}

/// Each step with whether the path breaks at it.
fn steps(path: &[PathStep]) -> impl Iterator<Item = (&PathStep, bool)> {
    let first = path.iter().position(|step| step.standing == Standing::Broken);
    path.iter().enumerate().map(move |(at, step)| (step, Some(at) == first))
}

fn in_words(path: &[PathStep]) -> impl Iterator<Item = String> {
    steps(path).map(|(step, breaks)| {
        let said = remark(step, breaks).map_or_else(|| ", good".to_owned(), |remark| format!(". {remark}"));
        format!("{}: {}{said}", step.station, step.title)
    })
}

fn laid_out(path: &[PathStep]) -> (Vec<Station<'_>>, usize) {
    let mut bottom = 4;
    let stations = steps(path)
        .map(|(step, breaks)| {
            let x = LEFT + step.depth.min(DEEPEST) * BRANCH;
            let room = |size: usize| (WIDTH - x - TEXT) as f64 / size as f64;
            let title = wrap(&escape::text(&step.title), room(TITLE_SIZE), MOST_TITLE_LINES);
            let why = remark(step, breaks).map_or_else(Vec::new, |remark| {
                wrap(&escape::text(&remark), room(WHY_SIZE), MOST_WHY_LINES)
            });
            let name = wrap(&escape::text(&step.station), room(NAME_SIZE), 1).concat();
            let y = bottom + 12;
            bottom += 22 + title.len() * 18 + why.len() * 17 + 12;
            Station {
                step,
                x,
                y,
                name,
                title,
                why,
            }
        })
        .collect();
    (stations, bottom)
}

/// Where the line of one depth has got to.
struct Line {
    depth: usize,
    x: usize,
    y: usize,
    /// Whether something on it, or on a branch of it, is broken.
    broken: bool,
}

/// The lines from station to station: down from the one before at the same depth, or out of the one that it branches
/// from. Past something broken the line is broken too.
fn rails(html: &mut Html, stations: &[Station<'_>]) {
    let mut open: Vec<Line> = Vec::new();
    for station in stations {
        let Station { x, y, .. } = *station;
        let depth = station.step.depth;
        let mut broke = station.step.standing == Standing::Broken;
        let mut cut = false;
        while let Some(inner) = open.pop_if(|line| line.depth > depth) {
            cut |= inner.broken;
        }
        if let Some(line) = open.last_mut() {
            cut |= line.broken;
            line.broken = cut;
            let class = if cut { "rail cut" } else { "rail" };
            let way = if line.depth == depth {
                format!("M{} {}V{y}", line.x, line.y)
            } else {
                let (left, from, bend) = (line.x, line.y, y.saturating_sub(BEND));
                // What else follows on this line begins where the branch leaves it.
                line.y = bend;
                format!("M{left} {from}V{bend}Q{left} {y} {} {y}H{x}", left + BEND)
            };
            html.leaf("path", &[("class", class), ("d", &way)], "");
        }
        match open.last_mut() {
            Some(line) if line.depth == depth => {
                line.y = y;
                line.broken |= broke;
            }
            _ => {
                broke |= cut;
                open.push(Line {
                    depth,
                    x,
                    y,
                    broken: broke,
                });
            }
        }
    }
}

fn station(html: &mut Html, station: &Station<'_>) {
    let class = match station.step.standing {
        Standing::Good => "good",
        Standing::Remark => "remark",
        Standing::Broken => "broken",
        Standing::Unknown => "unknown",
    };
    html.element("g", &[("class", class)], |html| {
        shape(html, station.step.standing, station.x, station.y);
        let x = station.text_at().to_string();
        let mut line = |class: &'static str, y: usize, text: &str| {
            html.element("text", &[("class", class), ("x", &x), ("y", &y.to_string())], |html| {
                html.visible(text);
            });
        };
        line("name", station.y + 4, &station.name);
        let mut y = station.y + 5;
        for title in &station.title {
            y += 18;
            line("title", y, title);
        }
        for why in &station.why {
            y += 17;
            line("why", y, why);
        }
    });
}

/// A shape for each standing, with a sign in it: they differ without their colours.
fn shape(html: &mut Html, standing: Standing, x: usize, y: usize) {
    let (class, outline, sign) = match standing {
        Standing::Good => ("good", "m-8 0a8 8 0 1 1 16 0a8 8 0 1 1-16 0z", "m-3.5 .5l2.5 2.5l5-5.5"),
        Standing::Remark => (
            "remark",
            "m-8-5q0-3 3-3h10q3 0 3 3v10q0 3-3 3h-10q-3 0-3-3z",
            "m0-4v.1m0 3.4v4.5",
        ),
        Standing::Broken => (
            "broken",
            "m-4.5-11h9l6.5 6.5v9l-6.5 6.5h-9l-6.5-6.5v-9z",
            "m-4-4l8 8m0-8l-8 8",
        ),
        Standing::Unknown => (
            "unknown",
            "m0-11l11 11l-11 11l-11-11z",
            "m-3-2.5c0-4 6-4 6 0c0 2.5-3 2-3 4.5m0 3v.1",
        ),
    };
    for (part, line) in [("shape", outline), ("sign", sign)] {
        let path = format!("M{x} {y}{line}");
        html.leaf("path", &[("class", &format!("{part} {class}")), ("d", &path)], "");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(steps: &[(usize, Standing)]) -> Vec<PathStep> {
        steps
            .iter()
            .map(|(depth, standing)| PathStep {
                station: "origin".to_owned(),
                title: "a title".to_owned(),
                depth: *depth,
                standing: *standing,
                why: String::new(),
            })
            .collect()
    }

    /// The rails of a path: `cut` or not, and whether they bend.
    fn rails_of(steps: &[(usize, Standing)]) -> Vec<(bool, bool)> {
        let path = path(steps);
        let (stations, _) = laid_out(&path);
        let mut html = Html::document();
        rails(&mut html, &stations);
        html.into_text()
            .split("<path")
            .skip(1)
            .map(|rail| (rail.contains("rail cut"), rail.contains('Q')))
            .collect()
    }

    #[test]
    fn every_station_but_the_first_hangs_on_one_before_it() {
        use Standing::{Broken, Good};
        assert_eq!(
            rails_of(&[(0, Good), (1, Good), (2, Broken), (1, Good), (0, Broken), (0, Good)]),
            [
                (false, true),
                (false, true),
                (true, false),
                (true, false),
                (true, false)
            ]
        );
        assert_eq!(rails_of(&[(3, Good), (1, Good)]), Vec::new());
    }

    #[test]
    fn the_first_broken_step_is_where_the_path_breaks() {
        let path = path(&[(0, Standing::Good), (0, Standing::Broken), (0, Standing::Broken)]);
        let words: Vec<String> = in_words(&path).collect();
        assert_eq!(
            words,
            [
                "origin: a title, good",
                "origin: a title. Breaks here",
                "origin: a title. Broken"
            ]
        );
    }
}
