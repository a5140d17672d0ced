#!/usr/bin/env python3
"""The incident, replayed: records the worlds under fixtures/incident and asks again whether they still hold.

incident.py record   apply fixtures/incident/main.tf to an empty account, then do in each step what somebody did that
                     day, and keep after each step what is described in fixtures/README.md
incident.py verify   load every step into one emulator, as the tests do, and ask for its pages again
incident.py drift    what `terraform plan -refresh-only` says in each step, one JSON object a line

The functions below named `step_...` and `variant_...` are the steps; their docstrings become the steps' README.md. By
hand are only main.tf and, in 00-healthy, the workflow and package.json, which the other steps copy.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
import world

if __name__ == "__main__" and "--inside" not in sys.argv:
    emulator_python = str(world.emulator_python())
    os.execv(emulator_python, [emulator_python, __file__, *sys.argv[1:], "--inside"])

import botocore.session
from botocore.config import Config

ROOT = world.HERE.parent.parent / "fixtures" / "incident"
OLD, NEW = "app.example.org", "live.example.com"  # production's hosts; its bucket has the name of the old one
STAGE_HOST, REDIRECT = "stage.example.com", "www.example.org"
STAGE_BUCKET = "stage.app.example.org"
VISITS = [(host, path) for host in (NEW, OLD, STAGE_HOST) for path in ("/", "/assets/app.js")] + [(REDIRECT, "/")]
CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"


class Account:
    """The account through its API, as the console, the deployment and a visitor use it."""

    def __init__(self, url, account=world.ACCOUNT):
        self.url, self.account = url, account
        self.s3, self.cloudfront, self.route53 = (
            self.client(name, region) for name, region in (("s3", world.REGION), ("cloudfront", "us-east-1"), ("route53", "us-east-1")))

    def client(self, service, region):
        config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        return botocore.session.get_session().create_client(service, region_name=region, endpoint_url=self.url,
                                                            aws_access_key_id=self.account, aws_secret_access_key="test", config=config)

    # The console

    def distribution(self, environment):
        """The distribution of an environment, found by the origin id that Terraform gave it."""
        for summary in self.cloudfront.list_distributions()["DistributionList"]["Items"]:
            if summary["Origins"]["Items"][0]["Id"] == f"website-{environment}":
                return summary
        raise LookupError(f"no distribution has the origin website-{environment}")

    @contextlib.contextmanager
    def changing(self, distribution_id):
        """The configuration of a distribution, sent back with what the block has changed."""
        read = self.cloudfront.get_distribution_config(Id=distribution_id)
        yield read["DistributionConfig"]
        self.cloudfront.update_distribution(Id=distribution_id, IfMatch=read["ETag"], DistributionConfig=read["DistributionConfig"])

    def point_origin(self, environment, bucket):
        with self.changing(self.distribution(environment)["Id"]) as config:
            config["Origins"]["Items"][0]["DomainName"] = f"{bucket}.s3.{world.REGION}.amazonaws.com"

    def set_aliases(self, environment, *hosts):
        with self.changing(self.distribution(environment)["Id"]) as config:
            config["Aliases"] = {"Quantity": len(hosts), "Items": list(hosts)}

    def point_record(self, host, environment):
        target = {"DNSName": self.distribution(environment)["DomainName"], "HostedZoneId": CLOUDFRONT_ZONE, "EvaluateTargetHealth": False}
        changes = [{"Action": "UPSERT", "ResourceRecordSet": {"Name": host, "Type": kind, "AliasTarget": target}} for kind in ("A", "AAAA")]
        self.route53.change_resource_record_sets(HostedZoneId=self.zone(host), ChangeBatch={"Changes": changes})

    def zone(self, host):
        for zone in self.route53.list_hosted_zones()["HostedZones"]:
            if f"{host}.".endswith(f".{zone['Name']}"):
                return zone["Id"].rpartition("/")[2]
        raise LookupError(f"no zone holds {host}")

    def make_bucket(self, bucket, copy_of):
        """A bucket made by hand, with the files of another one."""
        self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": world.REGION})
        for entry in self.s3.list_objects_v2(Bucket=copy_of)["Contents"]:
            self.s3.copy_object(Bucket=bucket, Key=entry["Key"], CopySource={"Bucket": copy_of, "Key": entry["Key"]})

    def remove_bucket(self, bucket):
        for entry in self.s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            self.s3.delete_object(Bucket=bucket, Key=entry["Key"])
        self.s3.delete_bucket(Bucket=bucket)

    def admit(self, bucket, environment):
        """A bucket policy that lets the distribution of an environment read."""
        statement = {"Sid": "AllowCloudFront", "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
                     "Resource": f"arn:aws:s3:::{bucket}/*", "Condition": {"StringEquals": {"AWS:SourceArn": self.distribution(environment)["ARN"]}}}
        self.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))

    # The deployment

    def upload(self, bucket, version):
        for name, kind, text in (("index.html", "text/html", f"<!doctype html><title>The site</title><p>Version {version}</p>\n"),
                                 ("assets/app.js", "text/javascript", f'console.log("{version}");\n')):
            self.s3.put_object(Bucket=bucket, Key=f"{version}/{name}", Body=text.encode(), ContentType=kind)

    def deploy(self, variables, bucket_secret, version):
        """What a job of the workflow does, given the values that its environment's secrets have."""
        self.upload(variables[f"secrets.{bucket_secret}"], version)
        with self.changing(variables["secrets.CLOUDFRONT_DISTRIBUTION_ID"]) as config:
            for origin in config["Origins"]["Items"]:
                if "website" in origin["Id"]:
                    origin["OriginPath"] = f"/{version}"

    # The visitors

    def visit(self, host, path):
        """What a visitor of the host gets, and how that is known."""
        target = self.target(host)
        if target is None:
            return None, "the name has no record"
        if target.startswith("s3-website"):
            redirect = self.s3.get_bucket_website(Bucket=host)["RedirectAllRequestsTo"]
            return 301, f"the bucket of this name redirects to {redirect['Protocol']}://{redirect['HostName']}"
        # CloudFront chooses by host name, whichever distribution the record points at.
        listed = self.cloudfront.list_distributions()["DistributionList"]["Items"]
        if not any(host in summary["Aliases"].get("Items", []) for summary in listed):
            return 403, "no distribution has this alias"
        return self.ask(host, path), "asked"

    def target(self, host):
        for record in self.route53.list_resource_record_sets(HostedZoneId=self.zone(host))["ResourceRecordSets"]:
            if (record["Name"], record["Type"]) == (f"{host}.", "A"):
                return record["AliasTarget"]["DNSName"]
        return None

    def ask(self, host, path):
        request = urllib.request.Request(self.url + path, headers={"Host": host, "x-t-account": self.account, "x-forwarded-proto": "https"})
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code


