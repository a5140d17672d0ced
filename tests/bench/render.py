#!/usr/bin/env python3
"""How long every format takes to render a result of 5,000 findings, through the real binary.

    cargo build --release && python3 tests/bench/render.py [FINDINGS]

The result is the one that the golden files of that size are made of (`many` in src/report/samples.rs): the first two findings
of the golden drifted document, a policy and a distribution of five changes, under addresses of their own. A time is that of
`driftgate report big.json --format FORMAT`, the start of the process and the reading of the result included: the median of
five runs. Prints a Markdown table and fails where a format takes a second or more.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("BENCHMARK_BINARY", ROOT / "target" / "release" / "driftgate"))
DRIFTED = ROOT / "src/report/json/snapshots/driftgate__report__json__tests__drifted.snap"
FORMATS = ["human", "json", "sarif", "junit", "prometheus", "markdown", "github", "slack", "html"]
LIMIT = 1.0
RUNS = 5


def document(count):
    """The drifted result with this many findings."""
    drifted = json.loads(DRIFTED.read_text().split("---\n", 2)[2])
    templates = drifted["findings"][:2]
    drifted["findings"] = [
        {**templates[at % len(templates)], "address": f'module.site["n{at}"].aws_s3_bucket_policy.this'}
        for at in range(count)
    ]
    return drifted


def rendered(result, form):
    """Seconds by the clock, seconds of processor time, and bytes of one report."""
    with tempfile.TemporaryFile() as report:
        started = time.perf_counter()
        process = subprocess.Popen([BINARY, "report", result, "--format", form], stdout=report)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{form}: driftgate ended with {process.returncode}")
        return seconds, usage.ru_utime + usage.ru_stime, report.seek(0, os.SEEK_END)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    slow = []
    with tempfile.TemporaryDirectory() as directory:
        result = pathlib.Path(directory) / "big.json"
        result.write_text(json.dumps(document(count)))
        print(f"{count} findings, a result of {result.stat().st_size / 1e6:.1f} MB\n")
        print("| format | time | processor time | size |\n| --- | --- | --- | --- |")
        for form in FORMATS:
            runs = [rendered(result, form) for _ in range(RUNS)]
            clock, processor = (statistics.median(run[at] for run in runs) for at in (0, 1))
            print(f"| {form} | {clock:.2f} s | {processor:.2f} s | {runs[0][2] / 1e3:,.0f} kB |", flush=True)
            if clock >= LIMIT:
                slow.append(form)
    if slow:
        sys.exit(f"{LIMIT:.0f} s or more: {', '.join(slow)}")


if __name__ == "__main__":
    main()
