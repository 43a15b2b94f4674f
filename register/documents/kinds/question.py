from typing import Any

from rest_framework import serializers

from register.documents.kinds.agenda import OutcomeOfQuestion, SchedulingOfQuestion
from register.documents.kinds.answer import AnswerOfQuestion
from register.documents.kinds.fields import (
    ChoiceOrNull,
    LoginOf,
    MergedInto,
    MergedIntoUrl,
    Moment,
    NameOf,
    NumberOfAgreedAnswer,
    Part,
    ReferenceOf,
    TextOrNull,
    Url,
)
from register.documents.kinds.kind import Kind
from register.documents.kinds.suspect import SuspectOfItem
from register.models import Question
from register.vocabulary import ActionStatus, Classification, LinkKind, Outcome, Priority, Status


class MeetingOfQuestion(Part):
    meeting = serializers.CharField(source="meeting.name", help_text="The name that minutes use: CCDG15.")
    held_on = serializers.DateField(source="meeting.held_on", allow_null=True)
    url = Url(source="meeting")
    kind = serializers.ChoiceField(LinkKind.choices, help_text="How its report speaks of it.")
    paragraph = TextOrNull()


class ActionOfQuestion(Part):
    reference = serializers.CharField(
        source="action.full_reference", help_text="With its group, as minuted: CCDG 15/10."
    )
    url = Url(source="action")
    status = serializers.ChoiceField(ActionStatus.choices, source="action.status")
    owner = serializers.CharField(source="action.owned_by", allow_null=True)
    due_on = serializers.DateField(source="action.due_on", allow_null=True)


class QuestionDocument(serializers.Serializer):
    """Everything that the register holds about one question, as far as the reader may see it."""

    reference = serializers.CharField()
    url = Url()
    title = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    topic = NameOf("topic")
    status = serializers.ChoiceField(Status.choices)
    holder = serializers.CharField(allow_null=True, help_text="Whose move it is; null once the question has ended.")
    owner = NameOf("owner")
    assignee = LoginOf(help_text="A username, told to Triage and Approver alone; null for all others.")
    priority = ChoiceOrNull(Priority.choices)
    classification = serializers.ChoiceField(Classification.choices)
    due_on = serializers.DateField(allow_null=True)
    raised_on = serializers.DateField(allow_null=True)
    recorded_at = Moment()
    status_since = Moment()
    working_days_before = serializers.IntegerField(help_text="Working days counted before the present status.")
    clock_runs = serializers.BooleanField(help_text="Whether working days count in the present status.")
    waiting_on = NameOf("waiting_on")
    review_by = serializers.DateField(allow_null=True)
    revisit_on = serializers.DateField(allow_null=True)
    agreed_answer = NumberOfAgreedAnswer()
    decided_at = NameOf("decided_at", help_text="The meeting that agreed it, where one did: CCDG16.")
    disposition = TextOrNull()
    outcome = ChoiceOrNull(Outcome.choices)
    merged_into = MergedInto()
    merged_into_url = MergedIntoUrl()
    split_from = ReferenceOf(help_text="The reference of the question it was split from.")
    meetings = MeetingOfQuestion(source="meeting_links", many=True)
    schedulings = SchedulingOfQuestion(many=True)
    meeting_outcomes = OutcomeOfQuestion(many=True)
    actions = ActionOfQuestion(source="action_links", many=True)
    answers = AnswerOfQuestion(many=True)
    suspect_marks = SuspectOfItem(many=True, help_text="Why it is in doubt; nothing where nothing is.")


class QuestionKind(Kind):
    model = Question
    serializer_class = QuestionDocument
    in_feed = True
    lookup_field = "reference"

    def describe(self, row: Any, *, is_new: bool) -> str:
        return "Raised" if is_new else "Edited"
