"""What changed of a row since a version: a position of the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from register.ledger.audited_models import get_model_name
from register.models import Audited, LedgerEntry, Question


@dataclass(frozen=True)
class Edit:
    """One change of a row itself: who made it, when (aware, in UTC), and the columns that changed."""

    at: datetime
    by: str
    what: list[str]


def annotate_entries(history: QuerySet, model_name: str) -> QuerySet:
    """Annotate history rows of a model with `entry_position` and `entry_salt`, those of their ledger entries."""
    entry = LedgerEntry.objects.filter(model=model_name, history_id=OuterRef("history_id"))
    return history.annotate(
        entry_position=Subquery(entry.values("position")[:1]), entry_salt=Subquery(entry.values("salt")[:1])
    )


def get_version(row: Audited) -> int | None:
    """Return the version of a row, which is what `get_version_by_key` returns."""
    return get_version_by_key(type(row), row.pk)


def get_version_by_key(model: type[Audited], key: int | str) -> int | None:
    """Return the position of the last entry about the row of a model that has this key.

    For a question that is the last which changed its document, such as one about its answer.
    """
    if model is Question:
        entries = LedgerEntry.objects.filter(question_id=key)
    else:
        history: Any = model.history  # type: ignore[attr-defined]
        last = history.filter(id=key).order_by("-history_id").values("history_id")[:1]
        entries = LedgerEntry.objects.filter(model=get_model_name(history.model), history_id=Subquery(last))
    return entries.order_by("-position").values_list("position", flat=True).first()


def annotate_version(questions: QuerySet) -> QuerySet:
    """Annotate questions with `version`, which is what `get_version` returns of each."""
    entries = LedgerEntry.objects.filter(question_id=OuterRef("pk")).order_by("-position")
    return questions.annotate(version=Subquery(entries.values("position")[:1]))


def get_snapshot_at(row: Any, version: int) -> Any:
    """Return the history row of the row itself that was the last by that position."""
    rows = annotate_entries(row.history.all(), row._meta.model_name)
    return rows.filter(entry_position__lte=version).order_by("-history_id").first()


def get_changes_since(row: Any, version: int) -> list[Edit]:
    """Return the `Edit`s of the row itself that the ledger holds after that position, oldest first."""
    rows = list(annotate_entries(row.history.all(), row._meta.model_name).order_by("history_id"))
    since = ((before, row) for before, row in pairwise(rows) if row.entry_position > version)
    changes = [(row, _get_changed(before, row) or _get_reason(row)) for before, row in since]
    return [Edit(row.history_date, f"{row.actor} ({row.actor_organisation})", what) for row, what in changes if what]


def _get_reason(row: Any) -> list[str]:
    """Return what a row that changes nothing is there to say, such as a split; one recorded anew has no reason."""
    reason = row.history_change_reason
    return [f"its record ({reason})"] if reason else []


def _get_changed(before: Any, after: Any) -> list[str]:
    fields = [f for f in after.tracked_fields if getattr(before, f.attname) != getattr(after, f.attname)]
    return [str(f.verbose_name) for f in fields]


def get_redacted_ids(history_rows: Iterable[Any]) -> set[int]:
    """Return the ids of those rows of one history table that a redaction has emptied."""
    rows = list(history_rows)
    if not rows:
        return set()
    ids = [row.history_id for row in rows]
    entries = LedgerEntry.objects.filter(model=get_model_name(type(rows[0])), history_id__in=ids, salt=None)
    return set(entries.values_list("history_id", flat=True))
