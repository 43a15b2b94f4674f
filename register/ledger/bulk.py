"""The one bulk service: many rows of one model, with their history and ledger entries, in a few statements.

simple-history sends no signal for a bulk insert, so here rows, history and entries are written together.
"""

from itertools import islice
from operator import attrgetter
from types import SimpleNamespace

from django.db import IntegrityError, connection
from django.utils import timezone

from register.ledger.chain import append
from register.models.many import insert_many, update_many
from register.models.statements import rows_of

AT_ONCE = 500  # rows to a statement: memory stays flat however many there are


def record_many(instances, *, by, reason=""):
    """Save checked instances of one audited model, all new or none, credited to `by` (None: the system).

    Return how many. `instances` may be a generator: it is read `AT_ONCE` at a time. The caller holds the head lock
    (`chain.writing`).
    """
    saved = 0
    for batch in _batches(instances):
        changed = batch[0].pk is not None
        _save(type(batch[0]), batch, changed)
        for instance in batch:
            instance._state.adding, instance._state.db = False, connection.alias
        saved += len(_chained(batch, by=by, reason=reason, changed=changed))
    return saved


def _save(model, batch, changed):
    if changed:
        update_many(model, batch, only=_differing(model, batch))
    else:
        insert_many(model, batch)


def _differing(model, batch):
    """Return the columns in which any instance is not what its row says.

    SQLite writes every index of a column that an update sets, though to what it was: of a move, that is most of them.
    """
    held = {row.id: row for row in rows_of(model, id__in=[instance.pk for instance in batch])}
    if gone := [instance.pk for instance in batch if instance.pk not in held]:
        raise IntegrityError(f"There is no {model._meta.verbose_name} {gone[0]} to change.")
    names = [field.attname for field in model._meta.concrete_fields if not field.generated]
    return [name for name in names if any(getattr(it, name) != getattr(held[it.pk], name) for it in batch)]


def record_again(model, keys, *, by):
    """Record rows of an audited model once more, as they stand: something that their documents show has changed.

    Return the positions of the new entries, one for each key in order; a key may come twice. The caller holds the lock.
    """
    positions = []
    for batch in _batches(keys):
        rows = model._base_manager.in_bulk(batch)
        positions += _chained([rows[key] for key in batch], by=by, changed=True, anew=True)
    return positions


def _batches(things):
    waiting = iter(things)
    while batch := list(islice(waiting, AT_ONCE)):
        yield batch


def _chained(batch, *, by, reason="", changed=False, anew=False):
    """Insert the history and ledger entries of a batch; return the positions."""
    history, noted = type(batch[0]).history.model, {"recorded_anew": True} if anew else {}
    for instance in batch:
        instance._history_user = by
    credit = history(
        history_date=timezone.now(),
        history_type="~" if changed else "+",
        history_user=by,
        history_change_reason=reason or None,
        **noted,
    )
    rows = _snapshots(history, batch, credit)
    insert_many(history, rows)
    positions = append(history, rows, batch)
    for instance in batch:
        instance.__dict__.pop("_history_user", None)  # left in place, it would be credited with the next save
    return positions


def _snapshots(history, batch, credit):
    """Return the history row of each instance, unsaved: its own columns, and those that it has in common with others.

    simple-history has nothing that does not insert it at once.
    """
    tracked = [field.attname for field in history.tracked_fields]
    common = {f.attname: getattr(credit, f.attname) for f in history._meta.concrete_fields if f.attname not in tracked}
    held = attrgetter(*tracked)
    return [SimpleNamespace(**common, **dict(zip(tracked, held(instance), strict=True))) for instance in batch]
