"""What was recorded of a question and of what belongs to it, but for status changes, read from history and ledger."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from operator import attrgetter
from typing import Any

from django.db.models import Exists, Field, OuterRef, QuerySet

from register.ledger.audited_models import get_audited_models
from register.ledger.versions import annotate_entries
from register.models import Audited, LedgerEntry, Question, clearance
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
    "paragraph_digest",
    "standing",
    "ended_as",
    *BELONGS_TO,
}


@dataclass(frozen=True)
class TimelineEntry:
    """One recorded change of a question or of a row that belongs to it.

    `kind` is the name of the row's model, `row` its history row, `changes` are (field, old value, new value),
    where the value of a foreign key is the row that it refers to; `at` is aware and in UTC; `position` is that of the
    ledger entry. `is_move` where the status changed.
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


def get_timeline(question: Question, *, seen_by: Reader, history: list[Any] | None = None) -> list[TimelineEntry]:
    """Return the `TimelineEntry`s of a question and of what belongs to it that `seen_by` may see, the latest first.

    A change shows where its object is visible to them now and was under its classification then. `history` is what
    `load_question_history` returns, where the caller has it already.
    """
    history = load_question_history(question, seen_by=seen_by) if history is None else history
    timeline: list[TimelineEntry] = []
    before: dict[tuple[type, int], Any] = {}
    for row in history:
        key = type(row), row.id
        if _was_visible(row, seen_by):
            timeline.append(_make_entry(row, before.get(key)))
            before[key] = row
        else:
            before[key] = None  # so that the next change does not show its values as the old ones
    return [item for item in reversed(timeline) if _is_shown(item)]


def load_question_history(question: Question, *, seen_by: Reader) -> list[Any]:
    """Return the history rows of a question and what belongs to it, in the order of the ledger.

    Each has the `entry_position` and the `entry_salt` of its ledger entry. Rows of objects that `seen_by` may not see
    now are left out; a row that was classified more strictly at its time is not. It takes one statement for each model.
    """
    rows = [row for name in _get_models_of_questions() for row in _get_history(name, question, seen_by)]
    return sorted(rows, key=attrgetter("entry_position"))


def _get_models_of_questions() -> list[str]:
    """Return the names of the audited models whose rows are part of a question's document."""
    models = get_audited_models()
    return [name for name, model in models.items() if model.get_question_id is not Audited.get_question_id]


def _get_history(name: str, question: Question, seen_by: Reader) -> QuerySet:
    model = get_audited_models()[name]
    entries = LedgerEntry.objects.filter(model=name, question_id=question.pk)
    rows = model.history.filter(
        Exists(model.objects.visible_to(seen_by).filter(pk=OuterRef("id"))), history_id__in=entries.values("history_id")
    )
    # Links, answers and reviews keep the rows that they refer to; a question's can be replaced by others.
    replaced = [f.name for f in model._meta.fields if f.is_relation and f.editable] if model is Question else []
    return annotate_entries(rows, name).select_related(*replaced).order_by()


def _is_shown(item: TimelineEntry) -> bool:
    """False for a row that was only recorded anew, and for a mere status change, which the status history shows."""
    return bool(item.is_new or item.changes or item.redacted or (item.reason and not item.is_move))


def _was_visible(row: Any, seen_by: Reader) -> bool:
    return getattr(row, "classification", None) in (None, *clearance(seen_by))


def _make_entry(row: Any, earlier: Any) -> TimelineEntry:
    redacted = row.entry_salt is None
    return TimelineEntry(
        position=row.entry_position,
        at=row.history_date,
        by=row.actor,
        organisation=row.actor_organisation,
        kind=row.instance_type._meta.model_name,
        row=row,
        is_new=row.history_type == "+",
        reason=row.history_change_reason or "",
        redacted=redacted,
        is_move=earlier is None or getattr(row, "status", None) != getattr(earlier, "status", None),
        changes=[] if redacted or earlier is None else list(_get_changes(earlier, row)),
    )


def _get_changes(before: Any, after: Any) -> Iterator[tuple[Field, Any, Any]]:
    for tracked in after.tracked_fields:
        differs = getattr(before, tracked.attname) != getattr(after, tracked.attname)
        if differs and tracked.name not in HIDDEN_FIELDS:
            yield tracked, getattr(before, tracked.name), getattr(after, tracked.name)


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
