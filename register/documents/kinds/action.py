from typing import Any

from django.db.models import Q
from rest_framework import serializers

from register.documents.kinds.fields import QuestionReferences, TextOrNull, Url
from register.documents.kinds.kind import Kind
from register.models import Action, ActionLink
from register.vocabulary import ActionStatus, Classification


class ActionDocument(serializers.Serializer):
    """One action, as a meeting minted it."""

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
    classification = serializers.ChoiceField(Classification.choices)
    questions = QuestionReferences()


class ActionKind(Kind):
    """Actions that meetings minted."""

    model = Action
    serializer_class = ActionDocument
    in_feed = True
    reference_field = "full_reference"


class ActionLinkKind(Kind):
    model = ActionLink
    shown_where = Q(struck_out=False)

    def describe(self, row: Any, *, is_new: bool) -> str:
        return f"Action link {'struck out' if row.struck_out else 'added'}"
