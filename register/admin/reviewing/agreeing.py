"""An approver's agreement to an answer, one after the other of those that are ready."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse

from register.admin.meetings.brought_up import list_brought_up
from register.admin.moves import describe_status
from register.admin.neighbours import get_list_address, get_way
from register.admin.reviewing.layout import get_layout
from register.admin.reviewing.run import make_run
from register.admin.short_page import SeenForm, short_page
from register.admin.used_once import used_once
from register.clock import today
from register.models import Meeting, Question
from register.services.briefing import get_feed_preview
from register.services.questions import change_status, get_facts
from register.services.review_round import get_answer_in_review
from register.services.rows import check_not_stale
from register.vocabulary import MeetingState, Status
from register.workflow import TRANSITIONS

AGREE = TRANSITIONS["agree"]
MOST_READY = 50  # of a run
LATEST_MEETINGS = 12  # that are offered


class AgreeForm(SeenForm):
    meeting = forms.ModelChoiceField(
        Meeting.objects.none(), required=False, label="Decided at", empty_label="no meeting"
    )
    reason = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)

    def __init__(self, *args, offered, facts, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = offered
        against, silent = ", ".join(facts.disagreeing), f"{facts.silent} of {facts.asked}"
        needed = [f"how the disagreement is dealt with ({against})"] if against else []
        needed += [f"why it is agreed while {silent} have said nothing"] if facts.silent else []
        help_text = f"Say {', and '.join(needed)}." if needed else "Needed where no meeting decided it."
        self.fields["reason"].help_text = help_text


@used_once
def agree_page(model_admin, request, object_id):
    """Agree the answer in review, and go on to the next that is ready."""
    question = model_admin.get_object(request, object_id)
    if question is None:
        raise Http404("There is no such question.")
    facts = get_facts(question, request.user)
    back = reverse("admin:register_question_change", args=[question.pk]) + get_way(request)
    if not AGREE.may_be_made_by(facts.parts, facts.status):
        raise PermissionDenied(f"“{AGREE.label}” on {question.reference} is not yours to make.")
    answer = get_answer_in_review(question) if question.status == Status.IN_REVIEW else None
    if request.method != "POST" and (refused := AGREE.initial_refusals(facts)):
        messages.error(request, " ".join(refused))
        return HttpResponseRedirect(back)
    return _make_page(model_admin, request, question, answer, facts)


def _make_page(model_admin, request, question, answer, facts):
    back = reverse("admin:register_question_change", args=[question.pk]) + get_way(request)
    ready = Question.objects.visible_to(request.user).ready_to_agree(today()).order_by("review_by", "pk")
    run = make_run(ready.values_list("pk", flat=True)[:MOST_READY], question.pk, request)
    onward = _lead_on(run) if run.place else get_list_address(request) or back
    meetings = _get_offered_meetings(question, request.user)

    def make_form(*args, **kwargs):
        return AgreeForm(*args, offered=meetings, facts=facts, **kwargs)

    def act(given):
        seen = given.pop("seen")
        moved = change_status(question, "agree", by=request.user, check=lambda row: check_not_stale(row, seen), **given)
        return f"{moved.reference} is now {describe_status(moved)}."

    return short_page(
        model_admin,
        request,
        form_class=make_form,
        initial={"seen": question.version, "meeting": _find_deciding_meeting(question, answer, request.user)},
        act=act,
        title=f"Agree: {question.reference}",
        button="Agree and next" if run.place and run.next else "Agree",
        about=question,
        back=back,
        onward=onward,
        run=run,
        skip=onward if run.place and run.next else "",
        told=get_feed_preview(question, AGREE, request.user),
        **get_layout(question, answer, request.user),
    )


def _lead_on(run):
    if run.next is None:
        return reverse("admin:index")
    return f"{reverse('admin:register_question_agree', args=[run.next])}?of={run.count}"


def _get_offered_meetings(question, user):
    """Return the meetings that were held last, and those that the question is linked to."""
    held = Meeting.objects.visible_to(user).held_by(today())
    latest = held.order_by("-held_on", "-number").values_list("pk", flat=True)[:LATEST_MEETINGS]
    told = (line.meeting for line in list_brought_up([question], user)[question.pk])
    linked = [meeting.pk for meeting in told if not meeting.held_on or meeting.get_state(today()) == MeetingState.HELD]
    return Meeting.objects.filter(pk__in=[*latest, *linked]).select_related("group").order_by("-held_on", "-number")


def _find_deciding_meeting(question, answer, user):
    """Return the latest meeting held since the answer was proposed that the question is linked to, or None."""
    if answer is None:
        return None
    proposed_on = answer.history.order_by("history_id").values_list("history_date", flat=True).first()
    told = (line.meeting for line in list_brought_up([question], user)[question.pk])
    since = [meeting for meeting in told if meeting.get_state(today()) == MeetingState.HELD]
    since = [meeting for meeting in since if meeting.held_on >= proposed_on.date()]
    return max(since, key=lambda meeting: meeting.held_on).pk if since else None
