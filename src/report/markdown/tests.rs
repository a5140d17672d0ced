use proptest::prelude::*;

use super::*;
use crate::report::samples;
use crate::result::{HostState, Judged};

fn rendered(result: &CheckResult) -> String {
    within(result, COMMENT)
}

#[test]
fn clean() {
    insta::assert_snapshot!(rendered(&samples::clean()));
}

#[test]
fn clean_with_remarks() {
    insta::assert_snapshot!(rendered(&samples::clean_with_remarks()));
}

#[test]
fn drifted() {
    insta::assert_snapshot!(rendered(&samples::drifted()));
}

#[test]
fn incomplete() {
    insta::assert_snapshot!(rendered(&samples::incomplete()));
}

#[test]
fn outage() {
    insta::assert_snapshot!(rendered(&samples::outage()));
}

#[test]
fn resolved() {
    insta::assert_snapshot!(rendered(&samples::recovered()));
}

#[test]
fn the_rungs_below_the_first() {
    let result = samples::outage();
    let rungs: Vec<String> = Rung::ALL
        .into_iter()
        .skip(1)
        .map(|rung| format!("==== {rung:?}\n{}", written(&result, rung, COMMENT).unwrap()))
        .collect();
    insta::assert_snapshot!(rungs.join("\n"));
}

/// The rung that a report of `count` findings is written on within `limit`.
fn rung(result: &CheckResult, limit: usize) -> Rung {
    let text = within(result, limit);
    let same = |rung: &Rung| written(result, *rung, limit).is_some_and(|other| other == text);
    Rung::ALL.into_iter().find(same).unwrap()
}

#[test]
fn more_findings_take_the_report_down_the_ladder_and_none_is_lost() {
    let mut seen = Vec::new();
    for count in [5, 20, 50, 60, 90, 150, 250, 400, 600, 1_000, 5_000] {
        let result = samples::many(count);
        let text = rendered(&result);
        assert!(text.len() <= COMMENT, "{count}: {}", text.len());
        assert!(text.contains(&format!("### {count} findings\n")), "{count}");
        let rung = rung(&result, COMMENT);
        seen.push(rung);
        assert_eq!(
            rung == Rung::Everything,
            !text.contains("> This report is shortened"),
            "{count}"
        );
        if rung == Rung::Groups {
            assert_eq!(counted(&text), count);
        } else {
            let named = |at: usize| text.contains(&format!("`module.site[\"n{at}\"].aws_s3_bucket_policy.this`"));
            assert!((0..count).all(named), "{count} on {rung:?}");
        }
    }
    assert!(seen.is_sorted(), "{seen:?}");
    for rung in [Rung::Everything, Rung::NoDetails, Rung::Lines, Rung::Groups] {
        assert!(seen.contains(&rung), "{rung:?} of {seen:?}");
    }
}

#[test]
fn long_diffs_give_way_before_the_details_do() {
    let mut result = samples::many(20);
    for judged in &mut result.findings {
        judged.finding.changes[0].live = (0..100)
            .map(|at| format!("a rather long element {at} of a list"))
            .collect();
    }
    assert_eq!(rung(&result, COMMENT), Rung::NoDiffs);
    let text = rendered(&result);
    assert_eq!(text.matches("<details><summary><b>").count(), 20);
    assert!(text.contains("`policy` differs") && !text.contains("```"), "{text}");
}

/// The sum of the groups' numbers.
fn counted(text: &str) -> usize {
    let number = |line: &str| {
        let (before, _) = line.split_once(" finding")?;
        before.rsplit(' ').next()?.parse::<usize>().ok()
    };
    text.lines()
        .filter(|line| line.starts_with("- "))
        .filter_map(number)
        .sum()
}

#[test]
fn a_summary_has_room_for_more() {
    let result = samples::many(400);
    assert!(rung(&result, COMMENT) > Rung::Everything);
    assert_eq!(rung(&result, SUMMARY), Rung::Everything);
    let text = within(&samples::many(5_000), SUMMARY);
    assert!(text.len() <= SUMMARY && text.contains("n4999"), "{}", text.len());
}

