"""What a transition of a question does to its answers. A question has one review round at a time."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet

from register.ledger.unit_of_work import Actor, record
from register.models import Answer, Question, Review, User
from register.models.visibility import Reader
from register.services.meetings import note_decision
from register.vocabulary import AnswerStatus, Classification, Position, Status, strictest, strictness
from register.workflow import Transition


def get_open_answers(question: Question) -> tuple[Answer | None, Answer | None]:
    """Return (draft, answer in review) of a question; each is None where there is none."""
    answers = {answer.status: answer for answer in question.answers.all()}
    return answers.get(AnswerStatus.DRAFT), answers.get(AnswerStatus.IN_REVIEW)


def get_draft(question: Question) -> Answer | None:
    return get_open_answers(question)[0]


def get_answer_in_review(question: Question) -> Answer | None:
    return get_open_answers(question)[1]


def get_writers(answer: Answer) -> set[int]:
    """Return the primary keys of the logins that proposed an answer or have changed its words since."""
    rows = answer.history.order_by("history_id").only("text", "status", "classification", "history_user_id")
    rewords = {after.history_user_id for before, after in pairwise(rows) if _has_reworded(before, after)}
    return {answer.proposed_by_id} | rewords - {None}


def _has_reworded(before: Any, after: Any) -> bool:
    """Return whether a snapshot of an answer has other words than the one before; spaces and line ends are no words."""
    if before.text is None or after.text is None:  # redacted: an edit of the text is what changed nothing else
        return (before.status, before.classification) == (after.status, after.classification)
    return before.text.split() != after.text.split()


def get_disagreements(answer: Answer) -> tuple[str, ...]:
    """Return `Name of Organisation` for each member whose position on the answer is Disagree."""
    reviews = answer.reviews.filter(position=Position.DISAGREE).select_related("organisation")
    return tuple(f"{review.reviewer_name} of {review.organisation}" for review in reviews)


def get_given_positions(answer: Answer | None) -> list[str]:
    """Return the position of each member who was asked about an answer, of silence too; of none where there is none."""
    return list(answer.reviews.values_list("position", flat=True)) if answer else []


def get_positions(answer: Answer, by: Reader) -> QuerySet:
    """Return the reviews of an answer that `by` may see, annotated as by `with_leavers`."""
    return Review.objects.visible_to(by).filter(answer=answer).select_related("organisation").with_leavers()


def apply_transition(
    question: Question, transition: Transition, values: dict[str, Any], *, by: Actor, reason: str
) -> Answer | None:
    """Change the answers as the transition requires; return what the question's `agreed_answer` is then, or None.

    Of an agreement at a meeting, `values` have the meeting as `decided_at` then, and an outcome says so.
    """
    step = _STEPS.get(transition.name)
    return step(question, values, by, reason) if step else question.agreed_answer


def _open_round(question: Question, values: dict[str, Any], by: Actor, reason: str) -> None:
    answer = _set_status(get_draft(question), AnswerStatus.IN_REVIEW, by, reason)
    # A review that was begun and undone has asked some already.
    for member in User.objects.reviewing().exclude(reviews__answer=answer):
        record(make_silent_review(answer, member), by=by, reason=reason)


def make_silent_review(answer: Answer, member: User) -> Review:
    """Return an unsaved review without a position, with the member's present name and organisation copied in."""
    return Review(
        answer=answer,
        reviewer=member,
        reviewer_name=member.display_name,
        organisation=member.organisation,
        classification=strictest(Classification.MEMBERS, answer.classification),
    )


def _send_back(question: Question, values: dict[str, Any], by: Actor, reason: str) -> None:
    _set_status(get_answer_in_review(question), AnswerStatus.SUPERSEDED, by, reason)


def _agree(question: Question, values: dict[str, Any], by: Actor, reason: str) -> Answer:
    if meeting := values.pop("meeting", None):
        note_decision(question, meeting, by=by, reason=reason)
        values["decided_at"] = meeting
    draft, reviewed = get_open_answers(question)
    if draft:  # as amended at a meeting, which was not agreed after all
        _set_status(draft, AnswerStatus.SUPERSEDED, by, reason)
    return _set_status(reviewed, AnswerStatus.AGREED, by, reason)


def _agree_as_amended(question: Question, values: dict[str, Any], by: Actor, reason: str) -> Answer:
    draft, reviewed = get_open_answers(question)
    if reviewed:
        _set_status(reviewed, AnswerStatus.SUPERSEDED, by, reason)
    agreed = _set_status(draft, AnswerStatus.AGREED, by, reason)
    if agreed.amended_at:
        note_decision(question, agreed.amended_at, by=by, reason=reason, paragraph=values.pop("paragraph", ""))
        values["decided_at"] = agreed.amended_at
    return agreed


def _reopen(question: Question, values: dict[str, Any], by: Actor, reason: str) -> None:
    if question.status in (Status.AGREED, Status.CLOSED):
        _set_status(question.agreed_answer, AnswerStatus.SUPERSEDED, by, reason)


def _set_status(answer: Answer | None, status: AnswerStatus, by: Actor, reason: str) -> Answer:
    if answer is None:
        raise LookupError(f"There is no answer to mark as {status.label}.")
    answer.status = status
    return record(answer, by=by, reason=reason)


def tighten_classification(answers: Iterable[Answer], classification: str, *, by: Actor, reason: str) -> None:
    """Raise answers, and the reviews of each, to the classification where theirs is looser, and record each change."""
    for answer in answers:
        classified: list[Answer | Review] = [answer, *answer.reviews.all()]
        for item in classified:
            if strictness(item.classification) < strictness(classification):
                item.classification = classification
                record(item, by=by, reason=reason)


_STEPS = {
    "start_review": _open_round,
    "send_back": _send_back,
    "agree": _agree,
    "agree_as_amended": _agree_as_amended,
    "reopen": _reopen,
}
