"""Small helpers for the XML that the AWS services speak."""

from xml.etree.ElementTree import SubElement


def add(parent, tag, text=None):
    """Append `<tag>text</tag>` to `parent` and return it."""
    child = SubElement(parent, tag)
    if text is not None:
        child.text = text if isinstance(text, str) else str(text).lower() if isinstance(text, bool) else str(text)
    return child


def name(element):
    """The element's tag without its namespace."""
    return element.tag.rpartition("}")[2]


def child(element, tag):
    """The first child called `tag`, whatever its namespace, or None."""
    return None if element is None else next((c for c in element if name(c) == tag), None)


def text(element, tag, default=""):
    """The text of the first child called `tag`."""
    found = child(element, tag)
    return default if found is None or found.text is None else found.text


def items(element, tag="Items"):
    """The children of the list element `tag` within `element`."""
    found = child(element, tag)
    return [] if found is None else list(found)


def parameter(query, key, default=""):
    """A query parameter, which ministack hands over as text or as a list of texts."""
    value = query.get(key, default) if query else default
    if isinstance(value, list):
        value = value[0] if value else default
    return value or default


def page(entries, marker, size, identify):
    """The entries after `marker` that fit on one page, and the marker of the next page (None on the last)."""
    if marker:
        at = next((i for i, entry in enumerate(entries) if identify(entry) == marker), None)
        entries = entries[at + 1:] if at is not None else []
    cut = entries[:size]
    return cut, identify(cut[-1]) if len(entries) > size else None
