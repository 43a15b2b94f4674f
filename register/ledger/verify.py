"""Verify the register against its ledger: every digest, every row, and the chain that orders them."""

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import starmap
from multiprocessing import get_context
from typing import NamedTuple

import django
from django.db import DatabaseError, connection, models
from django.db.models import Exists, OuterRef

from register.ledger.chain import (
    GENESIS,
    audited_models,
    canonical_text,
    chained,
    digest_of,
    history_models,
    snapshot_digest,
    writing,
)
from register.ledger.triggers import free_text
from register.ledger.wording import escaped, plain, worded, words_snapshots
from register.models import LedgerEntry, LedgerHead, Redaction
from register.models.ahead import fetched

BATCH = 2_000
WORTH_A_PROCESS = 50_000  # entries: for fewer, to start one takes longer than it helps


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
    def ok(self):
        return not self.problems


def verify(*, expect=None, processes=None, progress=lambda done, total: None):
    """Verify the whole ledger and return a `Verdict`.

    `expect` is a (position, digest) noted earlier; `progress` is called with the entries done and their total. Entries
    written meanwhile are left for the next time. Several processes, as many as serve where none are told, share the
    entries, each with a connection of its own to the database that the settings name.
    """
    head = LedgerHead.objects.first() or LedgerHead(position=0, digest=GENESIS)
    verdict = Verdict(head.position, head.digest)
    last_digest = _verify_entries(verdict, processes, progress)
    verdict.problems += [
        *_empty(head),
        *_head_differs(head, last_digest),
        *_not_as_expected(head, expect),
        *_rows_without_entry(),
        *_live_rows_that_differ(),
    ]
    verdict.problems.sort(key=lambda problem: (problem.position is None, problem.position or 0))
    return verdict


