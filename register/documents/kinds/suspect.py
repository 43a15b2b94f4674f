from typing import Any

from django.db.models import Q
from rest_framework import serializers

from register.documents.kinds.fields import ChoiceOrNull, NameOf, Part, ReferenceOf, TextOrNull, Url
from register.documents.kinds.kind import Kind
from register.models import AnswerGround, SuspectMark
from register.vocabulary import Classification, SuspectCause, SuspectEnd


class GroundOfAnswer(Part):
    reference = serializers.CharField(source="ground_reference", help_text="A question, or an answer.")
    words = serializers.CharField(allow_blank=True, help_text="As it was worded when it was named.")


class SuspectOfItem(Part):
    """Why something is suspect."""

    id = serializers.IntegerField()
    url = Url()
    cause = serializers.ChoiceField(SuspectCause.choices)
    meeting = NameOf("report.meeting", help_text="The meeting whose report has another edition: CCDG15.")
    paragraph = TextOrNull(help_text="Of the edition before.")
    rests_on = ReferenceOf("ground_reference", source="ground", help_text="What the answer rests on.")


class SuspectMarkDocument(SuspectOfItem):
    """A mark on what rests on something that changed since; `standing` until a person cleared it."""

    item = serializers.CharField(source="item_reference", help_text="What is suspect: DSQ-001, CCDG 15/10.")
    was = TextOrNull(help_text="The paragraph before.")
    reads = TextOrNull(help_text="The paragraph now.")
    classification = serializers.ChoiceField(Classification.choices)
    standing = serializers.BooleanField()
    ended_as = ChoiceOrNull(SuspectEnd.choices)


class SuspectMarkKind(Kind):
    """Marks on what rests on something that changed since.

    The feed has them within the question or action that they are on, whose change each of them is.
    """

    model = SuspectMark
    shown_where = Q(standing=True)
    serializer_class = SuspectMarkDocument
    reference_field = "item_reference"

    def describe(self, row: Any, *, is_new: bool) -> str:
        if is_new:
            return f"Suspect: {SuspectCause(row.cause).label}"
        return f"No longer suspect: {SuspectEnd(row.ended_as).label}" if row.ended_as else "Suspect mark changed"


class AnswerGroundKind(Kind):
    model = AnswerGround
    shown_where = Q(struck_out=False)

    def describe(self, row: Any, *, is_new: bool) -> str:
        if row.struck_out:
            return "Struck out what an answer was said to rest on"
        return "Named what an answer rests on" if is_new else "An answer rests on the same as that reads now"
