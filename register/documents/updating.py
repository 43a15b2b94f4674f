"""Keep the documents: bring them up to date at the end of each unit of work, under the head lock.

Whatever shows in a document counts as its change. A document that changed takes the position of the ledger entry that
counts for it; where there is none (a renamed topic brings every question that shows it), its item is recorded once
more, so that every change of the feed has a position of its own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.db.models import Exists, OuterRef

from register.documents.ages import recount_ages
from register.documents.comparing import Comparison, compare_items
from register.documents.embedding import Item, get_item_recorded, get_items_showing, get_items_showing_row
from register.documents.kinds import KINDS, get_documented_kinds
from register.documents.tallies import recount_tallies, update_tallies
from register.ledger.bulk import record_again
from register.ledger.unit_of_work import UnitOfWork, unit_of_work
from register.models import Audited, Document

BATCH = 500  # documents built together: memory stays flat however many a rename brings


class DocumentUpdater:
    """Observes one unit of work: notes which documents show what is recorded, and updates them before the commit."""

    def __init__(self, unit: UnitOfWork) -> None:
        self.unit = unit
        self.waiting: dict[str, set[int]] = defaultdict(set)
        self.positions: dict[Item, int] = {}

    def on_record(self, position: int, instance: Audited) -> None:
        if item := get_item_recorded(instance):
            self.positions[item] = position
        for name, key in get_items_showing_row(instance):
            self.waiting[name].add(key)

    def on_undo(self, position: int) -> None:
        self.positions = {item: last for item, last in self.positions.items() if last <= position}

    def before_commit(self) -> None:
        """Update the documents that wait, and those that refer to what changed in them."""
        done: set[Item] = set()
        while self.waiting:
            name, keys = self.waiting.popitem()
            fresh = sorted(key for key in keys if Item(name, key) not in done)
            done |= {Item(name, key) for key in fresh}
            for batch in _batches(fresh):
                self.update(name, batch)

    def update(self, name: str, keys: list[int]) -> list[Comparison]:
        """Update the documents of one kind that read differently, and return their comparisons."""
        changed = [comparison for comparison in compare_items(name, keys) if comparison.changed]
        if changed:
            _save(changed, self._take_positions(name, changed))
            if name == "question":
                update_tallies(changed)
        for comparison in changed:
            if comparison.shows_elsewhere:
                for other, key in get_items_showing(Item(name, comparison.key)):
                    self.waiting[other].add(key)
        return changed

    def _take_positions(self, name: str, changed: list[Comparison]) -> list[list[int]]:
        """Return for each changed document the positions that it takes: its own entry's first."""
        if not KINDS[name].in_feed:  # they may share one, so that a release does not record each of many anew
            if not self.unit.has_appended:
                record_again(KINDS[name].model, [changed[0].key], by=self.unit.by)
            return [[self.unit.head.position]] * len(changed)
        positions = [self._take_own_position(Item(name, comparison.key)) for comparison in changed]
        lacking = [
            comparison.key
            for comparison, own in zip(changed, positions, strict=True)
            for _ in range(comparison.positions_needed - len(own))
        ]
        more = defaultdict(list)
        recorded = record_again(KINDS[name].model, lacking, by=self.unit.by) if lacking else []
        for key, position in zip(lacking, recorded, strict=True):
            more[key].append(position)
        return [own + more[comparison.key] for comparison, own in zip(changed, positions, strict=True)]

    def _take_own_position(self, item: Item) -> list[int]:
        position = self.positions.pop(item, None)
        return [position] if position else []


def _save(changed: list[Comparison], positions: list[list[int]]) -> None:
    rows = [row for comparison, taken in zip(changed, positions, strict=True) for row in comparison.make_rows(taken)]
    Document.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["clearance", "kind", "object_id", "reference"],
        update_fields=["body", "position", "in_feed"],
    )


def _batches(keys: Iterable[int]) -> Iterator[list[int]]:
    waiting = iter(keys)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def iterate_keys(name: str) -> Iterator[list[int]]:
    """Yield the primary keys of a kind's items in order, a batch at a time."""
    rows = KINDS[name].model._base_manager.order_by("pk")
    yield from _batches(rows.values_list("pk", flat=True).iterator())


def find_stale_documents() -> Iterator[Item]:
    """Yield each item whose kept documents are not how it reads, and each that has documents and is none."""
    for name in get_documented_kinds():
        for batch in iterate_keys(name):
            yield from _find_stale(name, batch)
        of_none = Document.objects.filter(~_is_there(name), kind=name)
        for key in of_none.values_list("object_id", flat=True).distinct():
            yield Item(name, key)


def _find_stale(name: str, keys: list[int]) -> Iterator[Item]:
    for key in [comparison.key for comparison in compare_items(name, keys) if comparison.changed]:
        with unit_of_work():  # again with every writer held off: the first look may have met a change half way
            if compare_items(name, [key])[0].changed:
                yield Item(name, key)


def _is_there(name: str) -> Exists:
    # EXISTS, for of NOT IN a long list PostgreSQL looks through the whole of it for every document.
    return Exists(KINDS[name].model._base_manager.filter(pk=OuterRef("object_id")))


def rebuild_documents(before_first_change: Callable[[], None] = lambda: None) -> int:
    """Bring every document to its present shape, each that changed at a new position; return how many changed.

    What a release adds to documents reaches those that are kept by this alone. It takes the head lock for one batch at
    a time, so that readers and writers go on meanwhile; cut off and run again, it goes on where it was, for what is
    done already has not changed. Ages are brought to the present calendar first.
    """
    recounted, changed = recount_ages(), 0
    for name in get_documented_kinds():
        for batch in iterate_keys(name):
            if any(comparison.changed for comparison in compare_items(name, batch)):
                if not changed:
                    before_first_change()
                changed += _rebuild(name, batch)
    recount_tallies()
    return recounted + changed


def _rebuild(name: str, keys: list[int]) -> int:
    with unit_of_work() as unit:
        updater = DocumentUpdater(unit)
        changed = updater.update(name, keys)
    return len(changed)
