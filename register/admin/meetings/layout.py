"""What the page of a meeting shows: its agenda as it stands, outcomes, actions, report, and what is left to do."""

from collections import defaultdict

from django.urls import reverse

from register.admin.desk.figures import get_list_address
from register.clock import today, working_days
from register.models import Action, AgendaItem, Answer, HeadlineReport, Meeting, MeetingOutcome, Origin
from register.services.meetings import takes_items
from register.services.packs import get_openable_packs
from register.services.position_tallies import get_position_tallies
from register.vocabulary import STANDING_ANSWERS, MeetingState, OriginKind, Role, Status


def get_meeting_panels(meeting, user):
    """Return what the template shows of a meeting, as far as the user may see it."""
    agenda, state = get_agenda(meeting, user), meeting.get_state(today())
    outcomes = MeetingOutcome.objects.visible_to(user).filter(meeting=meeting, struck_out=False)
    is_triage = user.has_role(Role.TRIAGE)
    can_add = takes_items(meeting)
    others = outcomes.filter(item=None).select_related("question", "deferred_to__group")
    return {
        "meeting": meeting,
        "state": state,
        "state_label": state.label,
        "in_days": working_days(today(), meeting.held_on)
        if state == MeetingState.PLANNED and meeting.held_on
        else None,
        "agenda": agenda,
        "minutes": sum(item.minutes or 0 for item in agenda),
        "unsettled": [item for item in agenda if item.question and not item.told],
        "told_of_others": others,
        "dates": _get_former_dates(meeting),
        "is_triage": is_triage,
        "may_pack": is_triage or user.has_role(Role.APPROVER),
        "packs": get_openable_packs(meeting, user),
        "can_add": can_add,
        "can_order": is_triage and can_add and len(agenda) > 1,
        "all_address": get_list_address(tab="all", meeting=str(meeting)),
        **_get_neighbours(meeting, user),
        **_get_report(meeting, user),
    }


def get_agenda(meeting, user):
    """Return the items that stand on an agenda, with `told` (the outcomes), `answer` and `tally` of their questions."""
    items = AgendaItem.objects.visible_to(user).standing().filter(meeting=meeting)
    related = ("question__owner", "question__waiting_on", "action__group", "action__owner", "action__owner_group")
    items = list(items.select_related("meeting__group", *related))
    questions = [item.question for item in items if item.question]
    answers = _get_answers(questions, user)
    reviewed = [question for question in questions if question.status == Status.IN_REVIEW]
    tallies = get_position_tallies(reviewed, user) if reviewed else {}
    told = _get_told(items)
    for item in items:
        item.told = told[item.pk]
        item.answer = answers.get(item.question_id)
        item.tally = tallies.get(item.question_id)
    return items


def _get_answers(questions, user):
    """Return {question's key: the answer that counts most: the one in review, else that agreed, else the draft}."""
    found = Answer.objects.visible_to(user).filter(question__in=questions, status__in=STANDING_ANSWERS)
    ranked = sorted(found, key=lambda answer: STANDING_ANSWERS.index(answer.status), reverse=True)
    return {answer.question_id: answer for answer in ranked}


def _get_told(items):
    told = defaultdict(list)
    outcomes = MeetingOutcome.objects.filter(item__in=items, struck_out=False)
    for outcome in outcomes.select_related("deferred_to__group", "meeting__group").order_by("pk"):
        told[outcome.item_id].append(outcome)
    return told


def _get_former_dates(meeting):
    """Return the dates that the meeting had before, the first first."""
    dates = meeting.history.order_by("history_id").values_list("held_on", flat=True)
    return [day for day in dict.fromkeys(dates) if day and day != meeting.held_on]


def _get_neighbours(meeting, user):
    """Return the meetings of the group before and after this one, by their dates."""
    if not meeting.held_on:
        return {"before": None, "after": None}
    of_group = Meeting.objects.visible_to(user).filter(group=meeting.group).exclude(pk=meeting.pk)
    return {
        "before": of_group.filter(held_on__lte=meeting.held_on).order_by("-held_on", "-number").first(),
        "after": of_group.filter(held_on__gt=meeting.held_on).order_by("held_on", "number").first(),
    }


def _get_report(meeting, user):
    """Return the latest edition of the meeting's report, what rests on it, and the actions that the meeting gave."""
    report = HeadlineReport.objects.visible_to(user).filter(meeting=meeting).order_by("-pk").first()
    origins = (
        Origin.objects.visible_to(user).filter(report__meeting=meeting).select_related("question", "action__group")
    )
    given = Action.objects.visible_to(user).filter(meeting=meeting).select_related("group", "owner", "owner_group")
    mentioned = {o.action_id: o for o in origins if o.action_id and o.kind == OriginKind.MENTIONED}
    return {
        "report": report,
        "rests": [origin for origin in origins if origin.question_id and origin.kind != OriginKind.MENTIONED],
        "given": given.order_by("reference"),
        "mentioned": list(mentioned.values()),
    }


def get_meeting_address(meeting):
    return reverse("admin:register_meeting_change", args=[meeting.pk])
