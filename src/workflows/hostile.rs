//! Input made to break the reader: it must end, in time, with a result.

use proptest::prelude::*;

use super::*;

fn step(script: &str) -> Found {
    let indented: String = script.lines().map(|line| format!("          {line}\n")).collect();
    let source = format!("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n{indented}");
    find(&Repository::new([(".github/workflows/w.yml", source)]), &Mapping::new())
}

#[test]
fn deep_nesting_is_given_up_and_said() {
    let scripts = [
        format!("{}aws s3 sync a s3://b{}", "(".repeat(3000), ")".repeat(3000)),
        format!("{}x{}", "echo $(".repeat(3000), ")".repeat(3000)),
        format!("echo {}x{}", "${A:-".repeat(3000), "}".repeat(3000)),
        format!("{}\n:\n{}", "if x; then\n".repeat(3000), "fi\n".repeat(3000)),
        format!("if x; then y\n{}fi", "elif z; then y\n".repeat(3000)),
        format!("[[ {} a ]] && b", "! ".repeat(3000)),
        format!("[[ {}a{} ]] && aws s3 ls", "( ".repeat(2000), " )".repeat(2000)),
        "f() { f; f; }\nf".to_string(),
    ];
    for script in scripts {
        let found = step(&script);
        let start: String = script.chars().take(20).collect();
        assert!(!found.not_understood.is_empty(), "{start}: nothing is said");
    }
}

#[test]
fn long_chains_are_followed_to_their_end() {
    let chain = format!("{}aws s3 sync a s3://b", "true && ".repeat(2000));
    assert_eq!(step(&chain).targets.len(), 1);
    let pipes = format!("echo a{} | aws s3 cp - s3://b/k", " | cat".repeat(500));
    assert_eq!(step(&pipes).targets.len(), 1);
}

#[test]
fn work_that_grows_without_bound_is_cut_off() {
    let mut branches = String::new();
    for i in 0..600 {
        branches.push_str(&format!("if c{i}; then B=$B{i}; else B=x$B; V{i}=1; fi\n"));
    }
    branches.push_str("aws s3 sync a s3://$B\n");
    let found = step(&branches);
    assert!(found.targets.len() <= 64, "{}", found.targets.len());
    let loops = format!(
        "{}aws s3 sync a s3://$a$b$c$d{}",
        "abcd"
            .chars()
            .map(|v| format!("for {v} in 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9; do\n"))
            .collect::<String>(),
        "\ndone\ndone\ndone\ndone"
    );
    let found = step(&loops);
    assert!(
        found.not_understood.iter().any(|n| n.what.contains("more")),
        "it is said"
    );
    let huge = "echo x\n".repeat(100_000);
    assert!(step(&huge).not_understood.iter().any(|n| n.what.contains("too long")));
}

#[test]
fn a_large_matrix_and_many_calls_end() {
    let list = (0..40).map(|i| i.to_string()).collect::<Vec<_>>().join(",");
    let source = format!(
        "on: push\njobs:\n  a:\n    strategy: {{matrix: {{x: [{list}], y: [{list}]}}}}\n    runs-on: x\n    steps:\n      - run: aws s3 sync a s3://b-${{{{ matrix.x }}}}-${{{{ matrix.y }}}}\n"
    );
    let found = find(&Repository::new([(".github/workflows/w.yml", source)]), &Mapping::new());
    assert_eq!(found.targets.len(), 256);
    let mut files = Vec::new();
    for level in 0..9 {
        let jobs: String = (0..8)
            .map(|i| format!("  j{i}:\n    uses: ./.github/workflows/w{}.yml\n", level + 1))
            .collect();
        files.push((
            format!(".github/workflows/w{level}.yml"),
            format!("on: [push, workflow_call]\njobs:\n{jobs}"),
        ));
    }
    let found = find(&Repository::new(files), &Mapping::new());
    assert!(!found.not_understood.is_empty());
}

/// The parser ends a quote that is never closed inside a character.
#[test]
fn an_open_quote_before_a_wide_character_ends() {
    let _ = step(" }}\"é");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_as_a_workflow_ends(text in "[ -~\n\t]{0,200}|\\PC{0,80}") {
        let _ = find(&Repository::new([(".github/workflows/w.yml", text)]), &Mapping::new());
    }

    #[test]
    fn any_text_as_a_script_ends(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "aws s3 sync ", "s3://", "$", "${", "}", "\"", "'", "$(", ")", "(", "if ", "; then ", " fi", "\n",
                "\\\n", "case ", " in ", "esac", "<<EOF\n", "EOF\n", "${{ ", " }}", "secrets.A", "|", "&&", "||",
                "echo ", ">> $GITHUB_ENV", "A=", "B", "[[ ", " ]]", "==", "jq ", "sed 's/", "/g'", "é", "*", "`", "%",
                "printf '%s' ", "cut -d", "tr ", "make ", "npm run ", "xargs ", "-I{} ", "env ", "bash -c ", "for x in ",
                "; do ", " done", "#", ":-", "//", "1", " ", "cat ", "read x", "eval ", "local ", "export ", "\t",
            ]),
            0..40,
        )
    ) {
        let _ = step(&parts.concat());
    }

    #[test]
    fn any_text_as_an_expression_ends(text in "[a-z0-9.()'!&|=<>, \\[\\]*{}-]{0,60}") {
        let source = format!(
            "on: push\njobs:\n  a:\n    runs-on: x\n    env:\n      X: {}\n    steps:\n      - run: aws s3 sync a s3://$X\n",
            serde_json::to_string(&format!("${{{{ {text} }}}}")).expect("serialises")
        );
        let _ = find(&Repository::new([(".github/workflows/w.yml", source)]), &Mapping::new());
    }
}
