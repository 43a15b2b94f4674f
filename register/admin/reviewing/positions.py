"""A member's position on an answer, one after the other, and the list of what one said."""

from functools import partial

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format

from register.admin.reviewing.awaited import get_awaited_reviews, get_given_reviews
from register.admin.reviewing.layout import describe_end, get_layout
from register.admin.reviewing.run import make_run
from register.admin.short_page import short_page
from register.admin.used_once import used_once
from register.services.answers import check_review_not_stale, get_last_snapshot, record_review
from register.vocabulary import COMMENT_NEEDED, AnswerStatus, Position, Role


class ReviewForm(forms.Form):
    position = forms.ChoiceField(
        choices=[(p.value, p.label.capitalize()) for p in Position if p != Position.NO_RESPONSE],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a position: agree, agree with comments, disagree, or no view."},
    )
    comment = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="Needed to disagree, or to agree with comments.",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self):
        given = super().clean()
        if given.get("position") in COMMENT_NEEDED and not given.get("comment"):
            self.add_error("comment", "Give a comment: it is needed to disagree, or to agree with comments.")
        return given


@used_once
def review_page(model_admin, request, object_id):
    """Record one's own position on an answer in review, and go on to the next that waits."""
    answer = model_admin.get_object(request, object_id)
    if answer is None:
        raise Http404("There is no such answer.")
    if not request.user.has_role(Role.MEMBER):
        raise PermissionDenied("Only members may review an answer.")
    if answer.status != AnswerStatus.IN_REVIEW:
        messages.info(request, f"Answer {answer.number} is {answer.get_status_display()}: it takes no positions now.")
        return HttpResponseRedirect(reverse("admin:register_answer_change", args=[answer.pk]))
    run = make_run([row.answer_id for row in get_awaited_reviews(request.user)], answer.pk, request)
    onward = _lead_on(run)
    return short_page(
        model_admin,
        request,
        form_class=ReviewForm,
        initial=_get_own_position(request, answer),
        act=partial(_record, request, answer),
        title=f"Review {answer}",
        button="Record and next" if run.next else "Record my position",
        about=answer,
        back=reverse("register_own_reviews"),
        onward=onward,
        run=run,
        skip=onward if run.next else "",
        asked=f"What does {request.user.organisation or 'your organisation'} say?",
        notes=_list_notes(answer),
        **get_layout(answer.question, answer, request.user),
    )


def _record(request, answer, given):
    check = partial(check_review_not_stale, seen=given.pop("seen"))
    review = record_review(answer, **given, by=request.user, check=check)
    said = f"{answer.question.reference}: your position is recorded"
    return f"{said}: {review.get_position_display()}{', late' if review.late else ''}."


def _lead_on(run):
    if run.next is None:
        return reverse("register_own_reviews")
    return f"{reverse('admin:register_answer_review', args=[run.next])}?of={run.count}"


def _get_own_position(request, answer):
    review = answer.reviews.filter(reviewer=request.user).first()
    said = {"position": review.position, "comment": review.comment} if review else {}
    return {**said, "seen": get_last_snapshot(review)}


def _list_notes(answer):
    """Return the sentences that say who will read a position, and until when it can be changed."""
    review_by = answer.question.review_by
    late = f" After {date_format(review_by, 'j F')} it is marked late." if review_by else ""
    return [
        "Triage, all members and the feed clients that are cleared for Members will read it.",
        f"You can change it until the answer is agreed or sent back.{late}",
    ]


def own_reviews_page(request):
    """Show what waits for the person's position, and what they said to each answer before."""
    if not request.user.has_role(Role.MEMBER):
        raise PermissionDenied("Only members review answers.")
    awaited = [
        (review, *describe_end(review.answer.question.review_by)) for review in get_awaited_reviews(request.user)
    ]
    context = {
        **admin.site.each_context(request),
        "title": "My reviews",
        "awaited": awaited,
        "given": get_given_reviews(request.user),
    }
    return TemplateResponse(request, "admin/own_reviews.html", context)
