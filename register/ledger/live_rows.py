"""Compares the rows of the register with their last snapshots in history.

Live tables have no triggers, so a change that was made without a service shows only here.
"""

from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, connection, models
from django.db.models import Exists, OuterRef

from register.ledger.audited_models import get_audited_models
from register.ledger.problems import Problem
from register.ledger.triggers import get_free_text_columns
from register.ledger.unit_of_work import unit_of_work
from register.models import LedgerEntry


def find_differing_rows() -> Iterator[Problem]:
    """Yield a problem for each live row that differs from its last snapshot, lacks one, or is gone."""
    for name, model in get_audited_models().items():
        for pk in _find_candidates(model):
            try:
                with unit_of_work():  # under the head lock, for another write may have been under way before
                    yield from _find_difference(name, model, pk)
            except (DatabaseError, ValueError) as error:
                yield Problem(None, f"{name} {pk} cannot be read: {error}")


def _find_candidates(model: Any) -> Iterator[int]:
    """Yield the primary keys of rows that differ from their last snapshot, lack one, or are gone."""
    live, history = model._meta.db_table, model.history.model._meta.db_table
    unlike = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    columns = [field.column for field in model.history.model.tracked_fields]
    differing = " OR ".join(f"t.{column} {unlike} h.{column}" for column in columns)
    with connection.cursor() as cursor:
        # Written out, for Django can neither join these two tables nor say IS DISTINCT FROM.
        cursor.execute(
            f"SELECT h.id FROM (SELECT id, MAX(history_id) AS last FROM {history} GROUP BY id) l "  # noqa: S608
            f"JOIN {history} h ON h.history_id = l.last LEFT JOIN {live} t ON t.id = h.id WHERE {differing}"
        )
        yield from [key for (key,) in cursor.fetchall()]
    recorded = model.history.model.objects.filter(**{"id": OuterRef("pk")})
    yield from model._base_manager.filter(~Exists(recorded)).values_list("pk", flat=True)


def _get_differing_columns(row: Any, live: models.Model | None) -> list[str]:
    """Return the columns in which a live row differs from its last snapshot; redacted ones cannot be compared."""
    if live is None:
        return ["the row itself"]
    emptied = set(get_free_text_columns(type(row)))
    return [
        tracked.attname
        for tracked in row.tracked_fields
        if _get_snapshot_value(row, tracked) != getattr(live, tracked.attname)
        and not (tracked.attname in emptied and getattr(row, tracked.attname) is None)
    ]


def _get_snapshot_value(row: Any, tracked: models.Field) -> Any:
    """Return a column's value in a snapshot, or its default where the snapshot is older than the column."""
    value = getattr(row, tracked.attname)
    return tracked.get_default() if value is None else value


def _find_difference(name: str, model: Any, pk: int) -> Iterator[Problem]:
    row = model.history.filter(**{"id": pk}).order_by("-history_id").first()
    live = model._base_manager.filter(pk=pk).first()
    if row is None:
        yield Problem(None, f"{name} {pk} stands in the register without any history")
        return
    if columns := _get_differing_columns(row, live):
        position = LedgerEntry.objects.filter(model=name, history_id=row.history_id).values_list("position", flat=True)
        what = "was deleted" if live is None else f"was changed behind the register's back ({', '.join(columns)})"
        yield Problem(position.first(), f"{name} {pk} {what}")
