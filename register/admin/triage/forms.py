"""The form of triage: what a question lacks, and beside it the inputs of each step that it can take."""

from datetime import timedelta

from django import forms

from register.admin.moves import move_form
from register.admin.short_page import DayInput
from register.clock import today
from register.models import Meeting, Organisation, Topic
from register.vocabulary import Priority
from register.workflow import TRANSITIONS

FEW = 10  # choices that stand open as radios; more are a list
IN_TWO_WEEKS = timedelta(days=14)

# name: (label, key, the moves that it makes; the inputs asked for are those of the last)
STEPS = {
    "open": ("Open and next", "1", ("open",)),
    "merge": ("Duplicate", "2", ("merge",)),
    "withdraw": ("Withdraw", "3", ("withdraw",)),
    "await_input": ("Open and ask", "4", ("open", "await_input")),
    "defer": ("Defer", "h", ("defer",)),
}


class TriageForm(forms.Form):
    owner = forms.ModelChoiceField(Organisation.objects.none(), required=False)
    topic = forms.ModelChoiceField(Topic.objects.none(), required=False)
    priority = forms.ChoiceField(choices=Priority.choices, required=False, widget=forms.RadioSelect)
    to_me = forms.BooleanField(label="Assign to me", required=False)
    due = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    due_on = forms.DateField(label="Due on", required=False, widget=DayInput())
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        for name, rows in (("owner", Organisation.objects.current()), ("topic", Topic.objects.current())):
            self.fields[name].queryset = rows
            if rows.count() <= FEW:
                self.fields[name].empty_label = None
                self.fields[name].widget = forms.RadioSelect(choices=self.fields[name].choices)
        self.days = _get_days(user)
        self.fields["due"].choices = [("", "not set"), *((day.isoformat(), label) for day, label in self.days)]

    def get_changes(self):
        """Return {column: value} of what was filled in: an empty field leaves the question as it is."""
        given = self.cleaned_data
        due = given["due_on"] or next((day for day, _ in self.days if day.isoformat() == given["due"]), None)
        changes = {name: given[name] for name in ("owner", "topic", "priority") if given[name]}
        changes |= {"due_on": due} if due else {}
        return changes | ({"assignee": self.user} if given["to_me"] else {})


def _get_days(user):
    """Return [(day, label)] that a question is usually due on: in two weeks, and at the next meeting."""
    soon = today() + IN_TWO_WEEKS
    days = [(soon, f"in two weeks, {soon.day} {soon:%B}")]
    meeting = Meeting.objects.visible_to(user).to_come(today()).first()
    if meeting and meeting.held_on != soon:
        days.append((meeting.held_on, f"{meeting}, {meeting.held_on.day} {meeting.held_on:%B}"))
    return days


def get_initial(question):
    """Return what the form shows of a question at first."""
    shown = {"owner": question.owner_id, "topic": question.topic_id, "priority": question.priority}
    return {**shown, "due": "", "due_on": question.due_on, "seen": question.version}


def make_step_forms(user, data, chosen):
    """Return {step's name: the form of its inputs}: of the one that was chosen, with what was sent."""
    made = {}
    for name, (_, _, moves) in STEPS.items():
        made[name] = move_form(TRANSITIONS[moves[-1]], user)(data if name == chosen else None, prefix=name)
    return made
