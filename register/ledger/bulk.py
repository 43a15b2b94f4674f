"""The one bulk service: many new rows of one model, with their history and ledger entries, in a few statements.

simple-history sends no signal for a bulk insert, so here rows, history and entries are written together.
"""

from itertools import islice

from django.db import models

from register.ledger.chain import appended, lock_head
from register.models import LedgerEntry

AT_ONCE = 500  # rows to a statement: memory stays flat however many there are


def record_many(instances, *, by, reason=""):
    """Save new, checked instances of one audited model, credited to `by` (None: the system); return how many.

    `instances` may be a generator: it is read `AT_ONCE` at a time. The caller holds the head lock (`chain.writing`).
    """
    head, waiting, saved = lock_head(), iter(instances), 0
    while batch := list(islice(waiting, AT_ONCE)):
        entries = [appended(head, row, about) for row, about in _saved_with_history(batch, by, reason)]
        LedgerEntry.objects.bulk_create(entries)
        saved += len(batch)
    if saved:
        head.save()
    return saved


def _saved_with_history(batch, by, reason):
    """Insert a batch and its history; yield each history row with the id of the question that it is about."""
    model = type(batch[0])
    models.QuerySet(model).bulk_create(batch)
    for instance in batch:
        instance._history_user = by
    history = model.history.bulk_history_create(batch, default_change_reason=reason or None)
    return zip(history, (instance.about_question() for instance in batch), strict=True)
