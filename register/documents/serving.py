"""Kept documents as text, for one reader."""

import json
from typing import NamedTuple

from register.models import clearance
from register.models.documents import COLUMN_FOR
from register.models.statements import last_entry

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


class Head(NamedTuple):
    """A last position and its ledger entry's digest: after a backup was put back, a position alone can come again."""

    position: int = 0
    digest: str = ""

    def __str__(self):
        return f"{self.position}-{self.digest[:16]}"


def readers_like(user):
    """Return the column of the documents for those who may read what this user may. Raises KeyError without a role."""
    seen = clearance(user)
    return COLUMN_FOR[seen[-1] if seen else None]


def head_of(user, kind=None, known=None):
    """Return the `Head` of what this reader may see, in the feed or of a kind: where anything last changed for it.

    `known` are the heads of the feed that came with the reader's token, which need not be asked for again.
    """
    if not clearance(user):
        return Head()
    readers = readers_like(user)
    found = known[readers] if known else last_entry(readers, kind)
    return Head(*found) if found else Head()
