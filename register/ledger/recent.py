"""What was recorded lately, of everything that a person may see, the latest first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from register.ledger.audited_models import get_audited_models
from register.ledger.timeline import HIDDEN_FIELDS
from register.models import LedgerEntry, clearance
from register.models.visibility import Reader

BATCH = 500  # entries read together: many are no news, or hidden
NEWS = (
    "question",
    "answer",
    "review",
    "meetinglink",
    "agendaitem",
    "meetingoutcome",
    "action",
    "actionupdate",
    "meeting",
    "headlinereport",
)


@dataclass(frozen=True)
class Change:
    """One recorded change: `row` is the history row, `before` the one before it or None; `at` is aware and in UTC.

    `question_id` is the question that the row belongs to, or None; `fields` are the names of what differs.
    """

    at: datetime
    model: str
    row: Any
    before: Any
    question_id: int | None
    fields: tuple[str, ...]

    @property
    def is_move(self) -> bool:
        """Whether a status changed, of whatever has one."""
        return self.before is not None and getattr(self.before, "status", None) != getattr(self.row, "status", None)


def get_recent_changes(
    since: datetime, *, seen_by: Reader, most: int, until: datetime | None = None
) -> tuple[list[Change], bool]:
    """Return (the last `most` changes from one aware moment to another, or now, latest first; whether there are more).

    A change shows where its object is visible to them now and was under its classification then.
    """
    changes: list[Change] = []
    before: int | None = None
    while len(changes) <= most:
        entries = LedgerEntry.objects.filter(position__lt=before) if before else LedgerEntry.objects.all()
        entries = entries.filter(at__lte=until) if until else entries
        batch = list(entries.order_by("-position")[:BATCH])
        fresh = [entry for entry in batch if entry.at >= since]
        changes += _load_changes(fresh, seen_by)
        if len(fresh) < BATCH:
            return changes[:most], len(changes) > most
        before = batch[-1].position
    return changes[:most], True


def _load_changes(entries: Iterable[LedgerEntry], seen_by: Reader) -> list[Change]:
    """Return the changes that these entries tell of and the person may see, in the order of the entries."""
    wanted: dict[str, dict[int, LedgerEntry]] = defaultdict(dict)
    for entry in entries:
        if entry.model in NEWS and entry.salt is not None:
            wanted[entry.model][entry.history_id] = entry
    found = [(entry.position, change) for name in wanted for entry, change in _load(name, wanted[name], seen_by)]
    return [change for _, change in sorted(found, key=lambda item: -item[0])]


def _load(name: str, entries: dict[int, LedgerEntry], seen_by: Reader) -> Iterator[tuple[LedgerEntry, Change]]:
    model = get_audited_models()[name]
    history = model.history.model.objects
    earlier = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    rows = history.filter(
        Exists(model.objects.visible_to(seen_by).filter(pk=OuterRef("id"))), history_id__in=entries
    ).annotate(before_id=Subquery(earlier.values("history_id")[:1]))
    rows = [row for row in rows if _was_visible(row, seen_by)]
    before = history.in_bulk([row.before_id for row in rows if row.before_id])
    for row in rows:
        entry, last = entries[row.history_id], before.get(row.before_id)
        last = last if last and _was_visible(last, seen_by) else None
        fields = tuple(_get_changed_fields(last, row)) if last else ()
        change = Change(row.history_date, name, row, last, entry.question_id, fields)
        if row.history_type == "+" or fields or change.is_move:
            yield entry, change


def _was_visible(row: Any, seen_by: Reader) -> bool:
    return getattr(row, "classification", None) in (None, *clearance(seen_by))


def _get_changed_fields(before: Any, after: Any) -> Iterator[str]:
    for tracked in after.tracked_fields:
        if getattr(before, tracked.attname) != getattr(after, tracked.attname) and tracked.name not in HIDDEN_FIELDS:
            yield str(tracked.verbose_name)
