"""What the page of one question shows beside its form: moves, history, links, answers, where it comes from."""

from django.db.models import prefetch_related_objects
from django.utils.formats import date_format

from register.admin.answer_panels import get_answer_panels
from register.admin.guarded import is_visible
from register.admin.meetings.brought_up import list_brought_up
from register.admin.meetings.moved import get_meeting_changes
from register.admin.moves import make_form_in_place
from register.admin.neighbours import get_neighbours, get_way
from register.admin.question_forms import FACTS
from register.admin.rounds import get_ended_rounds
from register.admin.short_page import other_classifications
from register.admin.suspects.doubts import list_doubts
from register.admin.timeline import describe_timeline
from register.clock import today
from register.ledger.status_history import get_status_history
from register.ledger.timeline import load_question_history
from register.models import AnswerGround, Origin, Question
from register.models.questions import describe_lateness
from register.services.amending import AMENDABLE
from register.services.answers import can_propose, get_reviewable_answer
from register.services.briefing import WHO_READS
from register.services.preferences import get_preferences
from register.services.questions import get_moves
from register.services.splitting import get_split_refusal
from register.vocabulary import Role, Status

ALWAYS = ("Owner", "Assigned to", "Topic", "Priority", "Due")  # said also where there is none


def get_panels(model_admin, request, question):
    """Return what the templates show of a question as `QuestionAdmin.load_object` loads it, by name."""
    prefetch_related_objects([question], "answers__amended_at__group")
    return {
        "question": question,
        "is_triage": request.user.has_role(Role.TRIAGE),
        "split_off": [row for row in question.derived if row.split_from_id == question.pk],
        "split_from": question.split_from
        if question.split_from and is_visible(question.split_from, request.user)
        else None,
        "neighbours": get_neighbours(model_admin, request, question),
        "leads_to": get_merge_end(question, request.user),
        "merged_here": [row for row in question.derived if row.merged_into_id == question.pk],
        **get_answer_panels(question, request.user),
        "doubts": list_doubts(question, request.user),
        "facts": _get_facts(question),
        "late": describe_lateness(question, today()),
        "way": get_way(request),
        "fact_names": FACTS,
        **_get_possibilities(question, request.user),
        **_get_links(question, request.user),
        **_get_past(model_admin, request, question),
    }


def _get_facts(question):
    """Return [(name, value)] of what is true of a question, without what is not given."""
    facts = (
        ("Owner", question.owner),
        ("Assigned to", question.assignee and question.assignee_label),
        ("Topic", question.topic),
        ("Priority", question.get_priority_display()),
        ("Due", question.due_on and date_format(question.due_on, "j F Y")),
        ("Review by", question.review_by and date_format(question.review_by, "j F Y")),
        ("Revisit on", question.revisit_on and date_format(question.revisit_on, "j F Y")),
        ("Disposition", question.disposition),
        ("Outcome", question.get_outcome_display()),
        ("Age", f"{question.age(today()):,} working days"),
        ("Seen by", question.get_classification_display()),
        ("Raised by", question.raised_by),
        ("First asked", question.raised_on and date_format(question.raised_on, "j F Y")),
    )
    return [(name, value or "none yet") for name, value in facts if value or name in ALWAYS]


def get_merge_end(question, user):
    """Return the question at the end of the chain of merges, or the last of it that the user may see, or None."""
    return next((row for row in reversed(question.get_merge_chain()) if is_visible(row, user)), None)


def _get_possibilities(question, user):
    """Return what the user may do with the question now."""
    is_triage = user.has_role(Role.TRIAGE)
    moves = get_moves(question, user)
    return {
        "moves": [(transition, make_form_in_place(transition, question, user)) for transition, no in moves if not no],
        "refused_moves": [(transition, reasons) for transition, reasons in moves if reasons],
        "readers": WHO_READS[question.classification],
        "keys": get_preferences(user).keys,
        "may_reclassify": bool(other_classifications(question, user)),
        "to_review": get_reviewable_answer(question, user),
        "may_propose": can_propose(question, user),
        "may_amend": is_triage and question.status in AMENDABLE,
        "may_split": is_triage and not get_split_refusal(question),
        "may_put_back": is_triage and question.status == Status.IN_REVIEW,
    }


def _get_links(question, user):
    actions = question.action_links.visible_to(user).filter(struck_out=False)
    asked_as = [question.pk, *filter(None, [question.split_from_id])]
    origins = Origin.objects.visible_to(user).filter(question__in=asked_as)
    return {
        "brought_up": list_brought_up([question], user)[question.pk],
        "action_links": actions.select_related("action__group", "action__owner", "action__owner_group"),
        "origins": origins.select_related("report__meeting__group"),
        "resting": AnswerGround.objects.visible_to(user)
        .filter(rests_on_question=question, struck_out=False)
        .select_related("answer__question"),
    }


def _get_past(model_admin, request, question):
    history = load_question_history(question, seen_by=request.user)
    versions = [row for row in history if row.instance_type is Question]
    status_changes = get_status_history(question, seen_by=request.user, versions=versions)
    status_only = request.GET.get("show") == "status"
    items = describe_timeline(model_admin, request, question, history, status_changes)
    items += [*get_ended_rounds(question, request.user, versions), *get_meeting_changes(history)]
    items.sort(key=lambda item: item["at"], reverse=True)  # it keeps the order of what is of one moment
    return {
        "timeline": [item for item in items if "move" in item] if status_only else items,
        "status_only": status_only,
        "here": status_changes[-1] if status_changes else None,
    }
