"""Keep the documents: bring them up to date at the end of each transaction, before its locks are let go.

Whatever shows in a document counts as its change. A document that changed takes the position of the ledger entry that
is about it; where there is none (a renamed topic brings every question that shows it), its item is recorded once more,
so that every change of the feed has a position of its own.
"""

from collections import defaultdict
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from django.db.models import Exists, OuterRef

from register.documents.building import BUILDERS
from register.documents.comparing import Comparison
from register.documents.shown import documents_of, shown_by
from register.documents.sources import Live
from register.documents.tallying import tally
from register.ledger import chain
from register.ledger.bulk import record_again
from register.models import Document
from register.models.ahead import forget
from register.models.many import insert_many, update_many
from register.models.statements import rows_of
from register.words import IN_FEED, DocumentKind

AT_ONCE = 500  # documents built together: memory stays flat however many a rename brings


@dataclass
class _Written:
    """What a transaction has appended so far: the documents to look at, and the last entry about each."""

    documents: dict = field(default_factory=lambda: defaultdict(set))
    own: dict = field(default_factory=dict)
    last: int = 0
    by: object = None

    def note(self, position, instance):
        about, *others = documents_of(instance) or [None]
        self.own[about] = self.last = position
        self.by = getattr(instance, "_history_user", None)
        for kind, pk in filter(None, [about, *others]):
            self.documents[kind].add(pk)

    def absorb(self, inner):
        for kind, keys in inner.documents.items():
            self.documents[kind] |= keys
        self.own |= inner.own
        self.last, self.by = max(self.last, inner.last), inner.by or self.by


_writing = ContextVar("writing", default=None)


@contextmanager
def writing(ahead=None):
    """Open a transaction under the head lock, the first lock of every service; at its end the documents follow.

    `ahead` is what was read for it before the lock, of which `read_documents` is a part.
    """
    outer, written = _writing.get(), _Written()
    follow = partial(_follow if outer is None else outer.absorb, written)
    with chain.writing(written.note, follow, ahead):
        token = _writing.set(written)
        try:
            yield
        finally:
            _writing.reset(token)


def _follow(written):
    """Rebuild the documents that a transaction touched, and those that show what changed in them."""
    waiting, done = written.documents, set()
    while waiting:
        kind, keys = waiting.popitem()
        fresh = sorted(key for key in keys if (kind, key) not in done)
        done |= {(kind, key) for key in fresh}
        for n in range(0, len(fresh), AT_ONCE):
            for other, others in _followed(kind, fresh[n : n + AT_ONCE], written):
                waiting[other] |= set(others)


def _followed(kind, keys, written):
    """Keep one batch of documents; yield (kind, ids) of those that show one of them and must be looked at too."""
    comparisons = compared(kind, keys)
    changed = [comparison for comparison in comparisons if comparison.changed]
    if changed:
        _keep(changed, _positions(kind, changed, written))
        if kind == DocumentKind.QUESTION:
            tally(changed)
    for comparison in changed:
        if comparison.looks_different:
            yield from shown_by(kind, comparison.pk)


def compared(kind, keys):
    """Return a `Comparison` for each item: what is kept of it, and what it reads like now."""
    held, builder = _read(kind, keys)
    return [Comparison(builder, key, held[key]) for key in keys]


def _read(kind, keys):
    """Return ({key: rows that are kept of it}, what builds it now)."""
    held = defaultdict(list)
    for row in rows_of(Document, kind=kind, object_id__in=keys):
        held[row.object_id].append(row)
    return held, BUILDERS[kind](keys, Live())


def read_documents(row):
    """Read what the documents of a question and its answers are made of, for a write to a row that shows in them."""
    for kind, pk in documents_of(row):
        if kind in (DocumentKind.QUESTION, DocumentKind.ANSWER):
            _read(kind, [pk])


def _positions(kind, changed, written):
    """Return for each changed document the positions that it takes: its entry's own first."""
    if kind not in IN_FEED:
        return [[written.last]] * len(changed)
    found = [[own] if (own := written.own.pop((kind, c.pk), None)) else [] for c in changed]
    lacking = [c.pk for c, own in zip(changed, found, strict=True) for _ in range(c.wants - len(own))]
    more = defaultdict(list)
    for pk, position in zip(lacking, record_again(BUILDERS[kind].model, lacking, by=written.by), strict=True):
        more[pk].append(position)
    return [own + more[c.pk] for c, own in zip(changed, found, strict=True)]


def _keep(changed, positions):
    gone, new, instead = [], [], []
    for comparison, taken in zip(changed, positions, strict=True):
        before, after = comparison.rows(taken)
        if len(before) == len(after) == 1:
            (after[0].pk,) = before
            instead += after
        else:
            gone += before
            new += after
    if gone:
        Document.objects.filter(pk__in=gone).delete()
    update_many(Document, instead)
    insert_many(Document, new)
    forget(Document)


def unlike():
    """Yield (kind, key) of each item whose kept documents are not what it reads like, and of each that is none."""
    for kind in DocumentKind:
        rows = BUILDERS[kind].model._base_manager
        waiting = rows.order_by("pk").values_list("pk", flat=True).iterator()
        while batch := list(islice(waiting, AT_ONCE)):
            for pk in [comparison.pk for comparison in compared(kind, batch) if comparison.changed]:
                with chain.writing():  # again with every writer held off: the first look may have met a change half way
                    if compared(kind, [pk])[0].changed:
                        yield kind, pk
        # EXISTS, for of NOT IN a long list PostgreSQL looks through the whole of it for every document.
        of_none = Document.objects.filter(~Exists(rows.filter(pk=OuterRef("object_id"))), kind=kind)
        for key in of_none.values_list("object_id", flat=True):
            yield kind, key


def restore_missing():
    """Make the documents of a register that has none, each at the position of the last entry about its item."""
    if Document.objects.exists():
        return
    for kind in DocumentKind:
        keys = list(BUILDERS[kind].model._base_manager.order_by("pk").values_list("pk", flat=True))
        for n in range(0, len(keys), AT_ONCE):
            batch = keys[n : n + AT_ONCE]
            last = chain.last_positions(BUILDERS[kind].model, batch)
            comparisons = [comparison for comparison in compared(kind, batch) if comparison.changed]
            _keep(comparisons, [[last[comparison.pk]] for comparison in comparisons])
