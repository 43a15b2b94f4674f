"""The document of a question: built here alone, for lists and details alike, as one reader may see it."""

from collections import Counter

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from register import clock
from register.models import ActionLink, Answer, MeetingLink, Question, Review
from register.words import AnswerStatus, Classification, LinkKind, Outcome, Position, Priority, Status


def readable_questions(user):
    """Return the questions that a user may see, with all that their documents show fetched alongside."""
    reviews = Review.objects.visible_to(user).exclude(position=Position.NO_RESPONSE)
    return (
        Question.objects.visible_to(user)
        .with_version()
        .select_related("topic", "owner", "waiting_on", "assignee", "agreed_answer", "merged_into")
        .prefetch_related(
            Prefetch("answers", Answer.objects.visible_to(user).prefetch_related(Prefetch("reviews", reviews))),
            Prefetch(
                "meeting_links",
                MeetingLink.objects.visible_to(user).filter(struck_out=False).select_related("meeting__group"),
            ),
            Prefetch(
                "action_links",
                ActionLink.objects.visible_to(user).filter(struck_out=False).select_related("action"),
            ),
        )
    )


class OrNull(serializers.CharField):
    """Text that is null where the column is empty."""

    def __init__(self, **options):
        super().__init__(allow_null=True, **options)

    def to_representation(self, value):
        return super().to_representation(value) if value else None


class MeetingLinkDocument(serializers.Serializer):
    meeting = serializers.CharField(source="meeting.__str__")
    kind = serializers.ChoiceField(LinkKind.choices)
    paragraph = OrNull()


class AnswerDocument(serializers.Serializer):
    number = serializers.IntegerField()
    status = serializers.ChoiceField(AnswerStatus.choices)
    text = serializers.CharField()
    classification = serializers.ChoiceField(Classification.choices)
    reviews = serializers.SerializerMethodField(help_text="How many members hold each position.")

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_reviews(self, answer):
        return dict(sorted(Counter(review.position for review in answer.reviews.all()).items()))


class QuestionDocument(serializers.Serializer):
    """Everything that the register holds about one question, as far as the reader may see it."""

    reference = serializers.CharField()
    url = serializers.HyperlinkedIdentityField("question-detail", lookup_field="reference")
    title = serializers.CharField()
    text = serializers.CharField()
    topic = serializers.CharField(source="topic.name", default=None, allow_null=True)
    status = serializers.ChoiceField(Status.choices)
    holder = serializers.CharField(allow_null=True, help_text="Whose move it is; null once the question has ended.")
    owner = serializers.CharField(source="owner.name", default=None, allow_null=True)
    priority = OrNull(help_text=f"One of {', '.join(Priority.values)}, or null before triage.")
    classification = serializers.ChoiceField(Classification.choices)
    due_on = serializers.DateField(allow_null=True)
    raised_on = serializers.DateField(allow_null=True)
    recorded_at = serializers.DateTimeField()
    status_since = serializers.DateTimeField()
    working_days_before = serializers.IntegerField(help_text="Working days counted before the present status.")
    clock_runs = serializers.SerializerMethodField(help_text="Whether working days count in the present status.")
    waiting_on = serializers.CharField(source="waiting_on.name", default=None, allow_null=True)
    review_by = serializers.DateField(allow_null=True)
    revisit_on = serializers.DateField(allow_null=True)
    agreed_answer = serializers.SerializerMethodField(help_text="The number of the agreed answer.")
    disposition = OrNull()
    outcome = OrNull(help_text=f"One of {', '.join(Outcome.values)}, once withdrawn.")
    merged_into = serializers.SerializerMethodField(help_text="The reference of the question it was merged into.")
    meetings = MeetingLinkDocument(source="meeting_links", many=True)
    actions = serializers.SerializerMethodField(help_text="The references of the actions that serve it.")
    answers = AnswerDocument(many=True)
    version = serializers.IntegerField(help_text="The ledger position of the last change of this document.")

    def get_clock_runs(self, question) -> bool:
        return question.status in clock.RUNS_IN

    def get_agreed_answer(self, question) -> int | None:
        seen = [answer.number for answer in question.answers.all() if answer.pk == question.agreed_answer_id]
        return seen[0] if seen else None

    def get_merged_into(self, question) -> str | None:
        target = question.merged_into
        return target.reference if target and target.classification in self.context["clearance"] else None

    def get_actions(self, question) -> list[str]:
        return [link.action.reference for link in question.action_links.all()]


class StatusChangeDocument(serializers.Serializer):
    """One row of a status history."""

    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="The name as it was then.")
    organisation = serializers.CharField(help_text="The organisation as it was then.", allow_blank=True)
    locals()["from"] = serializers.ChoiceField(Status.choices, source="source", allow_null=True)
    to = serializers.ChoiceField(Status.choices, source="target")
    reason = serializers.CharField(allow_blank=True)
    position = serializers.IntegerField(help_text="Of the ledger entry.")
    redacted = serializers.BooleanField(help_text="Whether the reason was emptied by a redaction.")
