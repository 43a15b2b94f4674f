from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from register.headline_report.report import LONGEST_PLACE
from register.models.actions import Action
from register.models.audited import Audited, AuditedQuerySet, AuditHistory
from register.models.meetings import Meeting
from register.models.questions import Question
from register.models.visibility import ClassifiedQuerySet, Reader, clearance
from register.vocabulary import Classification, DismissedAs, OriginKind, Purpose


class HeadlineReport(Audited):
    """The file of an imported Headline Report, stored once however often it is imported."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="reports")
    file_name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the file.")
    content = models.BinaryField()
    is_file_redacted = models.BooleanField(
        default=False, editable=False, help_text="The file's bytes were emptied; its digest stays."
    )
    classification = models.CharField(max_length=12, choices=Classification.choices)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    imported_at = models.DateTimeField()

    objects: ClassVar = ClassifiedQuerySet.as_manager()
    history = AuditHistory(excluded_fields=["content"])  # its digest stands for it

    class Meta:
        ordering = ["-imported_at"]

    def __str__(self) -> str:
        return f"{self.meeting} Headline Report"


class OriginQuerySet(AuditedQuerySet):
    def visible_to(self, user: Reader) -> Self:
        seen = clearance(user)
        item = Q(question__classification__in=seen) | Q(action__classification__in=seen)
        return self.filter(item, report__classification__in=seen)


class Origin(Audited):
    """The place in a report where a question or an action was asked, minted or mentioned, and the words there."""

    report = models.ForeignKey(HeadlineReport, models.PROTECT, related_name="origins")
    kind = models.CharField(max_length=12, choices=OriginKind.choices)
    paragraph = models.CharField(max_length=LONGEST_PLACE)
    bullet = models.PositiveIntegerField(null=True)
    published = models.TextField()
    answer = models.TextField(blank=True, help_text="What the report has beside a question, offered as a draft.")
    paragraph_digest = models.CharField(max_length=64, help_text="SHA-256 of the whole paragraph as it was.")
    question = models.ForeignKey(Question, models.PROTECT, null=True, related_name="origins")
    action = models.ForeignKey(Action, models.PROTECT, null=True, related_name="origins")

    objects: ClassVar = OriginQuerySet.as_manager()
    history = AuditHistory()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=OriginKind.values),
                name="origin_kind_known",
                violation_error_message="Choose what the paragraph did.",
            ),
            models.CheckConstraint(
                condition=Q(question__isnull=True, action__isnull=False)
                | Q(question__isnull=False, action__isnull=True),
                name="origin_of_one_item",
                violation_error_message="Name one item: a question or an action.",
            ),
        ]

    def __str__(self) -> str:
        bullet = f", bullet {self.bullet}" if self.bullet else ""
        return f"{self.get_kind_display()} in {self.report}, {self.paragraph}{bullet}"

    def get_question_id(self) -> int | None:
        return self.question_id


class DismissedItem(Audited):
    """What a report proposed and a triager left out for good: no edition proposes it again until it is taken back."""

    report = models.ForeignKey(HeadlineReport, models.PROTECT, related_name="dismissed_items")
    dismissed_as = models.CharField(max_length=16, choices=DismissedAs.choices)
    item = models.CharField(max_length=200, help_text="What it was proposed as: action 17/01; question.")
    paragraph = models.CharField(max_length=LONGEST_PLACE, blank=True)
    published = models.TextField(blank=True)
    is_taken_back = models.BooleanField(default=False)

    objects: ClassVar = ClassifiedQuerySet.make_manager("report__classification")
    history = AuditHistory()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(dismissed_as__in=DismissedAs.values),
                name="dismissed_item_reason_known",
                violation_error_message="Say why it is left out: skipped, or not a question.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} of {self.report}, {self.get_dismissed_as_display()}"


class PendingUpload(models.Model):
    """An uploaded file until a triager has decided about it. It is no part of the register, and so not audited.

    `choices` are the fields of its preview as they were left: {name: [values]}.
    """

    purpose = models.CharField(max_length=12, choices=Purpose.choices, default=Purpose.REPORT)
    file_name = models.CharField(max_length=255)
    content = models.BinaryField()
    choices = models.JSONField(default=dict, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.file_name
