"""The ledger's tables. `register.ledger` alone writes them; database triggers refuse updates and deletions."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from register.models.audited import Audited, AuditHistory


class LedgerHead(models.Model):
    """The one row with the last position and its digest. Every write locks it first, so writes come one by one."""

    position = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="ledger_has_one_head")]

    def __str__(self) -> str:
        return f"{self.position}:{self.digest}"


class LedgerEntry(models.Model):
    """One audited change: which history row, the salted digest of that, and the digest that chains the entries.

    `salt` is NULL once the history row was redacted. `question_id` is the question whose document the row is part of.
    """

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
            # The entries of a question; the last position is the version of its document.
            models.Index(fields=["question_id", "position"], name="ledger_by_question"),
            # The last history row of a model up to a position, for reading the register as it was then.
            models.Index(fields=["model", "position"], name="ledger_by_model"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.model} {self.history_id}"


class Redaction(Audited):
    """Who emptied the snapshot at which position, and why. `remains` is the digest of what was left of it."""

    position = models.BigIntegerField(unique=True)
    reason = models.TextField()
    redacted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    remains = models.CharField(max_length=64)

    history = AuditHistory()

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
