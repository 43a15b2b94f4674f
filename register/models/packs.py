from typing import ClassVar

from django.conf import settings
from django.db import models

from register.models.audited import Audited, AuditHistory
from register.models.meetings import Meeting
from register.models.visibility import ClassifiedQuerySet
from register.vocabulary import Classification, PackFormat


class MeetingPack(Audited):
    """The paper of a meeting as it was sent round: its bytes outside history, their digest in the record.

    It says what the register held at `as_at` (aware, UTC) for readers of `classification`.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="packs")
    format = models.CharField(max_length=4, choices=PackFormat.choices)
    classification = models.CharField(max_length=12, choices=Classification.choices)
    as_at = models.DateTimeField()
    position = models.PositiveBigIntegerField(help_text="Of the ledger's head, which each of its pages names.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    content = models.BinaryField()
    is_file_redacted = models.BooleanField(default=False, editable=False)
    holds = models.TextField(editable=False, help_text="What may be read in it, as question:5 answer:7 action:2.")
    sent_to = models.CharField(max_length=200, blank=True, help_text="For whom it was made.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()

    objects: ClassVar = ClassifiedQuerySet.as_manager()
    history = AuditHistory(excluded_fields=["content"])  # its digest stands for it

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return f"Pack of {self.meeting} ({self.get_format_display()})"
