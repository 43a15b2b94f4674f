"""Deal with many questions at once: see what would happen to each before the button, and what did after it."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.template.response import TemplateResponse

from register.admin.keys import KeySelect, is_key
from register.admin.moves import describe_status, move_form
from register.admin.short_page import DayInput, ReasonForm
from register.ledger.versions import annotate_version
from register.models import Meeting, MeetingLink, Organisation, Question, User
from register.refusals import Refusal
from register.services.links import link_meeting
from register.services.questions import change_status, edit_question, get_facts, unless_changed
from register.vocabulary import LinkKind, Role, Status
from register.workflow import TRANSITIONS

MOST = 200  # questions at once: what one page can show and one person can have looked at


@dataclass(frozen=True)
class Bulk:
    """One thing to do to many questions. `foresee` returns (whether it would, what it says) for one question."""

    name: str
    label: str
    form_class: Callable
    foresee: Callable
    act: Callable


def _may_edit(question, user):
    return (True, "") if user.has_role(Role.TRIAGE) else (False, "Only Triage may edit a question.")


def _edit(column):
    def act(question, given, user):
        before = getattr(question, column) or "none"
        edit_question(question, by=user, reason=given["reason"], **{column: given[column]})
        return f"{Question._meta.get_field(column).verbose_name}: {before} → {given[column]}"

    return act


def _foresee_edit(column):
    def foresee(question, user):
        may, why = _may_edit(question, user)
        return may, why or f"{Question._meta.get_field(column).verbose_name} now: {getattr(question, column) or 'none'}"

    return foresee


class OwnerForm(ReasonForm):
    owner = forms.ModelChoiceField(Organisation.objects.current())
    field_order = ("owner", "reason")


class AssigneeForm(ReasonForm):
    assignee = forms.ModelChoiceField(User.objects.assignable())
    field_order = ("assignee", "reason")


class DueForm(ReasonForm):
    due_on = forms.DateField(label="Due", widget=DayInput())
    field_order = ("due_on", "reason")


class ScheduleForm(ReasonForm):
    meeting = forms.ModelChoiceField(Meeting.objects.all())
    field_order = ("meeting", "reason")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meeting"].widget = KeySelect(MeetingLink._meta.get_field("meeting"), admin.site)
        self.fields["meeting"].widget.choices = self.fields["meeting"].choices


def _schedule(question, given, user):
    link_meeting(question, given["meeting"], LinkKind.SCHEDULED, by=user, reason=given["reason"])
    return f"scheduled for {given['meeting']}"


def _foresee_move(transition):
    def foresee(question, user):
        facts = get_facts(question, user)
        if not transition.may_be_made_by(facts.parts, facts.status):
            return False, "This move is not yours to make."
        refused = transition.initial_refusals(facts)
        return (
            (False, " ".join(refused))
            if refused
            else (True, f"{question.get_status_display()} → {transition.target.label}")
        )

    return foresee


def _move(transition):
    def act(question, given, user):
        moved = change_status(question, transition.name, by=user, **given)
        return f"{Status(question.status).label} → {describe_status(moved, given.get('merged_into'))}"

    return act


EDITS = (
    Bulk("assign_owner", "Assign an owner", lambda user: OwnerForm, _foresee_edit("owner"), _edit("owner")),
    Bulk("assign_person", "Assign a person", lambda user: AssigneeForm, _foresee_edit("assignee"), _edit("assignee")),
    Bulk("set_due", "Set a due date", lambda user: DueForm, _foresee_edit("due_on"), _edit("due_on")),
    Bulk("schedule", "Schedule for a meeting", lambda user: ScheduleForm, _may_edit, _schedule),
)
MOVES = tuple(
    Bulk(
        f"move_{transition.name}",
        f"Move: {transition.label}",
        lambda user, transition=transition: move_form(transition, user),
        _foresee_move(transition),
        _move(transition),
    )
    for transition in TRANSITIONS.values()
    if transition.target
)
BULKS = {bulk.name: bulk for bulk in (*EDITS, *MOVES)}


def bulk_actions():
    """Return the admin's actions: {name: (function, name, label)}."""
    return {
        name: (
            lambda model_admin, request, chosen, bulk=bulk: bulk_page(model_admin, request, bulk, chosen),
            name,
            bulk.label,
        )
        for name, bulk in BULKS.items()
    }


def bulk_page(model_admin, request, bulk, chosen):
    """Show each chosen question with what would happen to it; on the second POST do it, and show what did."""
    is_previewed = "_apply" in request.POST
    if is_previewed:  # what was shown, wherever it stands in the list by now
        keys = [key for key in request.POST.getlist(ACTION_CHECKBOX_NAME) if is_key(key)]
        chosen = model_admin.get_queryset(request).filter(pk__in=keys)
    questions = list(annotate_version(chosen).order_by("id")[: MOST + 1])
    if len(questions) > MOST:
        model_admin.message_user(request, f"Choose at most {MOST} questions at once.", "error")
        return None
    form = bulk.form_class(request.user)(request.POST if is_previewed else None)
    if is_previewed and form.is_valid():
        rows = [_act_on(bulk, question, request, form.cleaned_data) for question in questions]
        gone = len(set(keys)) - len(questions)
        done = sum(row[1] for row in rows)
        return _make_page(model_admin, request, bulk, "register/bulk_done.html", rows=rows, done=done, gone=gone)
    rows = [(_keep_seen(question, request), *bulk.foresee(question, request.user)) for question in questions]
    return _make_page(model_admin, request, bulk, "register/bulk.html", rows=rows, form=form)


def _keep_seen(question, request):
    """Set as `seen` the version that the first preview showed: one that is shown again for an error moves nothing."""
    posted = request.POST.get(f"seen_{question.pk}", "")
    question.seen = int(posted) if is_key(posted) else question.version
    return question


def _act_on(bulk, question, request, given):
    """Return (question, whether it was done, what to say); one that is refused does not stop the others."""
    seen = request.POST.get(f"seen_{question.pk}", "")
    if not is_key(seen):
        return question, False, "Look at what would happen to it first."
    try:
        with unless_changed(question, int(seen)):
            return question, True, bulk.act(question, dict(given), request.user)
    except Refusal as refusal:
        return question, False, " ".join(refusal.reasons)


def _make_page(model_admin, request, bulk, template, **more):
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": bulk.label,
        "bulk": bulk,
        "checkbox": ACTION_CHECKBOX_NAME,
        "back": request.get_full_path(),
        "media": model_admin.media + (more["form"].media if "form" in more else forms.Media()),
        **more,
    }
    return TemplateResponse(request, template, context)
