"""What changed since a moment, in lines."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from register.ledger.recent import get_recent_changes
from register.models import Question
from register.services.actions import GIVES
from register.vocabulary import Position


@dataclass(frozen=True)
class ChangeLine:
    """One change: when (aware), what it is about and where that is, what happened, and whose doing it was."""

    at: datetime
    reference: str
    title: str
    address: str
    what: str
    by: str
    is_move: bool


def get_change_lines(user, since, most, until=None):
    """Return ([ChangeLine], whether there are more) from one aware moment to another, the latest first, as user sees.

    Without `until` they are those up to now.
    """
    changes, more = get_recent_changes(since, seen_by=user, most=most, until=until)
    keys = {change.question_id for change in changes if change.question_id}
    questions = Question.objects.visible_to(user).in_bulk(keys)
    lines = (_make_line(change, questions) for change in changes if _is_news(change))
    return [line for line in lines if line], more


def _is_news(change):
    """Tell nobody of each member who was asked for a position, for that the review began is told; nor of an order."""
    if change.model == "actionupdate":  # what closed an action is told as its status
        return change.row.kind not in GIVES
    if change.model == "agendaitem":  # a question's place on an agenda is none; an item of no question has no page
        return change.question_id and "place" not in change.fields
    return not (change.model == "review" and change.row.position == Position.NO_RESPONSE)


def _make_line(change, questions):
    row = change.row
    common = {"at": change.at, "by": row.actor_organisation or row.actor, "is_move": change.is_move}
    if change.question_id:
        question = questions.get(change.question_id)
        if question is None:
            return None
        address = reverse("admin:register_question_change", args=[question.pk])
        return ChangeLine(
            reference=question.reference, title=question.title, address=address, what=_describe(change), **common
        )
    if change.model == "actionupdate":
        address, row = reverse("admin:register_action_change", args=[row.action_id]), row.action
        return ChangeLine(reference=row.reference, title="", address=address, what=_describe(change), **common)
    address = reverse(f"admin:register_{change.model}_change", args=[row.id])
    return ChangeLine(reference=_name(change), title="", address=address, what=_describe(change), **common)


def _name(change):
    row = change.row
    return row.reference if change.model == "action" else str(row.history_object)


def _describe(change):
    return _DESCRIBED.get(change.model, _describe_row)(change)


def _describe_question(change):
    row = change.row
    if change.before is None:
        return "raised" if row.history_type == "+" else row.get_status_display()
    if change.is_move:
        return f"{change.before.get_status_display()} → {row.get_status_display()}"
    return _list_fields(change)


def _describe_answer(change):
    row = change.row
    if row.history_type == "+":
        return f"answer {row.number} proposed"
    return f"answer {row.number} {row.get_status_display()}" if change.is_move else f"answer {row.number} reworded"


def _describe_review(change):
    return f"{change.row.reviewer_name}: {change.row.get_position_display()}"


def _describe_link(change):
    row = change.row
    if row.struck_out:
        return f"no longer {row.get_kind_display()} at {row.meeting}"
    return f"{row.get_kind_display()} at {row.meeting}"


def _describe_item(change):
    row = change.row
    if row.struck_out:
        return f"no longer on the agenda of {row.meeting}"
    return f"scheduled for {row.meeting}" if row.history_type == "+" else f"moved on the agenda of {row.meeting}"


def _describe_outcome(change):
    row = change.row
    return f"{row.get_result_display()} at {row.meeting}{': struck out' if row.struck_out else ''}"


def _describe_row(change):
    if change.row.history_type == "+":
        return "added"
    return change.row.get_status_display() if change.is_move else _list_fields(change)


def _list_fields(change):
    return f"changed: {', '.join(change.fields)}" if change.fields else "recorded anew"


_DESCRIBED = {
    "question": _describe_question,
    "answer": _describe_answer,
    "review": _describe_review,
    "meetinglink": _describe_link,
    "agendaitem": _describe_item,
    "meetingoutcome": _describe_outcome,
    "actionupdate": lambda change: change.row.get_kind_display(),
}
