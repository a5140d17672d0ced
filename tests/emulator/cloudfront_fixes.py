"""CloudFront where ministack 1.5.33 differs from AWS.

  ListDistributions, ListOriginAccessControls   always one page; summaries without OriginGroups
  origin access identities                      missing
  DistributionConfig                            AWS fills in what the request leaves out
  GetDistribution                               ActiveTrustedSigners and ActiveTrustedKeyGroups missing
  CNAMEAlreadyExists                            an alias can be given to two distributions
  DeleteOriginAccessControl                     one in use can be deleted
"""

import contextvars
import hashlib
import re
from xml.etree.ElementTree import tostring

import ministack.services.cloudfront as cloudfront
from ministack.core.responses import AccountScopedDict, new_uuid
from xmlkit import add, child, items, page, parameter, text

IDENTITIES = "origin_access_identities"
identities = AccountScopedDict()
query_of_request = contextvars.ContextVar("cloudfront_query", default={})


def install():
    wrap_configurations()
    cloudfront._list_distributions = list_distributions
    cloudfront._list_oacs = list_origin_access_controls
    wrap_state()
    # Found by accounts.py, which empties every account-scoped store of a service.
    cloudfront._origin_access_identities = identities
    handle = cloudfront.handle_request

    async def handle_request(method, path, headers, body, query):
        query_of_request.set(query or {})
        identity = re.fullmatch(r"/2020-05-31/origin-access-identity/cloudfront(?:/([^/]+?)(/config)?)?/?", path)
        if identity:
            answer = handle_identity(method, identity[1], bool(identity[2]), headers, body)
            if answer is not None:
                return answer
        return await handle(method, path, headers, body, query)

    cloudfront.handle_request = handle_request


def start_of_page(entries, identify):
    """Cut one page out by the request's Marker and MaxItems; returns it with the elements that say so."""
    query = query_of_request.get()
    marker, size = parameter(query, "Marker"), min(int(parameter(query, "MaxItems", "100")), 100)
    cut, following = page(entries, marker, size, identify)
    frame = {"Marker": marker, "MaxItems": str(size), "IsTruncated": str(following is not None).lower()}
    if following is not None:
        frame["NextMarker"] = following
    return cut, frame


def write_frame(root, frame):
    """Replace the paging elements that ministack wrote by those of the real page."""
    for tag, value in frame.items():
        found = child(root, tag)
        if found is None:
            found = add(root, tag)
        found.text = value


build_summaries = cloudfront._build_distribution_list_xml


def list_distributions():
    cut, frame = start_of_page(list(cloudfront._distributions.values()), lambda d: d["Id"])

    def build(root):
        build_summaries(root, cut)
        write_frame(root, frame)
        for summary, distribution in zip(items(root), cut):
            config = cloudfront._dist_config_el(distribution)
            groups = child(config, "OriginGroups")
            if groups is None:
                add(add(summary, "OriginGroups"), "Quantity", 0)
            else:
                cloudfront._add_xml_block(summary, groups)
            summary_staging = child(summary, "Staging")
            summary_staging.text = text(config, "Staging", "false")

    return cloudfront._xml_response("DistributionList", build)


def list_origin_access_controls():
    cut, frame = start_of_page(list(cloudfront._oacs.values()), lambda oac: oac["Id"])

    def build(root):
        write_frame(root, frame)
        add(root, "Quantity", len(cut))
        if cut:
            listed = add(root, "Items")
            for oac in cut:
                summary = add(listed, "OriginAccessControlSummary")
                for key in ("Id", "Name", "Description", "OriginAccessControlOriginType", "SigningBehavior", "SigningProtocol"):
                    add(summary, key, oac.get(key, ""))

    return cloudfront._xml_response("OriginAccessControlList", build)


# Origin access identities


