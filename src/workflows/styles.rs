//! How the reader takes the ways in which people write deployments, one test per way.

use super::*;

/// Reads one workflow whose single job has the given body, and shows its targets in short.
fn targets_of(job: &str) -> Vec<String> {
    targets_in(&[(".github/workflows/w.yml", &workflow(job))])
}

fn workflow(job: &str) -> String {
    let body: String = job.lines().map(|line| format!("    {line}\n")).collect();
    format!("on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n{body}")
}

fn mapping() -> Mapping {
    let mut mapping = Mapping::new();
    mapping.set_variable(None, "SITE", "site-var");
    mapping.set_secret(None, "LIVE", "hidden-live");
    mapping
}

fn found_in(files: &[(&str, &str)]) -> Found {
    find(&Repository::new(files.iter().copied()), &mapping())
}

fn targets_in(files: &[(&str, &str)]) -> Vec<String> {
    let found = found_in(files);
    assert!(found.errors.is_empty(), "{:?}", found.errors);
    found.targets.iter().map(short).collect()
}

fn short(target: &Target) -> String {
    let what = match &target.kind {
        Kind::Upload {
            bucket,
            prefix,
            object,
            delete,
        } => {
            let object = object.as_ref().map(|o| format!(" object {o}")).unwrap_or_default();
            let delete = if *delete { " delete" } else { "" };
            format!("{bucket} /{prefix}{object}{delete}")
        }
        Kind::Delete { bucket, prefix } => format!("{bucket} /{prefix}"),
        Kind::CreateBucket { bucket } => format!("{bucket}"),
        Kind::BucketSetting { bucket, setting } => format!("{bucket} {setting}"),
        Kind::OriginPathUpdate {
            distribution,
            origin_path,
            origins,
        } => format!("{distribution} path {origin_path} {origins:?}"),
        Kind::UpdateDistribution {
            distribution,
            default_root_object,
        } => {
            let root = default_root_object.as_ref().map(Text::display);
            format!("{distribution} root {root:?}")
        }
        Kind::Invalidate { distribution, paths } => {
            let paths: Vec<String> = paths.iter().map(Text::display).collect();
            format!("{distribution} {}", paths.join(","))
        }
    };
    let mut text = format!("{} {} {what}", target.at.line, target.kind.name());
    if let Some(region) = &target.region {
        text.push_str(&format!(" in {region}"));
    }
    if target.tool != "aws" {
        text.push_str(&format!(" by {}", target.tool));
    }
    if let Confidence::Low(_) = target.confidence {
        text.push_str(" (low)");
    }
    if !target.conditions.is_empty() {
        text.push_str(&format!(" when {}", target.conditions.join("; ")));
    }
    text
}

#[test]
fn a_sync_over_continued_lines_with_quotes_and_options() {
    assert_eq!(
        targets_of(
            "env:\n  BUCKET: site-a\nsteps:\n  - run: |\n      cd web\n      aws --region eu-west-2 s3 sync ./out \\\n        \"s3://${BUCKET}/app/\" \\\n        --exclude '*.map' --delete \\\n        --cache-control 'max-age=60'\n      aws cloudfront create-invalidation --distribution-id ${{ vars.SITE }} --paths '/*' /x\n",
        ),
        [
            "10 upload site-a /app delete in eu-west-2",
            "14 invalidate site-var /*,/x",
        ]
    );
}

#[test]
fn secrets_are_resolved_and_not_shown() {
    let found = found_in(&[(
        ".github/workflows/w.yml",
        &workflow(
            "steps:\n  - run: aws s3 sync out s3://${{ secrets.LIVE }}/$V\n    env:\n      V: ${{ secrets.OTHER }}\n",
        ),
    )]);
    let target = &found.targets[0];
    let bucket = target.kind.bucket().expect("a bucket");
    assert_eq!(bucket.resolved().as_deref(), Some("hidden-live"));
    assert_eq!(bucket.display(), "secrets.LIVE");
    let prefix = target.kind.prefix().expect("a prefix");
    assert_eq!(prefix.display(), "secrets.OTHER");
    assert!(prefix.resolved().is_none());
    let json = serde_json::to_string(&found.targets).expect("serialises");
    assert!(!json.contains("hidden-live"), "{json}");
}

