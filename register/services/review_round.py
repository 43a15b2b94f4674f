"""What a move of the question does to its answers: one review round at a time."""

from collections.abc import Iterable
from typing import Any

from register.ledger.unit_of_work import Actor, record
from register.models import Answer, Meeting, MeetingLink, Question, Review, User
from register.services.cleaning import clean_row
from register.vocabulary import AnswerStatus, Classification, LinkKind, Position, Role, Status, strictest, strictness
from register.workflow import Transition


def standing(question: Question) -> tuple[Answer | None, Answer | None]:
    """Return (the draft, the answer under review) of a question: one of each at most, None where there is none."""
    answers = {answer.status: answer for answer in Answer.objects.filter(question=question).order_by()}
    return answers.get(AnswerStatus.DRAFT), answers.get(AnswerStatus.IN_REVIEW)


def draft_of(question: Question) -> Answer | None:
    return standing(question)[0]


def under_review(question: Question) -> Answer | None:
    return standing(question)[1]


def disagreeing(answer: Answer) -> tuple[str, ...]:
    """Return the names of those whose disagreement stands, each with its organisation."""
    reviews = answer.reviews.filter(position=Position.DISAGREE).select_related("organisation")
    return tuple(f"{review.reviewer_name} of {review.organisation}" for review in reviews)


def follow(
    question: Question, transition: Transition, values: dict[str, Any], *, by: Actor, reason: str
) -> Answer | None:
    """Do to the answers what the transition implies; return the answer agreed by then, or None."""
    step = _STEPS.get(transition.name)
    return step(question, values, by, reason) if step else question.agreed_answer


def _open_round(question: Question, values: dict[str, Any], by: Actor, reason: str) -> None:
    answer = _mark(draft_of(question), AnswerStatus.IN_REVIEW, by, reason)
    for member in User.objects.filter(is_active=True, groups__name=Role.MEMBER).exclude(groups__name=Role.FEED):
        record(silent_review(answer, member), by=by, reason=reason)


def silent_review(answer: Answer, member: User) -> Review:
    """Return an unsaved review that says nothing yet, with the member's name and organisation as they are today."""
    return Review(
        answer=answer,
        reviewer=member,
        reviewer_name=member.display_name,
        organisation=member.organisation,
        classification=strictest(Classification.MEMBERS, answer.classification),
    )


def _send_back(question: Question, values: dict[str, Any], by: Actor, reason: str) -> None:
    _mark(under_review(question), AnswerStatus.SUPERSEDED, by, reason)


def _agree(question: Question, values: dict[str, Any], by: Actor, reason: str) -> Answer:
    if meeting := values.pop("meeting", None):
        _link_decision(question, meeting, by, reason)
    return _mark(under_review(question), AnswerStatus.AGREED, by, reason)


def _link_decision(question: Question, meeting: Meeting, by: Actor, reason: str) -> None:
    link = {"question": question, "meeting": meeting, "kind": LinkKind.DECIDED, "paragraph": ""}
    if not MeetingLink.objects.filter(**link, struck_out=False).exists():
        record(clean_row(MeetingLink(**link)), by=by, reason=reason)


def _reopen(question: Question, values: dict[str, Any], by: Actor, reason: str) -> None:
    if question.status in (Status.AGREED, Status.CLOSED):
        _mark(question.agreed_answer, AnswerStatus.SUPERSEDED, by, reason)


def _mark(answer: Answer | None, status: AnswerStatus, by: Actor, reason: str) -> Answer:
    if answer is None:
        raise LookupError(f"There is no answer to mark as {status.label}.")
    answer.status = status
    return record(answer, by=by, reason=reason)


def tighten(answers: Iterable[Answer], classification: str, *, by: Actor, reason: str) -> None:
    """Make answers, and the reviews of each, at least as strict as the classification."""
    for answer in answers:
        classified: list[Answer | Review] = [answer, *answer.reviews.all()]
        for item in classified:
            if strictness(item.classification) < strictness(classification):
                item.classification = classification
                record(item, by=by, reason=reason)


_STEPS = {"start_review": _open_round, "send_back": _send_back, "agree": _agree, "reopen": _reopen}
