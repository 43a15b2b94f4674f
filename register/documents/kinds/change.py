from typing import Any, ClassVar

from django.db.models import Q
from rest_framework import serializers

from register.documents.kinds.fields import Part, TextOrNull, Url
from register.documents.kinds.kind import Kind
from register.models import Change, ChangeLink
from register.vocabulary import AnswerStatus, ChangeStage, Code


class ChangeOfAnswer(Part):
    """A change that carries an answer."""

    reference = serializers.CharField(source="change.full_reference", help_text="With its code: SEC MP162.")
    url = Url(source="change")
    title = serializers.CharField(source="change.title", allow_blank=True)
    stage = serializers.ChoiceField(ChangeStage.choices, source="change.stage")
    address = TextOrNull(source="change.address", help_text="Where the code's register has it.")
    checked_on = serializers.DateField(source="change.checked_on", allow_null=True)


class AnswerOfChange(Part):
    """An answer that a change carries; one that is no longer agreed was reopened since."""

    question = serializers.CharField(source="answer.question.reference")
    question_url = Url(source="answer.question")
    answer = serializers.IntegerField(source="answer.number", help_text="Its number within the question.")
    answer_url = Url(source="answer")
    status = serializers.ChoiceField(AnswerStatus.choices, source="answer.status")


class ChangeDocument(serializers.Serializer):
    """One change to a code, and the answers that it carries as far as the reader may see them."""

    id = serializers.IntegerField()
    reference = serializers.CharField(source="full_reference", help_text="With its code: SEC MP162.")
    url = Url()
    code = serializers.ChoiceField(Code.choices)
    numbered_as = serializers.CharField(source="reference", help_text="As its code writes it: MP162.")
    title = serializers.CharField(allow_blank=True)
    stage = serializers.ChoiceField(ChangeStage.choices)
    address = TextOrNull(help_text="Where the code's register has it.")
    checked_on = serializers.DateField(allow_null=True, help_text="When it was last compared with that register.")
    answers = AnswerOfChange(source="links", many=True)


class ChangeKind(Kind):
    """Changes to the codes in which agreed answers land.

    The feed has them within the questions whose answers they carry. `/api/v1/changes/` is the feed itself.
    """

    model = Change
    serializer_class = ChangeDocument
    reference_field = "full_reference"
    plural: ClassVar[str] = "code-changes"


class ChangeLinkKind(Kind):
    model = ChangeLink
    shown_where = Q(struck_out=False)

    def describe(self, row: Any, *, is_new: bool) -> str:
        return "Carried by a change" if is_new else "Struck out that a change carries it"
