"""The unit of work: the one way to write.

A write opens one. It locks the ledger's head (the first lock of every write, so that two that touch several rows cannot
deadlock), records rows, appends an entry for each history row, lets its observers bring up to date what follows from
them, moves the head, and after the commit tells its listeners.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from functools import partial
from typing import Any, NoReturn, Protocol, TypeVar

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, ProgrammingError, transaction
from django.db.models import Model

from register.ledger.audited_models import get_model_name
from register.ledger.commits import Commit
from register.ledger.digests import entry_digest, snapshot_digest
from register.models import Audited, LedgerEntry, LedgerHead, System, User
from register.refusals import Invalid

Actor = User | System | None
Row = TypeVar("Row", bound=Audited)


class Observer(Protocol):
    """Follows one unit of work inside its transaction, under the head lock."""

    def on_record(self, position: int, instance: Audited) -> None:
        """Hear of an entry that was appended."""

    def on_undo(self, position: int) -> None:
        """Hear that every entry after a position was undone."""

    def before_commit(self) -> None:
        """Write what follows from the entries; it may record more."""


Listener = Callable[[int, int], None]

_observers: list[Callable[["UnitOfWork"], Observer]] = []
_listeners: list[Listener] = []
_current: ContextVar["UnitOfWork | None"] = ContextVar("unit_of_work", default=None)


def register_observer(make: Callable[["UnitOfWork"], Observer]) -> None:
    """Let every unit of work from now on be followed by what `make` returns for it."""
    if make not in _observers:
        _observers.append(make)


def register_listener(listener: Listener) -> None:
    """Call `listener(first, last)` after each commit with the positions of the entries that it wrote."""
    _listeners.append(listener)


def unregister_listener(listener: Listener) -> None:
    _listeners.remove(listener)


class UnitOfWork:
    """One write under the head lock. `by` is whoever made its last entry."""

    def __init__(self, head: LedgerHead) -> None:
        self.head, self.start, self.by = head, head.position, None
        self.observers = [make(self) for make in _observers]
        self.commit = Commit()

    @property
    def has_appended(self) -> bool:
        return self.head.position > self.start

    def append(self, history_rows: Sequence[Any], instances: Sequence[Audited]) -> list[int]:
        """Append an entry for each history row of one model, about these instances in order; return the positions."""
        entries = [self._make_entry(*pair) for pair in zip(history_rows, instances, strict=True)]
        LedgerEntry.objects.bulk_create(entries)
        for entry, instance in zip(entries, instances, strict=True):
            self.by = getattr(instance, "_history_user", None)
            for observer in self.observers:
                observer.on_record(entry.position, instance)
        return [entry.position for entry in entries]

    def _make_entry(self, row: Any, instance: Audited) -> LedgerEntry:
        """Move the head on by one history row, and return the unsaved entry that stands for it."""
        salt, head = secrets.token_hex(16), self.head
        content = snapshot_digest(salt, row)
        head.position += 1
        head.digest = entry_digest(head.digest, head.position, content)
        return LedgerEntry(
            position=head.position,
            at=row.history_date,
            model=get_model_name(type(row)),
            history_id=row.history_id,
            question_id=instance.get_question_id(),
            salt=salt,
            snapshot_digest=content,
            digest=head.digest,
        )

    @contextmanager
    def part(self) -> Iterator["UnitOfWork"]:
        """Run a part that can be undone alone: the head is then where it was before."""
        position, digest = self.head.position, self.head.digest
        try:
            yield self
        except BaseException:
            self.head.position, self.head.digest = position, digest
            for observer in self.observers:
                observer.on_undo(position)
            raise

    def finish(self) -> None:
        """Let the observers follow, move the head, and have the listeners told after the commit."""
        if not self.has_appended:
            return
        for observer in self.observers:
            observer.before_commit()
        self._move_head()
        self.commit.send()
        transaction.on_commit(partial(_tell_listeners, self.start + 1, self.head.position))

    def _move_head(self) -> None:
        try:
            self.head.save(update_fields=["position", "digest"])
        except (
            IntegrityError,
            ProgrammingError,
        ) as error:  # by the trigger: a savepoint was rolled back without this unit's knowledge
            raise IntegrityError(
                f"Undo this write: its ledger entries do not lead from {self.start} to {self.head.position}."
            ) from error


def _tell_listeners(first: int, last: int) -> None:
    for listener in list(_listeners):
        listener(first, last)


@contextmanager
def unit_of_work() -> Iterator[UnitOfWork]:
    """Open a transaction that holds the head lock, or inside another unit of work a part that can be undone alone.

    Raises Invalid where a constraint of the database refused a row, with the model's sentences.
    """
    unit = _current.get()
    try:
        with transaction.atomic(), unit.part() if unit else _begin() as unit:
            yield unit
    except _NotSaved as error:
        error.raise_reasons()
    except DatabaseError as error:
        if unit:
            unit.commit.take_back(error)
        raise


@contextmanager
def _begin() -> Iterator[UnitOfWork]:
    unit = UnitOfWork(LedgerHead.objects.select_for_update().get())
    token = _current.set(unit)
    try:
        yield unit
        unit.finish()
    finally:
        _current.reset(token)


@contextmanager
def _join_or_begin() -> Iterator[UnitOfWork]:
    unit = _current.get()
    with nullcontext(unit) if unit else unit_of_work() as unit:
        yield unit


def record(instance: Row, *, by: Actor, reason: str = "") -> Row:
    """Save an audited instance, with its history row and ledger entry credited to `by` (None: the system). Return it.

    Where a constraint of the database refuses it, the unit of work that it is part of is undone and raises Invalid.
    """
    instance._history_user, instance._change_reason = by, reason or None
    try:
        with _join_or_begin():
            instance.save()
    except IntegrityError as error:
        raise _NotSaved(instance) from error
    finally:
        # Left in place, they would be credited with the next save of this instance.
        del instance._history_user, instance._change_reason
    return instance


class _NotSaved(IntegrityError):
    """A constraint refused an instance. Until its write is undone, the database answers no question about it."""

    def __init__(self, instance: Audited) -> None:
        super().__init__(f"The database refuses this {instance._meta.verbose_name}.")
        self.instance = instance

    def raise_reasons(self) -> NoReturn:
        """Raise Invalid with the models' sentences on what the database refused, or else this error itself."""
        try:
            self.instance.full_clean()
        except ValidationError as error:
            raise Invalid(error.message_dict) from self
        raise self


def append_history_row(sender: Any, instance: Audited, history_instance: Model, **_: Any) -> None:
    """Receive simple-history's signal and append the entry, in the transaction that wrote the row.

    A row that is saved without a unit of work gets one here, so no way to save leaves the ledger or documents behind.
    """
    with _join_or_begin() as unit:
        unit.append([history_instance], [instance])
