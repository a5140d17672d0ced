//! What holds of every format.

use super::*;

#[test]
fn every_format_is_found_by_its_name() {
    for format in Format::ALL {
        assert_eq!(format.name().parse::<Format>().as_ref(), Ok(format));
    }
}

#[test]
fn an_unknown_format_is_answered_with_the_known_ones() {
    let error = "yaml\u{1b}[31m".parse::<Format>().unwrap_err();
    assert!(known_formats().starts_with("human, json, "));
    assert_eq!(
        error.to_string(),
        format!(
            r"`yaml\u001b[31m` is not a report format; use one of {}",
            known_formats()
        )
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
    for format in Format::ALL {
        let error = render(&samples::drifted(), *format, &Options::default(), &mut Closed).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{format}");
    }
}

/// A golden file a format. Of a report of this size the digest is kept, with its beginning and its end.
#[test]
fn five_thousand_findings() {
    let result = samples::many(5_000);
    for format in Format::ALL {
        let report = samples::written(*format, &result).replace(env!("CARGO_PKG_VERSION"), "[version]");
        // Style and script of the page have files of their own.
        let body = report
            .split_once("<body>")
            .and_then(|(_, body)| body.rsplit_once("<script>"));
        let report = body.map_or(report.as_str(), |(body, _)| body);
        insta::assert_snapshot!(format!("five_thousand_findings_{format}"), samples::digest(report));
    }
}

#[test]
fn a_digest_tells_any_two_reports_apart() {
    let long: String = (0..40).map(|at| format!("line {at}\n")).collect();
    let digest = samples::digest(&long);
    assert!(
        digest.contains("40 lines") && digest.contains("\n[22 lines]\nline 34\n"),
        "{digest}"
    );
    assert_ne!(digest, samples::digest(&long.replace("line 20", "line 02")));
    assert!(samples::digest("one").ends_with("\none\n[0 lines]"));
}

#[test]
fn no_format_shows_a_sensitive_value() {
    for format in Format::ALL {
        for (name, result) in samples::all() {
            let report = samples::written(*format, &result);
            assert!(!report.contains(samples::SECRET), "{format}: {name}");
        }
    }
}

/// What is sensitive is not passed over either.
#[test]
fn formats_that_show_values_say_that_one_is_sensitive() {
    for format in [
        Format::Human,
        Format::Json,
        Format::Sarif,
        Format::Junit,
        Format::Markdown,
        Format::Html,
    ] {
        for result in [samples::drifted(), samples::outage()] {
            let report = samples::written(format, &result);
            assert!(report.contains(json::v1::SENSITIVE), "{format}: {report}");
        }
    }
}

#[test]
fn nothing_in_any_format_moves_a_cursor() {
    let nasty = "\u{1b}[2J\u{9b}1m\u{202e}gpj\u{200b}\u{0}\r\n\u{2028}x";
    for format in Format::ALL {
        for result in [
            samples::hostile(),
            samples::filled_with(nasty),
            samples::filled_with(""),
        ] {
            samples::assert_visible(&samples::written(*format, &result));
        }
    }
}
