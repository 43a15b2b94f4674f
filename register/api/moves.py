"""The input of a move, generated from the workflow table."""

from rest_framework import serializers

from register.workflow import TRANSITIONS


def _inputs():
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


class Move(serializers.Serializer):
    """A transition and what is given with it. Names of rows are as in documents, dates as in ISO 8601."""

    transition = serializers.ChoiceField([(name, t.label) for name, t in TRANSITIONS.items()])

    def get_fields(self):
        return super().get_fields() | {
            name: Words(required=False, allow_null=True, allow_blank=True, help_text=f"For {', '.join(takers)}.")
            for name, takers in _inputs().items()
        }

    def validate(self, attrs):
        if unknown := sorted(set(self.initial_data) - set(self.fields)):
            raise serializers.ValidationError({name: ["There is no such field."] for name in unknown})
        return attrs
