"""Verify the register against its ledger: every digest, every row, and the chain that orders them."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from typing import Any, NamedTuple

import django
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Exists, F, Func, OuterRef, QuerySet

from register.ledger.audited_models import get_audited_models, get_history_models
from register.ledger.digests import (
    GENESIS,
    canonical_json_of_values,
    entry_digest,
    salted_digest,
    snapshot_digest,
)
from register.ledger.triggers import get_free_text_columns
from register.ledger.unit_of_work import unit_of_work
from register.models import LedgerEntry, LedgerHead, Redaction

BATCH = 2_000
WORTH_A_PROCESS = 50_000  # entries: for fewer, to start one takes longer than it helps

Progress = Callable[[int, int], None]  # given the entries done and their total


@dataclass(frozen=True)
class Problem:
    """What is wrong, and at which position; None where the fault has no position, such as a row without an entry."""

    position: int | None
    what: str


@dataclass
class Verdict:
    position: int
    digest: str
    redacted: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


def verify(
    *,
    expect: tuple[int, str] | None = None,
    processes: int | None = None,
    progress: Progress = lambda done, total: None,
) -> Verdict:
    """Verify the whole ledger and return a `Verdict`.

    `expect` is a (position, digest) noted earlier; `progress` is called with the entries done and their total. Entries
    written meanwhile are left for the next time. Several processes, as many as serve where none are told, share the
    entries, each with a connection of its own to the database that the settings name.
    """
    head = LedgerHead.objects.first() or LedgerHead(position=0, digest=GENESIS)
    verdict = Verdict(head.position, head.digest)
    last_digest = _verify_entries(verdict, processes, progress)
    verdict.problems += [
        *_find_emptiness(head),
        *_find_head_differences(head, last_digest),
        *_find_unexpected(head, expect),
        *_find_rows_without_entry(),
        *_find_differing_live_rows(),
    ]
    verdict.problems.sort(key=lambda problem: (problem.position is None, problem.position or 0))
    return verdict


def _get_share_count(entries: int) -> int:
    """Return among how many processes it is best to share so many entries: one for each processor at most."""
    return max(1, min(os.cpu_count() or 1, entries // WORTH_A_PROCESS))


class _Part(NamedTuple):
    """What was found of the entries up to a position; `digest` is that of the last of them."""

    upto: int
    digest: str
    redacted: list[int]
    problems: list[Problem]


def _verify_entries(verdict: Verdict, processes: int | None, progress: Progress) -> str:
    """Verify the chain up to the head that was read first; return the digest of its last entry."""
    end = min(verdict.position, _get_end())
    parts = [(after, min(after + BATCH, end)) for after in range(0, end, BATCH)]
    last = GENESIS
    with _map_in_processes(processes or _get_share_count(end)) as verify_parts:
        for part in verify_parts(_verify_part, parts):
            verdict.redacted += part.redacted
            verdict.problems += part.problems
            last = part.digest
            progress(part.upto, verdict.position)
    return last


@contextmanager
def _map_in_processes(processes: int) -> Iterator[Callable[..., Iterable[Any]]]:
    """Yield what maps a function over parts in their order."""
    if processes == 1:
        yield map
        return
    with get_context("spawn").Pool(processes, initializer=django.setup) as pool:
        yield pool.imap


def _verify_part(part: tuple[int, int]) -> "_Part":
    """Return the `_Part` of the entries after a position up to another, the first held against the one before it."""
    after, upto = part
    entries = _load_entries(after, upto)
    previous: str | None = GENESIS if after == 0 else None
    expected = after + 1
    if entries and entries[0].position == after:
        previous = entries.pop(0).digest
    result, snapshots = _Part(upto, "", [], []), _load_snapshots(entries)
    for entry in entries:
        if entry.position != expected:
            result.problems.append(Problem(expected, "the entry is missing"))
        snapshot = snapshots.get((entry.model, entry.history_id))
        result.problems.extend(Problem(entry.position, what) for what in _find_faults(entry, previous, snapshot))
        result.redacted.extend([entry.position] * (entry.salt is None and snapshot is not None))
        previous, expected = entry.digest, entry.position + 1
    if expected <= upto < _get_end():
        result.problems.append(Problem(expected, "the entry is missing"))
    return result._replace(digest=str(previous))


def _get_end() -> int:
    return LedgerEntry.objects.order_by("-position").values_list("position", flat=True).first() or 0


class _Entry(NamedTuple):
    """A ledger entry, its values as the database has them."""

    position: int
    at: Any
    model: str
    history_id: int
    salt: str | None
    snapshot_digest: str
    digest: str


class _Snapshot(NamedTuple):
    """A history row: its time as the database has it, and its canonical JSON; None where it cannot be read."""

    at: Any
    text: bytes | None


def _load_entries(after: int, upto: int) -> list[_Entry]:
    entries = LedgerEntry.objects.filter(position__gte=after, position__lte=upto).order_by("position")
    return [_Entry(*row) for row in _fetch_as_stored(entries, _Entry._fields)]


def _load_snapshots(entries: list[_Entry]) -> dict[tuple[str, int], _Snapshot]:
    """Return {(model's name, history id): snapshot} for entries. No objects are made of the rows: that is slow."""
    ids = defaultdict(list)
    for entry in entries:
        ids[entry.model].append(entry.history_id)
    models = get_history_models()
    return {
        (name, history_id): snapshot
        for name, wanted in ids.items()
        if name in models
        for history_id, snapshot in _load_snapshots_of(models[name], wanted)
    }


def _load_snapshots_of(history: Any, ids: list[int]) -> Iterator[tuple[int, _Snapshot]]:
    """Yield (history id, snapshot); rows that cannot be read (bytes that are no text) are looked for by halves."""
    columns = [field.attname for field in history._meta.concrete_fields]
    key, at = columns.index("history_id"), columns.index("history_date")
    try:
        with transaction.atomic():
            rows = _fetch_as_stored(history.objects.filter(history_id__in=ids).order_by(), columns)
    except DatabaseError:
        if len(ids) == 1:
            yield ids[0], _Snapshot(None, None)
            return
        for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
            yield from _load_snapshots_of(history, half)
        return
    for row in rows:
        yield row[key], _Snapshot(row[at], canonical_json_of_values(history, _decode_row(history, row)))


class _AsStored(Func):
    """A column as SQLite stores it: an expression has no type that the value would be converted to."""

    template = "+%(expressions)s"
    output_field = models.TextField()


def _fetch_as_stored(rows: QuerySet, columns: Sequence[str]) -> list[tuple]:
    """Return these columns of a queryset's rows as the database stores them.

    Django reads what is no date in a date's column as if it were empty, and any number as true or false, so that a
    forgery could not be told.
    """
    if connection.vendor == "sqlite":
        return list(rows.values_list(*(_AsStored(F(column)) for column in columns)))
    return list(rows.values_list(*columns))


def _decode_row(history: Any, row: tuple) -> tuple:
    """Return the values of a raw row as Python has them; what is not of its column's type stays as it is."""
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


def _decode_truth(value: Any) -> Any:
    return bool(value) if value in (0, 1) else value


_DECODERS: dict[type, Callable[[Any], Any]] = {
    models.DateTimeField: _decode_moment,
    models.BooleanField: _decode_truth,
}


def _find_faults(entry: _Entry, previous: str | None, snapshot: _Snapshot | None) -> Iterator[str]:
    if entry.digest != entry_digest(str(previous), entry.position, entry.snapshot_digest):
        yield "the chained digest does not follow from the entry before"
    if snapshot is None:
        yield f"its {entry.model} history row {entry.history_id} is gone"
    elif snapshot.text is None:
        yield f"its {entry.model} history row {entry.history_id} cannot be read"
    else:
        yield from _find_differences(entry, snapshot.at, snapshot.text)


def _find_differences(entry: _Entry, at: Any, text: bytes) -> Iterator[str]:
    if entry.at != at:
        yield "its time is not that of its history row"
    if entry.salt is None:
        yield from _find_bad_redaction(entry, text)
    elif salted_digest(str(entry.salt), text) != entry.snapshot_digest:
        yield f"its {entry.model} history row {entry.history_id} was changed after it was recorded"


def _find_bad_redaction(entry: _Entry, text: bytes) -> Iterator[str]:
    # Read from history, where a forged redaction would itself lack its entry.
    redaction = Redaction.history.filter(position=entry.position).order_by("history_id").first()
    if redaction is None:
        yield "it was emptied without a redaction that says who and why"
    elif redaction.remains != salted_digest("", text):
        yield f"what the redaction left of {entry.model} history row {entry.history_id} was changed since"


def digest_of_remains(row: models.Model) -> str:
    """Return the digest of a redacted row. It needs no salt: what remains of the row is not secret."""
    return snapshot_digest("", row)


def _find_emptiness(head: LedgerHead) -> Iterator[Problem]:
    if head.position == 0:
        beside = any(model.objects.exists() for model in get_audited_models().values())
        yield Problem(
            None, "the ledger is empty" + (" beside a register that is not" if beside else ": nothing to verify")
        )


def _find_head_differences(head: LedgerHead, last_digest: str) -> Iterator[Problem]:
    last = LedgerEntry.objects.filter(position__lte=head.position).last()
    if head.position != (last.position if last else 0):
        yield Problem(head.position, "the head names a position that has no entry")
    elif head.digest != last_digest:
        yield Problem(head.position, "the head's digest is not that of the last entry")


def _find_unexpected(head: LedgerHead, expect: tuple[int, str] | None) -> Iterator[Problem]:
    if expect is None:
        return
    position, digest = expect
    entry = LedgerEntry.objects.filter(position=position).first()
    if entry is None:
        yield Problem(position, f"it was noted as a head, but the ledger ends at {head.position}")
    elif entry.digest != digest:
        yield Problem(position, "its digest is not the one that was noted: the ledger was rewritten since")


def _find_rows_without_entry() -> Iterator[Problem]:
    for name, history in get_history_models().items():
        entries = LedgerEntry.objects.filter(model=name, history_id=OuterRef("history_id"))
        for history_id in history.objects.filter(~Exists(entries)).values_list("history_id", flat=True).order_by():
            yield Problem(None, f"{name} history row {history_id} has no ledger entry")


def _find_differing_live_rows() -> Iterator[Problem]:
    """Compare each live row with its last snapshot: live tables have no triggers, so this is what shows a change."""
    for name, model in get_audited_models().items():
        for pk in _find_suspects(model):
            try:
                with (
                    unit_of_work()
                ):  # look again with every writer held off: the first look may have met a change half way
                    yield from _find_difference(name, model, pk)
            except (DatabaseError, ValueError) as error:
                yield Problem(None, f"{name} {pk} cannot be read: {error}")


def _find_suspects(model: Any) -> Iterator[int]:
    """Yield the keys of the rows that the database itself finds unlike their last snapshot, or on one side alone."""
    live, history = model._meta.db_table, model.history.model._meta.db_table
    unlike = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    columns = [field.column for field in model.history.model.tracked_fields]
    differing = " OR ".join(f"t.{column} {unlike} h.{column}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT h.id FROM (SELECT id, MAX(history_id) AS last FROM {history} GROUP BY id) l "  # noqa: S608
            f"JOIN {history} h ON h.history_id = l.last LEFT JOIN {live} t ON t.id = h.id WHERE {differing}"
        )
        yield from [key for (key,) in cursor.fetchall()]
    recorded = model.history.model.objects.filter(**{"id": OuterRef("pk")})
    yield from model._base_manager.filter(~Exists(recorded)).values_list("pk", flat=True)


def _get_differing_columns(row: Any, live: models.Model | None) -> list[str]:
    """Return the columns in which a live row is not what its last snapshot says; redacted ones cannot be compared."""
    if live is None:
        return ["the row itself"]
    emptied = set(get_free_text_columns(type(row)))
    return [
        tracked.attname
        for tracked in row.tracked_fields
        if _get_recorded(row, tracked) != getattr(live, tracked.attname)
        and not (tracked.attname in emptied and getattr(row, tracked.attname) is None)
    ]


def _get_recorded(row: Any, tracked: models.Field) -> Any:
    """Return what a snapshot says of a column; one that is younger than the snapshot stood at its default then."""
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
