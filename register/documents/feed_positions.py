"""Compares the positions and tombstones of the feed with the ledger.

Who follows the feed from a position learns of a change by a document or tombstone beyond it. Where one is gone, or has
too early a position, a reader keeps what it may not see any more, or never gets what changed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any

from register.documents.building import CLEARANCES
from register.documents.kinds import Kind
from register.ledger.problems import Problem
from register.ledger.versions import annotate_entries
from register.models import Document, LedgerEntry
from register.models.audited import ComputedProperty
from register.models.visibility import get_classification_paths

BATCH = 500


def find_wrong_feed_rows(kind: Kind, keys: Collection[int]) -> Iterator[Problem]:
    """Yield what is wrong with positions and tombstones of items of a kind that is in the feed."""
    rows = list(Document.objects.filter(clearance__in=CLEARANCES, kind=kind.name, object_id__in=keys).defer("body"))
    yield from _find_missing_rows(kind, keys, rows)
    entries = get_own_positions(kind, keys)
    for row in rows:
        if row.position not in entries[row.object_id]:
            yield Problem(row.position, f"the feed shows {kind.name} {row.object_id} there, which the entry is not of")


def get_own_positions(kind: Kind, keys: Collection[int]) -> dict[int, list[int]]:
    """Return {key: positions of the entries that count for the item} (`embedding.get_item_recorded`), in order."""
    entries, positions = LedgerEntry.objects.order_by("position"), defaultdict(list)
    if kind.name == "question":
        found: Any = entries.filter(question_id__in=keys).values_list("question_id", "position")
    else:
        items = dict(kind.model.history.filter(id__in=keys).values_list("history_id", "id"))
        of_kind = entries.filter(model=kind.name, history_id__in=items).values_list("history_id", "position")
        found = ((items[history_id], position) for history_id, position in of_kind)
    for key, position in found:
        positions[key].append(position)
    return positions


def _find_missing_rows(kind: Kind, keys: Collection[int], rows: list[Document]) -> Iterator[Problem]:
    """Yield a problem for each item that a reader once saw, of which the feed has neither document nor tombstone."""
    present = {(row.clearance, row.object_id, row.reference) for row in rows}
    for clearance, key, reference in sorted(_get_once_seen(kind, keys) - present):
        yield Problem(
            None, f"the feed of {clearance} has no tombstone of {kind.name} {key}, which it showed as {reference}"
        )


def _get_once_seen(kind: Kind, keys: Collection[int]) -> set[tuple[str, int, str]]:
    """Return {(clearance, key, reference)} of all references under which items were visible to it at any time.

    What one write showed and hid again counts as seen: no service does that.
    """
    return {
        (clearance, key, reference)
        for key, reference, *classifications in _load_references(kind, keys)
        for clearance, visible in CLEARANCES.items()
        if set(classifications) <= set(visible)
    }


def _load_references(kind: Kind, keys: Collection[int]) -> Iterator[tuple]:
    """Yield (key, reference, each classification) of every version of the items."""
    paths = get_classification_paths(kind.model)
    versions = kind.model.history.filter(id__in=keys).order_by()
    if not isinstance(getattr(kind.model, kind.reference_field), ComputedProperty):
        yield from versions.values_list("id", kind.reference_field, *paths).distinct()
        return
    references = _PastReferences(kind)
    for row in annotate_entries(versions, kind.name).iterator(chunk_size=BATCH):
        if reference := references.get(row):
            yield row.id, reference, *(getattr(row, path) for path in paths)


class _PastReferences:
    """The references of a kind as they were, where they are made of names of other rows: of the group of a meeting."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        steps = [column.split("__") for column in getattr(kind.model, kind.reference_field).columns if "__" in column]
        self.versions = {field: self._load(kind.model._meta.get_field(field).related_model) for field, _ in steps}

    def _load(self, model: Any) -> dict[int, list[Any]]:
        versions = defaultdict(list)
        for row in annotate_entries(model.history.all(), model._meta.model_name).order_by("history_id"):
            versions[row.id].append(row)
        return versions

    def get(self, row: Any) -> str | None:
        """Return the reference that a history row's object had then, or None where what it is made of was redacted."""
        instance = row.instance
        for field, versions in self.versions.items():
            then = [v for v in versions[getattr(row, f"{field}_id")] if v.entry_position < row.entry_position]
            if not then or then[-1].entry_salt is None:
                return None
            setattr(instance, field, then[-1].instance)
        return None if row.entry_salt is None else self.kind.get_reference(instance)