#[test]
fn the_shell_decides_by_branch_and_values_stay_in_step() {
    assert_eq!(
        targets_of(
            "steps:\n  - run: |\n      if [ \"$GITHUB_REF\" = \"refs/heads/main\" ]; then\n        BUCKET=live\n        DIST=E1\n      elif [[ $GITHUB_REF_NAME == develop ]]; then\n        BUCKET=stage\n        DIST=E2\n      else\n        exit 0\n      fi\n      aws s3 sync out s3://$BUCKET\n      aws cloudfront create-invalidation --distribution-id $DIST --paths '/*'\n",
        ),
        [
            "16 upload live / when github.ref == 'refs/heads/main'",
            "16 upload stage / when not (github.ref == 'refs/heads/main')",
            "17 invalidate E1 /* when github.ref == 'refs/heads/main'",
            "17 invalidate E2 /* when not (github.ref == 'refs/heads/main')",
        ]
    );
}

#[test]
fn command_files_carry_values_to_later_steps_and_jobs() {
    let source = "on: push\njobs:\n  pick:\n    runs-on: x\n    outputs:\n      bucket: ${{ steps.pick.outputs.bucket }}\n      dist: ${{ steps.pick.outputs.dist }}\n    steps:\n      - id: pick\n        run: |\n          case \"${GITHUB_REF##*/}\" in\n            main) echo \"bucket=live\" >> $GITHUB_OUTPUT; echo dist=E1 >> \"$GITHUB_OUTPUT\" ;;\n            *) { echo bucket=stage; echo dist=E2; } >> $GITHUB_OUTPUT ;;\n          esac\n  deploy:\n    needs: pick\n    runs-on: x\n    steps:\n      - run: |\n          echo \"TARGET=s3://${{ needs.pick.outputs.bucket }}\" >> $GITHUB_ENV\n      - run: aws s3 sync out $TARGET --delete\n      - run: aws cloudfront create-invalidation --distribution-id ${{ needs.pick.outputs.dist }} --paths '/*'\n";
    let found = targets_in(&[(".github/workflows/w.yml", source)]);
    let cut: Vec<&str> = found.iter().filter_map(|t| t.split(" when ").next()).collect();
    assert_eq!(
        cut,
        [
            "21 upload live / delete",
            "21 upload stage / delete",
            "22 invalidate E1 /*",
            "22 invalidate E2 /*"
        ]
    );
}

#[test]
fn steps_with_opposite_conditions_set_one_variable() {
    assert_eq!(
        targets_of(
            "steps:\n  - if: github.ref == 'refs/heads/main'\n    run: echo \"B=live\" >> $GITHUB_ENV\n  - if: github.ref != 'refs/heads/main'\n    run: echo \"B=stage\" >> $GITHUB_ENV\n  - run: aws s3 sync out s3://$B\n",
        ),
        [
            "10 upload live / when github.ref == 'refs/heads/main'",
            "10 upload stage / when not (github.ref == 'refs/heads/main')",
        ]
    );
}

#[test]
fn an_origin_path_is_followed_through_jq_and_files() {
    assert_eq!(
        targets_of(
            "env:\n  V: \"1.2\"\nsteps:\n  - run: |\n      aws cloudfront get-distribution-config --id ${{ secrets.DIST }} > full.json\n      etag=$(jq -r .ETag full.json)\n      jq '.DistributionConfig | .Origins.Items |= map(if (.Id | contains(\"website\")) then .OriginPath = \"/'$V'\" else . end)' full.json > new.json\n      aws cloudfront update-distribution --id ${{ secrets.DIST }} --if-match $etag --distribution-config file://new.json\n",
        ),
        ["12 origin-path-update secrets.DIST path /1.2 IdContains(Text { pieces: [Literal(\"website\")] })"]
    );
    assert_eq!(
        targets_of(
            "steps:\n  - run: |\n      CONFIG=$(aws cloudfront get-distribution-config --id E1 --query DistributionConfig)\n      NEW=$(echo \"$CONFIG\" | jq --arg p \"/$GITHUB_SHA\" '.Origins.Items[0].OriginPath = $p')\n      aws cloudfront update-distribution --id E1 --distribution-config \"$NEW\" --if-match x\n",
        ),
        ["9 origin-path-update E1 path /{github.sha} Index(0)"]
    );
}

