"""A field that takes a question by its reference."""

from django import forms

from register.models import Question
from register.models.search import parse_references


class ReferenceField(forms.CharField):
    """A question by its reference, however it is written; those that the user may not see are not there."""

    def __init__(self, *, user, **kwargs):
        super().__init__(**kwargs)
        self.user = user

    def clean(self, value):
        written = super().clean(value)
        if not written:
            return None
        references = parse_references(written)
        found = Question.objects.visible_to(self.user).filter(reference__in=references[:1]).first()
        if found is None:
            raise forms.ValidationError("There is no question of that reference: write it as DSQ-002.")
        return found
