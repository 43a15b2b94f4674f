"""Everything that happened to a question besides its moves, read out of history and ledger."""

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

# Said by the status history, or of no interest to a person.
UNSAID = {"id", "status", "status_since", "status_since_day", "working_days_before", "number", "remains", *BELONGS_TO}


@dataclass(frozen=True)
class Happening:
    """One recorded change; `changes` are (field, old value, new value), `row` the snapshot, `at` aware and in UTC."""

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


def timeline(question: Question, *, seen_by: Reader) -> list[Happening]:
    """Return the `Happening`s of a question and what belongs to it, latest first, as far as `seen_by` may see."""
    entries = list(LedgerEntry.objects.filter(question_id=question.pk).order_by("position"))
    rows = load_history_rows(entries)
    shown = _visible_now(entries, rows, seen_by)
    found: list[Happening] = []
    before: dict[tuple[str, int], Any] = {}
    for entry in entries:
        row = rows[entry.model, entry.history_id]
        if (entry.model, row.id) in shown and _was_visible(row, seen_by):
            found.append(_happening(entry, row, before.get((entry.model, row.id))))
            before[entry.model, row.id] = row
        else:
            before[entry.model, row.id] = None  # what it said is not told as the old words of the next change
    return [happening for happening in reversed(found) if _says_something(happening)]


def _says_something(happening: Happening) -> bool:
    """True of all but a row that was only recorded anew, and a move, which the status history tells."""
    told = happening.is_new or happening.changes or happening.redacted
    return bool(told or (happening.reason and not happening.is_move))


def _visible_now(
    entries: Iterable[LedgerEntry], rows: Mapping[tuple[str, int], Any], seen_by: Reader
) -> set[tuple[str, int]]:
    """Return the (model, id) of those objects that the reader may see today."""
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


def _happening(entry: LedgerEntry, row: Any, earlier: Any) -> Happening:
    redacted = entry.salt is None
    return Happening(
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
        changes=[] if redacted or earlier is None else list(_changes(earlier, row)),
    )


def _changes(before: Any, after: Any) -> Iterator[tuple[Field, Any, Any]]:
    for tracked in after.tracked_fields:
        old, new = getattr(before, tracked.attname), getattr(after, tracked.attname)
        if old != new and tracked.name not in UNSAID:
            yield tracked, old, new


def word_differences(old: str, new: str) -> list[tuple[str, str]]:
    """Return [(“kept”, “removed” or “added”, words)]: how one text becomes the other, word by word."""
    before, after = re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)
    pieces = []
    for operation, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if operation == "equal":
            pieces.append(("kept", "".join(before[a:b])))
            continue
        pieces += [("removed", "".join(before[a:b]))] if b > a else []
        pieces += [("added", "".join(after[c:d]))] if d > c else []
    return pieces
