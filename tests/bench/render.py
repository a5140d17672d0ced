#!/usr/bin/env python3
"""How long every format takes to render a result of 5,000 findings, through the real binary.

    cargo build --release && python3 tests/bench/render.py [FINDINGS]

The result is the golden document of an outage with its findings repeated under addresses of their own. A time is that of
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
OUTAGE = ROOT / "src/report/html/snapshots/driftgate__report__html__tests__outage_document.snap"
FORMATS = ["human", "json", "sarif", "junit", "prometheus", "markdown", "github", "slack", "html"]
LIMIT = 1.0
RUNS = 5


def document(count):
    """The outage with this many findings."""
    outage = json.loads(OUTAGE.read_text().split("---\n", 2)[2])
    templates = outage["findings"]
    outage["findings"] = [
        {**templates[at % len(templates)], "address": f"module.site[\"n{at}\"].aws_s3_bucket_policy.this"}
        for at in range(count)
    ]
    return outage


def rendered(result, form):
    """Seconds and bytes of one report."""
    started = time.perf_counter()
    report = subprocess.run([BINARY, "report", result, "--format", form], capture_output=True, check=True)
    return time.perf_counter() - started, len(report.stdout)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    slow = []
    with tempfile.TemporaryDirectory() as directory:
        result = pathlib.Path(directory) / "big.json"
        result.write_text(json.dumps(document(count)))
        print(f"{count} findings, a result of {result.stat().st_size / 1e6:.1f} MB\n")
        print("| format | time | size |\n| --- | --- | --- |")
        for form in FORMATS:
            runs = [rendered(result, form) for _ in range(RUNS)]
            seconds, size = statistics.median(run[0] for run in runs), runs[0][1]
            print(f"| {form} | {seconds:.2f} s | {size / 1e6:.2f} MB |", flush=True)
            if seconds >= LIMIT:
                slow.append(form)
    if slow:
        sys.exit(f"{LIMIT:.0f} s or more: {', '.join(slow)}")


if __name__ == "__main__":
    main()
