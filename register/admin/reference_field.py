"""Fields that take a question or an action by its reference."""

from django import forms

from register.models import Action, Question
from register.models.search import parse_action_references, parse_references


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
        if found is None and references:
            raise forms.ValidationError(f"There is no question {references[0]} that you may see.")
        if found is None:
            raise forms.ValidationError("Name a question by its reference, such as DSQ-002.")
        return found


class ActionReferenceField(forms.CharField):
    """An action by its reference as minuted, in `group` where several groups have one; hidden ones are not there."""

    def __init__(self, *, user=None, group=None, **kwargs):
        super().__init__(**kwargs)
        self.user, self.group = user, group

    def clean(self, value):
        written = super().clean(value)
        if not written:
            return None
        found = Action.objects.visible_to(self.user).filter(reference__in=parse_action_references(written)[:1])
        rows = sorted(found.select_related("group"), key=lambda action: action.group != self.group)
        if not rows and parse_action_references(written):
            raise forms.ValidationError(f"There is no action {parse_action_references(written)[0]} that you may see.")
        if not rows:
            raise forms.ValidationError("Name an action by its reference, such as 15/10.")
        return rows[0]
