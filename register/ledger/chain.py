"""One entry for each history row: gap-free positions in commit order, each digest chained to the one before.

A snapshot's digest is SHA-256 over its salt and its canonical text. An entry's digest is SHA-256 over the previous
entry's digest, its own position and the snapshot's digest, each on a line; so the chain can be checked by somebody who
may not read the snapshots. The digest before the first entry is 64 zeros.
"""

import hashlib
import json
import secrets
from collections import defaultdict
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache
from json.encoder import encode_basestring_ascii
from operator import attrgetter, itemgetter
from types import SimpleNamespace

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from register.models import Audited, LedgerEntry
from register.models.ahead import forget, told_again
from register.models.many import insert_many
from register.models.statements import locked_head, move_head
from register.models.trips import one_trip
from register.refusals import Invalid

GENESIS = "0" * 64


_noting = ContextVar("noting", default=None)
_held = ContextVar("held", default=None)  # the locked head: read once for a transaction, and written at its end


@contextmanager
def writing(note=None, last=lambda: None, ahead=None):
    """Open a transaction that holds the head lock: the first lock of every service that writes, before any row.

    Inside another it is a part that can be undone alone. `note(position, instance)` hears of every entry that is
    appended meanwhile, `last()` is done at the end; `ahead` is what was read before the lock (`models.ahead`). Raises
    Invalid where a constraint of the database refused a row.
    """
    try:
        with transaction.atomic(), _head(note, last, ahead):
            yield
    except _Unsaved as error:
        error.say_why()
        raise


@contextmanager
def _head(note, last, ahead):
    """Hold the head for a write or a part of one; what is undone leaves it as it was."""
    outer = _held.get()
    head, since = (outer, None) if outer else locked_head(ahead and ahead.since)
    before = head.position, head.digest
    held, token = _held.set(head), _noting.set(note)
    try:
        if outer:
            yield
            last()
        else:
            with told_again(ahead if ahead and ahead.stands(since) else None):
                yield
                if head.position > before[0]:
                    _end(head, before[0], last)
    except BaseException:
        head.position, head.digest = before
        raise
    finally:
        _noting.reset(token)
        _held.reset(held)


def _end(head, before, last):
    """Do what is last of a write, and write the head, in one trip."""
    with one_trip():
        last()
        move_head(head, before)


def is_writing():
    """True where the head lock is held."""
    return _held.get() is not None


def record(instance, *, by, reason=""):
    """Save an audited instance, with its history and ledger entry credited to `by` (None: the system). Return it.

    Where a constraint of the database refuses it, the write that it is part of is undone and raises Invalid.
    """
    instance._history_user, instance._change_reason = by, reason or None
    try:
        instance.save()
    except IntegrityError as error:
        raise _Unsaved(instance) from error
    finally:
        # Left in place, they would be credited with the next save of this instance.
        del instance._history_user, instance._change_reason
    return instance


class _Unsaved(IntegrityError):
    """A constraint refused an instance. Until its write is undone, the database answers no question about it."""

    def __init__(self, instance):
        super().__init__(f"The database refuses this {instance._meta.verbose_name}.")
        self.instance = instance

    def say_why(self):
        """Raise Invalid with the sentences of whatever the database refused, where the models know them."""
        try:
            self.instance.full_clean()
        except ValidationError as said:
            raise Invalid(said.message_dict) from self


def chain_history_row(sender, instance, history_instance, **_):
    """Receive simple-history's signal and append the entry, in the transaction that wrote the row."""
    with nullcontext() if is_writing() else writing():
        append(type(history_instance), [history_instance], [instance])


def append(history, rows, instances):
    """Append entries for rows of a history model, about these instances, under the head lock; return their positions.

    A row is anything that has the history model's columns as attributes.
    """
    head, made = _held.get(), zip(rows, instances, strict=True)
    entries = [_appended(head, history, row, instance) for row, instance in made]
    insert_many(LedgerEntry, entries)
    return [entry.position for entry in entries]


