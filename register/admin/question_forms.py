"""The forms that raise and edit a question."""

from functools import cached_property, partial
from itertools import groupby
from operator import itemgetter

from django import forms
from django.db.models import F, Q, Value

from register.admin.refusable_forms import RefusableForm
from register.models import Organisation, Topic, User
from register.models.people import make_assignee_label
from register.vocabulary import Classification

LABELS = {Organisation: F("name"), Topic: F("name"), User: make_assignee_label()}  # what a choice is called


class RaiseForm(RefusableForm):
    classification = forms.ChoiceField(choices=Classification.choices, initial=Classification.MEMBERS)
    reason = forms.CharField(required=False, help_text="Where it comes from, if that is worth keeping.")


# Who deals with a question and when: edited where they are shown, beside it.
FACTS = ("owner", "assignee", "topic", "priority", "due_on")
FORM_ID = "question_form"  # as Django calls it


class EditForm(RefusableForm):
    reason = forms.CharField(required=False, help_text="Why it is changed, for the history.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in FACTS:
            if name in self.fields:  # they stand outside of the form's element, and belong to it
                widget = self.fields[name].widget
                getattr(widget, "widget", widget).attrs["form"] = FORM_ID  # a wrapper has none of its own
        self._keep_assignee()
        for name in self._choice_fields:
            self.fields[name].choices = partial(self._get_choices, name)

    def _keep_assignee(self):
        """Offer whoever has the question beside those who can be assigned, so that a save leaves the name alone."""
        if field := self.fields.get("assignee"):
            held = Q(pk=self.instance.assignee_id)
            field.queryset = User.objects.filter(held | Q(pk__in=User.objects.assignable()))

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
        .annotate(field=Value(name), label=LABELS[field.queryset.model])
        .values_list("field", "pk", "label")
        for name, field in fields.items()
    )
    rows = first.union(*others, all=True).order_by("field", "label")
    return {name: [row[1:] for row in group] for name, group in groupby(rows, itemgetter(0))}
