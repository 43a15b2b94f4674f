"""What can be done to many questions: set facts, schedule, and every move of the workflow."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import admin

from register.admin.bulk.edit_form import EditAloneForm, EditForm
from register.admin.keys import KeySelect
from register.admin.moves import describe_status, move_form
from register.admin.short_page import ReasonForm
from register.models import AgendaItem, Meeting, Question
from register.services.meetings import schedule_question
from register.services.questions import change_status, edit_question, get_facts
from register.services.triage import triage_question
from register.vocabulary import Role, Status
from register.workflow import MISSING, TRANSITIONS


@dataclass(frozen=True)
class Deed:
    """One thing to do to many questions, with the form of what it needs.

    `make_form(user)` returns the form's class; `foresee(question, user)` returns (whether it would be done, what it
    says) of one question; `act(question, form, user)` does it with the valid form and returns what it did.
    """

    name: str
    label: str
    make_form: Callable
    foresee: Callable
    act: Callable


def _foresee_edit(question, user):
    if not user.has_role(Role.TRIAGE):
        return False, "Only Triage may edit a question."
    return True, ", ".join(filter(None, (_describe(question, name) for name in ("owner", "topic", "priority"))))


def _describe(question, column):
    return _show(question, column) or f"no {column}"


def _show(question, column):
    displayed = getattr(question, f"get_{column}_display", None)
    return str(displayed() if displayed else getattr(question, column) or "")


def _edit(question, form, user):
    changes = form.get_changes()
    return _say_changes(
        question, edit_question(question, by=user, reason=form.cleaned_data["reason"], **changes), changes
    )


def _say_changes(before, after, changes):
    """Return `owner: none → DCC; due: none → 2026-12-01` of what was set."""
    name_of = {name: Question._meta.get_field(name).verbose_name for name in changes}
    return "; ".join(
        f"{name_of[name]}: {_show(before, name) or 'none'} → {_show(after, name) or 'none'}" for name in changes
    )


class ScheduleForm(ReasonForm):
    meeting = forms.ModelChoiceField(Meeting.objects.all())
    field_order = ("meeting", "reason")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meeting"].widget = KeySelect(AgendaItem._meta.get_field("meeting"), admin.site)
        self.fields["meeting"].widget.choices = self.fields["meeting"].choices


def _foresee_schedule(question, user):
    return (True, "") if user.has_role(Role.TRIAGE) else (False, "Only Triage may edit a question.")


def _schedule(question, form, user):
    given = form.cleaned_data
    schedule_question(question, given["meeting"], by=user, reason=given["reason"])
    return f"scheduled for {given['meeting']}"


def _foresee_move(transition, asked_for=None):
    """Return what foresees a transition; `asked_for` has {column: sentence} of what the form beside it can give."""
    asked_for = asked_for or {}

    def foresee(question, user):
        facts = get_facts(question, user)
        if not transition.may_be_made_by(facts.parts, facts.status):
            return False, "This move is not yours to make."
        said = transition.initial_refusals(facts)
        if refused := [sentence for sentence in said if sentence not in asked_for.values()]:
            return False, " ".join(refused)
        lacks = [name for name, sentence in asked_for.items() if sentence in said]
        needs = f"; it has no {', no '.join(lacks)}" if lacks else ""
        return True, f"{question.get_status_display()} → {transition.target.label}{needs}"

    return foresee


def _move(transition):
    def act(question, form, user):
        moved = change_status(question, transition.name, by=user, **form.cleaned_data)
        return f"{Status(question.status).label} → {describe_status(moved, form.cleaned_data.get('merged_into'))}"

    return act


def _make_open_form(user):
    return type("OpenForm", (move_form(TRANSITIONS["open"], user), EditForm), {})


def _open(question, form, user):
    """Set what is given and open it, in one write: what a question lacks and what becomes of it go together."""
    changes, reason = form.get_changes(), form.cleaned_data["reason"]
    opened = triage_question(question, [("open", {"reason": reason})], by=user, **changes)
    said = _say_changes(question, opened, changes)
    return f"{Status(question.status).label} → {describe_status(opened)}{f'; {said}' if said else ''}"


OPEN = TRANSITIONS["open"]
DEEDS = {
    deed.name: deed
    for deed in (
        Deed(
            "edit", "Set owner, topic, priority, assignee or due date", lambda user: EditAloneForm, _foresee_edit, _edit
        ),
        Deed("schedule", "Schedule for a meeting", lambda user: ScheduleForm, _foresee_schedule, _schedule),
        Deed("move_open", "Move: Open", _make_open_form, _foresee_move(OPEN, MISSING), _open),
        *(
            Deed(
                f"move_{transition.name}",
                f"Move: {transition.label}",
                lambda user, transition=transition: move_form(transition, user),
                _foresee_move(transition),
                _move(transition),
            )
            for transition in TRANSITIONS.values()
            if transition.target and transition != OPEN
        ),
    )
}