class Day:
    """What stands beside the account: the repository's secrets, and Terraform with its state."""

    def __init__(self, directory):
        self.terraform_state = directory / "terraform.tfstate"
        variables = directory / "variables.json"
        self.variables = json.loads(variables.read_text()) if variables.exists() else {}

    def set_secrets(self, account):
        """Secrets as they were in the beginning: the buckets' for all jobs, the distribution's per environment."""
        shared = {"secrets.AWS_REGION": world.REGION, "secrets.AWS_S3_BUCKET_PROD": OLD, "secrets.AWS_S3_BUCKET_STAGE": STAGE_BUCKET}
        self.variables = {environment: {**shared, "secrets.CLOUDFRONT_DISTRIBUTION_ID": account.distribution(environment)["Id"]}
                          for environment in ("prod", "stage")}

    def set_bucket_of_prod(self, bucket):
        for variables in self.variables.values():
            variables["secrets.AWS_S3_BUCKET_PROD"] = bucket

    def apply(self, url, *arguments):
        """Apply main.tf, and refresh the state as every later run of Terraform would."""
        terraform = world.Terraform(ROOT, url)
        try:
            if self.terraform_state.exists():
                shutil.copy(self.terraform_state, terraform.state)
            said = terraform.run("apply", "-auto-approve", "-input=false", "-parallelism=50", *arguments)
            print(said.partition("Apply complete!")[2].split("\n")[0].strip(), file=sys.stderr)
            terraform.run("apply", "-refresh-only", "-auto-approve", "-input=false", *arguments)
            shutil.copy(terraform.state, self.terraform_state)
            # A healthy end that Terraform wants to change is none: this ends the recording.
            terraform.run("plan", "-detailed-exitcode", "-input=false", *arguments)
        finally:
            terraform.close()


