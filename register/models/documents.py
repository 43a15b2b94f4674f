"""What the API shows of each item, made with every write and in its transaction."""

from django.db import models
from django.db.models import Q

from register.models.visibility import clearance
from register.words import Classification, DocumentKind

# The column that says whether a row is for readers of that clearance, by the strictest that they may read.
COLUMN_FOR = {
    Classification.PUBLIC: "to_public",
    Classification.MEMBERS: "to_members",
    Classification.RESTRICTED: "to_triage",
}


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Documents and tombstones as this reader sees them: at most one an item and reference."""
        seen = clearance(user)
        return self.filter(**{COLUMN_FOR[seen[-1]]: True}) if seen else self.none()

    def standing(self):
        """Documents, without the tombstones."""
        return self.filter(body__isnull=False)


class Document(models.Model):
    """One item as it reads to those whose clearance is ticked; a body of NULL is a tombstone.

    There are only three clearances, so readers share rows: an item that is Public to its last word has one. `position`
    is that of the ledger entry at which it last changed for these readers, so what is hidden from them moves nothing.
    """

    kind = models.CharField(max_length=12, choices=DocumentKind.choices)
    object_id = models.BigIntegerField()
    reference = models.CharField(max_length=80)
    position = models.BigIntegerField()
    body = models.TextField(null=True)
    in_feed = models.BooleanField(default=False)
    to_public = models.BooleanField(default=False)
    to_members = models.BooleanField(default=False)
    to_triage = models.BooleanField(default=False)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        # Whatever is kept of an item, to whomever it is shown: what every write compares with.
        indexes = [models.Index(fields=["kind", "object_id"], name="document_of_item")]
        # One document an item, and one change a position: what a reader of the feed relies on.
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=["kind", "object_id", "reference"], condition=Q(**{column: True}), name=f"document_{column}"
                )
                for column in COLUMN_FOR.values()
            ),
            *(
                models.UniqueConstraint(
                    fields=["position"], condition=Q(in_feed=True, **{column: True}), name=f"document_feed_{column}"
                )
                for column in COLUMN_FOR.values()
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.reference} at {self.position}"
