"""The forms that raise and edit a question."""

from functools import cached_property, partial
from itertools import groupby
from operator import itemgetter

from django import forms
from django.db.models import F, Value

from register.admin.refusable_forms import RefusableForm
from register.models import Organisation, Topic, User
from register.vocabulary import Classification

LABELS = {Organisation: "name", Topic: "name", User: "username"}  # the column that `str` of a row is


class RaiseForm(RefusableForm):
    classification = forms.ChoiceField(choices=Classification.choices, initial=Classification.MEMBERS)
    reason = forms.CharField(required=False, help_text="Where it comes from, if that is worth keeping.")


class EditForm(RefusableForm):
    reason = forms.CharField(required=False, help_text="Why it is changed, for the history.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self._choice_fields:
            self.fields[name].choices = partial(self._get_choices, name)

    @cached_property
    def _choice_fields(self):
        fields = {name: field for name, field in self.fields.items() if isinstance(field, forms.ModelChoiceField)}
        return {name: field for name, field in fields.items() if field.queryset.model in LABELS}

    def _get_choices(self, name):
        return [("", self.fields[name].empty_label), *self._loaded_choices.get(name, ())]

    @cached_property
    def _loaded_choices(self):
        return load_choices(self._choice_fields)


def load_choices(fields):
    """Return {field's name: [(key, label)]} of model choice fields, by their labels: all of them in one statement."""
    first, *others = (
        field.queryset.order_by()
        .annotate(field=Value(name), label=F(LABELS[field.queryset.model]))
        .values_list("field", "pk", "label")
        for name, field in fields.items()
    )
    rows = first.union(*others, all=True).order_by("field", "label")
    return {name: [row[1:] for row in group] for name, group in groupby(rows, itemgetter(0))}
