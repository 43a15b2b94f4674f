"""The status changes of all questions in the order of the ledger, read from history, as far as a reader may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from register.models import LedgerEntry, Question, Redaction, clearance
from register.models.visibility import Reader

BATCH = 500  # entries read together, for most of them are no status change


@dataclass(frozen=True)
class StatusEvent:
    """One status change, from status `source` to `target`.

    `source` is None where the question was raised. `at` is aware and in UTC; `position` is that of the ledger entry.
    """

    position: int
    at: datetime
    reference: str
    organisation: str
    source: str | None
    target: str
    reason: str
    redacted: bool


def get_events_after(position: int, user: Reader, most: int) -> tuple[list[StatusEvent], bool]:
    """Return (the first `most` events after a position, whether there may be more).

    Only those that the user may see: whose question is visible to the user now, and was under its classification then.
    """
    events: list[StatusEvent] = []
    after = position
    while len(events) <= most:
        entries = _get_question_entries().filter(position__gt=after).order_by("position")[:BATCH]
        if not entries:
            return events, False
        events += _load_events(entries, user)
        after = entries[len(entries) - 1].position
    return events[:most], True


def get_latest_events(user: Reader, most: int) -> list[StatusEvent]:
    """Return the last `most` events that a user may see, the latest first."""
    events: list[StatusEvent] = []
    before = None
    while len(events) < most:
        entries = _get_question_entries() if before is None else _get_question_entries().filter(position__lt=before)
        entries = entries.order_by("-position")[:BATCH]
        if not entries:
            break
        events += _load_events(entries, user)
        before = entries[len(entries) - 1].position
    return events[:most]


def get_last_redaction_position() -> int:
    """Return the position of the entry of the last redaction, or 0: what was served before it may be out of date."""
    entries = LedgerEntry.objects.filter(model=Redaction._meta.model_name).order_by("-position")
    return entries.values_list("position", flat=True).first() or 0


def _get_question_entries() -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(model="question")


def _load_events(entries: Iterable[LedgerEntry], user: Reader) -> list[StatusEvent]:
    """Return an event for each of these entries that is a status change which a user may see, in their order."""
    rows = {row.history_id: row for row in _load_status_changes([entry.history_id for entry in entries], user)}
    return [_make_event(entry, rows[entry.history_id]) for entry in entries if entry.history_id in rows]


def _load_status_changes(ids: list[int], user: Reader) -> list[Any]:
    """Return those of the history rows with these ids that changed a status, with the status before as `source`.

    Only those that the user may see.
    """
    history = Question.history.model.objects
    earlier = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    rows = history.filter(history_id__in=ids, classification__in=clearance(user))
    rows = list(rows.annotate(source=Subquery(earlier.values("status")[:1])))
    now = set(Question.objects.visible_to(user).filter(pk__in={row.id for row in rows}).values_list("pk", flat=True))
    return [row for row in rows if row.id in now and row.source != row.status]


def _make_event(entry: LedgerEntry, row: Any) -> StatusEvent:
    return StatusEvent(
        position=entry.position,
        at=row.history_date,
        reference=row.reference,
        organisation=row.actor_organisation or "",
        source=row.source,
        target=row.status,
        reason=row.history_change_reason or "",
        redacted=entry.salt is None,
    )
