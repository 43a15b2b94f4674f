"""The digests of the ledger, and the canonical JSON that they are taken of.

A snapshot's digest is SHA-256 over its salt and its canonical JSON. An entry's digest is SHA-256 over the previous
entry's digest, its own position and the snapshot's digest, each on a line; so the chain can be checked by somebody who
may not read the snapshots. The digest before the first entry is 64 zeros.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from functools import cache
from json.encoder import encode_basestring_ascii
from operator import attrgetter, itemgetter
from typing import Any

from django.db.models import Model

from register.ledger.audited_models import get_model_name

GENESIS = "0" * 64


def entry_digest(previous: str, position: int, content_digest: str) -> str:
    return hashlib.sha256(f"{previous}\n{position}\n{content_digest}".encode()).hexdigest()


def salted_digest(salt: str, text: bytes) -> str:
    return hashlib.sha256(salt.encode() + text).hexdigest()


def snapshot_digest(salt: str, row: Model) -> str:
    """Return the digest of a history row under a salt."""
    return salted_digest(salt, canonical_json(row))


def remains_digest(row: Model) -> str:
    """Return the digest of a redacted history row. It needs no salt: what is left of the row is not secret."""
    return snapshot_digest("", row)


def canonical_json(row: Model) -> bytes:
    """Return a history row as canonical JSON: its columns by name, sorted, times in UTC, empty columns left out."""
    return canonical_json_of_values(type(row), _get_columns(type(row))(row))


def canonical_json_of_values(history_model: type[Model], values: Iterable[Any]) -> bytes:
    """Return what `canonical_json` does, given a history row's columns in the order of its model."""
    names, sort = _get_sorted_names(history_model)
    named = zip(names, sort((*values, get_model_name(history_model))), strict=True)
    parts = [name + _ENCODERS[type(value)](value) for name, value in named if value is not None]
    return ("{" + ",".join(parts) + "}").encode()


@cache
def _get_columns(history_model: type[Model]) -> Callable[[Any], tuple]:
    return attrgetter(*(field.attname for field in history_model._meta.concrete_fields))


@cache
def _get_sorted_names(history_model: type[Model]) -> tuple[list[str], Callable[[tuple], tuple]]:
    """Return (names as JSON has them, what puts the values in their order); the model's own name comes last."""
    names = [*(field.attname for field in history_model._meta.concrete_fields), "model"]
    order = sorted(range(len(names)), key=lambda n: f'"{names[n]}":')
    return [f'"{names[n]}":' for n in order], itemgetter(*order)


# What no column of ours can hold is encoded like nothing that one holds.
_encode_anything = json.JSONEncoder(default=repr).encode
_ENCODERS: dict[type, Callable[[Any], str]] = defaultdict(
    lambda: _encode_anything,
    {
        str: encode_basestring_ascii,
        int: str,
        bool: {True: "true", False: "false"}.__getitem__,
        date: lambda day: f'"{day.isoformat()}"',
        datetime: lambda moment: f'"{moment.astimezone(UTC).isoformat()}"',
    },
)
