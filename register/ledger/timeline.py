"""Everything that happened to a question besides its moves, read out of history and ledger."""

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
from register.models import Audited, LedgerEntry, Question, User, clearance
from register.workflow import BELONGS_TO

# Said by the status history, or of no interest to a person.
UNSAID = {"id", "status", "status_since", "status_since_day", "working_days_before", "number", "remains", *BELONGS_TO}


@dataclass(frozen=True)
class Happening:
    """One recorded change; `row` is the snapshot, `at` aware and in UTC.

    `changes` are (field, old value, new value); the value of a foreign key is the row that it refers to.
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


def timeline(question: Question, *, seen_by: User, history: list[Any] | None = None) -> list[Happening]:
    """Return the `Happening`s of a question and what belongs to it, latest first, as far as `seen_by` may see.

    `history` is what `load_question_history` returns, where the caller has it already.
    """
    history = load_question_history(question, seen_by=seen_by) if history is None else history
    found: list[Happening] = []
    before: dict[tuple[type, int], Any] = {}
    for row in history:
        key = type(row), row.id
        if _was_visible(row, seen_by):
            found.append(_happening(row, before.get(key)))
            before[key] = row
        else:
            before[key] = None  # so that the next change does not show its values as the old ones
    return [happening for happening in reversed(found) if _says_something(happening)]


def load_question_history(question: Question, *, seen_by: User) -> list[Any]:
    """Return the history rows of a question and what belongs to it, in the order of the ledger.

    Each has the `entry_position` and the `entry_salt` of its ledger entry. Rows of objects that `seen_by` may not see
    now are left out; a row that was classified more strictly at its time is not. It takes one statement for each model.
    """
    rows = [row for name in _get_models_of_questions() for row in _get_history(name, question, seen_by)]
    return sorted(rows, key=attrgetter("entry_position"))


def _get_models_of_questions() -> list[str]:
    """Return the names of the audited models whose rows are part of a question's document."""
    models = get_audited_models()
    return [name for name, model in models.items() if model.about_question is not Audited.about_question]


def _get_history(name: str, question: Question, seen_by: User) -> QuerySet:
    model = get_audited_models()[name]
    entries = LedgerEntry.objects.filter(model=name, question_id=question.pk)
    rows = model.history.filter(
        Exists(model.objects.visible_to(seen_by).filter(pk=OuterRef("id"))), history_id__in=entries.values("history_id")
    )
    # Links, answers and reviews keep the rows that they refer to; a question's can be replaced by others.
    replaced = [f.name for f in model._meta.fields if f.is_relation and f.editable] if model is Question else []
    return annotate_entries(rows, name).select_related(*replaced).order_by()


def _says_something(happening: Happening) -> bool:
    """True of all but a row that was only recorded anew, and a move, which the status history tells."""
    told = happening.is_new or happening.changes or happening.redacted
    return bool(told or (happening.reason and not happening.is_move))


def _was_visible(row: Any, seen_by: User) -> bool:
    return getattr(row, "classification", None) in (None, *clearance(seen_by))


def _happening(row: Any, earlier: Any) -> Happening:
    redacted = row.entry_salt is None
    return Happening(
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
        changes=[] if redacted or earlier is None else list(_changes(earlier, row)),
    )


def _changes(before: Any, after: Any) -> Iterator[tuple[Field, Any, Any]]:
    for tracked in after.tracked_fields:
        differs = getattr(before, tracked.attname) != getattr(after, tracked.attname)
        if differs and tracked.name not in UNSAID:
            yield tracked, getattr(before, tracked.name), getattr(after, tracked.name)


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
