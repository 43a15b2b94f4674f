"""What happened, in the order of the ledger and as far as a reader may see: status changes and new answers.

Both are read from history. The API's events and the Atom feed tell the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from django.db.models import OuterRef, Subquery

from register.models import Answer, LedgerEntry, Question, Redaction, clearance
from register.models.visibility import Reader

BATCH = 500  # entries read together, for most of them are no event


@dataclass(frozen=True)
class Event:
    """What every event has. `at` is aware and in UTC; `position` and `digest` are those of the ledger entry.

    `organisation` is the actor's, as it was called then. What was redacted since is empty.
    """

    position: int
    digest: str
    at: datetime
    question_id: int
    reference: str
    organisation: str
    redacted: bool


@dataclass(frozen=True)
class StatusEvent(Event):
    """One status change, from status `source` to `target`; `source` is None where the question was raised."""

    type: ClassVar = "status"
    source: str | None
    target: str
    reason: str


@dataclass(frozen=True)
class AnswerEvent(Event):
    """A new answer to a question, in the words in which it was proposed."""

    type: ClassVar = "answer"
    answer_id: int
    number: int
    text: str


def get_events_after(position: int, user: Reader, most: int, end: int | None = None) -> tuple[list[Event], bool]:
    """Return (the first `most` events after a position, and by the position `end` where that is given; whether more).

    Only those that the user may see: whose question or answer is visible to the user now, and was under its
    classification then.
    """
    events: list[Event] = []
    after = position
    while len(events) <= most:
        # Every entry is read: to ask for two models by position would sort all of both on SQLite.
        entries = LedgerEntry.objects.filter(position__gt=after).order_by("position")
        entries = (entries if end is None else entries.filter(position__lte=end))[:BATCH]
        if not entries:
            return events, False
        events += _load_events(entries, user)
        after = entries[len(entries) - 1].position
    return events[:most], True


def get_events_before(position: int | None, user: Reader, most: int) -> tuple[list[Event], bool]:
    """Return (the last `most` events before a position, the latest first, whether there are more).

    With None they are the last of all. Which the user may see is as for `get_events_after`.
    """
    events: list[Event] = []
    while len(events) <= most:
        entries = LedgerEntry.objects.all() if position is None else LedgerEntry.objects.filter(position__lt=position)
        entries = entries.order_by("-position")[:BATCH]
        if not entries:
            return events, False
        events += _load_events(entries, user)
        position = entries[len(entries) - 1].position
    return events[:most], True


class LastRedaction(NamedTuple):
    """Where the ledger's last redaction stands: its entry's position and digest."""

    position: int
    digest: str


def get_last_redaction() -> LastRedaction | None:
    """Return the last redaction, or None: what was served before it may be out of date."""
    entries = LedgerEntry.objects.filter(model=Redaction._meta.model_name).order_by("-position")
    last = entries.values_list("position", "digest").first()
    return LastRedaction(*last) if last else None


def _load_events(entries: Iterable[LedgerEntry], user: Reader) -> list[Event]:
    """Return an event for each of these entries that is one which a user may see, in their order."""
    status, answers = _of_model(entries, "question"), _of_model(entries, "answer")
    events: list[Event] = [*_load_status_events(status, user), *_load_answer_events(answers, user)]
    places = {entry.position: place for place, entry in enumerate(entries)}
    return sorted(events, key=lambda event: places[event.position])


def _of_model(entries: Iterable[LedgerEntry], model: str) -> dict[int, LedgerEntry]:
    return {entry.history_id: entry for entry in entries if entry.model == model}


def _load_status_events(entries: dict[int, LedgerEntry], user: Reader) -> list[StatusEvent]:
    if not entries:
        return []
    history = Question.history.model.objects
    earlier = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    rows = history.filter(history_id__in=entries, classification__in=clearance(user))
    changes = [row for row in rows.annotate(source=Subquery(earlier.values("status")[:1])) if row.source != row.status]
    shown = _get_visible(Question, changes, user)
    return [
        StatusEvent(
            **_get_common(entries[row.history_id], row),
            question_id=row.id,
            reference=row.reference,
            source=row.source,
            target=row.status,
            reason=row.history_change_reason or "",
        )
        for row in changes
        if row.id in shown
    ]


def _load_answer_events(entries: dict[int, LedgerEntry], user: Reader) -> list[AnswerEvent]:
    if not entries:
        return []
    rows = Answer.history.model.objects.filter(history_id__in=entries, history_type="+")
    new = list(rows.filter(classification__in=clearance(user)))
    shown = _get_visible(Answer, new, user)
    return [
        AnswerEvent(
            **_get_common(entries[row.history_id], row),
            question_id=row.question_id,
            reference=shown[row.id].question.reference,
            answer_id=row.id,
            number=shown[row.id].number,
            text=row.text or "",
        )
        for row in new
        if row.id in shown
    ]


def _get_visible(model: Any, rows: Sequence[Any], user: Reader) -> dict[int, Any]:
    """Return {key: the live row} for those of these history rows whose objects the user may see now."""
    live = model.objects.visible_to(user).filter(pk__in={row.id for row in rows})
    live = live.select_related("question") if model is Answer else live
    return {row.pk: row for row in live}


def _get_common(entry: LedgerEntry, row: Any) -> dict[str, Any]:
    return {
        "position": entry.position,
        "digest": entry.digest,
        "at": row.history_date,
        "organisation": row.actor_organisation or "",
        "redacted": entry.salt is None,
    }
