"""The one bulk service: many rows of one model, with their history and ledger entries, in a few statements.

simple-history sends no signal for a bulk insert, so here rows, history and entries are written together.
"""

from itertools import islice

from django.utils import timezone

from register.ledger.chain import append
from register.models.many import insert_many, update_many

AT_ONCE = 500  # rows to a statement: memory stays flat however many there are


def record_many(instances, *, by, reason=""):
    """Save checked instances of one audited model, all new or none, credited to `by` (None: the system).

    Return how many. `instances` may be a generator: it is read `AT_ONCE` at a time. The caller holds the head lock
    (`chain.writing`).
    """
    saved = 0
    for batch in _batches(instances):
        changed = batch[0].pk is not None
        (update_many if changed else insert_many)(batch)
        saved += len(_chained(batch, by=by, reason=reason, changed=changed))
    return saved


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
    kind, noted = "~" if changed else "+", {"recorded_anew": True} if anew else {}
    for instance in batch:
        instance._history_user = by
    history = [_snapshot(instance, kind, by, reason or None, noted) for instance in batch]
    insert_many(history)
    return [entry.position for entry in append(history, batch)]


def _snapshot(instance, kind, by, reason, noted):
    """Return the history row of an instance, unsaved: simple-history has nothing that does not insert it at once."""
    model = type(instance).history.model
    held = {field.attname: getattr(instance, field.attname) for field in model.tracked_fields}
    return model(
        history_date=timezone.now(),
        history_type=kind,
        history_user=by,
        history_change_reason=reason,
        **held,
        **noted,
    )
