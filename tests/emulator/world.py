#!/usr/bin/env python3
"""Worlds: AWS accounts that real Terraform built on the emulator, kept so that they can be rebuilt without Terraform.

world.py record DIR [OUT]   apply the *.tf of DIR to an empty account and keep in OUT (DIR itself, if not given)
                              terraform.tfstate            the state as `terraform apply` left it
                              terraform.refreshed.tfstate  the same after one `terraform apply -refresh-only`
                              account/                     the emulator's save of the account (JSON a service, S3 objects)
world.py serve DIR [PORT]   serve a throw-away copy of DIR/account on 127.0.0.1:PORT (a free port), until interrupted
world.py refresh DIR URL ACCOUNT STATE...
                            what `terraform plan -refresh-only` calls drift between each state file and the account that
                            is served at URL, one JSON object a line: state, address, path, before, after
world.py noise DIR          the same for a freshly served account and the world's own two states: Terraform's own noise
world.py python             make the environment of the emulator, if there is none yet, and print its Python

A world's configuration is ordinary: it has its own terraform and provider blocks. Endpoint and credentials come from
the environment, so the same files work for a client of a served world:
  AWS_ENDPOINT_URL=http://127.0.0.1:PORT AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=test AWS_REGION=eu-west-2
A comment `# emulator: NAME=VALUE` in main.tf sets a variable of the emulator's while the world is recorded.

Needs Python 3.10 or newer and, to record, terraform. Its provider comes from a directory named by TF_MIRROR or, where
that is not set, from the first local mirror found on this machine, or else from the registry.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import environment

SERVICES = ("s3", "cloudfront", "route53", "acm", "iam")
ACCOUNT, REGION = "000000000000", "eu-west-2"


def emulator_python():
    """The Python of the emulator's environment."""
    return environment.python_with(HERE / "requirements.txt", "emulator")


@contextlib.contextmanager
def emulator(data, port=0, **variables):
    """Run the emulator on the account saved in `data`, which it saves again in the end; gives its URL."""
    (data / "objects").mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "EMULATOR_PORT": str(port), "PERSIST_STATE": "1", "STATE_DIR": str(data), "S3_PERSIST": "1",
           "S3_DATA_DIR": str(data / "objects"), **variables}
    process = subprocess.Popen([emulator_python(), HERE / "emulator.py"], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               start_new_session=True)
    try:
        line = process.stdout.readline()
        if not line:
            sys.exit("the emulator did not start")
        yield json.loads(line)["url"]
    finally:
        process.stdin.close()
        process.wait(30)


