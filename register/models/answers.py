from typing import ClassVar, Self

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q

from register.models.audited import Audited, AuditHistory, computed_from
from register.models.meetings import Meeting
from register.models.people import Organisation, User
from register.models.questions import Question
from register.models.visibility import ClassifiedQuerySet
from register.vocabulary import COMMENT_NEEDED, AnswerStatus, Classification, Position


class Answer(Audited):
    """A proposed answer to a question, numbered within it. Its text cannot change once it has gone to review."""

    question = models.ForeignKey(Question, models.PROTECT, db_index=False, related_name="answers")
    number = models.PositiveSmallIntegerField(editable=False)
    text = models.TextField(validators=[MaxLengthValidator(20_000)])
    status = models.CharField(max_length=12, choices=AnswerStatus.choices, default=AnswerStatus.DRAFT, editable=False)
    classification = models.CharField(max_length=12, choices=Classification.choices, default=Classification.MEMBERS)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="proposed_answers"
    )

    amended_at = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="amended_answers",
        help_text="The meeting that amended the answer before it into this text.",
    )

    objects: ClassVar = ClassifiedQuerySet.make_manager("classification", "question__classification")
    history = AuditHistory()

    class Meta:
        ordering = ["question", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=AnswerStatus.values),
                name="answer_status_known",
                violation_error_message="Choose one of the answer's statuses.",
            ),
            models.CheckConstraint(
                condition=Q(classification__in=Classification.values),
                name="answer_classification_known",
                violation_error_message="Choose a classification: Public, Members or Restricted.",
            ),
            models.CheckConstraint(
                condition=~Q(text=""), name="answer_says_something", violation_error_message="Give the answer a text."
            ),
            models.UniqueConstraint(
                fields=["question", "number"],
                name="answer_number_once",
                violation_error_message="There is already an answer of that number.",
            ),
            *(
                models.UniqueConstraint(
                    fields=["question"],
                    condition=Q(status=status),
                    name=f"answer_one_{status}",
                    violation_error_message=f"The question has an answer that is {AnswerStatus(status).label} already.",
                )
                for status in (AnswerStatus.DRAFT, AnswerStatus.IN_REVIEW, AnswerStatus.AGREED)
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @computed_from("question__reference", "number")
    def reference(self) -> str:
        return f"{self.question.reference} answer {self.number}"

    def get_question_id(self) -> int:
        return self.question_id


class ReviewQuerySet(ClassifiedQuerySet):
    def with_leavers(self) -> Self:
        """Annotate `has_left`: whoever is no active member any more is not waited for."""
        return self.annotate(has_left=~Exists(User.objects.reviewing().filter(pk=OuterRef("reviewer"))))


class Review(Audited):
    """One member's position on one answer, and the member's name and organisation when the review opened."""

    answer = models.ForeignKey(Answer, models.PROTECT, db_index=False, related_name="reviews")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, db_index=False, related_name="reviews")
    reviewer_name = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="reviews")
    position = models.CharField(max_length=20, choices=Position.choices, default=Position.NO_RESPONSE)
    comment = models.TextField(validators=[MaxLengthValidator(20_000)], blank=True)
    classification = models.CharField(max_length=12, choices=Classification.choices, default=Classification.MEMBERS)
    late = models.BooleanField(default=False, help_text="Taken after the date to review by.")

    objects: ClassVar = ReviewQuerySet.make_manager(
        "classification", "answer__classification", "answer__question__classification"
    )
    history = AuditHistory()

    class Meta:
        ordering = ["id"]
        indexes = [
            # The reviews in which a member's position is outstanding.
            models.Index(fields=["reviewer", "position"], name="review_awaited"),
            # Whether any position on an answer is outstanding.
            models.Index(fields=["answer", "position"], name="review_of_answer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(position__in=Position.values),
                name="review_position_known",
                violation_error_message="Choose one of the positions.",
            ),
            models.CheckConstraint(
                condition=Q(classification__in=Classification.values),
                name="review_classification_known",
                violation_error_message="Choose a classification: Public, Members or Restricted.",
            ),
            models.CheckConstraint(
                condition=~Q(position__in=COMMENT_NEEDED) | ~Q(comment=""),
                name="review_comment_where_needed",
                violation_error_message="Give a comment: it is needed to disagree, or to agree with comments.",
            ),
            models.UniqueConstraint(
                fields=["answer", "reviewer"],
                name="review_once_a_member",
                violation_error_message="This member has a position on this answer already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_name} on {self.answer}"

    def get_question_id(self) -> int:
        return self.answer.question_id
