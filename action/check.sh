#!/usr/bin/env bash
# Runs driftgate check with the action's inputs as its flags and passes on what came out. Findings do not fail this
# step, so that they can be published; the exit code is an output, and the last step's business.
set -euo pipefail

reports=$(mktemp -d "${RUNNER_TEMP:?}/driftgate-reports.XXXXXX")
arguments=(check)

# One flag, unless its value is empty.
flag() {
  [[ -z $2 ]] || arguments+=("$1=$2")
}

# The lines of a text that are not empty, without the spaces around them.
lines() {
  sed -e 's/^[[:space:]]*//' -e 's/[[:space:]]*$//' -e '/^$/d' <<< "$1"
}

# One flag for each line.
flags() {
  local line
  while IFS= read -r line; do
    arguments+=("$1=$line")
  done < <(lines "$2")
}

# Tells where a report is, if it was written.
report() {
  [[ ! -s $reports/$2 ]] || echo "$1=$reports/$2" >> "$GITHUB_OUTPUT"
}

command -v jq > /dev/null || {
  echo "::error title=driftgate::this action needs jq to read the result; install it before this step"
  exit 1
}

code=0
if [[ -n $RESULT ]]; then
  cp "$RESULT" "$reports/driftgate.json" || {
    echo "::error title=driftgate::the result $RESULT cannot be read"
    exit 1
  }
else
  flags --state "$STATE"
  flag --config "$CONFIG"
  flag --terraform-dir "$TERRAFORM_DIR"
  flags --deploy "$DEPLOY"
  flag --phase "$PHASE"
  flag --fail-on "$FAIL_ON"
  flags --var "$VAR"
  flag --live "$LIVE"
  flag --history "$HISTORY"
  arguments+=("--report=json=$reports/driftgate.json" "--report=html=$reports/driftgate.html")
  arguments+=("--report=sarif=$reports/driftgate.sarif" "--report=markdown=$reports/driftgate.md")
  arguments+=("--report=github=$reports/annotations")
  while IFS= read -r line; do
    arguments+=("$line")
  done < <(lines "$ARGS")

  while IFS= read -r line; do
    name=${line%%=*}
    [[ $line == *=* && $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] || {
      echo "::error title=driftgate::a line of secret-values is not NAME=VALUE"
      exit 1
    }
    value=${line#*=}
    [[ -z $value ]] || echo "::add-mask::${value//%/%25}"
    export "$name=$value"
  done < <(lines "$SECRET_VALUES")
  unset SECRET_VALUES

  "$DRIFTGATE" "${arguments[@]}" || code=$?
  if [[ $ANNOTATIONS == true && -s $reports/annotations ]]; then
    # Its last line is the verdict, which the check has just said.
    sed '$d' "$reports/annotations"
  fi
  if [[ $SUMMARY == true && -s $reports/driftgate.md ]]; then
    cat "$reports/driftgate.md" >> "$GITHUB_STEP_SUMMARY"
  fi
  report html driftgate.html
  report sarif driftgate.sarif
  report markdown driftgate.md
fi

{
  echo "exit-code=$code"
  echo "reports=$reports"
} >> "$GITHUB_OUTPUT"

# A check that could not be done leaves an empty file, which some versions of jq take for a result.
if [[ -s $reports/driftgate.json ]] && told=$(jq --exit-status --raw-output '
  .summary as { findings: $found, unchecked: $unchecked }
  | ["critical", "high", "medium", "low", "info"] as $levels
  | "outcome=\(.outcome)",
    "complete=\(.complete)",
    ($levels[] | "\(.)=\($found[.])"),
    "unchecked=\($unchecked)",
    "worst-severity=\([$levels[] | select($found[.] > 0)][0] // "none")"
' "$reports/driftgate.json" 2> /dev/null); then
  echo "$told" >> "$GITHUB_OUTPUT"
  report json driftgate.json
elif [[ $code == 0 ]]; then
  echo "::error title=driftgate::the result ${RESULT:-of the check} cannot be read"
  exit 1
else
  printf 'outcome=error\ncomplete=false\n' >> "$GITHUB_OUTPUT"
fi
