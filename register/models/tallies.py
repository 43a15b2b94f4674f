"""How many questions there are of each sort: kept with every write, so that the front page need not count them."""

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


# `bulk_create(update_conflicts=True)` can set a count, but not add to it.
ADD = """
    INSERT INTO register_tally (by, status, key, classification, count) VALUES {places}
    ON CONFLICT (by, status, key, classification) DO UPDATE SET count = register_tally.count + excluded.count
"""


class TallyQuerySet(models.QuerySet):
    def visible_to(self, user: Reader) -> Self:
        return self.filter(classification__in=clearance(user))

    def add(self, counts: Mapping[tuple[str, str, str, str], int]) -> None:
        """Add to the counts of (by, status, key, classification), which are made where they are not there yet."""
        if not counts:
            return
        places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(counts))
        values = [value for key, count in counts.items() for value in (*key, count)]
        with connection.cursor() as cursor:
            cursor.execute(ADD.format(places=places), values)

    def totals(self, *columns: str) -> dict[Any, int]:
        """Return {a column's value, or a tuple of several: how many questions}."""
        rows = self.order_by().values_list(*columns).annotate(total=Sum("count")).filter(total__gt=0)
        return {key[0] if len(columns) == 1 else tuple(key): total for *key, total in rows}


class Tally(models.Model):
    """A count of the questions of one classification and status, by one more thing; nothing is an empty key.

    Written by `documents.tallies` under the head lock, so that no two writers add to the same count at once.
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
