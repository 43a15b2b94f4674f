"""The page of each move, generated from the workflow table."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse

from register.admin.keys import KeySelect
from register.admin.neighbours import get_list_address, get_way
from register.admin.reference_field import ReferenceField
from register.admin.short_page import DayInput, SeenForm, short_page
from register.admin.used_once import used_once
from register.models import AgendaItem, Meeting, Organisation
from register.services.briefing import Passage, get_feed_preview, get_move_briefing
from register.services.look_alikes import get_look_alikes
from register.services.questions import change_status, get_facts
from register.services.rows import check_not_stale
from register.workflow import TRANSITIONS, InputType


def move_form(transition, user):
    """Return a form class with one field for each of the transition's inputs.

    No field is required here: the service says everything that is missing, at once.
    """
    fields = {item.name: _field(item, user) for item in transition.inputs}
    return type("MoveForm", (forms.Form,), fields)


def seen_move_form(transition, user):
    """Return the same with the version of the question that was shown."""
    return type("SeenMoveForm", (move_form(transition, user), SeenForm), {})


def make_form_in_place(transition, question, user):
    """Return the unbound form of a transition for the question's own page, or None where it needs a page of its own.

    It needs one where something has to be looked for.
    """
    if any(item.kind in LOOKED_FOR for item in transition.inputs):
        return None
    form = seen_move_form(transition, user)
    return form(initial={"seen": question.version}, auto_id=f"id_{transition.name}_%s")


def describe_status(question, chosen=None):
    """Return where a question stands after a move: of a merge also into what, where another was `chosen`."""
    if question.merged_into is None:
        return question.get_status_display()
    led = "" if chosen in (None, question.merged_into) else f", for {chosen.reference} leads there"
    return f"{question.get_status_display()} into {question.merged_into.reference}{led}"


def _field(item, user):
    common = {"required": False, "label": item.name.replace("_", " ").capitalize(), "help_text": item.ask}
    if not item.required:
        common["label"] += " (optional)"
    return _FIELDS[item.kind](item, user, common)


def _text(item, user, common):
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), **common)


def _date(item, user, common):
    return forms.DateField(widget=DayInput(), **common)


def _choice(item, user, common):
    return forms.ChoiceField(choices=[("", "Choose…"), *item.choices], **common)


def _organisation(item, user, common):
    return forms.ModelChoiceField(Organisation.objects.visible_to(user).current(), **common)


def _question(item, user, common):
    return ReferenceField(user=user, **common | {"help_text": f"{item.ask} A reference, such as DSQ-002."})


def _meeting(item, user, common):
    widget = KeySelect(AgendaItem._meta.get_field("meeting"), admin.site)
    return forms.ModelChoiceField(Meeting.objects.visible_to(user), widget=widget, **common)


LOOKED_FOR = (InputType.QUESTION, InputType.MEETING)  # in lists that are too long to stand in a page
_FIELDS = {
    InputType.TEXT: _text,
    InputType.DATE: _date,
    InputType.CHOICE: _choice,
    InputType.ORGANISATION: _organisation,
    InputType.QUESTION: _question,
    InputType.MEETING: _meeting,
}


def _get_further_asks(transition, facts):
    """Return what the move will ask for beyond each field's own hint: one of two, or a word on what stands."""
    hints = {item.ask for item in transition.inputs}
    return [sentence for sentence in transition.refusals(facts, {}, {}) if sentence not in hints]


def _get_reading(transition, question, user):
    """Return the passages to read before the move: for a merge, also the questions that read like this one."""
    alike = get_look_alikes(question, user) if asks_for_question(transition) else []
    passages = [Passage(f"Alike: {other} ({other.get_status_display()})", other.text) for other in alike]
    return [*get_move_briefing(question, user), *passages]


def asks_for_question(transition):
    return any(item.kind == InputType.QUESTION for item in transition.inputs)


@used_once
def move_page(model_admin, request, object_id, name):
    """Show the move's inputs and make it."""
    question = model_admin.get_object(request, object_id)
    transition = TRANSITIONS.get(name)
    if question is None or transition is None:
        raise Http404("There is no such move.")
    facts = get_facts(question, request.user)
    back = reverse("admin:register_question_change", args=[question.pk]) + get_way(request)
    if not transition.may_be_made_by(facts.parts, facts.status):
        raise PermissionDenied(f"“{transition.label}” on {question.reference} is not yours to make.")
    if request.method != "POST" and (refused := transition.initial_refusals(facts)):
        messages.error(request, " ".join(refused))
        return HttpResponseRedirect(back)

    def act(given):
        seen = given.pop("seen")
        moved = change_status(question, name, by=request.user, check=lambda row: check_not_stale(row, seen), **given)
        return f"{moved.reference} is now {describe_status(moved, given.get('merged_into'))}."

    return short_page(
        model_admin,
        request,
        form_class=seen_move_form(transition, request.user),
        initial={"seen": question.version},
        act=act,
        title=f"{transition.label}: {question.reference}",
        button=transition.label,
        about=question,
        reading=_get_reading(transition, question, request.user),
        told=get_feed_preview(question, transition, request.user),
        asks=_get_further_asks(transition, facts),
        back=back,
        onward=get_list_address(request),
    )