def _shares(entries):
    """Return among how many processes it is best to share so many entries: one for each processor at most."""
    return max(1, min(os.cpu_count() or 1, entries // WORTH_A_PROCESS))


class _Part(NamedTuple):
    """What was found of the entries up to a position; `digest` is that of the last of them."""

    upto: int
    digest: str
    redacted: list[int]
    problems: list[Problem]


def _verify_entries(verdict, processes, progress):
    """Verify the chain up to the head that was read first; return the digest of its last entry."""
    end = min(verdict.position, _end())
    parts = [(after, min(after + BATCH, end)) for after in range(0, end, BATCH)]
    last = GENESIS
    with _shared_among(processes or _shares(end)) as verified:
        for part in verified(_verified, parts):
            verdict.redacted += part.redacted
            verdict.problems += part.problems
            last = part.digest
            progress(part.upto, verdict.position)
    return last


@contextmanager
def _shared_among(processes):
    """Yield what maps a function over parts in their order."""
    if processes == 1:
        yield map
        return
    with get_context("spawn").Pool(processes, initializer=django.setup) as pool:
        yield pool.imap


def _verified(part):
    """Return the `_Part` of the entries after a position up to another, the first held against the one before it."""
    after, upto = part
    entries = list(starmap(_Entry, fetched(_entries_statement(), after, upto)))
    previous, expected = GENESIS if after == 0 else None, after + 1
    if entries and entries[0].position == after:
        previous = entries.pop(0).digest
    found, snapshots = _Part(upto, "", [], []), _snapshots(entries, after, upto)
    for entry in entries:
        if entry.position != expected:
            found.problems.append(Problem(expected, "the entry is missing"))
        snapshot = snapshots.get((entry.model, entry.history_id))
        found.problems.extend(Problem(entry.position, what) for what in _faults(entry, previous, snapshot))
        found.redacted.extend([entry.position] * (entry.salt is None and snapshot is not None))
        previous, expected = entry.digest, entry.position + 1
    if expected <= upto < _end():
        found.problems.append(Problem(expected, "the entry is missing"))
    return found._replace(digest=previous)


def _end():
    return LedgerEntry.objects.order_by("-position").values_list("position", flat=True).first() or 0


_histories = cache(history_models)


class _Entry(NamedTuple):
    """A ledger entry; `at` as `wording.plain` has it."""

    position: int
    at: str
    model: str
    history_id: int
    salt: str | None
    snapshot_digest: str
    digest: str


ENTRIES = """
    SELECT {columns} FROM {table} e WHERE e.position >= %s AND e.position <= %s ORDER BY e.position
"""
SNAPSHOTS = """
    SELECT h.history_id, {at}, {columns} FROM {table} h
        JOIN register_ledgerentry e ON e.model = %s AND e.history_id = h.history_id
    WHERE e.position > %s AND e.position <= %s
"""
COLUMNS = "SELECT {columns} FROM {table} h WHERE h.history_id = %s"


@cache
def _entries_statement():
    columns = ", ".join(plain("e", LedgerEntry._meta.get_field(name)) for name in _Entry._fields)
    return ENTRIES.format(columns=columns, table=LedgerEntry._meta.db_table)


@cache
def _snapshots_statement(history):
    at, columns = plain("h", history._meta.get_field("history_date")), _columns(history)
    return SNAPSHOTS.format(at=at, columns=columns, table=history._meta.db_table)


def _columns(history):
    """Return the SQL of what a snapshot's canonical text is made of: the text itself where the database words it."""
    return worded("h", history) if words_snapshots() else _each_column(history)


def _each_column(history):
    return ", ".join(plain("h", field) for field in history._meta.concrete_fields)


def _snapshots(entries, after, upto):
    """Return {(model's name, history id): (its time, its canonical text)}; the text is None where it cannot be read.

    No objects are made of the rows: that would take most of the time.
    """
    found, histories = {}, _histories()
    for name in {entry.model for entry in entries} & set(histories):
        history, text = histories[name], _escaped if words_snapshots() else canonical_text
        for history_id, at, *held in _rows(_snapshots_statement(history), name, after, upto):
            found[name, history_id] = at, text(history, held) if held else None
    return found


def _rows(statement, name, after, upto):
    """Return the rows of a part; of one that cannot be read (bytes that are no text) its id alone."""
    try:
        return fetched(statement, name, after, upto)
    except DatabaseError:
        if upto - after > 1:
            half = (after + upto) // 2
            return [*_rows(statement, name, after, half), *_rows(statement, name, half, upto)]
        return [(LedgerEntry.objects.get(position=upto).history_id, None)]


def _escaped(history, held):
    return escaped(*held)


def _text_by_python(entry):
    """Return the canonical text of an entry's history row as Python has it, which is what counts."""
    history = _histories()[entry.model]
    given = {"columns": _each_column(history), "table": history._meta.db_table}
    (row,) = fetched(COLUMNS.format(**given), entry.history_id)
    return canonical_text(history, [_as_it_is(*held) for held in zip(history._meta.concrete_fields, row, strict=True)])


def _as_it_is(field, value):
    """Return a truth value as Python has it, and anything else as the database does, a truth value of 5 too."""
    return bool(value) if isinstance(field, models.BooleanField) and value in (0, 1) else value


def _faults(entry, previous, snapshot):
    if entry.digest != chained(previous, entry.position, entry.snapshot_digest):
        yield "the chained digest does not follow from the entry before"
    if snapshot is None:
        yield f"its {entry.model} history row {entry.history_id} is gone"
        return
    at, text = snapshot
    if text is None:
        yield f"its {entry.model} history row {entry.history_id} cannot be read"
        return
    if entry.at != at:
        yield "its time is not that of its history row"
    if entry.salt is None:
        yield from _badly_redacted(entry)
    elif all(digest_of(str(entry.salt), said) != entry.snapshot_digest for said in _texts(entry, text)):
        yield f"its {entry.model} history row {entry.history_id} was changed after it was recorded"


def _texts(entry, text):
    """Yield the canonical text as it was read, and where that has not the digest, as Python has it."""
    yield text
    yield _text_by_python(entry)


def _badly_redacted(entry):
    # Read from history, where a forged redaction would itself lack its entry.
    redaction = Redaction.history.filter(position=entry.position).order_by("history_id").first()
    if redaction is None:
        yield "it was emptied without a redaction that says who and why"
    elif redaction.remains != digest_of("", _text_by_python(entry)):
        yield f"what the redaction left of {entry.model} history row {entry.history_id} was changed since"


def remains_digest(row):
    """Return the digest of a redacted row. It needs no salt: what remains of the row is not secret."""
    return snapshot_digest("", row)


def _empty(head):
    if head.position == 0:
        beside = any(model.objects.exists() for model in audited_models().values())
        yield Problem(
            None, "the ledger is empty" + (" beside a register that is not" if beside else ": nothing to verify")
        )


def _head_differs(head, last_digest):
    last = LedgerEntry.objects.filter(position__lte=head.position).last()
    if head.position != (last.position if last else 0):
        yield Problem(head.position, "the head names a position that has no entry")
    elif head.digest != last_digest:
        yield Problem(head.position, "the head's digest is not that of the last entry")


def _not_as_expected(head, expect):
    if expect is None:
        return
    position, digest = expect
    entry = LedgerEntry.objects.filter(position=position).first()
    if entry is None:
        yield Problem(position, f"it was noted as a head, but the ledger ends at {head.position}")
    elif entry.digest != digest:
        yield Problem(position, "its digest is not the one that was noted: the ledger was rewritten since")


def _rows_without_entry():
    for name, history in history_models().items():
        entries = LedgerEntry.objects.filter(model=name, history_id=OuterRef("history_id"))
        for history_id in history.objects.filter(~Exists(entries)).values_list("history_id", flat=True).order_by():
            yield Problem(None, f"{name} history row {history_id} has no ledger entry")


def _live_rows_that_differ():
    """Compare each live row with its last snapshot: live tables have no triggers, so this is what shows a change."""
    for name, model in audited_models().items():
        for pk in _suspects(model):
            try:
                with writing():  # look again with every writer held off: the first look may have met a change half way
                    yield from _difference(name, model, pk)
            except (DatabaseError, ValueError) as error:
                yield Problem(None, f"{name} {pk} cannot be read: {error}")


def _suspects(model):
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


def _differing(row, live):
    """Return the columns in which a live row is not what its last snapshot says; redacted ones cannot be compared."""
    if live is None:
        return ["the row itself"]
    emptied = set(free_text(type(row)))
    return [
        tracked.attname
        for tracked in row.tracked_fields
        if _recorded(row, tracked) != getattr(live, tracked.attname)
        and not (tracked.attname in emptied and getattr(row, tracked.attname) is None)
    ]


def _recorded(row, tracked):
    """Return what a snapshot says of a column; one that is younger than the snapshot stood at its default then."""
    value = getattr(row, tracked.attname)
    return tracked.get_default() if value is None else value


def _difference(name, model, pk):
    row = model.history.filter(**{"id": pk}).order_by("-history_id").first()
    live = model._base_manager.filter(pk=pk).first()
    if row is None:
        yield Problem(None, f"{name} {pk} stands in the register without any history")
        return
    if columns := _differing(row, live):
        position = LedgerEntry.objects.filter(model=name, history_id=row.history_id).values_list("position", flat=True)
        what = "was deleted" if live is None else f"was changed behind the register's back ({', '.join(columns)})"
        yield Problem(position.first(), f"{name} {pk} {what}")
