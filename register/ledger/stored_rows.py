"""Ledger entries and history rows as the database stores them, for verification.

Django converts values when it makes objects of rows: on SQLite it reads a text that is no date in a date's column as if
the column were empty, and any number in a boolean column as true or false. A forgery could hide behind that.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, models, transaction
from django.db.models import F, Func, QuerySet

from register.ledger.audited_models import get_history_models
from register.ledger.digests import canonical_json_of_values
from register.models import LedgerEntry


class StoredEntry(NamedTuple):
    """A ledger entry with its values as the database stores them."""

    position: int
    at: Any
    model: str
    history_id: int
    salt: str | None
    snapshot_digest: str
    digest: str


class StoredSnapshot(NamedTuple):
    """A history row: its time as the database stores it and its canonical JSON, each None if it cannot be read."""

    at: Any
    text: bytes | None


def load_entries(first: int, last: int) -> list[StoredEntry]:
    """Return the entries from one position to another, in order."""
    entries = LedgerEntry.objects.filter(position__gte=first, position__lte=last).order_by("position")
    return [StoredEntry(*row) for row in _fetch_as_stored(entries, StoredEntry._fields)]


def load_snapshots(entries: list[StoredEntry]) -> dict[tuple[str, int], StoredSnapshot]:
    """Return {(model's name, history id): snapshot} for entries; one whose history row is gone is not in it.

    It makes no model instances, to come near the speed of hashing alone
    (`python -m tests.benchmarks.offline.ledger` measures both).
    """
    ids = defaultdict(list)
    for entry in entries:
        ids[entry.model].append(entry.history_id)
    models = get_history_models()
    return {
        (name, history_id): snapshot
        for name, wanted in ids.items()
        if name in models
        for history_id, snapshot in _load_snapshots_of_model(models[name], wanted)
    }


def _load_snapshots_of_model(history: Any, ids: list[int]) -> Iterator[tuple[int, StoredSnapshot]]:
    """Yield (history id, snapshot). Where a row cannot be read (bytes that are no text), each half is read alone."""
    columns = [field.attname for field in history._meta.concrete_fields]
    key, at = columns.index("history_id"), columns.index("history_date")
    try:
        with transaction.atomic():
            rows = _fetch_as_stored(history.objects.filter(history_id__in=ids).order_by(), columns)
    except DatabaseError:
        if len(ids) == 1:
            yield ids[0], StoredSnapshot(None, None)
            return
        for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
            yield from _load_snapshots_of_model(history, half)
        return
    for row in rows:
        yield row[key], StoredSnapshot(row[at], canonical_json_of_values(history, _decode_row(history, row)))


class _AsStored(Func):
    """A column as SQLite stores it: the value of an expression is not converted to the column's type."""

    template = "+%(expressions)s"
    output_field = models.TextField()


def _fetch_as_stored(rows: QuerySet, columns: Sequence[str]) -> list[tuple]:
    """Return these columns of a queryset's rows as the database stores them; PostgreSQL checks types itself."""
    if connection.vendor == "sqlite":
        return list(rows.values_list(*(_AsStored(F(column)) for column in columns)))
    return list(rows.values_list(*columns))


def _decode_row(history: Any, row: tuple) -> tuple:
    """Return the Python values of a stored row; a value that is not of its column's type stays as it is."""
    if connection.vendor != "sqlite":
        return row
    values = list(row)
    for n, decode in _get_decoders(history):
        values[n] = decode(values[n])
    return tuple(values)


@cache
def _get_decoders(history: Any) -> list[tuple[int, Callable[[Any], Any]]]:
    return [
        (n, _DECODERS[type(field)]) for n, field in enumerate(history._meta.concrete_fields) if type(field) in _DECODERS
    ]


def _decode_moment(value: Any) -> Any:
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    except (TypeError, ValueError):
        return value


def _decode_boolean(value: Any) -> Any:
    return bool(value) if value in (0, 1) else value


_DECODERS: dict[type, Callable[[Any], Any]] = {
    models.DateTimeField: _decode_moment,
    models.BooleanField: _decode_boolean,
}