def handle_identity(method, identity_id, config_only, headers, body):
    """The seven calls about origin access identities, or None for a method they do not have."""
    if identity_id is None:
        if method == "POST":
            return create_identity(body)
        return list_identities() if method == "GET" else None
    identity = identities.get(identity_id)
    if identity is None:
        return cloudfront._error("NoSuchCloudFrontOriginAccessIdentity", "The specified origin access identity does not exist.", 404)
    if method == "GET":
        return answer_config(identity) if config_only else answer_identity(identity)
    expected = headers.get("if-match", "")
    if not expected:
        return cloudfront._error("InvalidIfMatchVersion", "The If-Match version is missing or not valid for the resource.", 400)
    if expected != identity["ETag"]:
        return cloudfront._error("PreconditionFailed", "The precondition in one or more of the request-header fields evaluated to false.", 412)
    if method == "PUT" and config_only:
        identity["Comment"], identity["ETag"] = text(cloudfront._parse_body(body), "Comment"), new_uuid()
        return answer_identity(identity)
    if method == "DELETE" and not config_only:
        if identity_path(identity) in configurations_text():
            return cloudfront._error("CloudFrontOriginAccessIdentityInUse", "The origin access identity is used by a distribution.", 409)
        identities.pop(identity_id)
        return 204, {}, b""
    return None


def create_identity(body):
    config = cloudfront._parse_body(body)
    reference = text(config, "CallerReference")
    if not reference:
        return cloudfront._error("InvalidArgument", "CallerReference is required.", 400)
    for known in identities.values():
        if known["CallerReference"] == reference:
            if known["Comment"] == text(config, "Comment"):
                return answer_identity(known, 201)
            return cloudfront._error("CloudFrontOriginAccessIdentityAlreadyExists", "The caller reference is in use with another configuration.", 409)
    identity_id = cloudfront._dist_id()
    identity = {
        "Id": identity_id,
        # 96 hexadecimal digits, as AWS gives out.
        "S3CanonicalUserId": hashlib.sha384(identity_id.encode()).hexdigest(),
        "CallerReference": reference,
        "Comment": text(config, "Comment"),
        "ETag": new_uuid(),
    }
    identities[identity_id] = identity
    return answer_identity(identity, 201)


def identity_path(identity):
    return f"origin-access-identity/cloudfront/{identity['Id']}"


def configurations_text():
    return "".join(distribution.get("config_xml", "") for distribution in cloudfront._distributions.values())


def answer_identity(identity, status=200):
    def build(root):
        add(root, "Id", identity["Id"])
        add(root, "S3CanonicalUserId", identity["S3CanonicalUserId"])
        write_identity_config(add(root, "CloudFrontOriginAccessIdentityConfig"), identity)

    headers = {"ETag": identity["ETag"], "Location": f"/2020-05-31/{identity_path(identity)}"}
    return cloudfront._xml_response("CloudFrontOriginAccessIdentity", build, status=status, extra_headers=headers)


def answer_config(identity):
    return cloudfront._xml_response("CloudFrontOriginAccessIdentityConfig", lambda root: write_identity_config(root, identity),
                                    extra_headers={"ETag": identity["ETag"]})


def write_identity_config(parent, identity):
    add(parent, "CallerReference", identity["CallerReference"])
    add(parent, "Comment", identity["Comment"])


def list_identities():
    cut, frame = start_of_page(list(identities.values()), lambda identity: identity["Id"])

    def build(root):
        write_frame(root, frame)
        add(root, "Quantity", len(cut))
        if cut:
            listed = add(root, "Items")
            for identity in cut:
                summary = add(listed, "CloudFrontOriginAccessIdentitySummary")
                for key in ("Id", "S3CanonicalUserId", "Comment"):
                    add(summary, key, identity[key])

    return cloudfront._xml_response("CloudFrontOriginAccessIdentityList", build)


# Distribution configurations


