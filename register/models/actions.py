import re
from datetime import date
from typing import Any, ClassVar, Self

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q

from register.headline_report.report import LONGEST_PLACE
from register.models.audited import Audited, AuditHistory, computed_from
from register.models.meetings import Group, Meeting
from register.models.people import Organisation
from register.models.questions import Question
from register.models.visibility import ClassifiedQuerySet
from register.vocabulary import ActionStatus, Classification, UpdateKind


class ReferenceKeyField(models.CharField):
    """The row's reference as it sorts: 15/2 before 15/10. It is kept up to date with every save."""

    def __init__(self, **options: Any) -> None:
        for name, value in (("max_length", 80), ("editable", False), ("default", "")):
            options.setdefault(name, value)
        super().__init__(**options)

    def pre_save(self, model_instance: Any, add: bool) -> str:
        setattr(model_instance, self.attname, make_reference_key(model_instance.reference))
        return getattr(model_instance, self.attname)


def make_reference_key(reference: str) -> str:
    """Return a reference with its numbers padded, so that text sorts as people count."""
    return re.sub(r"\d+", lambda number: number[0].zfill(6), reference)


class ActionQuerySet(ClassifiedQuerySet):
    def open_of(self, organisation: Organisation | None) -> Self:
        """Open actions that an organisation owns: none, where there is none."""
        return self.filter(status=ActionStatus.OPEN, owner__isnull=False, owner=organisation)

    def overdue(self, on: date) -> Self:
        """Open actions whose due date is before a date in London."""
        return self.filter(status=ActionStatus.OPEN, due_on__lt=on)


class Action(Audited):
    """Something that a meeting asked of a body. Its reference is as minuted, such as 15/10, and unique in its group."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="actions")
    reference = models.CharField(max_length=20, help_text="As minuted: 15/10.")
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="actions", help_text="The meeting that gave it."
    )
    paragraph = models.CharField(max_length=LONGEST_PLACE, blank=True)
    text = models.TextField(validators=[MaxLengthValidator(20_000)])
    owner = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="actions")
    owner_group = models.ForeignKey(
        Group,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_actions",
        help_text="Where its members own it.",
    )
    due_on = models.DateField("due", null=True, blank=True)
    due_as_written = models.CharField(max_length=80, blank=True, help_text="Where no date is given: two weeks.")
    status = models.CharField(max_length=12, choices=ActionStatus.choices, default=ActionStatus.OPEN)
    superseded_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="supersedes"
    )
    transferred_to = models.CharField(max_length=200, blank=True, editable=False, help_text="Who took it over.")
    classification = models.CharField(max_length=12, choices=Classification.choices, default=Classification.MEMBERS)

    reference_key = ReferenceKeyField()

    objects: ClassVar = ActionQuerySet.as_manager()
    history = AuditHistory(excluded_fields=["reference_key"])

    class Meta:
        ordering = ["group", "reference_key"]
        # Overdue actions: `.overdue(on)`.
        indexes = [models.Index(fields=["status", "due_on"], name="action_by_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ActionStatus.values),
                name="action_status_known",
                violation_error_message="Choose one of the action's statuses.",
            ),
            models.CheckConstraint(
                condition=Q(classification__in=Classification.values),
                name="action_classification_known",
                violation_error_message="Choose a classification: Public, Members or Restricted.",
            ),
            models.CheckConstraint(
                condition=Q(owner=None) | Q(owner_group=None),
                name="action_one_owner",
                violation_error_message="Choose one owner: an organisation, or a group's members.",
            ),
            models.CheckConstraint(
                condition=Q(superseded_by=None) | Q(status=ActionStatus.SUPERSEDED) & ~Q(superseded_by=F("pk")),
                name="action_superseded_by_another",
                violation_error_message="Only what is superseded is superseded by an action, and by another.",
            ),
            models.CheckConstraint(
                condition=Q(transferred_to="") | Q(status=ActionStatus.TRANSFERRED),
                name="action_transferred_to",
                violation_error_message="Only what is transferred was transferred to somebody.",
            ),
            models.UniqueConstraint(
                fields=["group", "reference"],
                name="action_reference_once",
                violation_error_message="There is already an action of that reference.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group} action {self.reference}"

    @computed_from("group__name", "reference")
    def full_reference(self) -> str:
        """The name of the group and the reference: 15/10 alone can be an action of several groups."""
        return f"{self.group.name} {self.reference}"

    @computed_from("owner__name", "owner_group__name")
    def owned_by(self) -> str | None:
        """The name of the organisation that owns it, or of the group whose members do; None where nobody does."""
        return self.owner.name if self.owner else f"{self.owner_group.name} members" if self.owner_group else None


class ActionUpdate(Audited):
    """What was said of an action, where and when: it is added, and never rewritten.

    It closes the action, or opens it again, where its kind is called like a status.
    """

    action = models.ForeignKey(Action, models.PROTECT, related_name="updates")
    kind = models.CharField(max_length=12, choices=UpdateKind.choices)
    made_on = models.DateField(help_text="The day of the meeting, or of the record.")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="action_updates")
    paragraph = models.CharField(max_length=LONGEST_PLACE, blank=True, help_text="Of the meeting's report: 2.1.")
    note = models.TextField(blank=True, validators=[MaxLengthValidator(2_000)])

    objects: ClassVar = ClassifiedQuerySet.make_manager("action__classification")
    history = AuditHistory()

    class Meta:
        ordering = ["made_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=UpdateKind.values),
                name="action_update_kind_known",
                violation_error_message="Choose what is said of the action.",
            ),
            models.CheckConstraint(
                condition=~Q(note="") | Q(meeting__isnull=False) & ~Q(paragraph=""),
                name="action_update_rests_on_something",
                violation_error_message="Name the meeting and the paragraph of its report, or give a reason.",
            ),
            models.UniqueConstraint(
                fields=["action", "meeting", "paragraph", "kind"],
                condition=Q(meeting__isnull=False),
                name="action_update_once",
                violation_error_message="That is recorded of the action already.",
            ),
        ]

    def __str__(self) -> str:
        where = ", ".join(filter(None, [str(self.meeting) if self.meeting else "", self.paragraph]))
        said = f"{self.get_kind_display()}" + (f": {self.note}" if self.note else "")
        return f"{where}: {said}" if where else said


class ActionLink(Audited):
    """Links an action to the question that it is for. A mistaken link is struck out, never deleted."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="links")
    question = models.ForeignKey(Question, models.PROTECT, related_name="action_links")
    struck_out = models.BooleanField(default=False)

    objects: ClassVar = ClassifiedQuerySet.make_manager("action__classification", "question__classification")
    history = AuditHistory()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "question"],
                condition=Q(struck_out=False),
                name="action_link_once",
                violation_error_message="The action already serves that question.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} for {self.question.reference}"

    def get_question_id(self) -> int:
        return self.question_id
