"""Kept documents as text, for one reader."""

import json
from typing import Any, NamedTuple

from register.models import User, clearance
from register.models.documents import get_last_change

# A quotation mark inside a JSON string always has a backslash before it, so this is an address and nothing else.
_ADDRESS = ('url":"/', 'url":"{base}/')


def add_version(body: str, position: int) -> str:
    """Return a document's JSON with the position at which it last changed as its `version`."""
    return f'{body[:-1]},"version":{position}}}'


def make_addresses_absolute(text: str, base: str) -> str:
    """Return JSON with absolute addresses: `base` is scheme and host, without a slash."""
    relative, absolute = _ADDRESS
    return text.replace(relative, absolute.replace("{base}", base))


def make_feed_item(row: Any) -> str:
    """Return a document or tombstone (kind, reference, body, position) as an item of the feed, as JSON."""
    envelope = f'"type":"{row.kind}","position":{row.position}}}'
    if row.body is None:
        return f'{{"reference":{json.dumps(row.reference)},"removed":true,{envelope}'
    return f"{add_version(row.body, row.position)[:-1]},{envelope}"


class Head(NamedTuple):
    """A last position and its ledger entry's digest: after a backup was put back, a position alone can come again."""

    position: int = 0
    digest: str = ""

    def __str__(self) -> str:
        return f"{self.position}-{self.digest[:16]}"


def get_clearance(user: User) -> str | None:
    """Return the clearance under which documents are kept for those who may read what this user may, or None."""
    seen = clearance(user)
    return seen[-1] if seen else None


def get_head(user: User, kind: str | None = None) -> Head:
    """Return the `Head` of what this reader may see, in the feed or of a kind: where anything last changed for it."""
    readers = get_clearance(user)
    last = get_last_change(readers, kind) if readers else None
    return Head(*last) if last else Head()
