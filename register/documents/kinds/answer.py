from typing import Any

from rest_framework import serializers

from register.documents.kinds.change import ChangeOfAnswer
from register.documents.kinds.fields import NameOf, Part, PositionTally, Url
from register.documents.kinds.kind import Kind
from register.documents.kinds.suspect import GroundOfAnswer, SuspectOfItem
from register.models import Answer
from register.vocabulary import AnswerStatus, Classification


class AnswerOfQuestion(Part):
    id = serializers.IntegerField()
    url = Url()
    number = serializers.IntegerField()
    status = serializers.ChoiceField(AnswerStatus.choices)
    text = serializers.CharField(allow_blank=True)
    classification = serializers.ChoiceField(Classification.choices)
    amended_at = NameOf("amended_at", help_text="The meeting that amended the answer before it into this text.")
    reviews = PositionTally(help_text="How many members hold each position.")
    changes = ChangeOfAnswer(source="change_links", many=True, help_text="The changes to codes that carry it.")
    suspect_marks = SuspectOfItem(many=True, help_text="Why it is in doubt; nothing where nothing is.")


class _OfQuestion(serializers.Serializer):
    question = serializers.CharField(source="question.reference")
    question_url = Url(source="question")


class AnswerDocument(_OfQuestion, AnswerOfQuestion):
    """One proposed answer, with the tally of its reviews, and what it rests on."""

    grounds = GroundOfAnswer(many=True)


class AnswerKind(Kind):
    model = Answer
    serializer_class = AnswerDocument

    def describe(self, row: Any, *, is_new: bool) -> str:
        return f"Answer {row.number} {'proposed' if is_new else AnswerStatus(row.status).label}"
