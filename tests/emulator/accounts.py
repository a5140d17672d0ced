"""Recorded accounts brought into the running emulator, and accounts emptied.

`POST /_t/world {"account": "123456789012", "dir": "fixtures/worlds/two-sites", "replace": {"two-sites": "t7k2"}}`
empties the account and fills it with the one that was recorded in DIR (a world, or its directory `account`). Ids of
distributions, zones, identities and so on stay as they were recorded. Three things are rewritten, in the recorded
account and in the world's Terraform states alike, so that a hundred copies of a world can stand side by side:

  the account id (000000000000 as recorded) and the S3 canonical user id that belongs to it,
  whatever `replace` says (longest text first, each place once): bucket names are unique across all accounts, so every
  copy needs names of its own; it is enough to replace the text that all of them share,
  nothing else: object bodies stay as they are.

With `"services": ["route53"]` only these of the recorded services are brought in: one world spread over two accounts.

The answer is {"account", "replaced": {all rewritings}, "states": {"terraform.tfstate": "..", ..}, "buckets": [..],
"milliseconds"}: the states are the world's *.tfstate files, rewritten, ready to be written to a file and checked.
"""

import hashlib
import json
import pathlib
import re
import sys

import ministack.services.acm
import ministack.services.cloudfront as cloudfront
import ministack.services.iam
import ministack.services.route53
import ministack.services.s3 as s3
from ministack.core.persistence import _json_object_hook
from ministack.core.responses import AccountRegionScopedDict, AccountScopedDict, request_scope

RECORDED_ACCOUNT = "000000000000"
SERVICES = {
    "s3": s3,
    "cloudfront": cloudfront,
    "route53": ministack.services.route53,
    "acm": ministack.services.acm,
    "iam": ministack.services.iam,
}


def check_id(account):
    if not isinstance(account, str) or not re.fullmatch(r"\d{12}", account):
        raise ValueError(f"an account id has 12 digits: {account!r}")


def canonical_user_id(account):
    """The S3 canonical user id that ministack gives an account."""
    return hashlib.sha256(account.encode()).hexdigest()


class Rewriting:
    """Texts replaced by others: the longest first, every place at most once."""

    def __init__(self, account, replace):
        self.table = {RECORDED_ACCOUNT: account, canonical_user_id(RECORDED_ACCOUNT): canonical_user_id(account), **replace}
        texts = sorted(self.table, key=len, reverse=True)
        # Twelve zeros within a longer number or a UUID are not the account.
        alternatives = [rf"(?<![0-9a-fA-F-]){text}(?![0-9a-fA-F])" if text == RECORDED_ACCOUNT else re.escape(text) for text in texts]
        self.pattern = re.compile("|".join(alternatives))

    def text(self, text):
        return self.pattern.sub(lambda found: self.table[found[0]], text)

    def value(self, value):
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(entry) for entry in value]
        if isinstance(value, dict):
            return {self.text(key): self.value(entry) for key, entry in value.items()}
        return value


def load(directory, account, replace, services=None):
    check_id(account)
    unknown = set(services or []) - set(SERVICES)
    if unknown:
        raise ValueError(f"no world has {sorted(unknown)}")
    if not all(isinstance(old, str) and old and isinstance(new, str) for old, new in replace.items()):
        raise ValueError("replace maps texts to texts")
    saved = pathlib.Path(directory)
    if (saved / "account").is_dir():
        saved = saved / "account"
    if not any((saved / f"{name}.json").is_file() for name in SERVICES):
        raise ValueError(f"{directory} holds no recorded account")
    rewriting = Rewriting(account, replace)
    contents = {}
    for name in services or SERVICES:
        path = saved / f"{name}.json"
        if path.is_file():
            rewritten = rewriting.value(json.loads(path.read_text()))
            contents[name] = json.loads(json.dumps(rewritten), object_hook=_json_object_hook)["payload"]
    buckets = [name for _, name in contents.get("s3", {}).get("buckets_meta", AccountScopedDict())._data]
    drop(account)
    for name in buckets:
        owner = s3._bucket_owner_account(name)
        if owner is not None:
            raise ValueError(f"bucket {name} belongs to account {owner} already: replace a part of its name")
    with request_scope(account, "us-east-1"):
        for name, payload in contents.items():
            SERVICES[name].load_persisted_state(payload)
        if "s3" in contents:
            load_objects(saved / "objects", account, rewriting)
    states = {path.name: rewriting.text(path.read_text()) for path in sorted(saved.parent.glob("*.tfstate"))}
    return {"account": account, "replaced": rewriting.table, "buckets": buckets, "states": states}


def load_objects(root, account, rewriting):
    """The saved objects, their bodies kept in memory: the files belong to the world."""
    for directory in sorted((root / RECORDED_ACCOUNT).glob("*")):
        bucket = rewriting.text(directory.name)
        s3._load_persisted_bucket(account, bucket, str(directory))
        record = s3._buckets._data.get((account, bucket), {"objects": {}})
        for key, entry in record["objects"].items():
            entry["body"] = pathlib.Path(s3._key_disk_path(str(directory), key)).read_bytes()


def drop(account):
    """Remove all that any service keeps for the account; returns the number of entries."""
    check_id(account)
    dropped = 0
    for module_name, module in list(sys.modules.items()):
        if not module_name.startswith("ministack.services."):
            continue
        for store in list(vars(module).values()):
            if isinstance(store, (AccountScopedDict, AccountRegionScopedDict)):
                for key in [key for key in store._data if key[0] == account]:
                    del store._data[key]
                    dropped += 1
    return dropped


def distribution_domain(host):
    """The domain of the current account's distribution that has `host` among its aliases, the exact one first."""
    host = host.lower()
    wildcard = "*." + host.partition(".")[2]
    for wanted in (host, wildcard):
        for distribution in cloudfront._distributions.values():
            if wanted in {alias.lower() for alias in cloudfront._get_distribution_aliases(distribution)}:
                return distribution["DomainName"]
    return None
