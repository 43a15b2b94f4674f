"""The form that sets facts of many questions: what is left alone stays as it is."""

from django import forms

from register.admin.short_page import DayInput, ReasonForm
from register.models import Organisation, Topic, User
from register.models.people import make_assignee_label
from register.vocabulary import Priority

AS_IT_IS, NOBODY = "as it is", "nobody"
SETS = ("owner", "topic", "priority", "assignee", "due_on")


class EditForm(forms.Form):
    """Sets owner, topic, priority, assignee and due date, each where it is given."""

    owner = forms.ModelChoiceField(Organisation.objects.current(), required=False, empty_label=AS_IT_IS)
    topic = forms.ModelChoiceField(Topic.objects.current(), required=False, empty_label=AS_IT_IS)
    priority = forms.ChoiceField(choices=[("", AS_IT_IS), *Priority.choices], required=False)
    assignee = forms.ChoiceField(required=False)
    due_on = forms.DateField(label="Due", widget=DayInput(), required=False, help_text="Left empty, it is as it is.")
    no_due = forms.BooleanField(label="Take the due date away", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = User.objects.assignable().annotate(label=make_assignee_label()).order_by("label")
        self.fields["assignee"].choices = [
            ("", AS_IT_IS),
            (NOBODY, NOBODY),
            *((str(key), label) for key, label in people.values_list("pk", "label")),
        ]

    def clean_assignee(self):
        """Return the login, None for nobody, or an empty string to leave it as it is."""
        chosen = self.cleaned_data["assignee"]
        if chosen == NOBODY:
            return None
        return User.objects.get(pk=chosen) if chosen else ""

    def clean(self):
        given = super().clean()
        if given.get("no_due") and given.get("due_on"):
            self.add_error("due_on", "Give a due date, or take it away: not both.")
        return given

    def get_changes(self):
        """Return {column: value} of what is to be set."""
        given = self.cleaned_data
        changes = {name: given[name] for name in SETS if given[name] not in ("", None)}
        changes |= {"assignee": None} if given["assignee"] is None else {}
        return changes | ({"due_on": None} if given["no_due"] else {})


class EditAloneForm(ReasonForm, EditForm):
    field_order = (*SETS, "no_due", "reason")

    def clean(self):
        given = super().clean()
        if not self.errors and not self.get_changes():
            self.add_error(None, "Choose what to set.")
        return given
