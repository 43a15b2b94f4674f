"""What is kept of an item beside how it reads now, for each clearance."""

import json
from collections import defaultdict
from collections.abc import Collection
from functools import cached_property
from typing import Any

from register.documents.building import CLEARANCES, Reading, read_items
from register.documents.embedding import get_embedded_fields
from register.documents.kinds import KINDS, Kind
from register.documents.sources import Live
from register.models import Document


class Comparison:
    """One item: `changed` has the clearances for which it reads differently than what is kept."""

    def __init__(self, kind: Kind, key: int, readings: dict[str, Reading], rows: list[Document]) -> None:
        self.kind, self.key, self.readings = kind, key, readings
        self.kept = {row.clearance: row for row in rows if row.body is not None}
        self.changed = [clearance for clearance in CLEARANCES if self._reads_differently(clearance)]

    def _reads_differently(self, clearance: str) -> bool:
        row, reading = self.kept.get(clearance), self.readings.get(clearance)
        before = row and (row.reference, row.body)
        return before != (reading and (reading.reference, reading.body))

    @cached_property
    def renamed(self) -> list[str]:
        """The clearances with which it is known by another reference than before."""
        both = (clearance for clearance in self.changed if clearance in self.kept and clearance in self.readings)
        return [c for c in both if self.kept[c].reference != self.readings[c].reference]

    @property
    def positions_needed(self) -> int:
        """How many positions the change takes: a new name takes another, for the tombstone of the old one."""
        return 2 if self.renamed else 1

    @property
    def shows_elsewhere(self) -> bool:
        """True where what other documents show of it changed, or who may see it. A new item is shown nowhere yet."""
        return bool(self.kept) and any(self._embedded_now(c) != self._embedded_before(c) for c in self.changed)

    def _embedded_now(self, clearance: str) -> list[Any] | None:
        reading = self.readings.get(clearance)
        return [reading.document.get(name) for name in get_embedded_fields(self.kind)] if reading else None

    def _embedded_before(self, clearance: str) -> list[Any] | None:
        document = self.get_document_before(clearance)
        return [document.get(name) for name in get_embedded_fields(self.kind)] if document else None

    def get_document_before(self, clearance: str) -> dict[str, Any] | None:
        """Return the document that is kept for a clearance, or None."""
        row = self.kept.get(clearance)
        return json.loads(row.body) if row and row.body else None

    def get_document_now(self, clearance: str) -> dict[str, Any] | None:
        """Return the document as it reads now with a clearance, or None."""
        reading = self.readings.get(clearance)
        return reading and reading.document

    def make_rows(self, positions: list[int]) -> list[Document]:
        """Return the rows to write, documents at the first of the positions and tombstones at the last."""
        rows = []
        for clearance in self.changed:
            reading, before = self.readings.get(clearance), self.kept.get(clearance)
            if reading:
                rows.append(self._make_row(clearance, reading.reference, reading.body, positions[0]))
            if before and (not reading or clearance in self.renamed):
                rows.append(self._make_row(clearance, before.reference, None, positions[-1]))
        return rows

    def _make_row(self, clearance: str, reference: str, body: str | None, position: int) -> Document:
        return Document(
            clearance=clearance,
            kind=self.kind.name,
            object_id=self.key,
            reference=reference,
            body=body,
            position=position,
            in_feed=self.kind.in_feed,
        )


def compare_items(name: str, keys: Collection[int]) -> list[Comparison]:
    """Return a `Comparison` for each item of the kind of that name."""
    kind, kept = KINDS[name], defaultdict(list)
    # All clearances are named, so that the index that begins with them serves.
    for row in Document.objects.filter(clearance__in=CLEARANCES, kind=name, object_id__in=keys):
        kept[row.object_id].append(row)
    return [Comparison(kind, key, readings, kept[key]) for key, readings in read_items(kind, keys, Live())]
