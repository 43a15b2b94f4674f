"""Rows to make documents from: as they are now, or as the ledger had them at a position."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from django.db.models import Exists, Field, Model, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.query import ModelIterable

from register.documents.kinds import KINDS, Kind
from register.documents.kinds.lookups import follow
from register.ledger.audited_models import get_model_name
from register.models import LedgerEntry, LedgerHead
from register.vocabulary import strictest


class Source(Protocol):
    def get_items(self, kind: Kind) -> QuerySet:
        """Return the rows of a kind, in no order; all that its documents show is loaded with them."""

    def get_rows(self, model: Any, relations: Mapping[str, set[str]]) -> QuerySet:
        """Return the rows of a model that documents show, in no order.

        `relations` are as in `Kind.relations`: the rows that they lead to are loaded with them.
        """


def _get_shown(model: Any, rows: QuerySet) -> QuerySet:
    kind = KINDS.get(model._meta.model_name)
    return (rows.filter(kind.shown_where) if kind else rows).order_by()


def _is_forward(model: Any, path: str) -> bool:
    """True where each step of a path leads to one row at most, so that a join can fetch them all."""
    for name in path.split("__"):
        field = model._meta.get_field(name)
        if not (field.many_to_one or field.one_to_one):
            return False
        model = field.related_model
    return True


def _split_first_steps(relations: Mapping[str, set[str]]) -> Iterator[tuple[str, dict[str, set[str]]]]:
    """Yield each relation's first step with the relations from there on."""
    for first in dict.fromkeys(path.partition("__")[0] for path in relations if path):
        yield (
            first,
            {
                path.removeprefix(first).removeprefix("__"): columns
                for path, columns in relations.items()
                if path == first or path.startswith(f"{first}__")
            },
        )


class Live:
    """Rows as they are now."""

    def get_items(self, kind: Kind) -> QuerySet:
        return _get_live_items(kind)

    def get_rows(self, model: Any, relations: Mapping[str, set[str]]) -> QuerySet:
        joined = [path for path in relations if path and _is_forward(model, path) and not _is_own(model, path)]
        others = {path: columns for path, columns in relations.items() if path and not _is_forward(model, path)}
        rows = _get_shown(model, model._base_manager.all())
        rows = rows.select_related(*joined) if joined else rows
        return rows.prefetch_related(
            *(
                Prefetch(first, self.get_rows(follow(model, first), beyond))
                for first, beyond in _split_first_steps(others)
            )
        )


@cache
def _get_live_items(kind: Kind) -> QuerySet:
    """Return a queryset that others are made from by a filter: it is never evaluated itself."""
    return Live().get_rows(kind.model, kind.relations)


def _is_own(model: Any, path: str) -> bool:
    """True where a relation leads to the model itself.

    Few questions are merged or split, so theirs are fetched where they are asked for: to join a wide table with itself
    takes as long as all other joins together.
    """
    return follow(model, *path.split("__")) is model


class Past:
    """Rows as they were at a ledger position, each under the stricter of its classifications then and now."""

    def __init__(self, position: int) -> None:
        self.position = position
        self._last_ids: dict[str, int] = {}

    def get_items(self, kind: Kind) -> QuerySet:
        return self.get_rows(kind.model, kind.relations)

    def get_rows(self, model: Any, relations: Mapping[str, set[str]]) -> QuerySet:
        rows = self.get_versions(model)
        if hasattr(model, "classification"):
            now = model._base_manager.filter(pk=OuterRef("id")).values("classification")
            rows = rows.annotate(classification_now=Subquery(now))
        rows = _get_shown(model, rows)
        rows._iterable_class = _AsTheyWere
        return rows.prefetch_related(
            *(
                Prefetch(first, self.get_rows(follow(model, first), beyond))
                for first, beyond in _split_first_steps(relations)
            )
        )

    def get_versions(self, model: Any) -> QuerySet:
        """Return the history rows that were the last of their objects by the position."""
        history = self.get_history(model)
        later = history.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
        return history.filter(~Exists(later))

    def get_history(self, model: Any) -> QuerySet:
        """Return the history rows of a model that were written by the position."""
        return model.history.model.objects.filter(history_id__lte=self._get_last_id(model))

    def _get_last_id(self, model: Any) -> int:
        """Return the id of the model's last history row by the position: ids rise as positions do."""
        name = get_model_name(model.history.model)
        if name not in self._last_ids:
            entries = LedgerEntry.objects.filter(model=name, position__lte=self.position).order_by("-position")
            self._last_ids[name] = entries.values_list("history_id", flat=True).first() or 0
        return self._last_ids[name]


class _AsTheyWere(ModelIterable):
    """Turns history rows into instances of the model that they are the history of."""

    def __iter__(self) -> Iterator[Any]:
        for row in super().__iter__():
            yield _make_instance(row)


def _make_instance(row: Any) -> Model:
    instance = row.instance_type(
        **{field.attname: _get_value(field, getattr(row, field.attname)) for field in row.tracked_fields}
    )
    if hasattr(row, "classification_now"):
        instance.classification = strictest(row.classification, row.classification_now)
    return instance


def _get_value(field: Field, value: Any) -> Any:
    """Return a recorded value; what a redaction emptied is blank, and a column younger than the row at its default."""
    return field.get_default() if value is None and not field.null else value


def get_position_at(moment: datetime) -> int:
    """Return the position of the last ledger entry written by an aware moment; 0 before the first."""
    return bisect_right(_EntryTimes(), moment)


class _EntryTimes(Sequence):
    """The times of all entries as a sequence to search by halves: positions are gap-free, so no index is needed."""

    def __len__(self) -> int:
        return LedgerHead.objects.get().position

    def __getitem__(self, n: Any) -> Any:
        return LedgerEntry.objects.values_list("at", flat=True).get(position=n + 1)