def step_00_healthy(account, day):
    """Everything is as Terraform made it. Production still has the bucket that was named after its old host; stage is one version
    ahead, and version 0.78.2 waits for approval to go to production.

    Visitors get every page; the oldest host redirects."""
    day.apply(account.url)
    day.set_secrets(account)
    account.upload(OLD, "0.78.1")
    account.upload(STAGE_BUCKET, "0.78.2")


def step_01_stage_bucket_by_hand(account, day):
    """Somebody made a bucket for stage in the console, named after the new stage host, copied the files over and pointed the stage
    distribution at it. Nobody wrote the bucket policy that lets the distribution read.

    Visitors of stage got 403; production was well."""
    account.make_bucket(STAGE_HOST, copy_of=STAGE_BUCKET)
    account.point_origin("stage", STAGE_HOST)


def step_02_distribution_to_new_bucket(account, day):
    """The production distribution seemed to name the old bucket by mistake, so its origin was changed to the bucket of the new
    host. That bucket was assumed to exist and did not: anybody could have made it and served the site from it.

    Visitors of production got 404 (NoSuchBucket) on both hosts, those of stage still 403."""
    account.point_origin("prod", NEW)


def step_03_production_console_changes(account, day):
    """More changes in the console: the new host's alias was taken off the production distribution and its records were moved to the
    stage distribution, which never got the alias. The missing bucket was made in a hurry, with a policy copied from stage that
    admits the stage distribution only.

    Visitors of the new host got 403 since no distribution has its name, those of the old host 403 since the bucket refused, and
    those of stage still 403."""
    account.set_aliases("prod", OLD)
    account.point_record(NEW, "stage")
    account.make_bucket(NEW, copy_of=OLD)
    account.admit(NEW, "stage")


def step_04_secrets_name_another_bucket(account, day):
    """The console changes were taken back: records, alias and both origins are what Terraform made. The buckets made by hand are
    still there (the copied policy is gone), and the pipeline's secret for the production bucket, changed along the way, names the
    new one.

    Visitors got every page again. The next deployment to production uploads to a bucket that nothing serves."""
    account.set_aliases("prod", NEW, OLD)
    account.point_record(NEW, "prod")
    account.point_origin("prod", OLD)
    account.point_origin("stage", STAGE_BUCKET)
    account.s3.delete_bucket_policy(Bucket=NEW)
    day.set_bucket_of_prod(NEW)


def step_05_origin_path_never_built(account, day):
    """The waiting deployment of 0.78.2 to production was approved. It uploaded to the bucket that the secret names and set the origin
    path of the production distribution to /0.78.2, a prefix that the served bucket has never had.

    The deployment was green; visitors of production got 403 on both hosts."""
    account.deploy(day.variables["prod"], "AWS_S3_BUCKET_PROD", "0.78.2")


def step_06_fixed(account, day):
    """As a first aid the production distribution was pointed at the bucket that had been deployed to, with a policy. Then the secret
    got its old value back, the deployment ran again, Terraform was applied with 0.78.2 as production's release and took the origin
    back, and the buckets made by hand were removed.

    Visitors get every page, and live, state and secrets agree."""
    account.admit(NEW, "prod")
    account.point_origin("prod", NEW)
    day.set_bucket_of_prod(OLD)
    account.deploy(day.variables["prod"], "AWS_S3_BUCKET_PROD", "0.78.2")
    day.apply(account.url, '-var=releases={prod="0.78.2",stage="0.78.2"}')
    account.remove_bucket(NEW)
    account.remove_bucket(STAGE_HOST)


def variant_preprod_bucket_in_prod_job(account, day):
    """Two weeks before, told with the same versions: the workflow's production job had been copied from the stage job, and its upload
    still named the stage bucket's secret. The job uploaded 0.78.2 to the stage bucket and set the origin path of the production
    distribution to /0.78.2, which the production bucket has never had.

    The deployment was green; visitors of production got 403 on both hosts. Nothing had been changed in the console."""
    account.deploy(day.variables["prod"], "AWS_S3_BUCKET_STAGE", "0.78.2")


