#!/usr/bin/env python3
"""driftgate and `terraform plan -refresh-only`, side by side on one account, in one run.

    cargo build --release && python3 tests/emulator/benchmark.py

The account is fixtures/worlds/benchmark (100 buckets with policy and public access block, 50 distributions, 1,000
records). It is recorded once, which takes ten minutes, into target/benchmark-world, or into the directory that
BENCHMARK_WORLD names. Prints a Markdown table: wall time, peak memory, API calls; and the start-up time of the binary.

Needs terraform, and python3 3.10 or newer; the machine should be idle.
"""

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
BINARY = ROOT / "target" / "release" / "driftgate"
STATE = "terraform.refreshed.tfstate"


def measured(command, **options):
    """Wall time in seconds and peak memory in MiB of a command that must be able to do its work."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    output = process.stdout.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    # 2 and 3 are verdicts: the account has no objects, so its hosts serve nothing.
    if process.returncode not in (0, 2, 3):
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


def main():
    if not BINARY.exists():
        sys.exit(f"{BINARY} is missing: cargo build --release")
    recorded = pathlib.Path(os.environ.get("BENCHMARK_WORLD", ROOT / "target" / "benchmark-world"))
    if not (recorded / STATE).exists():
        print("recording the account, which takes about ten minutes", file=sys.stderr)
        world.record(ROOT / "fixtures" / "worlds" / "benchmark", recorded)
    shutil.copytree(ROOT / "fixtures" / "worlds" / "benchmark", recorded, dirs_exist_ok=True)
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
        gate = repeated(url, [*check, "--no-serving"], environment)
        whole = repeated(url, check, environment)

        terraform = world.Terraform(recorded, url)
        shutil.copy(recorded / STATE, terraform.state)
        calls(url)
        started = time.perf_counter()
        peak = peak_of(lambda: terraform.run("plan", "-refresh-only", "-input=false"))
        plan = time.perf_counter() - started, peak, calls(url)
        terraform.close()

        starts = [measured([BINARY, "--version"])[0] for _ in range(20)]

    print("| | `terraform plan -refresh-only` | `driftgate check --no-serving` | `driftgate check` |")
    print("| --- | --- | --- | --- |")
    print(f"| wall time | {plan[0]:.1f} s | {gate[0]:.2f} s (1/{plan[0] / gate[0]:.0f}) | {whole[0]:.2f} s (1/{plan[0] / whole[0]:.0f}) |")
    print(f"| peak memory | {plan[1]:.0f} MiB | {gate[1]:.0f} MiB | {whole[1]:.0f} MiB |")
    print(f"| API calls | {plan[2]:,} | {gate[2]:,} | {whole[2]:,} |")
    print(f"\nstart-up (`driftgate --version`): {statistics.median(starts) * 1000:.1f} ms; "
          f"binary: {BINARY.stat().st_size / 1e6:.1f} MB")


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
