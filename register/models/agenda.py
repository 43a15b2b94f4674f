from typing import ClassVar, Self

from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from register.headline_report.report import LONGEST_PLACE
from register.models.actions import Action
from register.models.audited import Audited, AuditHistory
from register.models.meetings import Meeting
from register.models.questions import Question
from register.models.visibility import ClassifiedQuerySet
from register.vocabulary import MeetingResult

LONGEST_ITEM = 600  # minutes


class AgendaQuerySet(ClassifiedQuerySet):
    classified_by = ("question__classification", "action__classification")

    def standing(self) -> Self:
        """Items that were not struck out as mistaken."""
        return self.filter(struck_out=False)

    def scheduling(self) -> Self:
        """Items that put a question on the agenda."""
        return self.standing().filter(question__isnull=False)

    def unsettled(self) -> Self:
        """Questions on the agenda of which no outcome says what became of them there."""
        outcomes = MeetingOutcome.objects.filter(item=OuterRef("pk"), struck_out=False)
        return self.scheduling().filter(~Exists(outcomes))


class AgendaItem(Audited):
    """One item of a meeting's agenda: a question, which it schedules, an action, or what its title says.

    What became of a question is an outcome. An item that was put there by mistake is struck out, never deleted.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="agenda")
    place = models.PositiveIntegerField(editable=False, help_text="In the order of the agenda.")
    question = models.ForeignKey(Question, models.PROTECT, null=True, blank=True, related_name="schedulings")
    action = models.ForeignKey(Action, models.PROTECT, null=True, blank=True, related_name="agenda_items")
    title = models.CharField(max_length=200, blank=True, help_text="Of what is neither a question nor an action.")
    minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_ITEM)]
    )
    presenter = models.CharField(max_length=80, blank=True)
    paper = models.URLField(max_length=500, blank=True, help_text="Where the paper for it is.")
    struck_out = models.BooleanField(default=False, editable=False)

    objects: ClassVar = AgendaQuerySet.as_manager()
    history = AuditHistory()

    class Meta:
        ordering = ["place", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(question=None, action=None, title__gt="")
                | Q(question__isnull=False, action=None, title="")
                | Q(question=None, action__isnull=False, title=""),
                name="agenda_item_is_one_thing",
                violation_error_message="Name one thing: a question, an action, or a title.",
            ),
            models.UniqueConstraint(
                fields=["meeting", "question"],
                condition=Q(struck_out=False),
                name="agenda_question_once",
                violation_error_message="The question is on the agenda of that meeting already.",
            ),
            models.UniqueConstraint(
                fields=["meeting", "action"],
                condition=Q(struck_out=False),
                name="agenda_action_once",
                violation_error_message="The action is on the agenda of that meeting already.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.question or self.action or self.title)

    def get_question_id(self) -> int | None:
        return self.question_id


class MeetingOutcome(Audited):
    """What became of a question at a meeting, and of which scheduling (`item`). It is added, and never rewritten.

    Without an item it is of a question that was not scheduled. A mistaken one is struck out.
    """

    question = models.ForeignKey(Question, models.PROTECT, related_name="meeting_outcomes")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="outcomes")
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, blank=True, related_name="outcomes")
    result = models.CharField(max_length=20, choices=MeetingResult.choices)
    deferred_to = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="deferred_here")
    paragraph = models.CharField(max_length=LONGEST_PLACE, blank=True, help_text="Of the meeting's report: 6.1.")
    note = models.TextField(blank=True, validators=[MaxLengthValidator(2_000)])
    struck_out = models.BooleanField(default=False, editable=False)

    objects: ClassVar = ClassifiedQuerySet.make_manager("question__classification")
    history = AuditHistory()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(result__in=MeetingResult.values),
                name="meeting_outcome_known",
                violation_error_message="Choose what became of the question at the meeting.",
            ),
            models.CheckConstraint(
                condition=Q(deferred_to=None) | Q(result=MeetingResult.DEFERRED),
                name="meeting_outcome_deferred_to",
                violation_error_message="Only what was deferred was deferred to another meeting.",
            ),
            models.UniqueConstraint(
                fields=["question", "meeting", "result", "paragraph"],
                condition=Q(struck_out=False),
                name="meeting_outcome_once",
                violation_error_message="That outcome of the question at that meeting is recorded already.",
            ),
        ]

    def __str__(self) -> str:
        to = f" to {self.deferred_to}" if self.deferred_to else ""
        return f"{self.get_result_display()}{to} at {self.meeting}" + (f", {self.paragraph}" if self.paragraph else "")

    def get_question_id(self) -> int:
        return self.question_id
