"""What was recorded of a question and of what belongs to it, but for status changes, read from history and ledger."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django.db.models import Field

from register.ledger.audited_models import get_audited_models, load_history_rows
from register.models import LedgerEntry, Question, clearance
from register.models.visibility import Reader
from register.workflow import BELONGS_TO

# The status history shows these, or they mean nothing to a person.
HIDDEN_FIELDS = {
    "id",
    "status",
    "status_since",
    "status_since_day",
    "working_days_before",
    "number",
    "remains",
    *BELONGS_TO,
}


@dataclass(frozen=True)
class TimelineEntry:
    """One recorded change of a question or of a row that belongs to it.

    `kind` is the name of the row's model, `row` its history row, `changes` are (field, old value, new value); `at` is
    aware and in UTC; `position` is that of the ledger entry. `is_move` where the status changed.
    """

    position: int
    at: datetime
    by: str
    organisation: str
    kind: str
    row: Any
    is_new: bool
    reason: str
    redacted: bool
    is_move: bool = False
    changes: list[tuple[Field, Any, Any]] = field(default_factory=list)


def get_timeline(question: Question, *, seen_by: Reader) -> list[TimelineEntry]:
    """Return the `TimelineEntry`s of a question and of what belongs to it that `seen_by` may see, the latest first.

    A change shows where its object is visible to them now and was under its classification then.
    """
    entries = list(LedgerEntry.objects.filter(question_id=question.pk).order_by("position"))
    rows = load_history_rows(entries)
    shown = _find_visible_objects(entries, rows, seen_by)
    timeline: list[TimelineEntry] = []
    before: dict[tuple[str, int], Any] = {}
    for entry in entries:
        row = rows[entry.model, entry.history_id]
        if (entry.model, row.id) in shown and _was_visible(row, seen_by):
            timeline.append(_make_entry(entry, row, before.get((entry.model, row.id))))
            before[entry.model, row.id] = row
        else:
            before[entry.model, row.id] = None  # its values must not show as the old ones of the next change
    return [item for item in reversed(timeline) if _is_shown(item)]


def _is_shown(item: TimelineEntry) -> bool:
    """False for a row that was only recorded anew, and for a mere status change, which the status history shows."""
    return bool(item.is_new or item.changes or item.redacted or (item.reason and not item.is_move))


def _find_visible_objects(
    entries: Iterable[LedgerEntry], rows: Mapping[tuple[str, int], Any], seen_by: Reader
) -> set[tuple[str, int]]:
    """Return {(model's name, id)} of those objects of the entries that the reader may see now."""
    ids = defaultdict(set)
    for entry in entries:
        ids[entry.model].add(rows[entry.model, entry.history_id].id)
    models = get_audited_models()
    return {
        (name, pk)
        for name, keys in ids.items()
        for pk in models[name].objects.visible_to(seen_by).filter(pk__in=keys).values_list("pk", flat=True)
    }


def _was_visible(row: Any, seen_by: Reader) -> bool:
    return getattr(row, "classification", None) in (None, *clearance(seen_by))


def _make_entry(entry: LedgerEntry, row: Any, earlier: Any) -> TimelineEntry:
    redacted = entry.salt is None
    return TimelineEntry(
        position=entry.position,
        at=row.history_date,
        by=row.actor,
        organisation=row.actor_organisation,
        kind=entry.model,
        row=row,
        is_new=row.history_type == "+",
        reason=row.history_change_reason or "",
        redacted=redacted,
        is_move=earlier is None or getattr(row, "status", None) != getattr(earlier, "status", None),
        changes=[] if redacted or earlier is None else list(_get_changes(earlier, row)),
    )


def _get_changes(before: Any, after: Any) -> Iterator[tuple[Field, Any, Any]]:
    for tracked in after.tracked_fields:
        old, new = getattr(before, tracked.attname), getattr(after, tracked.attname)
        if old != new and tracked.name not in HIDDEN_FIELDS:
            yield tracked, old, new


def compare_words(old: str, new: str) -> list[tuple[str, str]]:
    """Return [("kept", "removed" or "added", words)]: the differences between two texts, word by word."""
    before, after = re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)
    pieces = []
    for operation, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation == "equal":
            pieces.append(("kept", "".join(before[a:b])))
            continue
        pieces += [("removed", "".join(before[a:b]))] if b > a else []
        pieces += [("added", "".join(after[c:d]))] if d > c else []
    return pieces
