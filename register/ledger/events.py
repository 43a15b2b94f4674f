"""Changes of status as a story, read out of history in the order of the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from register.models import LedgerEntry, Question, Redaction, clearance
from register.models.visibility import Reader

PER_LOOK = 500  # entries looked at together, for most are no change of status


@dataclass(frozen=True)
class StatusEvent:
    """One change of status; `source` is None for the first, `at` aware and in UTC."""

    position: int
    at: datetime
    reference: str
    organisation: str
    source: str | None
    target: str
    reason: str
    redacted: bool


def events_after(position: int, user: Reader, most: int) -> tuple[list[StatusEvent], bool]:
    """Return (events after a position, whether there may be more), as far as a user may see.

    A change shows where its question may be seen now and could be seen then.
    """
    found: list[StatusEvent] = []
    reached = position
    while len(found) <= most:
        entries = _entries().filter(position__gt=reached).order_by("position")[:PER_LOOK]
        if not entries:
            return found, False
        found += _told(entries, user)
        reached = entries[len(entries) - 1].position
    return found[:most], True


def latest_events(user: Reader, most: int) -> list[StatusEvent]:
    """Return the latest events that a user may see, the last first."""
    found: list[StatusEvent] = []
    before = None
    while len(found) < most:
        entries = _entries() if before is None else _entries().filter(position__lt=before)
        entries = entries.order_by("-position")[:PER_LOOK]
        if not entries:
            break
        found += _told(entries, user)
        before = entries[len(entries) - 1].position
    return found[:most]


def last_redaction() -> int:
    """Return the position of the last redaction's own entry: what it emptied is told no more."""
    entries = LedgerEntry.objects.filter(model=Redaction._meta.model_name).order_by("-position")
    return entries.values_list("position", flat=True).first() or 0


def _entries() -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(model="question")


def _told(entries: Iterable[LedgerEntry], user: Reader) -> list[StatusEvent]:
    """Return the events among these entries, in their order."""
    rows = {row.history_id: row for row in _moves_among([entry.history_id for entry in entries], user)}
    return [_event(entry, rows[entry.history_id]) for entry in entries if entry.history_id in rows]


def _moves_among(ids: list[int], user: Reader) -> list[Any]:
    """Return those history rows that changed a status, with the status before, as far as a user may see."""
    history = Question.history.model.objects
    earlier = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    rows = history.filter(history_id__in=ids, classification__in=clearance(user))
    rows = list(rows.annotate(source=Subquery(earlier.values("status")[:1])))
    now = set(Question.objects.visible_to(user).filter(pk__in={row.id for row in rows}).values_list("pk", flat=True))
    return [row for row in rows if row.id in now and row.source != row.status]


def _event(entry: LedgerEntry, row: Any) -> StatusEvent:
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
