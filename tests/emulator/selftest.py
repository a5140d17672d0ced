#!/usr/bin/env python3
"""Says whether the emulator still does what the tests rely on; one line a check, exit code 1 if one fails.

python3 tests/emulator/selftest.py. Every check stands for one patch or endpoint; when ministack is raised, this comes
first. Uses botocore, which the emulator's environment has anyway.
"""

import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
import world

if "--inside" not in sys.argv:
    python = str(world.emulator_python())
    os.execv(python, [python, __file__, "--inside"])

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

WORLD = world.HERE.parent.parent / "fixtures" / "worlds" / "two-sites"
CHECKS = []
MINIMAL = {
    "Comment": "", "Enabled": True,
    "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "api.example.org", "CustomOriginConfig": {
        "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}}]},
    "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all", "MinTTL": 0,
                             "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}}},
}


def check(function):
    CHECKS.append(function)
    return function


class Emulator:
    def __init__(self, **variables):
        self.process = subprocess.Popen([sys.executable, world.HERE / "emulator.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env={**os.environ, **variables})
        self.url = json.loads(self.process.stdout.readline())["url"]

    def client(self, service, account, region="eu-west-2", secret="test"):
        config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return botocore.session.get_session().create_client(
            service, region_name=region, endpoint_url=self.url, aws_access_key_id=account, aws_secret_access_key=secret, config=config)

    def own(self, method, path, data=None):
        request = urllib.request.Request(f"{self.url}/_t/{path}", None if data is None else json.dumps(data).encode(), method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def visit(self, account, host, path):
        request = urllib.request.Request(self.url + path, headers={"Host": host, "x-t-account": account, "x-forwarded-proto": "https"})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""

    def stop(self):
        self.process.stdin.close()
        return self.process.wait(20)


def code(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    return None


def bucket(emulator, account, name, region="eu-west-2"):
    client = emulator.client("s3", account, region)
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    return client


def distribution(client, reference, **changes):
    config = {**json.loads(json.dumps(MINIMAL)), "CallerReference": reference, **changes}
    return client.create_distribution(DistributionConfig=config)["Distribution"]


@check
def s3_new_bucket_blocks_public_access(e):
    block = bucket(e, "100000000001", "new-bucket").get_public_access_block(Bucket="new-bucket")["PublicAccessBlockConfiguration"]
    assert len(block) == 4 and all(block.values()), block


@check
def s3_request_payment_is_kept(e):
    client = bucket(e, "100000000002", "payer")
    assert client.get_bucket_request_payment(Bucket="payer")["Payer"] == "BucketOwner"
    client.put_bucket_request_payment(Bucket="payer", RequestPaymentConfiguration={"Payer": "Requester"})
    assert client.get_bucket_request_payment(Bucket="payer")["Payer"] == "Requester"


@check
def s3_what_is_lacking_says_so(e):
    client = bucket(e, "100000000003", "lacking")
    assert code(client.get_bucket_policy_status, Bucket="lacking") == ("NotImplemented", 501)
    assert code(client.list_bucket_inventory_configurations, Bucket="lacking") == ("NotImplemented", 501)


@check
def s3_answers_in_the_region_of_the_bucket_only(e):
    bucket(e, "100000000004", "abroad", "eu-central-1")
    # botocore follows the redirect by itself; the log says that there was one.
    code(e.client("s3", "100000000004", "eu-west-2").get_bucket_policy, Bucket="abroad")
    answers = [(call["region"], call["status"]) for call in e.own("GET", "log?account=100000000004&full=1") if "policy" in call["call"]]
    assert answers[0] == ("eu-west-2", 301) and answers[-1] == ("eu-central-1", 404), answers


@check
def cloudfront_lists_by_pages(e):
    client = e.client("cloudfront", "100000000005", "us-east-1")
    made = [distribution(client, str(i))["Id"] for i in range(5)]
    first = client.list_distributions(MaxItems="3")["DistributionList"]
    assert first["IsTruncated"] and first["Quantity"] == 3 and first["NextMarker"] == made[2], first
    second = client.list_distributions(MaxItems="3", Marker=first["NextMarker"])["DistributionList"]
    assert not second["IsTruncated"] and [d["Id"] for d in first["Items"] + second["Items"]] == made
    assert second["Items"][0]["OriginGroups"] == {"Quantity": 0}


@check
def cloudfront_fills_in_defaults(e):
    config = distribution(e.client("cloudfront", "100000000006", "us-east-1"), "x")["DistributionConfig"]
    origin, behaviour = config["Origins"]["Items"][0], config["DefaultCacheBehavior"]
    assert (config["PriceClass"], config["HttpVersion"], config["ViewerCertificate"]["CertificateSource"]) == ("PriceClass_All", "http2", "cloudfront")
    assert (origin["ConnectionAttempts"], origin["OriginShield"], origin["OriginPath"]) == (3, {"Enabled": False}, "")
    assert behaviour["AllowedMethods"]["CachedMethods"]["Quantity"] == 2 and behaviour["DefaultTTL"] == 86400
    assert behaviour["TrustedKeyGroups"] == {"Enabled": False, "Quantity": 0}


@check
def cloudfront_refuses_a_taken_alias(e):
    client = e.client("cloudfront", "100000000007", "us-east-1")
    aliases = {"Quantity": 1, "Items": ["www.example.com"]}
    distribution(client, "a", Aliases=aliases)
    other = distribution(client, "b")
    update = client.get_distribution_config(Id=other["Id"])
    refused = code(client.update_distribution, Id=other["Id"], IfMatch=update["ETag"], DistributionConfig={**update["DistributionConfig"], "Aliases": aliases})
    assert refused == ("CNAMEAlreadyExists", 409), refused


@check
def cloudfront_keeps_origin_access_identities(e):
    client = e.client("cloudfront", "100000000008", "us-east-1")
    made = client.create_cloud_front_origin_access_identity(CloudFrontOriginAccessIdentityConfig={"CallerReference": "r", "Comment": "c"})
    identity = made["CloudFrontOriginAccessIdentity"]
    assert len(identity["S3CanonicalUserId"]) == 96 and identity["Id"].startswith("E")
    got = client.get_cloud_front_origin_access_identity(Id=identity["Id"])
    assert got["CloudFrontOriginAccessIdentity"] == identity and got["ETag"] == made["ETag"]
    assert client.get_cloud_front_origin_access_identity_config(Id=identity["Id"])["CloudFrontOriginAccessIdentityConfig"]["Comment"] == "c"
    listed = client.list_cloud_front_origin_access_identities()["CloudFrontOriginAccessIdentityList"]
    assert [i["Id"] for i in listed["Items"]] == [identity["Id"]]
    new = client.update_cloud_front_origin_access_identity(
        Id=identity["Id"], IfMatch=made["ETag"], CloudFrontOriginAccessIdentityConfig={"CallerReference": "r", "Comment": "d"})
    client.delete_cloud_front_origin_access_identity(Id=identity["Id"], IfMatch=new["ETag"])
    gone = code(client.get_cloud_front_origin_access_identity, Id=identity["Id"])
    assert gone == ("NoSuchCloudFrontOriginAccessIdentity", 404), gone
    other = e.client("cloudfront", "100000000009", "us-east-1")
    assert other.list_cloud_front_origin_access_identities()["CloudFrontOriginAccessIdentityList"]["Quantity"] == 0


def zone_with_records(e, account, *records):
    client = e.client("route53", account, "us-east-1")
    zone = client.create_hosted_zone(Name="example.com", CallerReference="z")["HostedZone"]["Id"].rpartition("/")[2]
    changes = [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]
    client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    return client, zone, client.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]


def plain(name, **more):
    return {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}], **more}


@check
def route53_escapes_names(e):
    _, _, records = zone_with_records(e, "100000000010", plain("*.WWW.example.com"), plain("a/b.example.com"))
    names = [record["Name"] for record in records]
    assert "\\052.www.example.com." in names and "a\\057b.example.com." in names, names


@check
def route53_keeps_geoproximity(e):
    location = {"AWSRegion": "eu-west-1", "Bias": 20}
    _, _, records = zone_with_records(e, "100000000011", plain("g.example.com", SetIdentifier="eu", GeoProximityLocation=location))
    assert location in [record.get("GeoProximityLocation") for record in records], records


@check
def route53_lists_tags_of_several_zones(e):
    client, zone, _ = zone_with_records(e, "100000000012", plain("www.example.com"))
    client.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=[{"Key": "Team", "Value": "web"}])
    sets = client.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[zone])["ResourceTagSets"]
    assert sets == [{"ResourceType": "hostedzone", "ResourceId": zone, "Tags": [{"Key": "Team", "Value": "web"}]}], sets
    missing = code(client.list_tags_for_resources, ResourceType="hostedzone", ResourceIds=["Z0"])
    assert missing == ("NoSuchHostedZone", 404), missing


