"""The pages on which an agenda is made: what is put on it, in which order, and how each item is dealt with."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, When
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse

from register.admin.keys import is_key
from register.admin.meetings.layout import get_meeting_address
from register.admin.rows import get_row_for
from register.admin.short_page import SeenForm, short_page
from register.admin.used_once import used_once
from register.ledger.versions import get_version
from register.models import Action, AgendaItem, Question
from register.models.search import parse_action_references, parse_references
from register.refusals import NotPermitted, Refusal
from register.services.meetings import add_item, edit_item, order_agenda, put_on_agenda
from register.vocabulary import Role, Status

MOST_FOUND = 20
# What a meeting is likeliest to want, where nothing is sought.
REVIEWED_FIRST = Case(When(status=Status.IN_REVIEW, then=0), When(status=Status.RAISED, then=2), default=1)


class ItemForm(SeenForm):
    title = forms.CharField(max_length=200)
    minutes = forms.IntegerField(min_value=1, max_value=600, required=False, label="Minutes (optional)")
    presenter = forms.CharField(max_length=80, required=False, label="Presented by (optional)")
    paper = forms.URLField(
        max_length=500,
        required=False,
        label="Paper (optional)",
        help_text="Where it is: https://…",
        assume_scheme="https",
    )


def get_meeting(model_admin, request, object_id):
    """Return a meeting for Triage to work on. Raises Http404, PermissionDenied."""
    return get_row_for(model_admin, request, object_id, Role.TRIAGE, to="keep an agenda")


def add_page(model_admin, request, object_id):
    """Put on the agenda what is named; of other words, show what they find, and offer them as an item of its own."""
    meeting = get_meeting(model_admin, request, object_id)
    text = " ".join(request.POST.get("what", "").replace("\0", " ").split())[:200]
    if request.method == "POST" and (text or "add" in request.POST):
        added = _try(request, lambda: _add(request, meeting, text))
        if added:
            return HttpResponseRedirect(get_meeting_address(meeting))
    found = Question.objects.visible_to(request.user).live().exclude(schedulings__in=_get_standing(meeting))
    found = found.search(text, request.user) if text else found.order_by(REVIEWED_FIRST, "review_by", "pk")
    context = {
        **admin.site.each_context(request),
        "title": f"Put on the agenda of {meeting}",
        "meeting": meeting,
        "text": text,
        "found": found[:MOST_FOUND],
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "register/agenda_add.html", context)


def _get_standing(meeting):
    return AgendaItem.objects.scheduling().filter(meeting=meeting)


def _add(request, meeting, text):
    """Add what is ticked or named; return whether anything was."""
    ticked = [key for key in request.POST.getlist("question") if is_key(key)]
    named = _find_named(text, meeting, request.user)
    questions = [*Question.objects.visible_to(request.user).filter(pk__in=ticked), *named.get("questions", ())]
    added = put_on_agenda(meeting, questions, named.get("actions", ()), by=request.user)
    if not added and request.POST.get("add") == "title":
        added = [add_item(meeting, by=request.user, title=text)]
    if added:
        called = (item.question.reference if item.question else str(item) for item in added)
        messages.success(request, f"On the agenda of {meeting} now: {', '.join(called)}.")
    return bool(added)


def _find_named(text, meeting, user):
    """Return the questions, or the actions of the meeting's group, whose references a text consists of."""
    if references := parse_references(text):
        return {"questions": Question.objects.visible_to(user).filter(reference__in=references)}
    if references := parse_action_references(text):
        return {"actions": Action.objects.visible_to(user).filter(group=meeting.group, reference__in=references)}
    return {}


def _try(request, act):
    """Return what `act` does, or None with its refusal as messages."""
    try:
        return act()
    except NotPermitted as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refusal as refusal:
        for sentence in refusal.reasons:
            messages.error(request, sentence)
        return None


def order_page(model_admin, request, object_id):
    """Move an item up or down, or put all in the order that was sent; whoever only comes by is led to the meeting."""
    meeting = get_meeting(model_admin, request, object_id)
    if request.method != "POST":
        return HttpResponseRedirect(get_meeting_address(meeting))
    items = AgendaItem.objects.visible_to(request.user).standing().filter(meeting=meeting)
    keys = list(items.values_list("pk", flat=True))
    sent = [int(key) for key in request.POST.getlist("item") if is_key(key)]
    moved = next((int(request.POST[way]) for way in ("up", "down") if is_key(request.POST.get(way, ""))), None)
    wanted = _move(keys, moved, -1 if "up" in request.POST else 1) if moved else sent
    _try(request, lambda: order_agenda(meeting, wanted, by=request.user))
    return HttpResponseRedirect(f"{get_meeting_address(meeting)}#{f'item-{moved}' if moved else 'agenda'}")


def _move(keys, moved, step):
    if moved not in keys:
        return keys
    place = keys.index(moved)
    other = min(max(place + step, 0), len(keys) - 1)
    keys[place], keys[other] = keys[other], keys[place]
    return keys


@used_once
def item_page(model_admin, request, object_id, item_id):
    """Say how long an item takes, who presents it, and where its paper is."""
    meeting = get_meeting(model_admin, request, object_id)
    item = AgendaItem.objects.visible_to(request.user).standing().filter(meeting=meeting, pk=item_id).first()
    if item is None:
        raise Http404("There is no such item.")

    def make_form(*args, **kwargs):
        form = ItemForm(*args, **kwargs)
        if not item.title:
            del form.fields["title"]
        return form

    def act(given):
        edit_item(item, by=request.user, **given)
        return f"Changed on the agenda: {item}."

    initial = {name: getattr(item, name) for name in ("title", "minutes", "presenter", "paper")}
    return short_page(
        model_admin,
        request,
        form_class=make_form,
        initial={**initial, "seen": get_version(item)},
        act=act,
        title=f"{item} at {meeting}",
        button="Save",
        about=meeting,
        back=get_meeting_address(meeting),
    )
