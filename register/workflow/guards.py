"""The guards of the workflow table: each returns the sentence that refuses a move, or None to let it pass."""

from datetime import date

from register.vocabulary import Classification, Status, strictness
from register.workflow.types import Facts, Given, Guard

# What says that a column lacks what a question needs before it is open.
MISSING = {
    "owner": "Give it an owner first.",
    "topic": "Give it a topic first.",
    "priority": "Give it a priority first.",
}


def _make_presence_guard(name: str) -> Guard:
    return Guard(f"no {name}", lambda facts, given: None if getattr(facts, f"has_{name}") else MISSING[name])


TRIAGED = tuple(_make_presence_guard(name) for name in MISSING)


def no_draft(facts: Facts, given: Given) -> str | None:
    return None if facts.draft else "Propose an answer first: there is no draft to review."


def hidden_from_members(facts: Facts, given: Given) -> str | None:
    if facts.classification == Classification.RESTRICTED:
        return "Have an approver make the question less strict first: it is Restricted, so members could not review it."
    if facts.draft == Classification.RESTRICTED:
        return "Propose an answer that is not Restricted: members could not review this one."
    return None


def review_date_gone(facts: Facts, given: Given) -> str | None:
    chosen = given.get("review_by")
    return f"Choose a review date after {_format_date(facts.today)}." if chosen and chosen <= facts.today else None


def revisit_date_gone(facts: Facts, given: Given) -> str | None:
    chosen = given.get("revisit_on")
    return (
        f"Choose a revisit date no earlier than {_format_date(facts.today)}."
        if chosen and chosen < facts.today
        else None
    )


def own_answer(facts: Facts, given: Given) -> str | None:
    return "Ask another approver to agree it: you wrote words of this answer." if facts.written_by_mover else None


def meeting_not_held(facts: Facts, given: Given) -> str | None:
    meeting = given.get("meeting")
    if meeting is None:
        return None
    if meeting.is_cancelled:
        return f"Choose another meeting: {meeting} was cancelled."
    held_on = meeting.held_on
    return f"Choose a meeting that was held: {meeting} is to come." if held_on and held_on > facts.today else None


def nothing_amended(facts: Facts, given: Given) -> str | None:
    return None if facts.amended_at else "Have Triage enter the text as amended at a meeting first."


def own_amendment(facts: Facts, given: Given) -> str | None:
    return "Ask another approver to agree it: you wrote words of this answer." if facts.amended_by_mover else None


def unanswered(facts: Facts, given: Given) -> str | None:
    if given.get("reason"):
        return None
    if facts.asked == facts.silent:
        return "Say in the reason why it is agreed with no position at all."
    return (
        f"Say in the reason why it is agreed over silence: {facts.silent} of {facts.asked}." if facts.silent else None
    )


def standing_disagreement(facts: Facts, given: Given) -> str | None:
    if not facts.disagreeing or given.get("reason"):
        return None
    return f"Say in the reason how the standing disagreement is dealt with ({', '.join(facts.disagreeing)})."


def suspect_ground(facts: Facts, given: Given) -> str | None:
    if not facts.suspect or given.get("reason"):
        return None
    return f"Say in the reason why it is agreed though something is suspect ({'; '.join(facts.suspect)})."


def no_decision(facts: Facts, given: Given) -> str | None:
    return None if given.get("meeting") or given.get("reason") else "Name the deciding meeting, or give a reason."


def target_withdrawn(facts: Facts, given: Given) -> str | None:
    target = given.get("merged_into")
    if target and target.status == Status.WITHDRAWN:
        return f"Choose another question, or reopen {target.reference} first: it is withdrawn."
    return None


def target_itself(facts: Facts, given: Given) -> str | None:
    target = given.get("merged_into")
    if target and target.reference == facts.reference:
        return f"Choose another question: {facts.reference} cannot be merged into itself, or into what leads to it."
    return None


def target_stricter(facts: Facts, given: Given) -> str | None:
    target = given.get("merged_into")
    if target and strictness(target.classification) > strictness(facts.classification):
        return f"Make {facts.reference} as strict as {target.reference} first: readers of one could not follow it."
    return None


def _format_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def nothing_to_undo(facts: Facts, given: Given) -> str | None:
    if facts.last_move is None:
        return "There is no move to undo."
    return None if facts.last_move.is_last else "Something was recorded of it since, so its last move stands."
