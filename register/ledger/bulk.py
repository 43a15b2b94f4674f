"""The one bulk service: many rows of one model, with their history and ledger entries, in a few statements.

simple-history sends no signal for a bulk insert, so here rows, history and entries are written together.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from django.db import IntegrityError

from register.ledger.unit_of_work import Actor, UnitOfWork, unit_of_work
from register.models import Audited

BATCH = 500  # rows to a statement: memory stays flat however many there are

Thing = TypeVar("Thing")


def record_many(instances: Iterable[Audited], *, by: Actor, reason: str = "") -> int:
    """Save checked instances of one audited model, all new or none, credited to `by` (None: the system).

    Return how many. `instances` may be a generator: it is read `BATCH` at a time. Raises IntegrityError.
    """
    saved = 0
    with unit_of_work() as unit:
        for batch in _batches(instances):
            is_change = batch[0].pk is not None
            (_update if is_change else _insert)(batch)
            saved += len(_append(unit, batch, by=by, reason=reason, update=is_change))
    return saved


def _insert(batch: list[Audited]) -> None:
    type(batch[0])._base_manager.bulk_create(batch)


def _update(batch: list[Audited]) -> None:
    """Update the columns in which any instance differs from its row.

    SQLite writes every index of a column that an update sets, even where the value stays.
    """
    model = type(batch[0])
    rows = model._base_manager.in_bulk([instance.pk for instance in batch])
    if gone := [instance.pk for instance in batch if instance.pk not in rows]:
        raise IntegrityError(f"There is no {model._meta.verbose_name} {gone[0]} to change.")
    columns = [field for field in model._meta.concrete_fields if not field.generated]
    changed = [
        field.name
        for field in columns
        if any(getattr(instance, field.attname) != getattr(rows[instance.pk], field.attname) for instance in batch)
    ]
    if changed:
        model._base_manager.bulk_update(batch, changed)


def record_again(model: Any, keys: Iterable[int], *, by: Actor) -> list[int]:
    """Record rows of an audited model once more, as they stand: something that their documents show has changed.

    Return the positions of the new entries, one for each key in order; a key may come twice.
    """
    positions: list[int] = []
    with unit_of_work() as unit:
        for batch in _batches(keys):
            rows = model._base_manager.in_bulk(batch)
            positions += _append(unit, [rows[key] for key in batch], by=by, update=True, recorded_anew=True)
    return positions


def _batches(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    waiting = iter(things)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _append(
    unit: UnitOfWork, batch: list[Any], *, by: Actor, update: bool, reason: str = "", **columns: Any
) -> list[int]:
    """Insert the history rows and ledger entries of a batch; return the positions."""
    for instance in batch:
        instance._history_user = by
    history = type(batch[0]).history
    rows = history.bulk_history_create(
        batch, update=update, default_change_reason=reason or None, custom_historical_attrs=columns
    )
    positions = unit.append(rows, batch)
    for instance in batch:
        instance.__dict__.pop("_history_user", None)  # left in place, it would be credited with the next save
    return positions
