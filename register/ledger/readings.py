"""Read the past out of history and ledger: a question's status history, and what changed since a version."""

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from register import clock
from register.ledger.chain import model_name
from register.models import LedgerEntry, clearance
from register.models.ahead import fetched
from register.models.statements import as_time
from register.words import Status

# What a status history tells of each version, or needs to; written out, for composing it took longer than reading it.
VERSIONS = """
    SELECT h.history_date, h.actor, h.actor_organisation, h.status, h.classification,
        h.history_change_reason, e.position, e.salt
    FROM register_historicalquestion h
        JOIN register_ledgerentry e ON e.model = 'question' AND e.history_id = h.history_id
    WHERE h.id = {which} ORDER BY h.history_id
"""
BY_KEY = VERSIONS.format(which="%s")
BY_REFERENCE = VERSIONS.format(which="(SELECT id FROM register_question WHERE reference = %s)")


class _Version(NamedTuple):
    at: datetime
    actor: str
    organisation: str
    status: str
    classification: str
    reason: str | None
    position: int
    salt: str | None


@dataclass(frozen=True)
class StatusChange:
    """One row of a status history. `source` is None for the first; `at` is aware, in UTC.

    `days` are the working days spent in the status that it led to, by now where it is the present one.
    """

    at: datetime
    by: str
    organisation: str
    source: str | None
    target: str
    reason: str
    position: int
    redacted: bool
    days: int = 0

    @property
    def source_label(self):
        return Status(self.source).label if self.source else ""

    @property
    def target_label(self):
        return Status(self.target).label


@dataclass(frozen=True)
class Edit:
    """One change of a question itself: who made it, when (aware, in UTC), and the columns that changed."""

    at: datetime
    by: str
    what: list[str]


def status_history(question, *, seen_by):
    """Return the `StatusChange`s of a question, oldest first, as far as `seen_by` may see them.

    A past version shows under the stricter of its classification then and now; the caller has checked the present one.
    """
    return _changes([_Version(*row) for row in fetched(BY_KEY, question.pk)], clearance(seen_by))


def status_history_by(reference, *, seen_by):
    """Return the same of the question with a reference, or None where there is none that `seen_by` may see."""
    rows, seen = [_Version(*row) for row in fetched(BY_REFERENCE, reference)], clearance(seen_by)
    return _changes(rows, seen) if rows and rows[-1].classification in seen else None


def _changes(rows, seen):
    shown = [row for row in rows if row.classification in seen]
    before = [None, *(row.status for row in shown)]
    moves = (pair for pair in zip(before, shown, strict=False) if pair[0] != pair[1].status)
    changes = [_status_change(source, row) for source, row in moves]
    if shown and shown[0] is not rows[0]:
        changes[0] = _beginning_unseen(changes[0])
    ends = [*(change.at for change in changes[1:]), timezone.now()]
    return [replace(change, days=_days(change.at, end)) for change, end in zip(changes, ends, strict=True)]


def _days(begin, end):
    return clock.working_days(clock.london_date(begin), clock.london_date(end))


def _beginning_unseen(change):
    """Return the first row for a reader who may not see what came before, and so not how it came to be."""
    return replace(change, by="", organisation="", reason="What came before is not shown to you.")


def _with_position(history):
    entry = LedgerEntry.objects.filter(model="question", history_id=OuterRef("history_id"))
    return history.annotate(position=Subquery(entry.values("position")[:1]))


def _status_change(source, row):
    return StatusChange(
        at=as_time(row.at),
        by=row.actor,
        organisation=row.organisation,
        source=source,
        target=row.status,
        reason=row.reason or "",
        position=row.position,
        redacted=row.salt is None,
    )


def redacted_among(history_rows):
    """Return the ids of those rows of one history table that a redaction has emptied."""
    if not history_rows:
        return set()
    ids = [row.history_id for row in history_rows]
    entries = LedgerEntry.objects.filter(model=model_name(type(history_rows[0])), history_id__in=ids, salt=None)
    return set(entries.values_list("history_id", flat=True))


def version_of(question):
    """Return the position of the last entry that changed the question's document."""
    entries = LedgerEntry.objects.filter(question_id=question.pk).order_by("-position")
    return entries.values_list("position", flat=True).first()


def snapshot_at(question, version):
    """Return the history row of the question itself that was the last by that position."""
    return _with_position(question.history.all()).filter(position__lte=version).order_by("-history_id").first()


def changes_since(question, version):
    """Return the `Edit`s of the question itself that the ledger holds after that position, oldest first."""
    rows = list(_with_position(question.history.all()).order_by("history_id"))
    since = ((before, row) for before, row in pairwise(rows) if row.position > version)
    changes = [(row, _changed(before, row) or _only_said(row)) for before, row in since]
    return [Edit(row.history_date, f"{row.actor} ({row.actor_organisation})", what) for row, what in changes if what]


def _only_said(row):
    """Return what a row that changes nothing is there to say, such as a split; one recorded anew has no reason."""
    said = row.history_change_reason
    return [f"its record ({said})"] if said else []


def _changed(before, after):
    fields = [f for f in after.tracked_fields if getattr(before, f.attname) != getattr(after, f.attname)]
    return [f.verbose_name for f in fields]
