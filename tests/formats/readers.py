#!/usr/bin/env python3
"""Has reports read by the libraries that their formats' owners publish.

    readers.py prometheus|slack FILE...

Prometheus' own client parses expositions; Slack's own SDK takes messages apart into its blocks and holds each against its
rules. A FILE is a report, or a golden file of one. Ends with the first that is refused; prints how many were read.
"""

import json
import os
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent


def report(file):
    """The text of a report, without the head of a golden file."""
    text = pathlib.Path(file).read_text()
    return text.split("---\n", 2)[2] if text.startswith("---\n") else text


def prometheus(text):
    from prometheus_client.parser import text_string_to_metric_families

    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    families = list(text_string_to_metric_families(text))
    names = [family.name for family in families]
    assert families and len(set(names)) == len(names), f"families are torn apart: {names}"
    assert all(family.type == "gauge" and family.documentation for family in families), "no HELP or no TYPE"
    assert sum(len(family.samples) for family in families) == len(lines), "samples are lost"


def slack(text):
    from slack_sdk.models.blocks import Block

    message = json.loads(text)
    blocks = Block.parse_all(message["blocks"])
    for block in blocks:
        block.validate_json()
    assert [block.to_dict() for block in blocks] == message["blocks"], "the SDK knows some member or block otherwise"


def main():
    readers = {"prometheus": prometheus, "slack": slack}
    if len(sys.argv) < 3 or sys.argv[1] not in readers:
        sys.exit(__doc__)
    name, *files = sys.argv[1:]
    for file in files:
        try:
            readers[name](report(file))
        except Exception as error:
            sys.exit(f"{file}: {type(error).__name__}: {error}")
    print(f"{len(files)} read")


if __name__ == "__main__":
    if os.environ.get("READERS_ENVIRONMENT") != "made":
        sys.path.insert(0, str(HERE.parent))
        import environment

        python = environment.python_with(HERE / "requirements.txt", "readers")
        os.environ["READERS_ENVIRONMENT"] = "made"
        os.execv(python, [python, __file__, *sys.argv[1:]])
    main()
