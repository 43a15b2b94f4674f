"""The short pages of one question beside its moves: reclassify, move a review's end, amend, split."""

from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse

from register.admin.neighbours import get_list_address, get_way
from register.admin.rows import get_row_for
from register.admin.short_page import DayInput, ReasonForm, SeenForm, reclassify_form, short_page
from register.admin.used_once import used_once
from register.clock import today
from register.models import Meeting
from register.services.amending import amend_answer
from register.services.briefing import Passage, get_split_feed_preview
from register.services.questions import put_back_review, reclassify_question
from register.services.review_round import get_open_answers
from register.services.splitting import get_split_refusal, split_question
from register.vocabulary import Role


class PutBackForm(ReasonForm, SeenForm):
    review_by = forms.DateField(widget=DayInput())
    field_order = ("review_by", "reason")


class AmendForm(ReasonForm):
    text = forms.CharField(label="Text as amended", widget=forms.Textarea(attrs={"rows": 10}))
    meeting = forms.ModelChoiceField(Meeting.objects.none(), label="Amended at")
    field_order = ("text", "meeting", "reason")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        held = Meeting.objects.held_by(today()).select_related("group")
        self.fields["meeting"].queryset = held.order_by("-held_on", "-pk")


class SplitForm(ReasonForm):
    """The whole question stands where it stays, to be cut down, and beside; the new one is written or pasted."""

    title = forms.CharField(label="Title that stays", max_length=200)
    text = forms.CharField(label="Text that stays", widget=forms.Textarea(attrs={"rows": 6}))
    new_title = forms.CharField(label="Title of the new question", max_length=200)
    new_text = forms.CharField(label="Text of the new question", widget=forms.Textarea(attrs={"rows": 6}))
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("title", "text", "new_title", "new_text", "reason", "seen")


@used_once
def reclassify_page(model_admin, request, object_id):
    """Make the question stricter or, for an approver, looser."""
    question = get_row_for(model_admin, request, object_id, Role.TRIAGE, Role.APPROVER, to="reclassify")

    def act(given):
        return _describe_state(reclassify_question(question, by=request.user, **given))

    form, initial = reclassify_form(question, request.user), {"seen": question.version}
    return _make_page(model_admin, request, question, form, act, "Reclassify", initial=initial)


@used_once
def put_back_page(model_admin, request, object_id):
    """Move the end of a review to a later day."""
    question = get_row_for(model_admin, request, object_id, Role.TRIAGE, to="move a review's end")

    def act(given):
        return _describe_state(put_back_review(question, by=request.user, **given))

    initial = {"review_by": question.review_by, "seen": question.version}
    return _make_page(model_admin, request, question, PutBackForm, act, "Move the review's end", initial=initial)


@used_once
def amend_page(model_admin, request, object_id):
    """Enter the text that a meeting amended the answer into."""
    question = get_row_for(model_admin, request, object_id, Role.TRIAGE, to="enter an amended answer")
    former = next(filter(None, reversed(get_open_answers(question))), None)

    def act(given):
        amended = amend_answer(question, by=request.user, **given)
        return f"It is answer {amended.number}, as amended at {amended.amended_at}: an approver can agree it."

    beside = {
        "initial": {"text": former.text if former else "", "meeting": Meeting.objects.held_by(today()).last()},
        "reading": [Passage(f"Answer {former.number} as it is", former.text)] if former else [],
    }
    return _make_page(model_admin, request, question, AmendForm, act, "Enter as amended", **beside)


@used_once
def split_page(model_admin, request, object_id):
    """Split the question in two."""
    question = get_row_for(model_admin, request, object_id, Role.TRIAGE, to="split a question")
    if refused := get_split_refusal(question):
        messages.error(request, refused)
        return HttpResponseRedirect(reverse("admin:register_question_change", args=[question.pk]))

    def act(given):
        rest = split_question(question, by=request.user, **given)
        request.made_address = reverse("admin:register_question_change", args=[rest.pk])
        return f"{question.reference} is split: the rest is {rest.reference}, {rest.get_status_display()}."

    beside = {
        "initial": {"title": question.title, "text": question.text, "seen": question.version},
        "reading": [Passage(f"{question.reference} as it is now: {question.title}", question.text)],
        "told": get_split_feed_preview(question),
    }
    return _make_page(model_admin, request, question, SplitForm, act, "Split in two", **beside)


def _describe_state(question):
    return f"{question.reference} is {question.get_classification_display()}, {question.get_status_display()}."


def _make_page(model_admin, request, question, form_class, act, label, **more):
    return short_page(
        model_admin,
        request,
        form_class=form_class,
        act=act,
        title=f"{label}: {question.reference}",
        button=label,
        about=question,
        back=reverse("admin:register_question_change", args=[question.pk]) + get_way(request),
        onward=get_list_address(request),
        **more,
    )
