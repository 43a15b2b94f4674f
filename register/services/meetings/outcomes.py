"""Record what became of questions at a meeting: added, and never rewritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format

from register.characters import strip_unseen
from register.clock import today
from register.ledger.unit_of_work import Actor, record, unit_of_work
from register.models import AgendaItem, Meeting, MeetingOutcome, Question
from register.refusals import Refused
from register.services.cleaning import clean_paragraph, clean_remark, clean_row
from register.services.meetings.agenda import carry_over, schedule_question, takes_items
from register.services.permissions import require_role
from register.services.rows import reload_visible
from register.services.striking_out import strike_out_row
from register.vocabulary import MeetingResult, MeetingState, Role

# What can become of a scheduling at a meeting that is not held, or not yet.
WITHOUT_MEETING = (MeetingResult.DEFERRED, MeetingResult.NOT_REACHED, MeetingResult.WITHDRAWN)


@dataclass(frozen=True)
class GivenOutcome:
    """What became of a question; `to` is the meeting that it was put off to, and is scheduled for.

    `seen` has how many outcomes of it at the meeting were shown: where there are more by now, it is refused once.
    """

    question: Question
    result: str
    to: Meeting | None = None
    paragraph: str = ""
    note: str = ""
    seen: int | None = None


def record_outcomes(meeting: Meeting, given: Sequence[GivenOutcome], *, by: Actor) -> list[MeetingOutcome]:
    """Record the outcomes of a meeting, all or none; return them.

    Each settles the scheduling of its question there, where there is one. A question that is put off to a meeting is
    scheduled for it, unless that was held by now, and its old scheduling stays. No status moves by it. Raises
    NotVisible, NotPermitted, Refused with a sentence for each that cannot be recorded, Invalid.
    """
    with unit_of_work():
        require_role(by, Role.TRIAGE, to="record what became of a question")
        meeting = reload_visible(meeting, by)
        if not given:
            raise Refused("Choose what became of a question.")
        if refused := [sentence for outcome in given if (sentence := _refuse(meeting, outcome, by))]:
            raise Refused(*refused)
        return [_record(meeting, outcome, by) for outcome in given]


def _refuse(meeting: Meeting, given: GivenOutcome, by: Actor) -> str | None:
    """Return the sentence that refuses one outcome, or None."""
    called, state = given.question.reference, meeting.get_state(today())
    there = list(_get_standing(given.question, meeting).order_by("pk"))
    if given.seen is not None and len(there) > given.seen:
        by_whom = there[-1].history.latest().actor
        return f"{called} has an outcome since you opened this page: {there[-1].get_result_display()}, by {by_whom}."
    if any((held.result, held.paragraph) == (given.result, strip_unseen(given.paragraph)) for held in there):
        return f"Leave {called} out: that it was {MeetingResult(given.result).label} is recorded already."
    if state != MeetingState.HELD and given.result not in WITHOUT_MEETING:
        when = f"is to be held on {date_format(meeting.held_on, 'j F Y')}" if meeting.held_on else "has no date yet"
        why = "is cancelled" if state == MeetingState.CANCELLED else when
        return f"{called} cannot have been {MeetingResult(given.result).label} there: {meeting} {why}."
    if given.to and given.result not in (MeetingResult.DEFERRED, MeetingResult.NOT_REACHED):
        return f"Choose no other meeting for {called}: it was not put off."
    if given.to == meeting:
        return f"Choose a later meeting for {called} than the one that it was put off at."
    return None


def _record(meeting: Meeting, given: GivenOutcome, by: Actor) -> MeetingOutcome:
    question, note = reload_visible(given.question, by), clean_remark(given.note)
    to = given.to if given.result == MeetingResult.DEFERRED else None
    place = given.paragraph
    outcome = _add(question, meeting, given.result, by=by, reason=note, paragraph=place, note=note, deferred_to=to)
    if given.to and takes_items(given.to) and not find_scheduling(question, given.to):
        why = f"Carried over from {meeting}."
        if outcome.item:
            carry_over(outcome.item, given.to, by=by, reason=why)
        else:
            schedule_question(question, given.to, by=by, reason=why)
    return outcome


def _add(
    question: Question, meeting: Meeting, result: str, *, by: Actor, reason: str, paragraph: str = "", **said: Any
) -> MeetingOutcome:
    """Record an outcome, which settles the scheduling of the question at the meeting where there is one; return it."""
    item, place = find_scheduling(question, meeting), clean_paragraph(paragraph)
    outcome = MeetingOutcome(question=question, meeting=meeting, item=item, result=result, paragraph=place, **said)
    return record(clean_row(outcome), by=by, reason=reason)


def find_scheduling(question: Question, meeting: Meeting) -> AgendaItem | None:
    """Return the item that has the question on the agenda of the meeting, or None."""
    return AgendaItem.objects.scheduling().filter(question=question, meeting=meeting).first()


def note_decision(question: Question, meeting: Meeting, *, by: Actor, reason: str, paragraph: str = "") -> None:
    """Record that a meeting decided a question, where that is not recorded already: part of the move that agrees it."""
    if not _get_standing(question, meeting).filter(result=MeetingResult.DECIDED).exists():
        _add(question, meeting, MeetingResult.DECIDED, by=by, reason=reason, paragraph=paragraph)


def note_discussion(question: Question, meeting: Meeting, *, by: Actor, reason: str) -> None:
    """Record that a report says that a meeting discussed a question, where nothing is recorded of it already."""
    if not _get_standing(question, meeting).exists():
        _add(question, meeting, MeetingResult.DISCUSSED, by=by, reason=reason)


def _get_standing(question: Question, meeting: Meeting) -> QuerySet:
    return MeetingOutcome.objects.filter(question=question, meeting=meeting, struck_out=False)


def strike_out_outcome(outcome: MeetingOutcome, *, by: Actor, reason: str) -> MeetingOutcome:
    """Mark a mistaken outcome as struck out; return it. Raises NotVisible, NotPermitted, Refused."""
    return strike_out_row(outcome, "outcome", by=by, reason=reason)
