"""Enter the text that a meeting amended an answer into, for an approver to agree."""

from register.clock import today
from register.ledger.unit_of_work import record
from register.models import Answer, Meeting, Question, User
from register.refusals import Refused
from register.services import review_round
from register.services.answers import make_answer
from register.services.cleaning import clean_remark, clean_row
from register.services.permissions import require_role
from register.services.rows import Check, check_nothing, reload_visible, unit_of_work_on
from register.vocabulary import AnswerStatus, Classification, MeetingState, Role, Status, strictest

AMENDABLE = (Status.OPEN, Status.AWAITING_INPUT, Status.IN_REVIEW)


def amend_answer(
    question: Question, text: str, meeting: Meeting, *, by: User, check: Check = check_nothing, reason: str = ""
) -> Answer:
    """Add the text that a meeting amended the answer into, as a draft of the next number; return it.

    It is as strict as the answer that it amends, or as one that is proposed anew. A draft before it is superseded; an
    answer in review stays so, with its positions, until the amended one is agreed. `check` is as in
    `rows.unit_of_work_on`. Raises NotVisible, NotPermitted, Refused, Invalid.
    """
    with unit_of_work_on(question, by, check) as question:
        require_role(by, Role.TRIAGE, to="enter an amended answer")
        meeting = reload_visible(meeting, by)
        draft, reviewed = review_round.get_open_answers(question)
        former = reviewed or draft
        classification = strictest(former.classification if former else Classification.MEMBERS, question.classification)
        amended = make_answer(question, text, by, classification=classification, amended_at=meeting)
        if refused := _refuse(amended, former):
            raise Refused(refused)
        why = clean_remark(reason) or f"Amended at {meeting}."
        if draft:
            draft.status = AnswerStatus.SUPERSEDED
            record(draft, by=by, reason=why)
        return record(clean_row(amended), by=by, reason=why)


def _refuse(amended: Answer, former: Answer | None) -> str | None:
    question, meeting = amended.question, amended.amended_at
    if question.status not in AMENDABLE:
        return f"{question.reference} is {question.get_status_display()}: there is no answer to amend."
    if meeting and meeting.get_state(today()) != MeetingState.HELD:
        return f"Choose a meeting that was held: {meeting} has amended nothing."
    if former and former.text.split() == amended.text.split():
        return f"Agree answer {former.number} as it is: the text is the same."
    return None
