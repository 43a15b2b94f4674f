from typing import Any

from rest_framework import serializers

from register.documents.kinds.fields import NameOf, TextOrNull, Url
from register.documents.kinds.kind import Kind
from register.models import Review
from register.vocabulary import Classification, Position


class ReviewDocument(serializers.Serializer):
    """One member's position on one answer."""

    id = serializers.IntegerField()
    url = Url()
    question = serializers.CharField(source="answer.question.reference")
    question_url = Url(source="answer.question")
    answer = serializers.IntegerField(source="answer.number", help_text="Its number within the question.")
    answer_url = Url(source="answer")
    reviewer = serializers.CharField(source="reviewer_name", help_text="The name as it was when the review opened.")
    organisation = NameOf("organisation")
    position = serializers.ChoiceField(Position.choices)
    comment = TextOrNull()
    late = serializers.BooleanField(help_text="Whether it was taken after the date to review by.")
    classification = serializers.ChoiceField(Classification.choices)


class ReviewKind(Kind):
    """Positions of members on answers."""

    model = Review
    serializer_class = ReviewDocument
    reference_field = "id"

    def describe(self, row: Any, *, is_new: bool) -> str:
        return f"Review by {row.reviewer_name}" + (" asked for" if is_new else "")
