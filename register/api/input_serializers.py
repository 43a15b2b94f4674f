"""What is sent to write: the input of a move, generated from the workflow table, and of the other services."""

from functools import cache

from django.core.validators import MaxLengthValidator
from django.db.models import DateField
from rest_framework import serializers
from rest_framework.fields import empty

from register.characters import ASK, is_printable
from register.models import Question, User
from register.services.inputs import parse_inputs
from register.services.questions import EDITABLE
from register.vocabulary import Classification, Position
from register.workflow import LONGEST_REMARK, TRANSITIONS


@cache
def _get_takers():
    """Return {input's name: the transitions that take it}, over the whole table."""
    takers = {}
    for transition in TRANSITIONS.values():
        for item in transition.inputs:
            takers.setdefault(item.name, []).append(transition.name)
    return takers


class StrictCharField(serializers.CharField):
    """Text, and nothing that could be taken for text."""

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        if not is_printable(data):  # what some databases cannot even be asked for
            raise serializers.ValidationError(ASK)
        return super().to_internal_value(data)


class Reason(StrictCharField):
    """Why something is written; it may be left out."""

    def __init__(self):
        super().__init__(required=False, allow_blank=True, max_length=LONGEST_REMARK)


class StrictSerializer(serializers.Serializer):
    """Refuses a field that it does not know, by name."""

    def validate(self, attrs):
        if unknown := sorted(set(self.initial_data) - set(self.fields)):
            raise serializers.ValidationError({name: ["There is no such field."] for name in unknown})
        return attrs


class Move(StrictSerializer):
    """A transition and what is given with it. Names of rows are as in documents, dates as in ISO 8601."""

    transition = serializers.ChoiceField([(name, t.label) for name, t in TRANSITIONS.items()])

    def get_fields(self):
        return super().get_fields() | {
            name: StrictCharField(
                required=False, allow_null=True, allow_blank=True, help_text=f"For {', '.join(takers)}."
            )
            for name, takers in _get_takers().items()
        }

    def validate(self, attrs):
        """Return the transition's name and its inputs, parsed.

        Whatever was sent and cannot be taken is refused here by its name, for that does not depend on the question. An
        input that was not sent is left to the workflow to ask for.
        """
        given = super().validate(attrs)
        transition = TRANSITIONS[given.pop("transition")]
        values, wrong = parse_inputs(transition, given, self.context["by"])
        blank = {item.name: item.ask for item in transition.inputs if item.required and item.name in given}
        if refused := {name: [ask] for name, ask in {**blank, **wrong}.items() if name not in values}:
            raise serializers.ValidationError(refused)
        return {"transition": transition.name, **values}


class NamedRow(StrictCharField):
    """A row by its name, in any case; a login by its username."""

    def __init__(self, model, **options):
        column = "username" if model is User else "name"
        super().__init__(required=False, allow_null=True, help_text=f"The {column} of one that is known.", **options)
        self.model = model

    def run_validation(self, data=empty):
        return super().run_validation(None if data == "" else data)

    def to_internal_value(self, data):
        called = super().to_internal_value(data)
        row = self.model.objects.get_called(called)
        if row is None:
            raise serializers.ValidationError(f"There is no {self.model._meta.verbose_name} called {called}.")
        return row


class ClearableChoice(serializers.ChoiceField):
    """One of the choices; null, as documents show none, or "" clears it."""

    def __init__(self, choices):
        super().__init__(choices, required=False, allow_null=True, allow_blank=True)

    def run_validation(self, data=empty):
        return super().run_validation(data) or ""


def make_input_field(name):
    """Return the serializer field by which a client gives a column of the question (`EDITABLE`)."""
    column = Question._meta.get_field(name)
    if column.is_relation:
        return NamedRow(column.related_model)
    if column.choices:
        return ClearableChoice(column.choices)
    if isinstance(column, DateField):
        return serializers.DateField(required=False, allow_null=True)
    longest = (validator.limit_value for validator in column.validators if isinstance(validator, MaxLengthValidator))
    return StrictCharField(required=False, max_length=min(longest))


class Edit(StrictSerializer):
    """What can be changed of a question; what is left out stays."""

    reason = Reason()

    def validate(self, attrs):
        given = super().validate(attrs)
        if not set(given) - {"reason"}:
            name = "reason" if "reason" in given else "non_field_errors"
            raise serializers.ValidationError({name: ["Give a field that is to change: a reason alone is not kept."]})
        return given

    def get_fields(self):
        return {name: make_input_field(name) for name in EDITABLE} | super().get_fields()


class NewQuestion(Edit):
    """A question to raise. Members give title, text, topic and `raised_on`; Triage all of it."""

    classification = serializers.ChoiceField(Classification.choices, required=False)

    def get_fields(self):
        fields = super().get_fields()
        fields["title"].required = fields["text"].required = True
        return fields


class NewAnswer(StrictSerializer):
    """An answer to propose; without a classification it is Members, or as strict as its question."""

    text = StrictCharField(max_length=20_000)
    classification = serializers.ChoiceField(Classification.choices, required=False)
    reason = Reason()


class OwnReview(StrictSerializer):
    """One's own position on an answer."""

    position = serializers.ChoiceField([(p.value, p.label) for p in Position if p != Position.NO_RESPONSE])
    comment = StrictCharField(required=False, allow_blank=True, max_length=20_000)
