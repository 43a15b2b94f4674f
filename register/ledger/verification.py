"""Verifies the ledger: every entry's digests and history row, the head, the live rows and the stored files."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any, NamedTuple

import django
from django.db.models import Exists, OuterRef, Subquery

from register.ledger.audited_models import get_audited_models, get_history_models
from register.ledger.digests import GENESIS, entry_digest, salted_digest
from register.ledger.entry_questions import find_differing_questions
from register.ledger.live_rows import find_differing_rows
from register.ledger.problems import Problem
from register.ledger.roles import find_differing_roles
from register.ledger.stored_files import find_differing_files
from register.ledger.stored_rows import StoredEntry, StoredSnapshot, load_entries, load_snapshots
from register.models import LedgerEntry, LedgerHead, Redaction

BATCH = 2_000  # entries verified together
ENTRIES_PER_PROCESS = 50_000  # for fewer, starting another process takes longer than it saves

Progress = Callable[[int, int], None]  # called with the number of entries that are verified, and of all


@dataclass
class Verdict:
    """The head that a verification read first, the positions of redacted entries, and all problems found."""

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
    """Verify the whole ledger, the live rows and files, and return a `Verdict`. Entries written meanwhile are left out.

    `expect` is the (position, digest) of a head noted earlier. `processes` share the entries, each with a connection
    of its own to the database that the settings name; None chooses their number by that of entries and processors.
    """
    head, last = _load_head_and_last_position()
    verdict = Verdict(head.position, head.digest)
    _verify_entries(verdict, last, processes, progress)
    verdict.problems += [
        *_find_empty_ledger(last),
        *_find_head_differences(head, last),
        *_find_expectation_differences(head, expect),
        *_find_rows_without_entry(),
        *find_differing_questions(),
        *find_differing_rows(),
        *find_differing_roles(),
        *find_differing_files(),
    ]
    verdict.problems.sort(key=lambda problem: (problem.position is None, problem.position or 0))
    return verdict


def _load_head_and_last_position() -> tuple[LedgerHead, int]:
    """Return the head and the position of the last entry, by one statement: no write comes in between."""
    last = LedgerEntry.objects.order_by("-position").values("position")[:1]
    head = LedgerHead.objects.annotate(last=Subquery(last)).first()
    if head is None:
        return LedgerHead(position=0, digest=GENESIS), _get_last_position()
    return head, head.last or 0


def _get_process_count(entries: int) -> int:
    """Return how many processes to share so many entries among: at most one for each processor."""
    return max(1, min(os.cpu_count() or 1, entries // ENTRIES_PER_PROCESS))


class _Part(NamedTuple):
    """The result for the entries up to `last_position`."""

    last_position: int
    redacted: list[int]
    problems: list[Problem]


def _verify_entries(verdict: Verdict, end: int, processes: int | None, progress: Progress) -> None:
    """Verify the entries up to a position, and add what is found to the verdict."""
    parts = [(after, min(after + BATCH, end)) for after in range(0, end, BATCH)]
    with _map_in_processes(processes or _get_process_count(end)) as verify_parts:
        for part in verify_parts(_verify_part, parts):
            verdict.redacted += part.redacted
            verdict.problems += part.problems
            progress(part.last_position, end)


@contextmanager
def _map_in_processes(processes: int) -> Iterator[Callable[..., Iterable[Any]]]:
    """Yield a function like `map` that runs in so many processes and keeps the order of the results."""
    if processes == 1:
        yield map
        return
    with get_context("spawn").Pool(processes, initializer=django.setup) as pool:
        yield pool.imap


def _verify_part(part: tuple[int, int]) -> _Part:
    """Verify the entries after one position up to another; the entry at the first gives the digest to start from."""
    after, last = part
    entries = load_entries(after, last)
    previous: str | None = GENESIS if after == 0 else None
    expected = after + 1
    if entries and entries[0].position == after:
        previous = entries.pop(0).digest
    result, snapshots = _Part(last, [], []), load_snapshots(entries)
    for entry in entries:
        if entry.position != expected:
            result.problems.append(Problem(expected, "the entry is missing"))
        snapshot = snapshots.get((entry.model, entry.history_id))
        result.problems.extend(Problem(entry.position, what) for what in _find_faults(entry, previous, snapshot))
        result.redacted.extend([entry.position] * (entry.salt is None and snapshot is not None))
        previous, expected = entry.digest, entry.position + 1
    if expected <= last < _get_last_position():
        result.problems.append(Problem(expected, "the entry is missing"))
    return result


def _get_last_position() -> int:
    return LedgerEntry.objects.order_by("-position").values_list("position", flat=True).first() or 0


def _find_faults(entry: StoredEntry, previous: str | None, snapshot: StoredSnapshot | None) -> Iterator[str]:
    """Yield what is wrong with an entry, given the digest of the one before and its history row's snapshot."""
    if entry.digest != entry_digest(str(previous), entry.position, entry.snapshot_digest):
        yield "the chained digest does not follow from the entry before"
    if snapshot is None:
        yield f"its {entry.model} history row {entry.history_id} is gone"
    elif snapshot.text is None:
        yield f"its {entry.model} history row {entry.history_id} cannot be read"
    else:
        yield from _find_differences(entry, snapshot.at, snapshot.text)


