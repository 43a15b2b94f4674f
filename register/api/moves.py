"""What is sent to write: the input of a move, generated from the workflow table, and of the other services."""

from functools import cache

from rest_framework import serializers

from register.characters import ASK, is_printable
from register.models import Organisation, Topic, User
from register.vocabulary import Classification, Position, Priority
from register.workflow import TRANSITIONS


@cache
def _get_takers():
    """Return {input's name: the transitions that take it}, over the whole table."""
    takers = {}
    for transition in TRANSITIONS.values():
        for item in transition.inputs:
            takers.setdefault(item.name, []).append(transition.name)
    return takers


class Words(serializers.CharField):
    """Text, and nothing that could be taken for text."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Strict(serializers.Serializer):
    """Refuses a field that it does not know, by name."""

    def validate(self, attrs):
        if unknown := sorted(set(self.initial_data) - set(self.fields)):
            raise serializers.ValidationError({name: ["There is no such field."] for name in unknown})
        return attrs


class Move(Strict):
    """A transition and what is given with it. Names of rows are as in documents, dates as in ISO 8601."""

    transition = serializers.ChoiceField([(name, t.label) for name, t in TRANSITIONS.items()])

    def get_fields(self):
        return super().get_fields() | {
            name: Words(required=False, allow_null=True, allow_blank=True, help_text=f"For {', '.join(takers)}.")
            for name, takers in _get_takers().items()
        }


class Called(Words):
    """A row by its name, in any case."""

    def __init__(self, model, column="name", **options):
        super().__init__(required=False, allow_null=True, help_text=f"The {column} of one that is known.", **options)
        self.model, self.column = model, column

    def to_internal_value(self, data):
        called = super().to_internal_value(data)
        if not is_printable(called):  # what some databases cannot even be asked for
            raise serializers.ValidationError(ASK)
        row = self.model.objects.filter(**{f"{self.column}__iexact": called}).first()
        if row is None:
            raise serializers.ValidationError(f"There is no {self.model._meta.verbose_name} called {called}.")
        return row


class Edit(Strict):
    """What can be changed of a question; what is left out stays."""

    title = Words(required=False, max_length=200)
    text = Words(required=False, max_length=20_000)
    topic = Called(Topic)
    owner = Called(Organisation)
    assignee = Called(User, "username")
    priority = serializers.ChoiceField([*Priority.choices], required=False)
    due_on = serializers.DateField(required=False, allow_null=True)
    raised_on = serializers.DateField(required=False, allow_null=True)
    reason = Words(required=False, allow_blank=True)


class NewQuestion(Edit):
    """A question to raise. Members give title, text, topic and `raised_on`; Triage all of it."""

    title = Words(max_length=200)
    text = Words(max_length=20_000)
    classification = serializers.ChoiceField(Classification.choices, required=False)


class NewAnswer(Strict):
    """An answer to propose; without a classification it is Members, or as strict as its question."""

    text = Words(max_length=20_000)
    classification = serializers.ChoiceField(Classification.choices, required=False)
    reason = Words(required=False, allow_blank=True)


class OwnReview(Strict):
    """One's own position on an answer."""

    position = serializers.ChoiceField([(p.value, p.label) for p in Position if p != Position.NO_RESPONSE])
    comment = Words(required=False, allow_blank=True, max_length=20_000)