@check
def route53_refuses_what_aws_refuses(e):
    client, zone, _ = zone_with_records(e, "100000000013", plain("www.example.com"))
    change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": plain("www.example.org")}]}
    assert code(client.change_resource_record_sets, HostedZoneId=zone, ChangeBatch=change) == ("InvalidChangeBatch", 400)
    assert code(client.create_hosted_zone, Name="example.com", CallerReference="z") == ("HostedZoneAlreadyExists", 409)


@check
def route53_orders_zones_by_name(e):
    client = e.client("route53", "100000000014", "us-east-1")
    for i, name in enumerate(["b.example.com", "example.org", "a.example.com", "a.example.com"]):
        client.create_hosted_zone(Name=name, CallerReference=str(i))
    first = client.list_hosted_zones_by_name(MaxItems="1")
    rest = client.list_hosted_zones_by_name(DNSName=first["NextDNSName"], HostedZoneId=first["NextHostedZoneId"])
    names = [zone["Name"] for zone in first["HostedZones"] + rest["HostedZones"]]
    assert names == ["a.example.com.", "a.example.com.", "b.example.com.", "example.org."], names


@check
def route53_keeps_health_checks(e):
    client = e.client("route53", "100000000015", "us-east-1")
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": "www.example.com", "Regions": ["eu-west-1", "us-east-1", "us-west-2"], "EnableSNI": True, "Inverted": True}
    made = client.create_health_check(CallerReference="h", HealthCheckConfig=config)["HealthCheck"]["Id"]
    kept = client.get_health_check(HealthCheckId=made)["HealthCheck"]["HealthCheckConfig"]
    assert {key: kept[key] for key in config} == config, kept