def wrap_configurations():
    create, update, build, delete_oac = (cloudfront._create_distribution, cloudfront._update_distribution,
                                         cloudfront._build_distribution_xml, cloudfront._delete_oac)

    def create_distribution(headers, body):
        config, _ = cloudfront._unwrap_distribution_create_xml(cloudfront._parse_body(body))
        known = {d.get("CallerReference") for d in cloudfront._distributions.values()}
        if config is not None and text(config, "CallerReference") not in known:
            refused = alias_in_use(config, None)
            if refused:
                return refused
        return fill_stored(create(headers, body))

    def update_distribution(distribution_id, headers, body):
        config = cloudfront._parse_body(body)
        refused = alias_in_use(config, distribution_id) if config is not None else None
        return refused or fill_stored(update(distribution_id, headers, body))

    def build_distribution(parent, distribution):
        build(parent, distribution)
        write_active_signers(parent, child(parent, "DistributionConfig"))

    def delete_origin_access_control(oac_id, headers):
        if f"OriginAccessControlId>{oac_id}<" in configurations_text():
            return cloudfront._error("OriginAccessControlInUse", "The origin access control is used by a distribution.", 409)
        return delete_oac(oac_id, headers)

    cloudfront._create_distribution, cloudfront._update_distribution = create_distribution, update_distribution
    cloudfront._build_distribution_xml, cloudfront._delete_oac = build_distribution, delete_origin_access_control


def alias_in_use(config, own_id):
    """The refusal of an alias that another distribution of the account already answers for."""
    wanted = {alias.text.lower() for alias in items(child(config, "Aliases")) if alias.text}
    for distribution in cloudfront._distributions.values():
        taken = {alias.lower() for alias in cloudfront._get_distribution_aliases(distribution)}
        if distribution["Id"] != own_id and wanted & taken:
            message = "One or more of the CNAMEs you provided are already associated with a different resource."
            return cloudfront._error("CNAMEAlreadyExists", message, 409)
    return None


def fill_stored(answer):
    """Complete the stored configuration after a create or an update, and answer with what is stored now."""
    status, headers, body = answer
    if status >= 300:
        return answer
    distribution = cloudfront._distributions[text(cloudfront._parse_body(body), "Id")]
    config = cloudfront._strip_namespace(cloudfront.fromstring(distribution["config_xml"]))
    fill_distribution(config)
    distribution["config_xml"] = tostring(config, encoding="unicode")
    _, _, body = cloudfront._xml_response("Distribution", lambda root: cloudfront._build_distribution_xml(root, distribution))
    return status, headers, body


def fill(parent, tag, **members):
    """Add `tag` with `members` where it is absent; a member's name is an element, its value the text."""
    if child(parent, tag) is None:
        block = add(parent, tag)
        for member, value in members.items():
            add(block, member, value)


def fill_text(parent, **members):
    for member, value in members.items():
        if child(parent, member) is None:
            add(parent, member, value)


def fill_distribution(config):
    """What CloudFront adds to a DistributionConfig that leaves members out (API reference, DistributionConfig)."""
    for tag in ("Aliases", "OriginGroups", "CacheBehaviors", "CustomErrorResponses"):
        fill(config, tag, Quantity=0)
    fill_text(config, DefaultRootObject="", Comment="", PriceClass="PriceClass_All", WebACLId="", HttpVersion="http2",
              IsIPV6Enabled=True, ContinuousDeploymentPolicyId="", Staging=False)
    fill(config, "Logging", Enabled=False, IncludeCookies=False, Bucket="", Prefix="")
    if child(config, "Restrictions") is None:
        fill(add(config, "Restrictions"), "GeoRestriction", RestrictionType="none", Quantity=0)
    fill_certificate(config)
    for origin in items(child(config, "Origins")):
        fill_origin(origin)
    for behaviour in [child(config, "DefaultCacheBehavior"), *items(child(config, "CacheBehaviors"))]:
        fill_behaviour(behaviour)


def fill_certificate(config):
    certificate = child(config, "ViewerCertificate")
    if certificate is None:
        certificate = add(config, "ViewerCertificate")
        add(certificate, "CloudFrontDefaultCertificate", True)
    if text(certificate, "CloudFrontDefaultCertificate") == "true":
        for member, value in {"SSLSupportMethod": "vip", "MinimumProtocolVersion": "TLSv1", "CertificateSource": "cloudfront"}.items():
            fill_text(certificate, **{member: value})
            child(certificate, member).text = value
        return
    fill_text(certificate, CloudFrontDefaultCertificate=False, MinimumProtocolVersion="TLSv1")
    for source, member in (("acm", "ACMCertificateArn"), ("iam", "IAMCertificateId")):
        if text(certificate, member):
            fill_text(certificate, Certificate=text(certificate, member), CertificateSource=source)


