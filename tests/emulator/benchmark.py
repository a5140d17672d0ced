#!/usr/bin/env python3
"""driftgate and `terraform plan -refresh-only`, side by side on one account, in one run.

    cargo build --release && python3 tests/emulator/benchmark.py [--without-terraform]

The account is fixtures/worlds/benchmark (100 buckets with policy and public access block, 50 distributions, 1,000
records). It is recorded once, which takes ten minutes, into target/benchmark-world, or into the directory that
BENCHMARK_WORLD names. Terraform does not manage the pages of the sites, so what every host serves, a front page and an
error page, is laid beside the saved account before it is served. Every host must then answer 200: a walk that ends early
would make serving look cheap. Each host's deployment is declared with --deploy, so that those checks are measured too.

Prints a Markdown table (wall time, peak memory, API calls), how the times relate, how many calls serving and deploy checks
add for each object that is served, and the start-up time of the binary.

Needs terraform, and python3 3.10 or newer; the machine should be idle.
"""

import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import world

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("BENCHMARK_BINARY", ROOT / "target" / "release" / "driftgate"))
STATE = "terraform.refreshed.tfstate"


def measured(command, **options):
    """Wall time in seconds and peak memory in MiB of a command that must be able to do its work."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    output = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with {process.returncode}\n{output[-4000:]}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def repeated(url, command, environment, times=5):
    """Median wall time, largest peak memory and API calls of one run."""
    measured(command, env=environment)
    calls(url)
    runs = [measured(command, env=environment) for _ in range(times)]
    return statistics.median(run[0] for run in runs), max(run[1] for run in runs), calls(url) // times


def calls(url):
    """The number of API calls since the last time this was asked."""
    request = urllib.request.Request(f"{url}/_t/log", method="DELETE")
    return len(json.load(urllib.request.urlopen(request)))


def deploy(recorded):
    """Lay the pages of every distribution of the state beside the saved account; gives a --deploy of each, and the objects."""
    state = json.loads((recorded / STATE).read_text())
    instances = [instance["attributes"] for resource in state["resources"] if resource["type"] == "aws_cloudfront_distribution"
                 for instance in resource["instances"]]
    declared, objects = [], []
    for distribution in instances:
        origin = distribution["origin"][0]
        bucket, prefix = origin["domain_name"].split(".")[0], origin["origin_path"].strip("/")
        for page in ("index.html", "404.html"):
            key = f"{prefix}/{page}"
            lay(recorded / "account" / "objects" / world.ACCOUNT / bucket, key, f"<!doctype html><title>{page}</title>\n".encode())
            objects.append((bucket, key))
        host = distribution["aliases"][0]
        declared += ["--deploy", f"host={host},bucket={bucket},prefix={prefix},distribution={distribution['id']}"]
    return declared, objects


def lay(bucket, key, body):
    """One object as the emulator saves it."""
    path = bucket / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    about = {"content_type": "text/html", "content_encoding": None, "etag": f'"{hashlib.md5(body).hexdigest()}"', "size": len(body), "key": key,
             "last_modified": "2026-11-21T00:00:00.000Z", "metadata": {}, "preserved_headers": {}, "storage_class": "STANDARD", "version_id": None}
    path.with_name(path.name + ".meta.json").write_text(json.dumps(about))


def served(command, environment):
    """How many hosts the check says are served; every one must be, by its own page."""
    done = subprocess.run([*command, "--format", "json"], env=environment, capture_output=True, text=True)
    hosts = json.loads(done.stdout)["hosts"]
    dark = [host for host in hosts if not host["served"] or not host["visitor"].startswith("200, object ")]
    if dark or not hosts:
        sys.exit(f"{len(dark)} of {len(hosts)} hosts are not served: {dark[:3]}")
    return len(hosts)


def main():
    with_terraform = "--without-terraform" not in sys.argv[1:]
    if not BINARY.exists():
        sys.exit(f"{BINARY} is missing: cargo build --release")
    recorded = pathlib.Path(os.environ.get("BENCHMARK_WORLD", ROOT / "target" / "benchmark-world"))
    if not (recorded / STATE).exists():
        print("recording the account, which takes about ten minutes", file=sys.stderr)
        world.record(ROOT / "fixtures" / "worlds" / "benchmark", recorded)
    shutil.copytree(ROOT / "fixtures" / "worlds" / "benchmark", recorded, dirs_exist_ok=True)
    deployments, objects = deploy(recorded)
    with world.served(recorded) as url:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": tempfile.gettempdir(),
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": world.ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": world.REGION,
        }
        check = [BINARY, "check", "--state", recorded / STATE]
        hosts = served([*check, *deployments], environment)
        gate = repeated(url, [*check, "--no-serving"], environment)
        whole = repeated(url, [*check, *deployments], environment)
        plan = terraform_plan(recorded, url) if with_terraform else None
        starts = [measured([BINARY, "--version"])[0] for _ in range(20)]

    columns = [("`driftgate check --no-serving`", gate), ("`driftgate check`", whole)]
    if plan:
        columns.insert(0, ("`terraform plan -refresh-only`", plan))
    print("| | " + " | ".join(name for name, _ in columns) + " |")
    print("| ---" * (len(columns) + 1) + " |")
    print("| wall time | " + " | ".join(f"{run[0]:.2f} s" for _, run in columns) + " |")
    print("| peak memory | " + " | ".join(f"{run[1]:.0f} MiB" for _, run in columns) + " |")
    print("| API calls | " + " | ".join(f"{run[2]:,}" for _, run in columns) + " |")
    print()
    if plan:
        print(f"terraform plan : check --no-serving = {plan[0] / gate[0]:.1f} : 1")
    print(f"check : check --no-serving = {whole[0] / gate[0]:.2f} : 1")
    print(f"calls that serving and deploy checks add: {whole[2] - gate[2]}, for {hosts} hosts and {len(objects)} objects "
          f"(bucket, key): {(whole[2] - gate[2]) / len(objects):.2f} each")
    print(f"start-up (`driftgate --version`): {statistics.median(starts) * 1000:.1f} ms; "
          f"binary: {BINARY.stat().st_size / 1e6:.1f} MB")


def terraform_plan(recorded, url):
    """Wall time, peak memory and API calls of one plan."""
    terraform = world.Terraform(recorded, url)
    try:
        shutil.copy(recorded / STATE, terraform.state)
        calls(url)
        started = time.perf_counter()
        peak = peak_of(lambda: terraform.run("plan", "-refresh-only", "-input=false"))
        return time.perf_counter() - started, peak, calls(url)
    finally:
        terraform.close()


def peak_of(work):
    """The peak memory in MiB of Terraform and its provider together, sampled while `work` runs."""
    done, peak = threading.Event(), [0]

    def sample():
        while not done.wait(0.2):
            total = 0
            for status in pathlib.Path("/proc").glob("[0-9]*/status"):
                try:
                    text = status.read_text()
                except OSError:
                    continue
                if text.startswith("Name:\tterraform"):
                    total += int(text.split("VmRSS:")[1].split()[0]) if "VmRSS:" in text else 0
            peak[0] = max(peak[0], total / 1024)

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        work()
    finally:
        done.set()
        sampler.join()
    return peak[0]


if __name__ == "__main__":
    main()
