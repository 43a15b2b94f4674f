"""What the page of one question shows beside its form: moves, history, links, answers, where it comes from."""

from django.db.models import prefetch_related_objects

from register.admin.guarded import is_visible
from register.admin.short_page import other_classifications
from register.admin.timeline import describe_timeline
from register.ledger.status_history import get_status_history
from register.ledger.timeline import load_question_history
from register.models import Origin, Question
from register.services.answers import can_propose, get_reviewable_answer
from register.services.questions import get_moves
from register.services.splitting import get_split_refusal
from register.vocabulary import Role, Status


def get_panels(model_admin, request, question):
    """Return what the templates show of a question as `QuestionAdmin.load_object` loads it, by name."""
    prefetch_related_objects([question], "answers")
    return {
        "question": question,
        "is_triage": request.user.has_role(Role.TRIAGE),
        "split_off": [row for row in question.derived if row.split_from_id == question.pk],
        "leads_to": get_merge_end(question, request.user),
        "merged_here": [row for row in question.derived if row.merged_into_id == question.pk],
        "answers": [answer for answer in question.answers.all() if is_visible(answer, request.user)],
        **_get_possibilities(question, request.user),
        **_get_links(question, request.user),
        **_get_past(model_admin, request, question),
    }


def get_merge_end(question, user):
    """Return the question at the end of the chain of merges, or the last of it that the user may see, or None."""
    return next((row for row in reversed(question.get_merge_chain()) if is_visible(row, user)), None)


def _get_possibilities(question, user):
    """Return what the user may do with the question now."""
    is_triage = user.has_role(Role.TRIAGE)
    return {
        "moves": get_moves(question, user),
        "may_reclassify": bool(other_classifications(question, user)),
        "to_review": get_reviewable_answer(question, user),
        "may_propose": can_propose(question, user),
        "may_split": is_triage and not get_split_refusal(question),
        "may_put_back": is_triage and question.status == Status.IN_REVIEW,
    }


def _get_links(question, user):
    meetings = question.meeting_links.visible_to(user).filter(struck_out=False)
    actions = question.action_links.visible_to(user).filter(struck_out=False)
    asked_as = [question.pk, *filter(None, [question.split_from_id])]
    origins = Origin.objects.visible_to(user).filter(question__in=asked_as)
    return {
        "meeting_links": meetings.select_related("meeting__group"),
        "action_links": actions.select_related("action__group", "action__owner", "action__owner_group"),
        "origins": origins.select_related("report__meeting__group"),
    }


def _get_past(model_admin, request, question):
    history = load_question_history(question, seen_by=request.user)
    versions = [row for row in history if row.instance_type is Question]
    return {
        "status_history": get_status_history(question, seen_by=request.user, versions=versions),
        "happenings": describe_timeline(model_admin, request, question, history),
    }