#[test]
fn long_lists_beside_few_findings_give_way_before_the_diffs_do() {
    let mut result = samples::outage();
    let one = result.unchecked[0].clone();
    for at in 0..5_000 {
        let mut more = one.clone();
        more.address = format!("aws_s3_bucket.b[{at}]");
        result.unchecked.push(more);
    }
    assert_eq!(rung(&result, COMMENT), Rung::ShortLists);
    let text = rendered(&result);
    assert!(text.contains("### Could not check 5001 things\n"), "{text}");
    assert!(
        text.contains("`aws_s3_bucket.b[*]` (5000)") && text.contains("```diff\n"),
        "{text}"
    );
}

#[test]
fn whatever_is_long_the_last_rung_fits_and_counts() {
    let long = |text: &str| samples::filled_with(&text.repeat(20_000 / text.len()));
    let mut hosts = samples::outage();
    for at in 0..5_000 {
        hosts.hosts.push(HostState {
            host: format!("h{at}.example.com"),
            served: [Some(true), Some(false), None][at % 3],
            visitor: "x".repeat(500),
            path: Vec::new(),
        });
        hosts.findings[1].finding.impact.push(format!("h{at}.example.com"));
    }
    let mut rules = samples::many(5_000);
    for (at, judged) in rules.findings.iter_mut().enumerate() {
        judged.finding.rule = format!("assertion-{at}").into();
    }
    for result in [
        long("x"),
        long("`"),
        long("`` "),
        long("@a "),
        long("🙂"),
        long("\u{202e}"),
        hosts,
        rules,
    ] {
        let text = written(&result, Rung::Groups, COMMENT).expect("the last rung fits");
        let open = result.findings.iter().filter(|judged| !judged.is_allowed()).count();
        assert_eq!(counted(&text), open, "{text}");
        assert!(rendered(&result).len() <= COMMENT);
    }
}

#[test]
fn a_limit_for_nothing_leaves_the_verdict() {
    let text = within(&samples::drifted(), 100);
    assert_eq!(text.lines().count(), 1);
    assert!(text.starts_with("DRIFT: 3 of 42 resources differ"), "{text}");
}

#[test]
fn sensitive_values_never_appear() {
    for result in [samples::drifted(), samples::outage()] {
        for rung in Rung::ALL {
            let text = written(&result, rung, SUMMARY).unwrap();
            assert!(!text.contains(samples::SECRET), "{rung:?}");
        }
    }
    let text = rendered(&samples::drifted());
    assert!(text.contains("- (sensitive)\n+ (sensitive)\n"), "{text}");
}

#[test]
fn allowed_findings_are_not_among_the_others() {
    let text = rendered(&samples::clean_with_remarks());
    assert!(text.contains("### 1 finding\n"), "{text}");
    assert!(text.contains("<summary>2 findings allowed</summary>"), "{text}");
}

#[test]
fn a_warning_is_marked() {
    let mut result = samples::drifted();
    result.findings[0].action = crate::result::Action::Warn;
    assert!(rendered(&result).contains("| critical (warns) |"));
}

/// What can be in a text that somebody else chose.
const ENEMIES: &[&str] = &[
    "a|b",
    "a\\|b",
    "`code` ``more`` ```fence```",
    "```\n</details>\n# out",
    "@octocat",
    "@org/team",
    "#123",
    "GH-123",
    "owner/repo#1",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</summary></details></table>",
    "<!-- driftgate:state=x -->",
    "-->",
    "https://evil.example/x",
    "www.evil.example",
    "mail@evil.example",
    "<https://evil.example>",
    "![x](https://evil.example/p.png)",
    "[x](javascript:alert(1))",
    "[x]: https://evil.example",
    "[^1]",
    "**bold** _it_ ~~no~~",
    "# heading",
    "- item",
    "1. item",
    "> quote",
    "> [!CAUTION]",
    "---",
    "===",
    "$x$ $$y$$",
    ":rotating_light:",
    "&lt;img&gt; &#64;octocat",
    "line\nbreak\r\n\n# heading",
    "\u{202e}gpj.exe\u{200b}",
    "a\\",
    "\\`x",
    "    indented",
    "\t@octocat",
    "{{ template }} {% raw %}",
];

