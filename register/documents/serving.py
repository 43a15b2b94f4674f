"""Kept documents as text, for one reader."""

import json

from register.models import Document

# A quotation mark inside a JSON string always has a backslash before it, so this is an address and nothing else.
_ADDRESS = ('url":"/', 'url":"{base}/')


def with_version(body, position):
    """Return a document's text with the position at which it last changed as its `version`."""
    return f'{body[:-1]},"version":{position}}}'


def addressed(text, base):
    """Return text with absolute addresses: `base` is scheme and host, without a slash."""
    find, put = _ADDRESS
    return text.replace(find, put.replace("{base}", base))


def item(row):
    """Return a document or tombstone as an item of the feed, as text."""
    envelope = f'"type":"{row.kind}","position":{row.position}}}'
    if row.body is None:
        return f'{{"reference":{json.dumps(row.reference)},"removed":true,{envelope}'
    return f"{with_version(row.body, row.position)[:-1]},{envelope}"


def head_of(user, **which):
    """Return the last position at which anything changed that this reader may see; 0 before the first."""
    rows = Document.objects.visible_to(user).filter(**which or {"in_feed": True})
    return rows.order_by("-position").values_list("position", flat=True).first() or 0