def _find_differences(entry: StoredEntry, at: Any, text: bytes) -> Iterator[str]:
    if entry.at != at:
        yield "its time is not that of its history row"
    if entry.salt is None:
        yield from _find_bad_redaction(entry, text)
    elif salted_digest(str(entry.salt), text) != entry.snapshot_digest:
        yield f"its {entry.model} history row {entry.history_id} was changed after it was recorded"


def _find_bad_redaction(entry: StoredEntry, text: bytes) -> Iterator[str]:
    # From the history of redactions: a row forged there would itself lack a ledger entry.
    redaction = Redaction.history.filter(position=entry.position).order_by("history_id").first()
    if redaction is None:
        yield "it was emptied without a redaction that says who and why"
    elif redaction.remains != salted_digest("", text):
        yield f"what the redaction left of {entry.model} history row {entry.history_id} was changed since"


def _find_empty_ledger(last: int) -> Iterator[Problem]:
    if last == 0:
        beside = any(model.objects.exists() for model in get_audited_models().values())
        yield Problem(
            None, "the ledger is empty" + (" beside a register that is not" if beside else ": nothing to verify")
        )


def _find_head_differences(head: LedgerHead, last: int) -> Iterator[Problem]:
    """Yield what is wrong with the head, given the position that the last entry had when the head was read."""
    digest = _get_digest(head.position) or (None if head.position else GENESIS)
    if digest is None:
        yield Problem(head.position, "the head names a position that has no entry")
    elif head.digest != digest:
        yield Problem(head.position, "the head's digest is not that of its entry")
    if last > head.position:
        yield Problem(head.position + 1, f"there are entries up to {last}, but the head is at {head.position}")


def _find_expectation_differences(head: LedgerHead, expect: tuple[int, str] | None) -> Iterator[Problem]:
    if expect is None:
        return
    position, digest = expect
    if position > head.position:
        yield Problem(position, f"it was noted as a head, but the ledger ends at {head.position}")
    elif _get_digest(position) != digest:
        yield Problem(position, "its digest is not the one that was noted: the ledger was rewritten since")


def _get_digest(position: int) -> str | None:
    """Return the digest of the entry at a position, or None where there is none."""
    return LedgerEntry.objects.filter(position=position).values_list("digest", flat=True).first()


def _find_rows_without_entry() -> Iterator[Problem]:
    for name, history in get_history_models().items():
        entries = LedgerEntry.objects.filter(model=name, history_id=OuterRef("history_id"))
        for history_id in history.objects.filter(~Exists(entries)).values_list("history_id", flat=True).order_by():
            yield Problem(None, f"{name} history row {history_id} has no ledger entry")