@check
def log_is_kept_per_account(e):
    one, two = "100000000016", "100000000017"
    e.client("route53", one, "us-east-1").list_hosted_zones()
    e.client("s3", two).list_buckets()
    assert e.own("GET", f"log?account={one}") == ["GET /2013-04-01/hostedzone"]
    full = e.own("DELETE", f"log?account={two}&full=1")
    assert [(c["service"], c["region"], c["status"]) for c in full] == [("s3", "eu-west-2", 200)], full
    assert e.own("GET", f"log?account={two}") == [] and len(e.own("GET", f"log?account={one}")) == 1


@check
def faults_hold_for_one_account(e):
    one, two = "100000000018", "100000000019"
    e.own("POST", f"faults?account={one}", [{"match": "GET /2013-04-01/hostedzone", "times": None, "status": 400, "code": "Throttling"},
                                            {"match": "GET /2020-05-31/distribution", "skip": 1, "status": 503, "code": "ServiceUnavailable"}])
    assert code(e.client("route53", one, "us-east-1").list_hosted_zones) == ("Throttling", 400)
    assert code(e.client("route53", two, "us-east-1").list_hosted_zones) is None
    cloudfront = e.client("cloudfront", one, "us-east-1")
    assert [code(cloudfront.list_distributions) for _ in range(3)] == [None, ("ServiceUnavailable", 503), None]
    e.own("POST", f"faults?account={one}", [])
    assert code(e.client("route53", one, "us-east-1").list_hosted_zones) is None
    s3 = bucket(e, one, "faulty")
    e.own("POST", "faults", [{"account": one, "match": "GET /faulty?policy", "status": 403, "code": "AccessDenied"}])
    assert code(s3.get_bucket_policy, Bucket="faulty") == ("AccessDenied", 403)
    assert code(s3.get_bucket_policy, Bucket="faulty") == ("NoSuchBucketPolicy", 404)


