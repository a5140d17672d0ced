"""S3 where ministack 1.5.33 differs from AWS.

  RequestPayment      GetBucketRequestPayment answers with the listing of the bucket
  sub-resources       those it lacks also answer with the listing: here they say 501 NotImplemented
  new buckets         without AUTH=true they have no public access block; AWS sets all four since April 2023
"""

import os

import ministack.services.s3 as s3

LACKING = ("policyStatus", "metrics", "analytics", "intelligent-tiering", "inventory", "abac",
           "metadataConfiguration", "metadataTable", "metadataInventoryTable", "metadataJournalTable")


def install():
    handle = s3.handle_request

    async def handle_request(method, path, headers, body, query):
        bucket, _, key = path.lstrip("/").partition("/")
        if bucket and not key and query:
            if method == "GET" and "requestPayment" in query:
                # ministack knows the answer under a name that S3 does not use.
                query = {"request-payment": query["requestPayment"]}
            lacking = next((name for name in LACKING if name in query), None)
            if lacking:
                return s3._error("NotImplemented", f"{lacking} is not in this emulator", 501, f"/{bucket}")
        return await handle(method, path, headers, body, query)

    s3.handle_request = handle_request
    if os.environ.get("EMULATOR_BUCKETS") == "2022":
        create_buckets_of_2022()
    else:
        s3._new_bucket_public_access_block = lambda: {"_public_access_block": s3._NEW_BUCKET_PUBLIC_ACCESS_BLOCK}


def create_buckets_of_2022():
    """New buckets with ACLs in force and without ownership controls or a public access block."""
    create = s3._create_bucket

    def create_bucket(name, body, headers=None, **more):
        status, *rest = create(name, body, {"x-amz-object-ownership": "ObjectWriter", **(headers or {})}, **more)
        if status == 200:
            s3._buckets[name].pop("_ownership_controls", None)
            s3._buckets[name]["_ownership_controls_deleted"] = True
        return status, *rest

    s3._create_bucket = create_bucket
    s3._new_bucket_public_access_block = dict
