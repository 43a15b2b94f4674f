from typing import Any

from django.db.models import Q
from rest_framework import serializers

from register.documents.kinds.fields import Part, QuestionReferences, ReferenceOf, TextOrNull, Url
from register.documents.kinds.kind import Kind
from register.documents.kinds.suspect import SuspectOfItem
from register.models import Action, ActionLink, ActionUpdate
from register.vocabulary import ActionStatus, Classification, UpdateKind


class UpdateOfAction(Part):
    kind = serializers.ChoiceField(UpdateKind.choices, help_text="What was said of it.")
    made_on = serializers.DateField(help_text="The day of the meeting, or of the record.")
    meeting = serializers.CharField(source="meeting.name", allow_null=True)
    paragraph = TextOrNull()
    note = TextOrNull()


class ActionDocument(serializers.Serializer):
    """One action, as a meeting minted it, and what was said of it since."""

    id = serializers.IntegerField()
    reference = serializers.CharField(source="full_reference", help_text="With its group: CCDG 15/10.")
    url = Url()
    minuted_as = serializers.CharField(source="reference")
    group = serializers.CharField(source="group.name")
    meeting = serializers.CharField(source="meeting.name", allow_null=True)
    paragraph = TextOrNull()
    text = serializers.CharField(allow_blank=True)
    owner = serializers.CharField(source="owned_by", allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    due_as_written = TextOrNull()
    status = serializers.ChoiceField(ActionStatus.choices)
    superseded_by = ReferenceOf("full_reference", help_text="The action that took its place.")
    transferred_to = TextOrNull(help_text="Who took it over.")
    updates = UpdateOfAction(many=True)
    classification = serializers.ChoiceField(Classification.choices)
    questions = QuestionReferences()
    suspect_marks = SuspectOfItem(many=True)


class ActionKind(Kind):
    """Actions that meetings minted."""

    model = Action
    serializer_class = ActionDocument
    in_feed = True
    reference_field = "full_reference"


class ActionUpdateKind(Kind):
    model = ActionUpdate


class ActionLinkKind(Kind):
    model = ActionLink
    shown_where = Q(struck_out=False)

    def describe(self, row: Any, *, is_new: bool) -> str:
        return f"Action link {'struck out' if row.struck_out else 'added'}"
