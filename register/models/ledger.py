"""The ledger's own rows: written by `register.ledger`, refused to everybody else by database triggers."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from register.models.audited import Audited, Records


class LedgerHead(models.Model):
    """One row: the last position and its digest. Locking it is what puts every write in order."""

    position = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="ledger_has_one_head")]

    def __str__(self) -> str:
        return f"{self.position}:{self.digest}"


class LedgerEntry(models.Model):
    """One audited change: which history row, its salted digest, and the chained digest."""

    position = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    model = models.CharField(max_length=32)
    history_id = models.BigIntegerField()
    question_id = models.BigIntegerField(null=True)
    salt = models.CharField(max_length=32, null=True)
    snapshot_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["model", "history_id"], name="ledger_entry_once_a_row")]
        indexes = [
            # A document's version: the last position of all that it shows.
            models.Index(fields=["question_id", "position"], name="ledger_by_question"),
            # A model's last row by a position: what the register held then.
            models.Index(fields=["model", "position"], name="ledger_by_model"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.model} {self.history_id}"


class Redaction(Audited):
    """Who emptied which snapshot, and why. `remains` is the digest of what was left of it."""

    position = models.BigIntegerField(unique=True)
    reason = models.TextField()
    redacted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    remains = models.CharField(max_length=64)

    history = Records()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="redaction_has_reason",
                violation_error_message="Give a reason for the redaction.",
            )
        ]

    def __str__(self) -> str:
        return f"Redaction of position {self.position}"
