"""Make documents of rows: each once, then cut for every clearance."""

import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from register.documents.kinds import Kind
from register.documents.kinds.fields import cut
from register.documents.sources import Source
from register.models.visibility import get_classifications
from register.vocabulary import Classification

# {clearance, as documents bear it: what its readers may see}
CLEARANCES: dict[str, tuple[str, ...]] = {
    strictest: tuple(Classification.values[: n + 1]) for n, strictest in enumerate(Classification.values)
}


class Reading(NamedTuple):
    """How an item reads with one clearance: its reference, its document as plain values, and that as JSON."""

    reference: str
    document: dict[str, Any]
    body: str


def dump_json(value: Any) -> str:
    """Return plain values as the JSON text that the API sends."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def load_rows(kind: Kind, keys: Collection[int], source: Source) -> dict[int, Any]:
    """Return {key: row} with all that the documents of the kind show loaded."""
    rows = source.get_items(kind).filter(id__in=keys)
    return {row.pk: row for row in rows}


def read_row(kind: Kind, row: Any) -> dict[str, Reading]:
    """Return {clearance: how the row reads} for those who may see it."""
    whole, hidden_by = kind.serializer.to_representation(row), get_classifications(row)
    reference, readings, last = kind.get_reference(row), {}, None
    for clearance, seen in CLEARANCES.items():
        if all(classification in seen for classification in hidden_by):
            document = cut(whole, seen)
            if last is None or document != last.document:  # most read the same to all
                last = Reading(reference, document, dump_json(document))
            readings[clearance] = last
    return readings


def read_items(kind: Kind, keys: Collection[int], source: Source) -> Iterator[tuple[int, dict[str, Reading]]]:
    """Yield (key, `read_row` of it) for each key; nothing is read of one that is not there."""
    rows = load_rows(kind, keys, source)
    for key in keys:
        yield key, read_row(kind, rows[key]) if key in rows else {}
