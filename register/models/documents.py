"""The stored documents of the API: what it sends for each item, updated with every write in its transaction."""

from typing import Any, NamedTuple, Self

from django.db import connection, models
from django.db.models import Q

from register.models.visibility import Reader, clearance
from register.vocabulary import Classification

# Composing these anew took a third of the processor time of a page, a change feed's page and a detail
# (`make bench ARGS="--only page changes"`, 2026-11-25: a page 2.6 × the floor composed, 1.8 × written out).
PAGE = """
    SELECT object_id, body, position FROM register_document
    WHERE clearance = %s AND kind = %s AND body IS NOT NULL AND object_id {sign} %s
    ORDER BY object_id {direction} LIMIT %s OFFSET %s
"""
DOCUMENT = """
    SELECT object_id, body, position FROM register_document
    WHERE clearance = %s AND kind = %s AND body IS NOT NULL
        AND object_id = (SELECT id FROM {table} WHERE {column} = %s)
"""
CHANGES = """
    SELECT kind, reference, body, position FROM register_document
    WHERE clearance = %s AND in_feed AND position > %s ORDER BY position LIMIT %s
"""
# Looked at again after every body that was made: by querysets that was a millisecond of a page's two (2026-11-26).
HEAD = """
    SELECT position, digest FROM register_ledgerentry
    WHERE position = (SELECT MAX(position) FROM register_document WHERE clearance = %s AND {which})
"""


class KeptDocument(NamedTuple):
    """A stored document: its item's primary key, its JSON, and the ledger position at which it last changed."""

    object_id: int
    document: str
    version: int


class Change(NamedTuple):
    """An item of the feed: a document, or a tombstone where the body is None."""

    kind: str
    reference: str
    body: str | None
    position: int


def _fetch(statement: str, *values: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


class DocumentPages:
    """Documents of one kind for one clearance, ordered by the primary keys of their items.

    It has as much of a queryset's interface as `CursorPagination` uses: an order, a bound by `object_id`, and slices.
    """

    def __init__(self, kind: str, clearance: str, descending: bool = False, bound: tuple[str, int] = (">", 0)) -> None:
        self.kind, self.clearance, self.descending, self.bound = kind, clearance, descending, bound

    def order_by(self, column: str) -> "DocumentPages":
        return DocumentPages(self.kind, self.clearance, column.startswith("-"), self.bound)

    def filter(self, **bound: Any) -> "DocumentPages":
        """Return those after or before a primary key: takes `object_id__gt` or `object_id__lt`."""
        ((lookup, key),) = bound.items()
        sign = {"gt": ">", "lt": "<"}[lookup.rpartition("__")[2]]
        return DocumentPages(self.kind, self.clearance, self.descending, (sign, int(key)))

    def __getitem__(self, which: slice) -> list[KeptDocument]:
        sign, key = self.bound
        statement = PAGE.format(sign=sign, direction="DESC" if self.descending else "ASC")
        count = which.stop - which.start
        return [KeptDocument(*row) for row in _fetch(statement, self.clearance, self.kind, key, count, which.start)]


def get_document(model: type[models.Model], clearance: str | None, **key: Any) -> KeptDocument | None:
    """Return a clearance's document of the row of a model that has this value in this column, or None."""
    ((name, value),) = key.items()
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    statement = DOCUMENT.format(table=model._meta.db_table, column=field.column)  # type: ignore[union-attr]
    rows = _fetch(statement, clearance, model._meta.model_name, value)
    return KeptDocument(*rows[0]) if rows else None


def get_changes(clearance: str, since: int, limit: int) -> list[Change]:
    """Return the changes after a position that readers with a clearance may see, in order, at most so many."""
    return [Change(*row) for row in _fetch(CHANGES, clearance, since, limit)]


def get_last_change(clearance: str, kind: str | None) -> tuple[int, str] | None:
    """Return (position, digest) of the entry at which the feed, or a kind, last changed for a clearance, or None."""
    statement = HEAD.format(which="kind = %s" if kind else "in_feed")
    rows = _fetch(statement, clearance, *([kind] if kind else []))
    return rows[0] if rows else None


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user: Reader) -> Self:
        """Documents and tombstones for this reader's clearance: one for each item and reference."""
        seen = clearance(user)
        return self.filter(clearance=seen[-1]) if seen else self.none()

    def present(self) -> Self:
        """Documents, without the tombstones."""
        return self.filter(body__isnull=False)


class Document(models.Model):
    """One item as readers with one clearance see it, under one reference; with a body of NULL it is a tombstone.

    `clearance` is the strictest classification that its readers may see. `position` is that of the ledger entry at
    which it last changed for them: a change that they may not see leaves it as it is. A meeting that was renamed has
    its document and the tombstone of its former reference.
    """

    clearance = models.CharField(max_length=12, choices=Classification.choices)
    kind = models.CharField(max_length=32)
    object_id = models.BigIntegerField()
    reference = models.CharField(max_length=80)
    position = models.BigIntegerField()
    body = models.TextField(null=True)
    in_feed = models.BooleanField(default=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        # Pages of a list are read along the first, pages of the change feed along the second: who follows the feed
        # relies on it that no two changes have the same position.
        constraints = [
            models.UniqueConstraint(fields=["clearance", "kind", "object_id", "reference"], name="document_once"),
            models.UniqueConstraint(
                fields=["clearance", "position"], condition=Q(in_feed=True), name="document_once_a_position"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference} at {self.position} for {self.clearance}"
