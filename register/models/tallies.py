"""How many questions there are of each sort: kept with every write, for counting a million takes too long."""

from django.db import models
from django.db.models import Sum

from register.models.visibility import clearance
from register.words import Classification, Status


class TallyBy(models.TextChoices):
    TOPIC = "topic", "topic"
    SINCE = "since", "day number of the beginning of the status"
    WAITING_ON = "waiting_on", "organisation waited on"


class TallyQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(classification__in=clearance(user))

    def totals(self, *columns):
        """Return {a column's value, or a tuple of several: how many questions}."""
        rows = self.order_by().values_list(*columns).annotate(total=Sum("count")).filter(total__gt=0)
        return {key[0] if len(columns) == 1 else tuple(key): total for *key, total in rows}


class Tally(models.Model):
    """A count of the questions of one classification and status, by one more thing; nothing is an empty key.

    Written by `documents.tallying` under the head lock, so that no two writers add to the same count at once.
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

    def __str__(self):
        return f"{self.count} {self.classification} questions {self.status} by {self.by} {self.key}"