#[test]
fn programs_around_the_command_are_looked_through() {
    assert_eq!(
        targets_of(
            "steps:\n  - run: |\n      sudo -E env AWS_REGION=eu-west-1 aws s3 sync out s3://a\n      time npx --yes aws s3 cp f s3://b/k/f.txt\n      bash -c 'aws s3 rm s3://c --recursive'\n      echo E9 | xargs -I {} aws cloudfront create-invalidation --distribution-id {} --paths '/*'\n      docker run --rm -v $PWD:/w amazon/aws-cli:2.15 s3 sync /w s3://d\n      s3cmd sync --delete-removed out/ s3://e/p/\n      RCLONE_CONFIG_SITE_TYPE=s3 rclone sync out SITE:f/g\n      rclone copy out other:h\n      s5cmd --endpoint-url https://s3.example.org cp 'out/*' s3://i/\n      aws s3api put-object --bucket j --key a/b.html --body b.html\n      aws s3 mb s3://k || true\n      aws s3 sync s3://l ./local\n      aws s3 mv s3://m/x s3://n/x --recursive\n",
        ),
        [
            "7 upload a / in eu-west-1",
            "8 upload b /k object f.txt",
            "9 delete c /",
            "10 invalidate E9 /*",
            "11 upload d /",
            "12 upload e /p delete by s3cmd",
            "13 upload f /g delete by rclone",
            "14 upload h / by rclone (low)",
            "15 upload i / by s5cmd",
            "16 upload j /a object b.html",
            "17 create-bucket k",
            "19 upload n /x",
            "19 delete m /x",
        ]
    );
}

#[test]
fn actions_of_the_marketplace_are_read_by_family() {
    assert_eq!(
        targets_of(
            "steps:\n  - uses: jakejarvis/s3-sync-action@v0.5.1\n    with:\n      args: --acl public-read --delete\n    env:\n      AWS_S3_BUCKET: ${{ secrets.LIVE }}\n      DEST_DIR: app\n  - uses: Reggionick/s3-deploy@v4\n    with: {folder: out, bucket: b, bucket-region: eu-west-1, dist-id: E1, invalidation: '/ /index.html', delete-removed: true}\n  - uses: chetan/invalidate-cloudfront-action@v2\n    env: {DISTRIBUTION: E2, PATHS: /index.html /a}\n  - uses: Cosmic-Chimps/update_cloudfront_distribution_origin_path@v1\n    with: {distribution-id: E3, s3-origin-path: /v2, origin-index: 0}\n",
        ),
        [
            "6 upload secrets.LIVE /app delete in us-east-1 by jakejarvis/s3-sync-action",
            "12 upload b / delete in eu-west-1 by Reggionick/s3-deploy",
            "12 invalidate E1 /,/index.html in eu-west-1 by Reggionick/s3-deploy",
            "14 invalidate E2 /index.html,/a by chetan/invalidate-cloudfront-action",
            "16 origin-path-update E3 path /v2 Index(0) by Cosmic-Chimps/update_cloudfront_distribution_origin_path",
        ]
    );
}

