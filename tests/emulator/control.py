"""What the emulator answers itself, beside AWS: the call log, faults, recorded worlds, emptied accounts.

Every endpoint takes and gives JSON; a request that makes no sense is answered with 400 and {"error": "..."}.

  GET    /_t/health                        {"ready": true}
  GET    /_t/log[?account=ID][&full=1]     the signed calls so far: ["GET /2013-04-01/hostedzone?maxitems=100", ...]; with full=1
                                           [{"account", "service", "region", "call", "status"}, ...]
  DELETE /_t/log[?account=ID]              the same, and forgets them
  POST   /_t/faults[?account=ID]           a list of faults; replaces those of the accounts it names (of all, if it is
                                           empty and names none). Fields of a fault:
             match    text that "METHOD path?query" must contain (required)
             account  only for calls of this account; ID of the query is the default, otherwise it holds for all
             service  only for calls signed for this service (s3, cloudfront, route53, sts, acm ...)
             times    how often, 1 by default, null: always
             skip     let that many matching calls through first
             delay    seconds to wait before going on
             status, code, message  the error to answer with, in the form of the service; without status the call
                      goes on to the service (after the delay)
             body     answer with this text instead of an error document
  GET    /_t/faults[?account=ID]           those that are still in force, "times" counted down
  POST   /_t/world                         {"account": ID, "dir": DIR, "replace": {"old": "new", ...}}: see accounts.py
  POST   /_t/reset?account=ID              empties the account, its log and its faults

The header `x-t-account: ID` makes an unsigned request (a visitor's) one of that account, which matters where several
accounts hold copies of one world; its Host may then be an alias of one of the account's distributions.
"""

import asyncio
import json
import re
import time
from urllib.parse import parse_qs

import accounts
from ministack.core import responses
from ministack.core.iam_evaluator import AmbiguousAccessKeyError, find_iam_access_key_account

DEFAULT_ACCOUNT = "000000000000"
CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/")
FAULT_FIELDS = {"match", "account", "service", "times", "skip", "delay", "status", "code", "message", "body"}


class Control:
    """The ASGI application in front of ministack's."""

    def __init__(self, inner, on_ready):
        self.inner, self.on_ready = inner, on_ready
        self.log, self.faults = [], []

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return await self.inner(scope, receive, self.announcing(send))
        if scope["type"] != "http" or scope["path"].startswith("/_ministack"):
            return await self.inner(scope, receive, send)
        if scope["path"].startswith("/_t/"):
            return await self.own(scope, receive, send)
        await self.aws(scope, receive, send)

    def announcing(self, send):
        async def announce(message):
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                self.on_ready()

        return announce

    # Calls to AWS

    async def aws(self, scope, receive, send):
        call = describe(scope)
        if call["signed"]:
            self.log.append(call)
        else:
            scope = as_visitor_of(scope, call["account"])
        fault = self.next_fault(call)
        if fault is not None:
            await asyncio.sleep(fault.get("delay", 0))
            if "status" in fault or "body" in fault:
                call["status"] = fault.get("status", 200)
                return await reply(send, *injected(fault, call, scope["method"]))

        async def note_status(message):
            if message["type"] == "http.response.start":
                call["status"] = message["status"]
            await send(message)

        await self.inner(scope, receive, note_status)

    def next_fault(self, call):
        for fault in self.faults:
            if fault["match"] not in call["call"] or fault["account"] not in (None, call["account"]):
                continue
            if fault.get("service") not in (None, call["service"]) or fault["times"] == 0:
                continue
            if fault.get("skip"):
                fault["skip"] -= 1
                continue
            if fault["times"] is not None:
                fault["times"] -= 1
            return fault
        return None

    # Calls to the emulator itself

    async def own(self, scope, receive, send):
        query = {key: values[0] for key, values in parse_qs(scope["query_string"].decode()).items()}
        try:
            body = await read_body(receive)
            data = json.loads(body) if body else None
            status, answer = 200, self.answer(scope["method"], scope["path"].removeprefix("/_t/"), query, data)
        except KeyError as error:
            status, answer = 400, {"error": f"{error.args[0]} is missing"}
        except (ValueError, OSError) as error:
            status, answer = 400, {"error": str(error)}
        if answer is None:
            status, answer = 404, {"error": f"there is no {scope['method']} {scope['path']}"}
        await reply(send, status, json.dumps(answer).encode(), "application/json")

    def answer(self, method, name, query, data):
        account = query.get("account")
        if account is not None:
            accounts.check_id(account)
        match (method, name):
            case ("GET", "health"):
                return {"ready": True}
            case ("GET" | "DELETE", "log"):
                return self.read_log(account, full="full" in query, forget=method == "DELETE")
            case ("POST", "faults"):
                self.set_faults(account, data or [])
                return {"faults": len(self.faults)}
            case ("GET", "faults"):
                return [fault for fault in self.faults if fault["times"] != 0 and account in (None, fault["account"])]
            case ("POST", "world"):
                started = time.perf_counter()
                loaded = accounts.load(data["dir"], data["account"], data.get("replace") or {}, data.get("services"))
                return {**loaded, "milliseconds": round(1000 * (time.perf_counter() - started), 1)}
            case ("POST", "reset"):
                if account is None:
                    raise ValueError("name the account to empty: /_t/reset?account=ID")
                self.read_log(account, full=False, forget=True)
                self.faults = [fault for fault in self.faults if fault["account"] != account]
                return {"account": account, "dropped": accounts.drop(account)}
        return None

    def read_log(self, account, full, forget):
        mine = [call for call in self.log if account in (None, call["account"])]
        if forget:
            self.log = [call for call in self.log if account not in (None, call["account"])]
        if full:
            return [{key: call[key] for key in ("account", "service", "region", "call", "status")} for call in mine]
        return [call["call"] for call in mine]

    def set_faults(self, account, entries):
        if not isinstance(entries, list):
            raise ValueError("the faults are a list")
        new = []
        for entry in entries:
            unknown = set(entry) - FAULT_FIELDS
            if unknown or "match" not in entry:
                raise ValueError(f"a fault needs \"match\" and knows no {sorted(unknown)}: {entry}")
            new.append({"times": 1, "account": account, **entry})
        replaced = {account} if account else {fault["account"] for fault in new}
        kept = [fault for fault in self.faults if replaced and fault["account"] not in replaced]
        self.faults = kept + new


