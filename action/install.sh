#!/usr/bin/env bash
# Installs driftgate: the released binary of the wanted version, held against the release's checksums, or the same
# version built from the action's own commit where there is no such release.
set -euo pipefail

fail() {
  echo "::error title=driftgate::$1"
  exit 1
}

# One value of the package's own manifest.
manifest() {
  sed -n "s/^$1 = \"\([^\"]*\)\"\$/\1/p" "$GITHUB_ACTION_PATH/Cargo.toml" | head -n 1
}

# Puts an address into a file; prints the status.
fetch() {
  curl --silent --show-error --location --proto '=https' --retry 3 --max-time 300 \
    --output "$2" --write-out '%{http_code}' "$1"
}

own=$(manifest version)
version=${ASKED_VERSION#v}
version=${version:-$own}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+[-+.0-9A-Za-z]*$ ]] || fail "the version '$version' is none; write for example $own"

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) target=x86_64-unknown-linux-gnu ;;
  Linux-aarch64) target=aarch64-unknown-linux-gnu ;;
  Darwin-x86_64) target=x86_64-apple-darwin ;;
  Darwin-arm64) target=aarch64-apple-darwin ;;
  *) target= ;;
esac

directory=$(mktemp -d "${RUNNER_TEMP:?}/driftgate-$version.XXXXXX")
binary=

if [[ -n $target && -n $RELEASES ]]; then
  asset=driftgate-$version-$target.tar.gz
  release=${GITHUB_SERVER_URL:?}/$RELEASES/releases/download/v$version
  status=$(fetch "$release/SHA256SUMS" "$directory/SHA256SUMS") || fail "$release cannot be reached"
  if [[ $status == 200 ]]; then
    status=$(fetch "$release/$asset" "$directory/$asset") || fail "$release cannot be reached"
    [[ $status == 200 ]] || fail "$release/$asset answers with $status, although the release exists"
    wanted=$(awk -v asset="$asset" '$2 == asset || $2 == "*" asset { print $1 }' "$directory/SHA256SUMS")
    if command -v sha256sum > /dev/null; then
      found=$(sha256sum "$directory/$asset")
    else
      found=$(shasum -a 256 "$directory/$asset")
    fi
    [[ -n $wanted && ${found%% *} == "$wanted" ]] || fail "$asset has not the checksum that the release's SHA256SUMS gives"
    tar -xzf "$directory/$asset" -C "$directory" driftgate
    binary=$directory/driftgate
  elif [[ $status != 404 ]]; then
    fail "$release answers with $status"
  fi
fi

if [[ -z $binary ]]; then
  [[ $version == "$own" ]] || fail "there is no release of driftgate $version for ${target:-this machine}, and this commit of the action can build $own only"
  command -v cargo > /dev/null || fail "there is no release of driftgate $version for ${target:-this machine}, and no cargo to build it with; install Rust before this step"
  echo "There is no release of driftgate $version for ${target:-this machine}: building it."
  toolchain=()
  if command -v rustup > /dev/null; then
    rust=$(manifest rust-version)
    rustup toolchain install "$rust" --profile minimal --no-self-update
    toolchain=("+$rust")
  fi
  CARGO_TARGET_DIR=$directory/target cargo ${toolchain[@]+"${toolchain[@]}"} install \
    --locked --path "$GITHUB_ACTION_PATH" --root "$directory"
  binary=$directory/bin/driftgate
fi

"$binary" --version
echo "driftgate=$binary" >> "$GITHUB_OUTPUT"
# For the job's later steps.
dirname "$binary" >> "$GITHUB_PATH"