class Terraform:
    """A copy of a world's configuration that talks to the emulator at `url`."""

    def __init__(self, source, url, account=ACCOUNT):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="world-"))
        shutil.copytree(source, self.dir, dirs_exist_ok=True, ignore=shutil.ignore_patterns("account", "*.tfstate", "*.md", ".terraform*"))
        self.state = self.dir / "terraform.tfstate"
        self.env = {**os.environ, "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION,
                    "AWS_EC2_METADATA_DISABLED": "true", "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "TF_CLI_CONFIG_FILE"):
            self.env.pop(name, None)
        mirror = provider_mirror()
        if mirror:
            configuration = self.dir / "terraformrc"
            configuration.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
            self.env["TF_CLI_CONFIG_FILE"] = str(configuration)
        self.run("init", "-input=false")

    def run(self, command, *arguments):
        done = subprocess.run(["terraform", command, "-no-color", *arguments], cwd=self.dir, env=self.env, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit((done.stderr or done.stdout)[-6000:])
        return done.stdout

    def close(self):
        shutil.rmtree(self.dir, ignore_errors=True)


def provider_mirror():
    """A directory that `filesystem_mirror` accepts: TF_MIRROR, or the first found on this machine."""
    if os.environ.get("TF_MIRROR"):
        return os.environ["TF_MIRROR"]
    find = ["find", "/", "-xdev", "-type", "f", "-name", "terraform-provider-aws_v*", "-path", "*/registry.terraform.io/*",
            "-not", "-path", "*/.terraform/*", "-print", "-quit"]
    found = subprocess.run(find, capture_output=True, text=True).stdout.strip()
    return found.split("/registry.terraform.io/")[0] if found else None


def emulator_settings(source):
    settings = re.findall(r"^# emulator: (\w+)=(\S+)$", (source / "main.tf").read_text(), re.MULTILINE)
    return dict(settings)


def record(source, target):
    target.mkdir(parents=True, exist_ok=True)
    data = pathlib.Path(tempfile.mkdtemp(prefix="world-account-"))
    with emulator(data, **emulator_settings(source)) as url:
        terraform = Terraform(source, url)
        try:
            wide = "-parallelism=" + os.environ.get("WORLD_PARALLELISM", "50")
            print(terraform.run("apply", "-auto-approve", "-input=false", wide).partition("Apply complete!")[2].split("\n")[0].strip(), file=sys.stderr)
            applied = terraform.state.read_bytes()
            terraform.run("apply", "-refresh-only", "-auto-approve", "-input=false", wide)
            refreshed = terraform.state.read_bytes()
            # A world that Terraform wants to change is no fixture: this ends the recording.
            terraform.run("plan", "-detailed-exitcode", "-input=false", wide)
        finally:
            terraform.close()
    (target / "terraform.tfstate").write_bytes(applied)
    (target / "terraform.refreshed.tfstate").write_bytes(refreshed)
    keep_account(data, target / "account")
    shutil.rmtree(data, ignore_errors=True)


def keep_account(data, target):
    """The emulator's save of an account without what says nothing: empty stores, empty directories."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for service in SERVICES:
        saved = data / f"{service}.json"
        kept = json.loads(saved.read_text()) if saved.exists() else {"payload": {}}
        kept["payload"] = {name: store for name, store in kept["payload"].items() if not is_empty(name, store)}
        if kept["payload"]:
            (target / f"{service}.json").write_text(json.dumps(kept, indent=1) + "\n")
    for path in sorted(path for path in (data / "objects").rglob("*") if path.is_file()):
        copy = target / path.relative_to(data)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)


def is_empty(name, store):
    """Whether a store of ministack's save says nothing: no entries, or bookkeeping of changes long applied."""
    if isinstance(store, dict) and "data" in store:
        store = [entry for entry in store["data"].values() if entry != []]
    return name in ("changes", "vpc_origin_max_version") or not store


@contextlib.contextmanager
def served(source, port=0):
    data = pathlib.Path(tempfile.mkdtemp(prefix="world-account-"))
    try:
        shutil.copytree(source / "account", data, dirs_exist_ok=True)
        with emulator(data, port) as url:
            yield url
    finally:
        shutil.rmtree(data, ignore_errors=True)


def refresh(source, url, account, states):
    """What Terraform says has drifted between each of the state files and the account that is served at `url`."""
    terraform = Terraform(source, url, account)
    try:
        for state in states:
            shutil.copy(state, terraform.state)
            plan = terraform.dir / "plan"
            terraform.run("plan", "-refresh-only", "-input=false", f"-out={plan}")
            shown = json.loads(terraform.run("show", "-json", str(plan)))
            for drift in shown.get("resource_drift", []):
                for path, before, after in changes(drift["change"]["before"], drift["change"]["after"]):
                    print(json.dumps({"state": state.name, "address": drift["address"], "path": path, "before": before, "after": after}))
    finally:
        terraform.close()


def changes(before, after, path=""):
    """The leaves in which two attribute values differ: (path, before, after)."""
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        steps = [(f"{path}.{key}" if path else key, key) for key in sorted(before.keys() | after.keys())]
        return [change for step, key in steps for change in changes(before.get(key), after.get(key), step)]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [change for i, pair in enumerate(zip(before, after)) for change in changes(*pair, f"{path}[{i}]")]
    return [(path, before, after)]


def end_once(*_):
    """Leave by way of the clean-up, which a second signal must not cut short."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.exit(0)


def main():
    commands = {"record": 1, "serve": 1, "noise": 1, "refresh": 4, "python": 0}
    command, *arguments = sys.argv[1:] or [""]
    if len(arguments) < commands.get(command, 99):
        sys.exit(__doc__)
    if command == "python":
        print(emulator_python())
        return
    source = pathlib.Path(arguments[0]).resolve()
    if command == "record":
        record(source, pathlib.Path(arguments[1]).resolve() if len(arguments) > 1 else source)
    elif command == "noise":
        with served(source) as url:
            refresh(source, url, ACCOUNT, [source / "terraform.tfstate", source / "terraform.refreshed.tfstate"])
    elif command == "refresh":
        refresh(source, arguments[1], arguments[2], [pathlib.Path(state) for state in arguments[3:]])
    else:
        with served(source, int(arguments[1]) if len(arguments) > 1 else 0) as url:
            print(f"{source.name} is served on {url}; interrupt to stop", flush=True)
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, end_once)
            signal.pause()


if __name__ == "__main__":
    main()
