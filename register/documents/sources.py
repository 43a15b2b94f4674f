"""Rows to build documents from: as they are now, or as the ledger had them at a position."""

from bisect import bisect_right

from django.db.models import Exists, OuterRef

from register.models import LedgerEntry, LedgerHead
from register.models.statements import rows_of, rows_together
from register.words import strictest


class Live:
    """Rows as they are now."""

    def rows(self, model, **lookup):
        """Return the rows of an audited model for a look-up on its own columns, in the order of their keys."""
        return rows_of(model, **lookup)

    def together(self, *asked):
        """Return what `rows` does of each (model, look-up), in one trip to the database where the engine can."""
        return rows_together(*asked)


class Past:
    """Rows as they were at a ledger position, each under the stricter of its classifications then and now."""

    def __init__(self, position):
        self.position = position
        self._lasts = {}

    def up_to(self, model):
        """Return the history rows of a model that were written by the position."""
        return model.history.model.objects.filter(history_id__lte=self._last(model))

    def queryset(self, model):
        """Return the history rows that were the last of their objects by the position."""
        history = self.up_to(model)
        later = history.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
        return history.filter(~Exists(later))

    def rows(self, model, **lookup):
        """Return what `Live.rows` would have returned then, as history rows."""
        rows = list(self.queryset(model).filter(**lookup).order_by("id"))
        if rows and hasattr(rows[0], "classification"):
            now = dict(model._base_manager.filter(pk__in=[row.id for row in rows]).values_list("pk", "classification"))
            for row in rows:
                row.classification = strictest(row.classification, now[row.id])
        return rows

    def together(self, *asked):
        """Return what `Live.together` would have returned then, one after the other."""
        return [self.rows(model, **lookup) for model, lookup in asked]

    def _last(self, model):
        """Return the id of the model's last history row by the position: ids rise as positions do."""
        name = model._meta.model_name
        if name not in self._lasts:
            entries = LedgerEntry.objects.filter(model=name, position__lte=self.position).order_by("-position")
            self._lasts[name] = entries.values_list("history_id", flat=True).first() or 0
        return self._lasts[name]


def position_at(moment):
    """Return the position of the last ledger entry written by an aware moment; 0 before the first."""
    return bisect_right(_Times(), moment)


class _Times:
    """The times of all entries as a sequence to search by halves: positions are gap-free, so no index is needed."""

    def __len__(self):
        return LedgerHead.objects.get().position

    def __getitem__(self, n):
        return LedgerEntry.objects.values_list("at", flat=True).get(position=n + 1)