def describe(scope):
    """A call as the log keeps it."""
    headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
    line = f"{scope['method']} {scope['path']}"
    if scope["query_string"]:
        line += "?" + scope["query_string"].decode("latin-1")
    credential = CREDENTIAL.search(headers.get("authorization", ""))
    if credential is None:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        credential = CREDENTIAL.search("Credential=" + query.get("X-Amz-Credential", [""])[0] + "/")
    key, region, service = credential.groups() if credential else ("", None, None)
    account = account_of(key) if credential else headers.get("x-t-account", DEFAULT_ACCOUNT)
    return {"account": account, "service": service, "region": region, "call": line, "status": None, "signed": bool(credential)}


def account_of(key):
    """The account of an access key: itself, where it is 12 digits, otherwise whose key or session it is."""
    if responses._12_DIGIT_RE.match(key):
        return key
    try:
        return responses._account_from_sts_session(key) or find_iam_access_key_account(key) or DEFAULT_ACCOUNT
    except AmbiguousAccessKeyError:
        return DEFAULT_ACCOUNT


def as_visitor_of(scope, account):
    """An unsigned request as one to `account`: its stores, and its distribution where the Host is an alias."""
    responses._request_account_id.set(account)
    if not any(key.lower() == b"x-t-account" for key, _ in scope["headers"]):
        return scope
    headers = []
    for key, value in scope["headers"]:
        if key.lower() == b"host":
            domain = accounts.distribution_domain(value.decode("latin-1").split(":")[0])
            value = domain.encode("latin-1") if domain else value
        headers.append((key, value))
    return {**scope, "headers": headers}


def injected(fault, call, method):
    """Status, body and content type of a fault, in the error form of the service that was called."""
    status = fault.get("status", 200)
    if method == "HEAD":
        return status, b"", "application/xml"
    if "body" in fault:
        return status, fault["body"].encode(), "text/xml"
    code, message = fault.get("code", "InternalError"), fault.get("message", "injected")
    if call["service"] in ("acm", "logs", "kms", "cloudtrail"):
        return status, json.dumps({"__type": code, "message": message}).encode(), "application/x-amz-json-1.1"
    error = f"<Code>{code}</Code><Message>{message}</Message>"
    if call["service"] == "s3":
        document = f"<Error>{error}<RequestId>injected</RequestId></Error>"
    else:
        kind = "Sender" if status < 500 else "Receiver"
        document = f"<ErrorResponse><Error><Type>{kind}</Type>{error}</Error><RequestId>injected</RequestId></ErrorResponse>"
    return status, document.encode(), "text/xml"


async def read_body(receive):
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


async def reply(send, status, body, kind):
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
