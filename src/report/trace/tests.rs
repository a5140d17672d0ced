use std::path::Path;

use serde_json::{Value, json};

use super::samples::{self, Sample};
use super::*;

fn written(sample: &Sample, format: TraceFormat, options: Options) -> String {
    let mut out = Vec::new();
    render(&sample.document(), format, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn at(width: usize) -> Options {
    Options {
        width: Some(width),
        ..Options::default()
    }
}

/// As on a terminal of 80 columns without colours.
fn plain(sample: &Sample) -> String {
    written(sample, TraceFormat::Human, at(80))
}

/// With each ANSI style as `<1;31>` and each reset as `</>`.
fn coloured(sample: &Sample) -> String {
    let text = written(sample, TraceFormat::Human, Options { colour: true, ..at(80) });
    let mut out = String::new();
    for (at, part) in text.split("\u{1b}[").enumerate() {
        match part.split_once('m').filter(|_| at > 0) {
            Some(("0", rest)) => out.push_str(&format!("</>{rest}")),
            Some((codes, rest)) => out.push_str(&format!("<{codes}>{rest}")),
            None => out.push_str(part),
        }
    }
    out
}

fn json_of(sample: &Sample) -> Value {
    serde_json::from_str(&written(sample, TraceFormat::Json, Options::default())).unwrap()
}

fn mermaid_of(sample: &Sample) -> String {
    written(sample, TraceFormat::Mermaid, Options::default())
}

macro_rules! trees {
    ($($name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                let tree = plain(&samples::$name());
                insta::assert_snapshot!(tree);
            }
        )+
    };
}

trees!(
    healthy,
    bucket_policy,
    origin_path,
    redirect,
    weighted,
    failover,
    private,
    maintenance,
    unresolved,
    no_state,
    state_alone_broken,
    hostile,
);

#[test]
fn with_all_evidence() {
    let verbose = Options {
        verbose: true,
        ..at(80)
    };
    insta::assert_snapshot!(written(&samples::healthy(), TraceFormat::Human, verbose));
}

#[test]
fn everything_of_later_breakages_when_verbose() {
    let verbose = Options {
        verbose: true,
        ..at(80)
    };
    let text = written(&samples::bucket_policy(), TraceFormat::Human, verbose);
    assert!(text.contains("Upload 0.78.1/index.html."), "{text}");
    assert!(!plain(&samples::bucket_policy()).contains("Upload 0.78.1/index.html."));
}

#[test]
fn side_by_side_where_there_is_room() {
    let texts: Vec<_> = [samples::bucket_policy(), samples::origin_path(), samples::weighted()]
        .iter()
        .map(|sample| written(sample, TraceFormat::Human, at(120)))
        .collect();
    insta::assert_snapshot!(texts.join("\n"));
}

#[test]
fn in_colours() {
    insta::assert_snapshot!(coloured(&samples::bucket_policy()));
}

#[test]
fn lines_keep_to_the_width_unless_a_single_word_does_not() {
    for sample in samples::all() {
        for width in [60, 80, 120, 160] {
            for line in written(&sample, TraceFormat::Human, at(width)).lines().skip(1) {
                let words = line.split_whitespace();
                let longest = words.map(|word| word.chars().count()).max().unwrap_or(0);
                assert!(line.chars().count() <= width || longest > 24, "{}: {line}", sample.name);
            }
        }
    }
}

#[test]
fn exactly_one_step_is_marked_as_the_first_broken() {
    for sample in samples::all() {
        let marked = plain(&sample).matches("breaks here: ").count();
        let first = sample.document().first_broken();
        assert_eq!(marked, usize::from(first.is_some()), "{}", sample.name);
        if first.is_some_and(|first| first.side == Side::Live) {
            assert!(mermaid_of(&sample).contains(" first_broken\n"), "{}", sample.name);
        }
    }
}

#[test]
fn what_a_breakage_has_said_is_not_repeated_as_its_evidence() {
    let mut sample = samples::bucket_policy();
    let denied = sample.live.steps[7].evidence[0].clone();
    let Verdict::Broken(broken) = &mut sample.live.steps[7].verdict else {
        panic!("the sample breaks at its bucket policy");
    };
    broken.detail = format!("{denied}: visitors get 403");
    for options in [Options::default(), at(300)] {
        let tree = written(&sample, TraceFormat::Human, options);
        assert_eq!(tree.matches(&denied).count(), 1, "{tree}");
        assert!(tree.contains("asks for AWS:SourceArn"), "{tree}");
    }
}

#[test]
fn nothing_foreign_reaches_the_terminal_as_it_is() {
    for format in TraceFormat::ALL {
        for width in [None, Some(0), Some(1), Some(30), Some(80), Some(120), Some(200)] {
            let options = Options {
                width,
                verbose: true,
                ..Options::default()
            };
            let text = written(&samples::hostile(), *format, options);
            assert!(!text.chars().any(|c| c != '\n' && escape::is_invisible(c)), "{text}");
            for line in text.lines() {
                assert!(!line.trim_start().starts_with("::"), "a workflow command: {line}");
                assert!(!line.contains("##["), "a pipeline command: {line}");
                assert_eq!(line.trim_end(), line, "space at the end");
            }
            assert_eq!(
                text.matches("\nVisitors get").count(),
                usize::from(*format == TraceFormat::Human)
            );
        }
    }
}

#[test]
fn without_colours_there_is_no_escape_code_and_with_them_all_are_closed() {
    for sample in samples::all() {
        for width in [80, 120] {
            let options = at(width);
            let plain = written(&sample, TraceFormat::Human, options);
            assert!(!plain.contains('\u{1b}'), "{plain}");
            let coloured = written(
                &sample,
                TraceFormat::Human,
                Options {
                    colour: true,
                    ..options
                },
            );
            for line in coloured.lines() {
                let last = line.rsplit_once("\u{1b}[").map_or("0m", |(_, code)| code);
                assert!(last.starts_with("0m"), "a style runs over the line's end: {line}");
            }
            let stripped: String = coloured
                .split("\u{1b}[")
                .enumerate()
                .map(|(at, part)| if at == 0 { part } else { part.split_once('m').unwrap().1 })
                .collect();
            assert_eq!(stripped, plain);
        }
    }
}

#[test]
fn json() {
    insta::assert_snapshot!(written(
        &samples::bucket_policy(),
        TraceFormat::Json,
        Options::default()
    ));
}

#[test]
fn json_of_everything_in_short() {
    let lines: Vec<_> = samples::all()
        .iter()
        .filter(|sample| sample.name != "hostile texts")
        .map(|sample| {
            let document = json_of(sample);
            let first = &document["first_broken"];
            format!(
                "{}: served {}, first broken {} {} {}, visitor {}, complete {}",
                sample.name,
                document["served"],
                first["side"],
                first["step"],
                first["rule"],
                document["live"]["visitor"],
                document["live"]["complete"]
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn invisible_characters_are_escaped_in_json_but_the_same() {
    let document = json_of(&samples::hostile());
    assert_eq!(document["host"], json!(samples::HOSTILE));
    assert_eq!(document["state"]["steps"][0]["title"], json!(samples::HOSTILE));
}

#[test]
fn every_sample_keeps_to_the_published_schema() {
    let validator = jsonschema::draft202012::new(schema().as_value()).unwrap();
    for sample in samples::all() {
        let document = json_of(&sample);
        let errors: Vec<_> = validator
            .iter_errors(&document)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{}: {errors:?}", sample.name);
    }
}

#[test]
fn the_schema_refuses_a_document_without_a_promised_member() {
    let validator = jsonschema::draft202012::new(schema().as_value()).unwrap();
    let whole = json_of(&samples::bucket_policy());
    assert!(validator.is_valid(&whole));
    for parent in [
        "",
        "/state",
        "/live",
        "/live/steps/0",
        "/live/steps/7/at",
        "/live/visitor",
        "/live/served_from/0",
        "/live/objects/0",
        "/first_broken",
    ] {
        for name in whole.pointer(parent).unwrap().as_object().unwrap().keys() {
            let mut document = whole.clone();
            let object = document.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            object.remove(name);
            assert!(!validator.is_valid(&document), "{parent}/{name} may be left out");
        }
    }
}

#[test]
fn the_published_schema_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/trace.schema.json");
    let fresh = format!("{:#}\n", schema().as_value());
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == fresh,
        "{} is stale: run the tests once with BLESS=1 set",
        path.display()
    );
}

#[test]
fn mermaid() {
    let charts: Vec<_> = samples::all()
        .iter()
        .map(|sample| format!("%% {}\n{}", sample.name, mermaid_of(sample)))
        .collect();
    let charts = charts.join("\n");
    insta::assert_snapshot!(charts);
}

/// Every line of a chart is one of the few constructs that are written, and every id that is used is a node.
#[test]
fn charts_are_made_of_simple_constructs() {
    for sample in samples::all() {
        let chart = mermaid_of(&sample);
        let mut lines = chart.lines();
        assert_eq!(lines.next(), Some("flowchart TD"));
        let mut nodes = Vec::new();
        let mut used = Vec::new();
        let mut classes = Vec::new();
        for line in lines {
            let words: Vec<_> = line.trim_start().split(' ').collect();
            match &words[..] {
                [from, "-->" | "-.-" | "-.->", to] => used.extend([*from, *to]),
                ["classDef", name, look @ ..] => {
                    assert!(
                        look.concat()
                            .chars()
                            .all(|c| c.is_ascii_alphanumeric() || ":#,-".contains(c))
                    );
                    classes.push(*name);
                }
                ["class", ids, name] => {
                    used.extend(ids.split(','));
                    assert!(classes.contains(name), "{line}");
                }
                _ => {
                    let (id, rest) = line.trim_start().split_once(['[', '(']).unwrap();
                    let label = rest.trim_start_matches('[').trim_end_matches([']', ')']);
                    let label = label
                        .strip_prefix('"')
                        .and_then(|label| label.strip_suffix('"'))
                        .unwrap();
                    assert!(
                        !label.replace("<br/>", "").contains(['"', '<', '>', '[', ':', '`']),
                        "{line}"
                    );
                    assert!(id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{line}");
                    nodes.push(id);
                }
            }
        }
        for id in used {
            assert!(nodes.contains(&id), "{}: {id} is no node", sample.name);
        }
    }
}

#[test]
fn what_visitors_get_stands_in_words() {
    let page = |key: &str| Visitor::Page {
        status: 200,
        bucket: "b".to_owned(),
        key: key.to_owned(),
    };
    let why = || "because".to_owned();
    let words: Vec<_> = [
        page("index.html"),
        page(""),
        Visitor::Redirect {
            status: 301,
            to: "https://www.example.com/".to_owned(),
        },
        Visitor::Error {
            status: 403,
            why: why(),
        },
        Visitor::NoAnswer { why: why() },
        Visitor::Private,
        Visitor::Unknown { why: why() },
    ]
    .iter()
    .map(Visitor::to_string)
    .collect();
    assert_eq!(
        words,
        [
            "200, object index.html of bucket b",
            "200, the listing of bucket b",
            "301 to https://www.example.com/",
            "403: because",
            "no answer: because",
            "403 unless the URL is signed (as intended)",
            "what cannot be told: because",
        ]
    );
}

#[test]
fn every_format_is_found_by_its_name() {
    for format in TraceFormat::ALL {
        assert_eq!(format.name().parse::<TraceFormat>().as_ref(), Ok(format));
        assert_eq!(format.to_string(), format.name());
    }
}

#[test]
fn an_unknown_format_is_answered_with_the_known_ones() {
    let error = "svg\u{1b}[31m".parse::<TraceFormat>().unwrap_err();
    assert_eq!(
        error.to_string(),
        r"`svg\u001b[31m` is not a format of a trace; use one of human, json, mermaid"
    );
}

#[test]
fn a_closed_pipe_is_the_callers_to_handle() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let sample = samples::healthy();
    for format in TraceFormat::ALL {
        let error = render(&sample.document(), *format, &Options::default(), &mut Closed).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format}");
    }
}
