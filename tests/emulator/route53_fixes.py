"""Route 53 where ministack 1.5.33 differs from AWS.

  names                 lower case, and every character but a-z 0-9 - _ . as \\ooo: a wildcard is \\052.example.com.
  ListTagsForResources  missing
  ListHostedZonesByName does not order and page by (reversed labels, id)
  geoproximity          lost
  health checks         regions and child checks lost, booleans in Python's spelling
  CreateHostedZone      repeats an answer for a caller reference that is taken: HostedZoneAlreadyExists here
  record names          one outside the zone is refused with InvalidChangeBatch
"""

import re

import ministack.services.route53 as route53
from xmlkit import add, child, items, parameter, text

GEOPROXIMITY = "GeoProximityLocation"


def install():
    route53._normalise_name = canonical_name
    wrap_record_sets()
    wrap_health_checks()
    route53._list_hosted_zones_by_name = list_hosted_zones_by_name
    create_zone, change_records, handle = (
        route53._create_hosted_zone, route53._change_resource_record_sets, route53.handle_request)

    def create_hosted_zone(body, query):
        if text(route53._parse_body(body), "CallerReference") in route53._caller_refs:
            return route53._error_response("HostedZoneAlreadyExists", "The hosted zone you are trying to create already exists.", 409)
        return create_zone(body, query)

    def change_resource_record_sets(zone_id, body):
        zone, batch = route53._zones.get(zone_id), child(route53._parse_body(body), "ChangeBatch")
        for change in items(batch, "Changes") if zone else []:
            name = canonical_name(text(child(change, "ResourceRecordSet"), "Name"))
            if name != zone["name"] and not name.endswith("." + zone["name"]):
                message = f"RRSet with DNS name {name} is not permitted in zone {zone['name']}"
                return route53._error_response("InvalidChangeBatch", message)
        return change_records(zone_id, body)

    async def handle_request(method, path, headers, body, query):
        many = re.fullmatch(r"/2013-04-01/tags/(hostedzone|healthcheck)", path)
        if method == "POST" and many:
            return list_tags_for_resources(many[1], body)
        return await handle(method, path, headers, body, query)

    route53._create_hosted_zone = create_hosted_zone
    route53._change_resource_record_sets = change_resource_record_sets
    route53.handle_request = handle_request


def canonical_name(name):
    """A domain name as Route 53 stores and returns it."""
    if not name:
        return name
    plain = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), name.rstrip(".")).lower() + "."
    return "".join(c if re.fullmatch(r"[a-z0-9_.-]", c) else f"\\{ord(c):03o}" for c in plain)


def list_tags_for_resources(kind, body):
    ids = [element.text for element in items(route53._parse_body(body), "ResourceIds")]
    if not 1 <= len(ids) <= 10:
        return route53._error_response("InvalidInput", "Between 1 and 10 resource ids are allowed.")
    known, missing = ((route53._zones, "NoSuchHostedZone") if kind == "hostedzone"
                      else (route53._health_checks, "NoSuchHealthCheck"))
    for one in ids:
        if one not in known:
            return route53._error_response(missing, f"No {kind} found with ID: {one}", 404)

    def build(root):
        sets = add(root, "ResourceTagSets")
        for one in ids:
            tag_set = add(sets, "ResourceTagSet")
            add(tag_set, "ResourceType", kind)
            add(tag_set, "ResourceId", one)
            tags = add(tag_set, "Tags")
            for key, value in route53._tags.get((kind, one), {}).items():
                tag = add(tags, "Tag")
                add(tag, "Key", key)
                add(tag, "Value", value)

    return route53._xml_response("ListTagsForResourcesResponse", build)


def list_hosted_zones_by_name(query):
    def position(zone):
        return route53._name_sort_key(zone["name"]), zone["id"]

    name, first_id, size = parameter(query, "dnsname"), parameter(query, "hostedzoneid"), min(int(parameter(query, "maxitems", "100")), 100)
    zones = sorted(route53._zones.values(), key=position)
    if name:
        start = route53._name_sort_key(canonical_name(name)), first_id
        zones = [zone for zone in zones if position(zone) >= start]

    def build(root):
        if name:
            add(root, "DNSName", name)
        if first_id:
            add(root, "HostedZoneId", first_id)
        listed = add(root, "HostedZones")
        for zone in zones[:size]:
            route53._build_hosted_zone_el(listed, zone)
        add(root, "IsTruncated", len(zones) > size)
        add(root, "MaxItems", size)
        if len(zones) > size:
            add(root, "NextDNSName", zones[size]["name"])
            add(root, "NextHostedZoneId", zones[size]["id"])

    return route53._xml_response("ListHostedZonesByNameResponse", build)


def wrap_record_sets():
    parse, build = route53._parse_record_set, route53._build_record_set_el

    def parse_record_set(element):
        record = parse(element)
        location = child(element, GEOPROXIMITY)
        if location is not None:
            kept = {tag: text(location, tag) for tag in ("AWSRegion", "LocalZoneGroup", "Bias") if child(location, tag) is not None}
            point = child(location, "Coordinates")
            if point is not None:
                kept["Coordinates"] = {"Latitude": text(point, "Latitude"), "Longitude": text(point, "Longitude")}
            record[GEOPROXIMITY] = kept
        return record

    def build_record_set(parent, record):
        build(parent, record)
        if GEOPROXIMITY in record:
            location = add(list(parent)[-1], GEOPROXIMITY)
            for tag, value in record[GEOPROXIMITY].items():
                if isinstance(value, dict):
                    point = add(location, tag)
                    for axis, degrees in value.items():
                        add(point, axis, degrees)
                else:
                    add(location, tag, value)

    route53._parse_record_set, route53._build_record_set_el = parse_record_set, build_record_set


def wrap_health_checks():
    parse = route53._parse_health_check_config

    def parse_config(element):
        config = parse(element)
        for key in ("Regions", "ChildHealthChecks"):
            if key in config:
                config[key] = [entry.text or "" for entry in items(element, key)]
        return {key: str(value).lower() if isinstance(value, bool) else value for key, value in config.items()}

    route53._parse_health_check_config = parse_config
