from datetime import date
from typing import ClassVar, Self

from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from register.models.audited import Audited, AuditHistory, computed_from
from register.models.meetings import Group, Meeting
from register.models.people import Organisation
from register.models.questions import Question
from register.models.visibility import ClassifiedQuerySet
from register.vocabulary import ActionStatus, Classification


class ActionQuerySet(ClassifiedQuerySet):
    def overdue(self, on: date) -> Self:
        """Open actions whose due date is before a date in London."""
        return self.filter(status=ActionStatus.OPEN, due_on__lt=on)


class Action(Audited):
    """Something that a meeting asked of a body. Its reference is as minuted, such as 15/10, and unique in its group."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="actions")
    reference = models.CharField(max_length=12, help_text="As minuted: 15/10.")
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="actions", help_text="The meeting that gave it."
    )
    paragraph = models.CharField(max_length=20, blank=True)
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
    classification = models.CharField(max_length=12, choices=Classification.choices, default=Classification.MEMBERS)

    objects: ClassVar = ActionQuerySet.as_manager()
    history = AuditHistory()

    class Meta:
        ordering = ["group", "reference"]
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
