from typing import Any

from django.db.models import Q
from rest_framework import serializers

from register.documents.kinds.fields import Part, ReferenceOf, TextOrNull, Url
from register.documents.kinds.kind import Kind
from register.models import AgendaItem, MeetingOutcome
from register.vocabulary import MeetingResult


class AgendaItemOfMeeting(Part):
    place = serializers.IntegerField(help_text="Its place in the order of the agenda; places may have gaps.")
    question = ReferenceOf()
    action = serializers.CharField(source="action.full_reference", allow_null=True)
    title = TextOrNull(help_text="Of an item that is neither a question nor an action.")
    minutes = serializers.IntegerField(allow_null=True)
    presenter = TextOrNull()
    paper = TextOrNull(help_text="An address.")


class OutcomeOfMeeting(Part):
    question = serializers.CharField(source="question.reference")
    url = Url(source="question")
    result = serializers.ChoiceField(MeetingResult.choices)
    deferred_to = serializers.CharField(source="deferred_to.name", allow_null=True)
    paragraph = TextOrNull()
    note = TextOrNull()


class SchedulingOfQuestion(Part):
    meeting = serializers.CharField(source="meeting.name", help_text="The name that minutes use: CCDG15.")
    held_on = serializers.DateField(source="meeting.held_on", allow_null=True)
    cancelled = serializers.BooleanField(source="meeting.is_cancelled")
    url = Url(source="meeting")


class OutcomeOfQuestion(Part):
    meeting = serializers.CharField(source="meeting.name")
    held_on = serializers.DateField(source="meeting.held_on", allow_null=True)
    url = Url(source="meeting")
    result = serializers.ChoiceField(MeetingResult.choices, help_text="What became of it there.")
    deferred_to = serializers.CharField(source="deferred_to.name", allow_null=True)
    paragraph = TextOrNull()
    note = TextOrNull()


class AgendaItemKind(Kind):
    model = AgendaItem
    shown_where = Q(struck_out=False)

    def describe(self, row: Any, *, is_new: bool) -> str:
        if row.struck_out:
            return "Taken off an agenda, as a mistake"
        return "Scheduled for a meeting" if is_new else "Changed on an agenda"


class MeetingOutcomeKind(Kind):
    model = MeetingOutcome
    shown_where = Q(struck_out=False)

    def describe(self, row: Any, *, is_new: bool) -> str:
        return f"At a meeting: {MeetingResult(row.result).label}{' (struck out)' if row.struck_out else ''}"