#[test]
fn a_matrix_gives_one_target_per_combination_that_matters() {
    assert_eq!(
        targets_of(
            "strategy:\n  matrix:\n    node: [18, 20]\n    include:\n      - {node: 20, extra: 1}\nsteps:\n  - run: aws s3 sync out s3://same\n",
        ),
        ["11 upload same /"]
    );
    let found = found_in(&[(
        ".github/workflows/w.yml",
        &workflow(
            "strategy:\n  matrix:\n    site: [{b: one, e: prod}, {b: two, e: stage}]\nenvironment: ${{ matrix.site.e }}\nsteps:\n  - run: aws s3 sync out s3://${{ matrix.site.b }}\n",
        ),
    )]);
    let shown: Vec<String> = found
        .targets
        .iter()
        .map(|t| {
            format!(
                "{} {} {:?}",
                short(t),
                t.environment.as_ref().map(Text::display).unwrap_or_default(),
                t.matrix
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "10 upload one / prod Some({\"site\": \"b=one, e=prod\"})",
            "10 upload two / stage Some({\"site\": \"b=two, e=stage\"})",
        ]
    );
}

#[test]
fn scripts_npm_and_make_are_followed() {
    let files = [
        (
            ".github/workflows/w.yml",
            "on: push\ndefaults: {run: {working-directory: web}}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: ./scripts/deploy.sh live-bucket\n        env: {DIST: E5}\n      - run: npm run deploy -- --delete\n      - run: make -C ../infra publish ENV=prod\n        working-directory: web\n      - run: yarn release\n        working-directory: web\n",
        ),
        (
            "web/scripts/deploy.sh",
            "#!/bin/bash\nset -e\nSCRIPT_DIR=\"$(cd \"$(dirname \"$0\")\" && pwd)\"\n. \"$SCRIPT_DIR/common.sh\"\nupload() {\n  aws s3 sync out \"s3://$1/$VERSION\"\n}\nupload \"$1\"\naws cloudfront create-invalidation --distribution-id \"${DIST:?}\" --paths \"/$VERSION/*\"\n",
        ),
        ("web/scripts/common.sh", "VERSION=$(cat VERSION)\n"),
        ("web/VERSION", "4.5\n"),
        (
            "web/package.json",
            "{\n  \"version\": \"7.0.1\",\n  \"scripts\": {\n    \"predeploy\": \"npm run build\",\n    \"build\": \"vite build\",\n    \"deploy\": \"aws s3 sync dist s3://npm-bucket\",\n    \"release\": \"aws s3 cp x s3://rel/$(npm pkg get version | xargs)/\"\n  }\n}\n",
        ),
        (
            "infra/Makefile",
            "BUCKET ?= $(ENV)-site\n.PHONY: publish\npublish: check\n\t@aws s3 sync ../web/out \\\n\t  s3://$(BUCKET)\ncheck:\n\techo ok\n",
        ),
    ];
    let found = found_in(&files);
    assert!(found.errors.is_empty());
    assert_eq!(found.not_understood, []);
    let shown: Vec<String> = found
        .targets
        .iter()
        .map(|t| {
            let via: Vec<String> = t.via.iter().map(|v| format!("{} -> {}", v.at, v.calls)).collect();
            format!("{} {} [{}]", t.at.file, short(t), via.join(" | "))
        })
        .collect();
    assert_eq!(
        shown,
        [
            "web/scripts/deploy.sh 6 upload live-bucket /4.5 [.github/workflows/w.yml:7 -> web/scripts/deploy.sh]",
            "web/scripts/deploy.sh 9 invalidate E5 /4.5/* [.github/workflows/w.yml:7 -> web/scripts/deploy.sh]",
            "web/package.json 6 upload npm-bucket / delete [.github/workflows/w.yml:9 -> web/package.json script deploy]",
            "infra/Makefile 4 upload prod-site / [.github/workflows/w.yml:10 -> infra/Makefile target publish]",
            "web/package.json 7 upload rel /7.0.1 [.github/workflows/w.yml:12 -> web/package.json script release]",
        ]
    );
}

#[test]
fn what_is_not_understood_is_listed_with_its_line() {
    let found = found_in(&[(
        ".github/workflows/w.yml",
        &workflow(
            "steps:\n  - uses: ./.github/actions/none\n  - uses: someone/publish-to-s3@v1\n    with: {bucket: x}\n  - uses: actions/checkout@v4\n  - run: hugo deploy --target prod\n  - run: bash ./missing.sh\n  - run: |\n      import boto3\n    shell: python\n  - run: $TOOL s3 sync out s3://x\n  - run: aws s3 frobnicate s3://x\n  - run: aws cloudfront publish-function --name f\n",
        ),
    )]);
    let listed: Vec<String> = found
        .not_understood
        .iter()
        .map(|n| format!("{} {}", n.at.line, n.what))
        .collect();
    assert_eq!(
        listed,
        [
            "6 the action ./.github/actions/none is not in the repository",
            "7 the action someone/publish-to-s3@v1 looks like a deployment and is not known to this reader",
            "10 `hugo deploy` writes where its own configuration says, which this reader does not read",
            "11 the script ./missing.sh that is called here is not in the repository",
            "13 a script for python is not read",
            "15 the program that `$TOOL s3 sync out s3://x` runs is not known: $TOOL",
            "16 `aws s3 frobnicate` is not known to this reader",
            "17 `aws cloudfront publish-function` changes CloudFront in a way this reader does not follow",
        ]
    );
    assert_eq!(found.targets, []);
}

#[test]
fn powershell_is_read_by_lines_with_less_trust() {
    assert_eq!(
        targets_of(
            "steps:\n  - shell: pwsh\n    env: {BUCKET: site-w}\n    run: |\n      $prefix = \"v1\"\n      aws s3 sync out \"s3://$env:BUCKET/$prefix\" `\n        --delete\n      if ($x) { aws cloudfront create-invalidation --distribution-id ${{ vars.SITE }} --paths \"/*\" }\n",
        ),
        ["10 upload site-w /v1 delete (low)", "12 invalidate site-var /* (low)",]
    );
}

#[test]
fn scripts_and_workflows_that_call_themselves_end() {
    let files = [
        (
            ".github/workflows/a.yml",
            "on: [push, workflow_call]\njobs:\n  x:\n    uses: ./.github/workflows/b.yml\n",
        ),
        (
            ".github/workflows/b.yml",
            "on: workflow_call\njobs:\n  y:\n    uses: ./.github/workflows/a.yml\n  z:\n    runs-on: x\n    steps:\n      - run: ./loop.sh\n      - uses: ./act\n",
        ),
        ("loop.sh", "f() { f; }\nf\n./loop.sh\n"),
        (
            "act/action.yml",
            "runs:\n  using: composite\n  steps:\n    - uses: ./act\n",
        ),
    ];
    let found = found_in(&files);
    let what: Vec<&str> = found.not_understood.iter().map(|n| n.what.as_str()).collect();
    assert!(what.iter().any(|w| w.contains("calls itself")), "{what:?}");
    assert!(what.iter().any(|w| w.contains("nested too deeply")), "{what:?}");
    assert!(what.iter().any(|w| w.contains("more deeply")), "{what:?}");
}

#[test]
fn errors_are_one_line_with_a_place() {
    let found = found_in(&[
        (".github/workflows/a.yml", "on: push\njobs: [\n"),
        (".github/workflows/b.yml", "hello: world\n"),
        (
            ".github/workflows/c.yml",
            &workflow("steps:\n  - run: aws s3 sync out s3://${{ secrets. }}\n"),
        ),
    ]);
    let errors: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors.len(), 3, "{errors:?}");
    for (error, start) in errors.iter().zip([
        ".github/workflows/a.yml:",
        ".github/workflows/b.yml:1: this is not a GitHub Actions workflow",
        ".github/workflows/c.yml:6: the expression `secrets.` does not parse",
    ]) {
        assert!(error.starts_with(start), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    assert_eq!(found.targets.len(), 1, "the rest of the file is read");
}

#[test]
fn less_common_ways_of_running_a_command_are_followed() {
    assert_eq!(
        targets_of(
            "env: {NAMES: a b}\nsteps:\n  - run: |\n      CMD=(aws s3 sync out s3://c0); \"${CMD[@]}\"\n      aws s3 sync out s3://c1 --delete >/dev/null 2>&1 || true\n      for b in ${{ env.NAMES }}; do aws s3 sync out s3://$b; done\n      ls | while read f; do aws s3 cp $f s3://c2/$f; done\n      export $(echo \"B=c3 P=x\" | xargs)\n      aws s3 sync out s3://$B/$P\n      bash <<END\n      aws s3 sync out s3://c4\n      END\n      cross-env AWS_REGION=eu-west-1 aws s3 rm s3://c5/x\n      if aws s3 ls s3://c6; then eval \"aws s3 sync out s3://c6\"; fi\n      [ \"$(aws s3 cp f s3://c7/)\" ]\n      trap 'aws s3 cp log s3://c8/' EXIT\n      aws cloudfront create-invalidation --distribution-id=E1 --paths=/* &\n      find out -name '*.html' -exec aws s3 cp {} s3://c10/ \\;\n      aws s3 sync out s3://c11-${GITHUB_REF#refs/heads/}/$(echo $GITHUB_REF | sed 's|refs/heads/||')\n  - uses: nick-fields/retry@v3\n    with: {command: aws s3 sync out s3://c9}\n"
        ),
        [
            "8 upload c0 /",
            "9 upload c1 / delete",
            "10 upload a /",
            "10 upload b /",
            "11 upload c2 / object $f",
            "13 upload c3 /x",
            "14 upload c4 /",
            "17 delete c5 /x in eu-west-1",
            "18 upload c6 / when aws s3 ls s3://c6",
            "19 upload c7 /",
            "20 upload c8 /",
            "21 invalidate E1 /*",
            "22 upload c10 /",
            "23 upload c11-{github.ref_name} /github.ref_name",
            "24 upload c9 /",
        ]
    );
}

#[test]
fn settings_in_files_of_the_repository_are_read() {
    let files = [
        (
            ".github/workflows/w.yml",
            "on: push\njobs:\n  a:\n    runs-on: x\n    strategy: {matrix: {stage: [live, test]}}\n    steps:\n      - id: c\n        run: echo \"bucket=$(jq -r '.site.bucket' config/${{ matrix.stage }}.json)\" >> $GITHUB_OUTPUT\n      - run: aws s3 sync out s3://${{ steps.c.outputs.bucket }}\n      - run: |\n          set -a; source .env; set +a\n          aws s3 sync out s3://$LOGS\n",
        ),
        ("config/live.json", "{\"site\": {\"bucket\": \"one\"}}"),
        ("config/test.json", "{\"site\": {\"bucket\": \"two\"}}"),
        (".env", "LOGS=three\n"),
    ];
    assert_eq!(
        targets_in(&files),
        ["9 upload one /", "12 upload three /", "9 upload two /"]
    );
}

#[test]
fn commands_in_backquotes_are_followed_wherever_they_stand() {
    assert_eq!(
        targets_of(
            "env: {A: one}\nsteps:\n  - run: |\n      aws s3 sync out s3://`date +%F`/\n      aws s3 sync out s3://`echo two`/`cat VERSION`/ --delete\n      aws s3 sync out s3://a-`echo ${{ vars.SITE }} | tr -d x`/v\n      B=c-`echo three`-site; aws s3 sync out s3://$B/\n      X=y-`date`-z aws s3 sync out s3://four\n      aws s3 sync out s3://${A}`echo b`/\n      aws s3 sync out \"s3://`echo five`/\"\n      aws s3 sync out s3://`echo \\`echo six\\``/\n      echo x`aws s3 cp f s3://seven/`y\n",
        ),
        [
            "8 upload $(date +%F) /",
            "9 upload two /content of VERSION delete",
            "10 upload a-site-var /v",
            "11 upload c-three-site /",
            "12 upload four /",
            "13 upload oneb /",
            "14 upload five /",
            "15 upload `echo \\`echo six\\`` /",
            "16 upload seven /",
        ]
    );
}

#[test]
fn actions_that_are_not_known_are_listed_where_they_speak_of_s3_or_cloudfront() {
    let found = found_in(&[
        (
            ".github/workflows/w.yml",
            &workflow(
                "env: {AWS_S3_BUCKET: of-the-job}\nsteps:\n  - uses: actions/checkout@v4\n  - uses: goreleaser/goreleaser-action@v6\n    with: {distribution: goreleaser}\n  - uses: acme/.github/actions/publish-site@v3\n    with:\n      target: ${{ secrets.AWS_S3_BUCKET_PROD }}\n  - uses: acme/site-sync@v1\n    env: {DISTRIBUTION_ID: \"${{ vars.CF }}\"}\n  - uses: ./put\n",
            ),
        ),
        (
            "put/action.yml",
            "runs:\n  using: composite\n  steps:\n    - uses: acme/shared/.github/actions/s3-put@v1\n",
        ),
    ]);
    let listed: Vec<String> = found.not_understood.iter().map(|n| n.at.to_string()).collect();
    assert_eq!(
        listed,
        [
            ".github/workflows/w.yml:10",
            ".github/workflows/w.yml:13",
            "put/action.yml:4"
        ],
        "{:?}",
        found.not_understood
    );
}