/// The text without blocks of code and code spans, as CommonMark finds them; a span becomes `C`.
fn outside_of_code(text: &str) -> String {
    let mut out = String::new();
    let mut fence: Option<String> = None;
    for line in text.lines() {
        match &fence {
            Some(open) if line.starts_with(open.as_str()) && line.trim_matches('`').is_empty() => fence = None,
            Some(_) => {}
            // With backticks further on it would be a code span.
            None if line.starts_with("```") && !line.trim_start_matches('`').contains('`') => {
                fence = Some(line.chars().take_while(|c| *c == '`').collect());
            }
            // HTML, in which Markdown means nothing.
            None if line.starts_with("<details>") => {
                out.push_str(line);
                out.push('\n');
            }
            None => {
                out.push_str(&without_spans(line));
                out.push('\n');
            }
        }
    }
    assert!(fence.is_none(), "a fence is open");
    out
}

fn without_spans(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(from) = rest.find('`') {
        let ticks = rest[from..].len() - rest[from..].trim_start_matches('`').len();
        let body = &rest[from + ticks..];
        let mut at = 0;
        let end = loop {
            let Some(next) = body[at..].find('`') else {
                panic!("a code span is open: {line}");
            };
            let run = body[at + next..].len() - body[at + next..].trim_start_matches('`').len();
            if run == ticks {
                break at + next;
            }
            at += next + run;
        };
        out.push_str(&rest[..from]);
        out.push('C');
        rest = &body[end + ticks..];
    }
    out + rest
}

/// Holds what is outside of code against what we write there ourselves.
fn assert_harmless(text: &str, of: &str) {
    samples::assert_visible(text);
    let mut cells = None;
    let mut depth = 0_i32;
    for line in outside_of_code(text).lines() {
        let html = line.starts_with("<details><summary>");
        depth += i32::from(html) - i32::from(line == "</details>");
        assert!((0..=1).contains(&depth), "{of:?}: {line}");
        let mut ours = line.to_owned();
        if html {
            ours = ours
                .replacen("<details><summary>", "", 1)
                .replace("</summary>", "")
                .replacen("<b>", "", 1)
                .replacen("</b>", "", 1);
            // HTML: code is an element whose text is entities.
            while let Some((before, rest)) = ours.split_once("<code>") {
                let (inside, after) = rest.split_once("</code>").expect("code ends");
                assert!(!inside.contains(['<', '>', '"']), "{of:?}: {line}");
                ours = format!("{before}C{after}");
            }
            ours = ours.replace("&quot;", "");
        } else if line == "</details>" {
            continue;
        } else if line.starts_with("| ") || line.starts_with("| --- ") {
            let number = line.matches('|').count();
            assert_eq!(*cells.get_or_insert(number), number, "{of:?}: {line}");
            ours = ours.replace('|', "").replace("**no**", "").replace(" --- ", "");
        } else {
            cells = None;
            let start = ours.trim_start_matches([' ', '#', '>']).trim_start();
            let start = start.strip_prefix("- ").unwrap_or(start);
            ours = match start.strip_prefix("**").and_then(|rest| rest.split_once("**")) {
                Some((label, rest)) => format!("{label}{rest}"),
                None => start.to_owned(),
            };
        }
        if ours.starts_with("|") {
            ours = ours.replace('|', "");
        }
        let bad = ours.find(|c| "<>&@#|*_~[]\\/$=^{}+`".contains(c));
        assert!(bad.is_none(), "{of:?}: {line}");
        assert!(!ours.contains("www.") && !ours.contains("://"), "{of:?}: {line}");
    }
    assert_eq!(depth, 0);
}

#[test]
fn nothing_foreign_is_markdown() {
    for enemy in ENEMIES {
        let result = samples::filled_with(enemy);
        for rung in Rung::ALL {
            assert_harmless(&written(&result, rung, SUMMARY).unwrap(), enemy);
        }
    }
    assert_harmless(&rendered(&samples::hostile()), "hostile");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_text_is_markdown(text in "[ -~\n]{0,24}|.{0,12}") {
        assert_harmless(&rendered(&samples::filled_with(&text)), &text);
    }

    #[test]
    fn no_finding_is_lost_within_any_limit(count in 1_usize..400, limit in 16_000_usize..80_000) {
        let result = samples::many(count);
        let text = within(&result, limit);
        prop_assert!(text.len() <= limit);
        let is_named = |judged: &Judged| text.contains(judged.finding.address.as_deref().unwrap());
        prop_assert!(result.findings.iter().all(is_named) || counted(&text) == count);
    }
}
