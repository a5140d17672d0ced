#!/usr/bin/env bash
# Tells the result to whom the inputs name. What cannot be told is a warning: the verdict is the check's.
set -euo pipefail

publish() {
  "$DRIFTGATE" publish "$1" --result "$JSON" "${@:2}" ||
    echo "::warning title=driftgate::the result could not be published ($1); the log of this step says why"
}

# The lines of a text that are not empty, without the spaces around them.
lines() {
  sed -e 's/^[[:space:]]*//' -e 's/[[:space:]]*$//' -e '/^$/d' <<< "$1"
}

if [[ $COMMENT == true ]]; then
  if [[ -n $PULL_REQUEST ]]; then
    publish comment --pull-request "$PULL_REQUEST"
  else
    echo "This run is not for a pull request: there is nothing to comment on."
  fi
fi

if [[ $CHECK == true ]]; then
  publish check
fi

if [[ $ISSUE == true ]]; then
  arguments=(issue)
  while IFS= read -r label; do
    arguments+=("--label=$label")
  done < <(lines "$LABELS")
  while IFS= read -r assignee; do
    arguments+=("--assignee=$assignee")
  done < <(lines "$ASSIGNEES")
  publish "${arguments[@]}"
fi

if [[ -n $DRIFTGATE_SLACK_WEBHOOK ]]; then
  publish slack
fi