STEPS = [step_00_healthy, step_01_stage_bucket_by_hand, step_02_distribution_to_new_bucket, step_03_production_console_changes,
         step_04_secrets_name_another_bucket, step_05_origin_path_never_built, step_06_fixed]
# The variant starts where the first step ends.
HISTORY = [*zip(STEPS, [None, *STEPS]), (variant_preprod_bucket_in_prod_job, step_00_healthy)]


def directory_of(step):
    return ROOT / step.__name__.removeprefix("step_").replace("_", "-")


def record():
    for step, before in HISTORY:
        record_step(step, before and directory_of(before))


def record_step(step, before):
    target = directory_of(step)
    target.mkdir(exist_ok=True)
    if before is not None:
        for name in ("terraform.tfstate", "variables.json", "package.json"):
            shutil.copy(before / name, target / name)
        shutil.copytree(before / ".github", target / ".github", dirs_exist_ok=True)
    else:
        for name in ("terraform.tfstate", "variables.json"):
            (target / name).unlink(missing_ok=True)
    if step is variant_preprod_bucket_in_prod_job:
        workflow = target / ".github" / "workflows" / "deploy.yml"
        workflow.write_text(workflow.read_text().replace("secrets.AWS_S3_BUCKET_PROD", "secrets.AWS_S3_BUCKET_STAGE"))
    day = Day(target)
    data = pathlib.Path(tempfile.mkdtemp(prefix="incident-"))
    try:
        if before is not None:
            shutil.copytree(before / "account", data, dirs_exist_ok=True)
        with world.emulator(data) as url:
            account = Account(url)
            step(account, day)
            visitors = visits(account)
        world.keep_account(data, target / "account")
    finally:
        shutil.rmtree(data, ignore_errors=True)
    (target / "variables.json").write_text(json.dumps(day.variables, indent=2, sort_keys=True) + "\n")
    (target / "visitors.json").write_text("[\n" + ",\n".join("  " + json.dumps(visit) for visit in visitors) + "\n]\n")
    (target / "README.md").write_text("\n".join(line.strip() for line in step.__doc__.splitlines()) + "\n")
    print(f"{target.name}: " + ", ".join(f"{visit['host']}{visit['path']} {visit['status']}" for visit in visitors), file=sys.stderr)


def visits(account, renamed=lambda text: text):
    found = []
    for host, path in VISITS:
        status, evidence = account.visit(renamed(host), path)
        found.append({"host": renamed(host), "path": path, "status": status, "evidence": evidence})
    return found


def verify():
    """Load every step into one emulator, each under an account and names of its own, and ask again."""
    wrong = 0
    data = pathlib.Path(tempfile.mkdtemp(prefix="incident-"))
    try:
        with world.emulator(data) as url:
            for number, (step, _) in enumerate(HISTORY):
                directory, account = directory_of(step), str(200000000000 + number)
                replace = {name: f"t{number}.{name}" for name in ("example.com", "example.org")}
                load(url, account, directory, replace)

                def renamed(text):
                    return re.sub("|".join(map(re.escape, replace)), lambda found: replace[found[0]], text)

                recorded = json.loads(renamed((directory / "visitors.json").read_text()))
                found = visits(Account(url, account), renamed)
                wrong += found != recorded
                print(f"{'ok   ' if found == recorded else 'FAIL '} {directory.name}")
                for then, now in zip(recorded, found):
                    if then != now:
                        print(f"      recorded {then}\n      now      {now}")
    finally:
        shutil.rmtree(data, ignore_errors=True)
    sys.exit(1 if wrong else 0)


def load(url, account, directory, replace):
    wanted = json.dumps({"account": account, "dir": str(directory), "replace": replace}).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{url}/_t/world", wanted, method="POST")) as answer:
        json.load(answer)


def drift():
    for step, _ in HISTORY:
        directory = directory_of(step)
        print(f"{directory.name}:", flush=True)
        with world.served(directory) as url:
            world.refresh(ROOT, url, world.ACCOUNT, [directory / "terraform.tfstate"])


if __name__ == "__main__":
    commands = {"record": record, "verify": verify, "drift": drift}
    if sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]]()
