from typing import Any

from django.db.models import Q
from rest_framework import serializers

from register.documents.kinds.agenda import AgendaItemOfMeeting, OutcomeOfMeeting
from register.documents.kinds.fields import Part, TextOrNull, Url
from register.documents.kinds.kind import Kind
from register.models import Meeting, MeetingLink
from register.vocabulary import LinkKind


class QuestionOfMeeting(Part):
    question = serializers.CharField(source="question.reference")
    url = Url(source="question")
    kind = serializers.ChoiceField(LinkKind.choices)
    paragraph = TextOrNull()


class MeetingDocument(serializers.Serializer):
    """One meeting, with its agenda, what became of each question, and what its report lists."""

    id = serializers.IntegerField()
    reference = serializers.CharField(help_text="Name and date where known: CCDG15 2021-03-16. Numbers can restart.")
    url = Url()
    name = serializers.CharField()
    group = serializers.CharField(source="group.name")
    number = serializers.IntegerField()
    held_on = serializers.DateField(allow_null=True)
    cancelled = serializers.BooleanField(source="is_cancelled")
    agenda = AgendaItemOfMeeting(many=True)
    outcomes = OutcomeOfMeeting(many=True)
    links = QuestionOfMeeting(many=True)


class MeetingKind(Kind):
    """Meetings, with their agendas and outcomes."""

    model = Meeting
    serializer_class = MeetingDocument
    in_feed = True


class MeetingLinkKind(Kind):
    model = MeetingLink
    shown_where = Q(struck_out=False)

    def describe(self, row: Any, *, is_new: bool) -> str:
        return f"Meeting link {'struck out' if row.struck_out else LinkKind(row.kind).label}"
