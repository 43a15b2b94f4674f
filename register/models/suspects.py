"""What rests on what, and the mark on whatever rests on something that changed since."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from register.headline_report.report import LONGEST_PLACE
from register.models.actions import Action, ActionUpdate
from register.models.agenda import MeetingOutcome
from register.models.answers import Answer
from register.models.audited import Audited, AuditHistory, computed_from
from register.models.questions import Question
from register.models.reports import HeadlineReport
from register.models.visibility import ClassifiedQuerySet
from register.vocabulary import Classification, GroundState, SuspectCause, SuspectEnd


class AnswerGround(Audited):
    """A question or an answer on which an answer rests, as it was worded when that was said.

    One that was named by mistake is struck out, never deleted.
    """

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="grounds")
    rests_on_question = models.ForeignKey(Question, models.PROTECT, null=True, related_name="resting")
    rests_on_answer = models.ForeignKey(Answer, models.PROTECT, null=True, related_name="resting")
    words = models.TextField(help_text="Of the question or the answer, as it was.")
    state = models.CharField(max_length=12, choices=GroundState.choices, help_text="Of what it rests on, as it was.")
    read_by = models.CharField(
        max_length=12, choices=Classification.choices, help_text="The classification of what it rests on, as it was."
    )
    struck_out = models.BooleanField(default=False, editable=False)

    objects: ClassVar = ClassifiedQuerySet.make_manager(
        "answer__classification",
        "answer__question__classification",
        "rests_on_question__classification",
        "rests_on_answer__classification",
        "rests_on_answer__question__classification",
    )
    history = AuditHistory()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rests_on_question=None, rests_on_answer__isnull=False)
                | Q(rests_on_question__isnull=False, rests_on_answer=None),
                name="ground_is_one_thing",
                violation_error_message="Name one ground: a question or an answer.",
            ),
            *(
                models.UniqueConstraint(
                    fields=["answer", column],
                    condition=Q(struck_out=False),
                    name=f"{column}_once",
                    violation_error_message="The answer rests on that already.",
                )
                for column in ("rests_on_question", "rests_on_answer")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer} rests on {self.ground}"

    @property
    def ground(self) -> Question | Answer:
        """What the answer rests on."""
        found = self.rests_on_question or self.rests_on_answer
        assert found is not None  # noqa: S101 the constraint sees to it
        return found

    @computed_from("rests_on_question__reference", "rests_on_answer__number", "rests_on_answer__question__reference")
    def ground_reference(self) -> str:
        """The reference of what the answer rests on."""
        return self.ground.reference

    def get_question_id(self) -> int:
        return self.answer.question_id


class SuspectQuerySet(ClassifiedQuerySet):
    """Marks that a reader may see who may see what they are on, and what they tell of."""

    classified_by = (
        "classification",
        "question__classification",
        "action__classification",
        "answer__classification",
        "answer__question__classification",
        "report__classification",
    )

    def standing(self) -> Self:
        """Marks that nobody has cleared."""
        return self.filter(standing=True)

    def standing_on(self, question: Question) -> Self:
        """Marks that nobody has cleared, on a question or on any answer to it."""
        return self.standing().filter(Q(question=question) | Q(answer__question=question))


def get_marked_keys(marks: QuerySet, model: type[models.Model]) -> QuerySet:
    """Return the keys of the questions or of the actions that marks are on, to be looked up in; of answers' questions.

    `marks` are rows of `SuspectMark`, or of its history.
    """
    of_question = Coalesce("question_id", "answer__question_id", output_field=models.BigIntegerField())
    marked = marks.order_by().annotate(marked=of_question if model is Question else F("action_id"))
    return marked.filter(marked__isnull=False).values_list("marked", flat=True)


class SuspectMark(Audited):
    """Says of a question, an action or an answer that what it rests on changed since, until a person clears it.

    `outcome` and `update` are what rests on the paragraph, where that is not the question or the action itself. `was`
    and `reads` are the paragraph before and now; `new_words` are those of the item itself, where it can take them.
    """

    cause = models.CharField(max_length=12, choices=SuspectCause.choices)
    question = models.ForeignKey(Question, models.PROTECT, null=True, related_name="suspect_marks")
    action = models.ForeignKey(Action, models.PROTECT, null=True, related_name="suspect_marks")
    answer = models.ForeignKey(Answer, models.PROTECT, null=True, related_name="suspect_marks")
    outcome = models.ForeignKey(MeetingOutcome, models.PROTECT, null=True, related_name="suspect_marks")
    update = models.ForeignKey(ActionUpdate, models.PROTECT, null=True, related_name="suspect_marks")
    report = models.ForeignKey(HeadlineReport, models.PROTECT, null=True, related_name="suspect_marks")
    paragraph = models.CharField(max_length=LONGEST_PLACE, blank=True, help_text="As it was numbered before.")
    was = models.TextField(blank=True)
    reads = models.TextField(blank=True)
    new_words = models.TextField(blank=True)
    ground = models.ForeignKey(AnswerGround, models.PROTECT, null=True, related_name="suspect_marks")
    classification = models.CharField(max_length=12, choices=Classification.choices, default=Classification.MEMBERS)
    standing = models.BooleanField(default=True, editable=False)
    ended_as = models.CharField(max_length=12, choices=SuspectEnd.choices, blank=True, editable=False)

    objects: ClassVar = SuspectQuerySet.as_manager()
    history = AuditHistory()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(question__isnull=False, action=None, answer=None)
                | Q(question=None, action__isnull=False, answer=None)
                | Q(question=None, action=None, answer__isnull=False),
                name="suspect_is_one_thing",
                violation_error_message="Name one thing that is suspect: a question, an action or an answer.",
            ),
            models.CheckConstraint(
                condition=Q(cause__in=SuspectCause.values),
                name="suspect_cause_known",
                violation_error_message="Choose why it is suspect.",
            ),
            models.CheckConstraint(
                condition=Q(standing=True, ended_as="") | Q(standing=False, ended_as__in=SuspectEnd.values),
                name="suspect_ended_somehow",
                violation_error_message="Say how the mark came to its end.",
            ),
            models.UniqueConstraint(
                fields=["ground", "cause"],
                condition=Q(standing=True, ground__isnull=False),
                name="suspect_ground_once",
                violation_error_message="That ground is marked already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_reference}: {self.get_cause_display()}"

    @property
    def item(self) -> Question | Action | Answer:
        """What is suspect."""
        found = self.question or self.action or self.answer
        assert found is not None  # noqa: S101 the constraint sees to it
        return found

    @computed_from("question__reference", "action__reference", "action__group__name", "answer__number",
                   "answer__question__reference")  # fmt: skip
    def item_reference(self) -> str:
        """The reference of what is suspect."""
        return self.action.full_reference if self.action else str(getattr(self.item, "reference", ""))

    def get_question_id(self) -> int | None:
        return self.answer.question_id if self.answer else self.question_id
