"""S3 Control where ministack 1.5.33 differs from AWS.

  public access block   the account's own is missing: InvalidURI
"""

import ministack.services.s3 as s3
from ministack.core.responses import AccountScopedDict

PATH = "/v20180820/configuration/publicAccessBlock"
blocks = AccountScopedDict()


def install():
    import ministack.app as app

    handle = app._handle_s3_control_request

    async def handle_request(path, method, body, query, request_id, headers=None):
        if path.rstrip("/") != PATH:
            return await handle(path, method, body, query, request_id, headers)
        action = {"GET": "Get", "PUT": "Put", "DELETE": "Put"}.get(method)
        denied = action and app.AUTH and app._enforce_data_plane(
            "s3", f"s3:{action}AccountPublicAccessBlock", headers or {}, query, request_id)
        if denied:
            return denied
        return s3.s3control_account_error(headers or {}) or answer(method, body)

    app._handle_s3_control_request = handle_request


def answer(method, body):
    kind = {"Content-Type": "application/xml"}
    if method == "PUT":
        blocks["block"] = bytes(body)
        return 201, kind, b""
    if method == "DELETE":
        blocks.pop("block", None)
        return 204, kind, b""
    if "block" not in blocks:
        return s3.s3control_error("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found", 404)
    return 200, kind, blocks["block"]