def fill_origin(origin):
    fill_text(origin, OriginPath="", ConnectionAttempts=3, ConnectionTimeout=10, OriginAccessControlId="")
    fill(origin, "CustomHeaders", Quantity=0)
    fill(origin, "OriginShield", Enabled=False)
    custom = child(origin, "CustomOriginConfig")
    if custom is not None:
        fill_text(custom, OriginReadTimeout=30, OriginKeepaliveTimeout=5, IpAddressType="ipv4")


def fill_behaviour(behaviour):
    fill_text(behaviour, SmoothStreaming=False, Compress=False, FieldLevelEncryptionId="")
    fill(behaviour, "GrpcConfig", Enabled=False)
    for tag in ("TrustedSigners", "TrustedKeyGroups"):
        fill(behaviour, tag, Enabled=False, Quantity=0)
    for tag in ("LambdaFunctionAssociations", "FunctionAssociations"):
        fill(behaviour, tag, Quantity=0)
    methods = child(behaviour, "AllowedMethods")
    if methods is None:
        methods = add(behaviour, "AllowedMethods")
        write_methods(methods)
    if child(methods, "CachedMethods") is None:
        write_methods(add(methods, "CachedMethods"))
    forwarded = child(behaviour, "ForwardedValues")
    if forwarded is not None:
        fill(forwarded, "Headers", Quantity=0)
        fill(forwarded, "QueryStringCacheKeys", Quantity=0)
        fill_text(behaviour, MinTTL=0, DefaultTTL=86400, MaxTTL=31536000)


def write_methods(parent):
    add(parent, "Quantity", 2)
    listed = add(parent, "Items")
    for method in ("HEAD", "GET"):
        add(listed, "Method", method)


def write_active_signers(parent, config):
    """Who may sign for a distribution, as GetDistribution says beside the configuration."""
    behaviours = [child(config, "DefaultCacheBehavior"), *items(child(config, "CacheBehaviors"))]

    def trusted(tag):
        return sorted({entry.text for behaviour in behaviours for entry in items(child(behaviour, tag)) if entry.text})

    for tag, groups in (("ActiveTrustedSigners", trusted("TrustedSigners")), ("ActiveTrustedKeyGroups", trusted("TrustedKeyGroups"))):
        block = add(parent, tag)
        add(block, "Enabled", bool(groups))
        add(block, "Quantity", len(groups))
        if groups:
            listed = add(block, "Items")
            for group in groups:
                if tag == "ActiveTrustedSigners":
                    write_signer(listed, "Signer", "AwsAccountNumber", group, [])
                else:
                    keys = cloudfront._key_groups[group]["Config"]["Items"] if group in cloudfront._key_groups else []
                    write_signer(listed, "KeyGroup", "KeyGroupId", group, keys)


def write_signer(parent, tag, id_tag, signer, keys):
    entry = add(parent, tag)
    add(entry, id_tag, signer)
    pairs = add(entry, "KeyPairIds")
    add(pairs, "Quantity", len(keys))
    if keys:
        listed = add(pairs, "Items")
        for key in keys:
            add(listed, "KeyPairId", key)


def wrap_state():
    """Keep the identities in ministack's own save of the account."""
    get_state, load = cloudfront.get_state, cloudfront.load_persisted_state

    def get_all():
        return {**get_state(), IDENTITIES: identities}

    def load_all(data):
        load(data)
        identities.update(data.get(IDENTITIES, {}))

    def reset():
        identities.clear()
        empty()

    empty, cloudfront.reset = cloudfront.reset, reset
    cloudfront.get_state, cloudfront.load_persisted_state = get_all, load_all


