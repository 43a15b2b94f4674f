"""The short pages of a question at a meeting: schedule it, and say what became of it there."""

from django import forms
from django.contrib import admin
from django.urls import reverse

from register.admin.keys import KeySelect
from register.admin.rows import get_row_for
from register.admin.short_page import ReasonForm, short_page
from register.admin.used_once import used_once
from register.clock import today
from register.headline_report.report import LONGEST_PLACE
from register.models import AgendaItem, Meeting
from register.services.meetings import GivenOutcome, record_outcomes, schedule_question
from register.vocabulary import MeetingResult, Role


def _make_meeting_field(meetings, **options):
    return forms.ModelChoiceField(meetings.select_related("group"), **options)


class OutcomeForm(forms.Form):
    result = forms.ChoiceField(choices=MeetingResult, widget=forms.RadioSelect, label="What became of it")
    paragraph = forms.CharField(max_length=LONGEST_PLACE, required=False, label="Paragraph of its report (optional)")
    note = forms.CharField(max_length=2_000, required=False, label="Note (optional)")


@used_once
def schedule_page(model_admin, request, object_id):
    """Put a question on the agenda of a meeting to come."""
    question = get_row_for(model_admin, request, object_id, Role.TRIAGE, to="schedule a question")
    to_come = Meeting.objects.visible_to(request.user).to_come(today())
    field = _make_meeting_field(to_come, empty_label=None)
    form_class = type("ScheduleForm", (ReasonForm,), {"meeting": field, "field_order": ("meeting", "reason")})

    def act(given):
        item = schedule_question(question, by=request.user, **given)
        return f"{question.reference} is on the agenda of {item.meeting}."

    return _make_page(model_admin, request, question, form_class, act, "Schedule")


@used_once
def outcome_page(model_admin, request, object_id):
    """Say what became of a question at a meeting that was held."""
    question = get_row_for(model_admin, request, object_id, Role.TRIAGE, to="record what became of a question")
    widget = KeySelect(AgendaItem._meta.get_field("meeting"), admin.site)
    to_come = Meeting.objects.visible_to(request.user).to_come(today())
    fields = {
        "meeting": _make_meeting_field(Meeting.objects.visible_to(request.user), widget=widget),
        "to": _make_meeting_field(to_come, required=False, label="Put off to (optional)", empty_label="no meeting yet"),
        "field_order": ("meeting", "result", "to", "paragraph", "note"),
    }

    def act(given):
        meeting = given.pop("meeting")
        (outcome,) = record_outcomes(meeting, [GivenOutcome(question, **given)], by=request.user)
        return f"{question.reference}: {outcome}."

    form_class = type("OutcomeForm", (OutcomeForm,), fields)
    return _make_page(model_admin, request, question, form_class, act, "Record an outcome")


def _make_page(model_admin, request, question, form_class, act, button):
    return short_page(
        model_admin,
        request,
        form_class=form_class,
        act=act,
        title=f"{button}: {question.reference}",
        button=button,
        about=question,
        back=reverse("admin:register_question_change", args=[question.pk]),
    )