def _appended(head, history, row, instance):
    """Move the locked head on by one history row of an instance, and return the unsaved entry that stands for it."""
    salt = secrets.token_hex(16)
    content = digest_of(salt, _canonical(history, row))
    head.position += 1
    head.digest = chained(head.digest, head.position, content)
    forget(type(instance))
    if note := _noting.get():
        note(head.position, instance)
    return SimpleNamespace(
        position=head.position,
        at=row.history_date,
        model=model_name(history),
        history_id=row.history_id,
        question_id=instance.about_question(),
        salt=salt,
        snapshot_digest=content,
        digest=head.digest,
    )


def chained(previous, position, content):
    return hashlib.sha256(f"{previous}\n{position}\n{content}".encode()).hexdigest()


def snapshot_digest(salt, row):
    return digest_of(salt, canonical(row))


def digest_of(salt, text):
    """Return the digest of a snapshot in canonical text."""
    return hashlib.sha256(salt.encode() + text).hexdigest()


def canonical(row):
    """Return a history row as canonical JSON: its columns by name, sorted, times in UTC, empty columns left out."""
    return _canonical(type(row), row)


def _canonical(history_model, row):
    return canonical_text(history_model, _columns_of(history_model)(row))


@cache
def _columns_of(history_model):
    return attrgetter(*(field.attname for field in history_model._meta.concrete_fields))


def canonical_text(history_model, values):
    """Return what `canonical` does, of the columns of a history row in the order of its model."""
    names, in_order = _sorted_names(history_model)
    named = zip(names, in_order((*values, model_name(history_model))), strict=True)
    return (
        "{" + ",".join([name + _SAID[type(value)](value) for name, value in named if value is not None]) + "}"
    ).encode()


@cache
def _sorted_names(history_model):
    """Return (names as JSON has them, what puts the values in their order); the last is the model's own name."""
    names = [*(field.attname for field in history_model._meta.concrete_fields), "model"]
    order = sorted(range(len(names)), key=lambda n: f'"{names[n]}":')
    return [f'"{names[n]}":' for n in order], itemgetter(*order)


_encode = json.JSONEncoder(default=repr).encode  # what no column of ours can hold reads like nothing that one holds
_SAID = defaultdict(
    lambda: _encode,
    {
        str: encode_basestring_ascii,
        int: str,
        bool: {True: "true", False: "false"}.__getitem__,
        date: lambda day: f'"{day.isoformat()}"',
        datetime: lambda moment: f'"{moment.astimezone(UTC).isoformat()}"',
    },
)


def model_name(history_model):
    """Return the name that entries bear for a history model: `question` for HistoricalQuestion."""
    return history_model.instance_type._meta.model_name


def audited_models():
    """Return every audited model, by name."""
    return {model._meta.model_name: model for model in sorted(Audited.__subclasses__(), key=lambda m: m.__name__)}


def history_models():
    """Return every history model, by the name that ledger entries bear."""
    return {name: model.history.model for name, model in audited_models().items()}


def history_rows(entries):
    """Return {(model's name, history id): row} for ledger entries; one whose row is gone is not in it."""
    wanted = defaultdict(list)
    for entry in entries:
        wanted[entry.model].append(entry.history_id)
    known = history_models()
    return {
        (name, row.history_id): row
        for name, ids in wanted.items()
        if name in known
        for row in known[name].objects.filter(history_id__in=ids)
    }


def last_positions(model, keys):
    """Return {key: position} of the last entry about each of these objects: for a question, about all that is its."""
    if model._meta.model_name == "question":
        entries = LedgerEntry.objects.filter(question_id__in=keys)
        return dict(entries.values_list("question_id").annotate(last=Max("position")))
    return last_own_positions(model, model.history.model.objects.filter(id__in=keys))


def last_own_positions(model, rows):
    """Return {key: position} of the last entry for each object among these history rows of a model."""
    history = dict(rows.order_by().values_list("id").annotate(last=Max("history_id")))
    entries = LedgerEntry.objects.filter(model=model._meta.model_name, history_id__in=history.values())
    positions = dict(entries.values_list("history_id", "position"))
    return {key: positions[last] for key, last in history.items()}
