"""Split a question that asks two things, as the first of the five of the CCDG15 report does."""

from typing import Any

from register.characters import strip_unseen
from register.clock import london_date, today
from register.ledger.unit_of_work import Actor, record
from register.models import ActionLink, AgendaItem, Meeting, MeetingLink, Question
from register.refusals import Refused
from register.services.cleaning import apply_changes, clean_row, require_text
from register.services.meetings import schedule_question
from register.services.permissions import require_role
from register.services.questions import record_raised
from register.services.rows import check_not_stale, unit_of_work_on
from register.services.suspects.grounds import carry_over_grounds
from register.vocabulary import Role, Status

SPLITTABLE = (Status.RAISED, Status.OPEN, Status.AWAITING_INPUT, Status.DEFERRED)
# The columns that the new question takes from the one that it is split from.
HANDED_DOWN = ("topic", "owner", "assignee", "priority", "classification", "due_on")


def get_split_refusal(question: Question) -> str | None:
    """Return the sentence that refuses to split a question in its present status, or None where it can be split."""
    if question.status in SPLITTABLE:
        return None
    listed = ", ".join(status.label for status in SPLITTABLE[:-1])
    return (
        f"{question.reference} is {question.get_status_display()}: "
        f"only a question that is {listed} or {SPLITTABLE[-1].label} is split."
    )


def split_question(
    question: Question,
    *,
    by: Actor,
    title: str,
    text: str,
    new_title: str,
    new_text: str,
    reason: str,
    seen: int | None = None,
) -> Question:
    """Set the question's `title` and `text`, and raise a new one of `new_title` and `new_text`; return the new one.

    The new question is raised by `by`, has the first one's `HANDED_DOWN`, the same `raised_on` (the date in London of
    the record where there is none) and the same links to meetings and actions, and is on the agendas of the same
    meetings to come. `seen` is as in `edit_question`. Raises NotVisible, NotPermitted, Refused, Invalid, Stale.
    """
    with unit_of_work_on(question, by) as question:
        require_role(by, Role.TRIAGE, to="split a question")
        if refused := get_split_refusal(question):
            raise Refused(refused)
        check_not_stale(question, seen)
        stays, goes = _make_texts(title, text), _make_texts(new_title, new_text)
        if stays == goes:
            raise Refused("Cut each half down to its part: the two say the same.")
        # No reference in it: either question may come to be hidden, and a reason stays.
        reason = f"Split in two: {require_text(reason, 'Give a reason: why it is really two questions.')}"
        rest = record_raised(Question(**goes, **_get_inherited_values(question)), by=by, reason=reason)
        # Recorded even where its texts stay the same: its history shows that it was split, by whom and why.
        apply_changes(question, stays)
        record(clean_row(question), by=by, reason=reason)
        _copy_links(question, rest, by, reason)
        carry_over_grounds(question, rest, by=by, reason=reason, is_ended=False)
        return rest


def _make_texts(title: str | None, text: str | None) -> dict[str, str]:
    return {"title": strip_unseen(title or ""), "text": strip_unseen(text or "")}


def _get_inherited_values(question: Question) -> dict[str, Any]:
    asked = question.raised_on or london_date(question.recorded_at)
    return {"split_from": question, "raised_on": asked} | {name: getattr(question, name) for name in HANDED_DOWN}


def _copy_links(question: Question, rest: Question, by: Actor, reason: str) -> None:
    for model in (MeetingLink, ActionLink):
        for link in model.objects.filter(question=question, struck_out=False):
            link.pk, link.question, link._state.adding = None, rest, True
            record(clean_row(link), by=by, reason=reason)
    to_come = Meeting.objects.to_come(today())
    for item in AgendaItem.objects.scheduling().filter(question=question, meeting__in=to_come):
        schedule_question(rest, item.meeting, by=by, reason=reason)
