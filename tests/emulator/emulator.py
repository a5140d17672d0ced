#!/usr/bin/env python3
"""The tests' AWS: ministack with its gaps closed, plus a call log, faults and recorded worlds on request.

Run it with the Python of an environment made from requirements.txt (`world.py python` makes one and prints its
path). It serves on 127.0.0.1 only and prints one line of JSON on stdout when it answers:

    {"url": "http://127.0.0.1:43210", "port": 43210, "pid": 4711}

It ends when its standard input is closed, so a test run that dies leaves no process behind.

Environment:
  EMULATOR_PORT          port to serve on; absent or 0: a free one
  EMULATOR_KEEP=1        do not watch standard input (for a terminal or a background job)
  EMULATOR_BUCKETS=2022  new buckets as S3 made them before April 2023: no public access block, no ownership
                         controls, ACLs in force
  AUTH=true              enforce IAM and bucket policies. A 12-digit access key is then the root user of that account,
                         with any secret; keys from CreateAccessKey and AssumeRole work and need the right one; other
                         keys are unknown (InvalidAccessKeyId, InvalidClientTokenId)
  MINISTACK_REGION, PERSIST_STATE, STATE_DIR, S3_PERSIST, S3_DATA_DIR, LOG_LEVEL: as ministack documents them

The access key of a request names its account: any 12 digits (any secret, unless AUTH=true); other keys mean account
000000000000. Endpoints of the emulator's own are described in control.py.
"""

import asyncio
import json
import os
import signal
import socket
import sys
import threading
import time


def main():
    sys.dont_write_bytecode = True
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(os.environ.get("EMULATOR_PORT") or 0)))
    listener.listen(512)
    port = listener.getsockname()[1]
    prepare_environment(port)
    if os.environ.get("EMULATOR_KEEP") != "1":
        threading.Thread(target=end_with_stdin, daemon=True).start()

    # ministack reads its environment while it is imported.
    import cloudfront_fixes
    import control
    import route53_fixes
    import s3_fixes
    import s3control_fixes

    for fixes in (cloudfront_fixes, route53_fixes, s3_fixes, s3control_fixes):
        fixes.install()
    import ministack.app

    announcement = {"url": f"http://127.0.0.1:{port}", "port": port, "pid": os.getpid()}
    application = control.Control(ministack.app.app, on_ready=lambda: print(json.dumps(announcement), flush=True))

    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 1
    config.loglevel = os.environ["LOG_LEVEL"]
    asyncio.run(serve(application, config))


def prepare_environment(port):
    """What ministack must be told before it is imported; what the caller has set stays."""
    os.environ["GATEWAY_PORT"] = str(port)
    defaults = {
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": "eu-west-2",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        # ministack tidies containers of its own away where it finds a Docker daemon; there are none here.
        "DOCKER_HOST": "unix:///nonexistent/docker.sock",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    # With AUTH=true the key of this name is a root key to ministack; the caller's own credentials must not be.
    os.environ["AWS_ACCESS_KEY_ID"] = os.environ["AWS_SECRET_ACCESS_KEY"] = "test"
    os.environ.pop("AWS_SESSION_TOKEN", None)


def end_with_stdin():
    """Stop as on SIGTERM (which saves the state, if asked to) once the parent is gone or closes the pipe."""
    while sys.stdin.buffer.raw.read(4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(10)
    os._exit(1)


if __name__ == "__main__":
    main()
