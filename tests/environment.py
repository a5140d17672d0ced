"""Python environments of the tests: made of pinned packages, under the build directory, on first use."""

import fcntl
import hashlib
import os
import pathlib
import subprocess
import sys


def python_with(requirements, name):
    """The Python of an environment that holds what `requirements` names; `name` begins its directory's."""
    build = pathlib.Path(os.environ.get("CARGO_TARGET_DIR") or pathlib.Path(__file__).resolve().parent.parent / "target")
    venv = build / f"{name}-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]}"
    python, complete = venv / "bin" / "python", venv / "complete"
    build.mkdir(parents=True, exist_ok=True)
    with open(build / f".{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
            subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", requirements],
                           check=True, stdout=sys.stderr)
            complete.touch()
    return python