@check
def worlds_stand_side_by_side(e):
    recorded = json.loads((WORLD / "terraform.tfstate").read_text())
    ids = {i["attributes"]["id"] for r in recorded["resources"] if r["type"] == "aws_cloudfront_distribution" for i in r["instances"]}
    for account, token in (("100000000020", "t20"), ("100000000021", "t21")):
        loaded = e.own("POST", "world", {"account": account, "dir": str(WORLD), "replace": {"example-com": token, "old.example.com": f"{token}.example.com"}})
        assert sorted(loaded["buckets"]) == [f"{token}-prod", f"{token}-stage", f"{token}.example.com"], loaded["buckets"]
        state = loaded["states"]["terraform.tfstate"]
        assert "000000000000" not in state and f"arn:aws:s3:::{token}-prod" in state
        cloudfront, s3 = e.client("cloudfront", account, "us-east-1"), e.client("s3", account)
        assert {d["Id"] for d in cloudfront.list_distributions()["DistributionList"]["Items"]} == ids
        assert account in s3.get_bucket_policy(Bucket=f"{token}-prod")["Policy"]
        assert s3.get_object(Bucket=f"{token}-stage", Key="releases/1.5.0-rc.1/index.html")["Body"].read().startswith(b"<!doctype html>")
        zone = e.client("route53", account, "us-east-1")
        zone_id = zone.list_hosted_zones()["HostedZones"][0]["Id"].rpartition("/")[2]
        assert zone.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id)["ResourceTagSet"]["Tags"]
        assert e.client("acm", account, "us-east-1").list_certificates()["CertificateSummaryList"]
    e.client("s3", "100000000020").delete_bucket_policy(Bucket="t20-prod")
    assert e.visit("100000000020", "www.example.com", "/")[0] == 403
    status, body = e.visit("100000000021", "www.example.com", "/")
    assert status == 200 and "prod" in body, (status, body)


@check
def a_world_with_taken_buckets_is_refused(e):
    e.own("POST", "world", {"account": "100000000022", "dir": str(WORLD), "replace": {"example-com": "t22", "old.": "t22."}})
    try:
        e.own("POST", "world", {"account": "100000000023", "dir": str(WORLD / "account"), "replace": {"example-com": "t22", "old.": "t23."}})
    except urllib.error.HTTPError as error:
        assert error.code == 400 and "t22-" in json.load(error)["error"]
    else:
        raise AssertionError("a bucket of another account was taken over")


@check
def accounts_are_emptied(e):
    account = "100000000024"
    e.own("POST", "world", {"account": account, "dir": str(WORLD), "replace": {"example-com": "t24", "old.": "t24."}})
    assert e.own("POST", f"reset?account={account}")["dropped"] > 10
    assert e.client("s3", account).list_buckets()["Buckets"] == [] and e.own("GET", f"log?account={account}")
    assert e.client("route53", account, "us-east-1").list_hosted_zones()["HostedZones"] == []


def permissions():
    """With AUTH=true: the root key of an account, an unknown key, a user with few permissions, and a wrong secret."""
    e = Emulator(AUTH="true")
    try:
        account = "100000000030"
        e.own("POST", "world", {"account": account, "dir": str(WORLD), "replace": {"example-com": "t30", "old.": "t30."}})
        root = e.client("s3", account)
        assert root.list_buckets()["Buckets"]
        assert code(e.client("s3", "AKIAIOSFODNN7EXAMPLE").list_buckets) == ("InvalidAccessKeyId", 403)
        iam = e.client("iam", account, "us-east-1")
        iam.create_user(UserName="reader")
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}]}
        iam.put_user_policy(UserName="reader", PolicyName="p", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName="reader")["AccessKey"]
        reader = e.client("s3", key["AccessKeyId"], secret=key["SecretAccessKey"])
        assert reader.list_buckets()["Buckets"]
        assert code(e.client("s3", key["AccessKeyId"], secret="wrong").list_buckets) == ("SignatureDoesNotMatch", 403)
        assert code(reader.get_bucket_policy, Bucket="t30-prod") == ("AccessDenied", 403)
        assert "GET /t30-prod?policy" in e.own("GET", f"log?account={account}")
        assert e.visit(account, "www.example.com", "/")[0] == 200
    finally:
        assert e.stop() == 0


def main():
    started, failed = time.monotonic(), 0
    e = Emulator()
    for function in [*CHECKS, permissions]:
        try:
            function(*([] if function is permissions else [e]))
            print(f"ok    {function.__name__}")
        except Exception as error:  # every failure is told, whatever it is
            failed += 1
            print(f"FAIL  {function.__name__}: {type(error).__name__}: {error}")
    if e.stop() != 0 or pathlib.Path(f"/proc/{e.process.pid}").exists():
        failed += 1
        print("FAIL  the emulator did not end with its standard input")
    print(f"{len(CHECKS) + 2 - failed} of {len(CHECKS) + 2} checks passed in {time.monotonic() - started:.1f} s")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
