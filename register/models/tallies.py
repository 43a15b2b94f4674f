"""Counts of questions by status and one more column, updated with every write and shown on the front page."""

from collections.abc import Mapping
from typing import Any, Self

from django.db import connection, models
from django.db.models import Sum

from register.models.visibility import Reader, clearance
from register.vocabulary import Classification, Status


class TallyBy(models.TextChoices):
    TOPIC = "topic", "topic"
    SINCE = "since", "day number of the beginning of the status"
    WAITING_ON = "waiting_on", "organisation waited on"


# Written out, for `bulk_create(update_conflicts=True)` can set a count and not add to it. The front page's figures are
# sums of these counts, so that it takes little longer the more questions there are (`make bench ARGS="--only front"`,
# 2026-11-25, SQLite: 20, 22 and 23 ms with 10,000, 100,000 and 1,000,000 questions).
ADD = """
    INSERT INTO register_tally (by, status, key, classification, count) VALUES {places}
    ON CONFLICT (by, status, key, classification) DO UPDATE SET count = register_tally.count + excluded.count
"""


class TallyQuerySet(models.QuerySet):
    def visible_to(self, user: Reader) -> Self:
        return self.filter(classification__in=clearance(user))

    def add(self, counts: Mapping[tuple[str, str, str, str], int]) -> None:
        """Add to the counts of each (by, status, key, classification); one that is not there yet starts at 0."""
        if not counts:
            return
        places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(counts))
        values = [value for key, count in counts.items() for value in (*key, count)]
        with connection.cursor() as cursor:
            cursor.execute(ADD.format(places=places), values)

    def get_totals(self, *columns: str) -> dict[Any, int]:
        """Return {the value of a column, or a tuple of those of several: how many questions}."""
        rows = self.order_by().values_list(*columns).annotate(total=Sum("count")).filter(total__gt=0)
        return {key[0] if len(columns) == 1 else tuple(key): total for *key, total in rows}


class Tally(models.Model):
    """How many questions there are of one classification and status, by one more column (`TallyBy`).

    `key` is the value of that column, empty where a question has none. `documents.tallies` writes the counts under the
    lock of the ledger's head, so that no two writers change the same count at once.
    """

    by = models.CharField(max_length=12, choices=TallyBy.choices)
    classification = models.CharField(max_length=12, choices=Classification.choices)
    status = models.CharField(max_length=16, choices=Status.choices)
    key = models.CharField(max_length=80, blank=True)
    count = models.IntegerField(default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "status", "key", "classification"], name="tally_once"),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.classification} questions {self.status} by {self.by} {self.key}"
