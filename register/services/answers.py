"""Propose, edit, reclassify and review answers."""

from typing import Any

from django.db.models import QuerySet

from register.characters import strip_unseen
from register.clock import today
from register.ledger.unit_of_work import record, unit_of_work
from register.models import Answer, Origin, Question, Review, User, clearance
from register.models.visibility import get_classifications
from register.refusals import NotPermitted, Refused, Stale
from register.services import review_round
from register.services.cleaning import apply_changes, clean_remark, clean_row, require_text
from register.services.permissions import get_parts, require_part, require_role
from register.services.questions import change_status, check_reclassification
from register.services.rows import Check, check_not_stale, check_nothing, unit_of_work_on
from register.vocabulary import (
    COMMENT_NEEDED,
    AnswerStatus,
    Classification,
    Position,
    Role,
    Status,
    strictest,
    strictness,
)
from register.workflow import Part

TAKES_ANSWERS = (Status.OPEN, Status.AWAITING_INPUT)
PROPOSERS = (Part.TRIAGE, Part.OWNER)


def propose_answer(
    question: Question,
    text: str,
    *,
    by: User,
    check: Check = check_nothing,
    classification: str | None = None,
    reason: str = "",
) -> Answer:
    """Add a draft answer with the next number to an open question; return it. Triage or the owner's people may.

    The classification is Members, or the question's where that is stricter, unless another is given. `check` is as in
    `rows.unit_of_work_on`. Raises NotVisible, NotPermitted, Refused, Invalid.
    """
    with unit_of_work_on(question, by, check) as question:
        permit_proposal(question, by)
        _check_takes_draft(question)
        classification = classification or strictest(Classification.MEMBERS, question.classification)
        answer = make_answer(question, text, by, classification=classification)
        _check_not_looser(answer)
        if answer.classification not in clearance(by):
            raise Refused("Choose a classification that you may read yourself.")
        return record(clean_row(answer), by=by, reason=clean_remark(reason))


def get_offered_answer(question: Question, user: User) -> str:
    """Return what a report that the user may see has beside the question as asked, or ""; it is nobody's answer yet."""
    if question.answers.exists():
        return ""
    origins = Origin.objects.visible_to(user).filter(question=question).exclude(answer="")
    return origins.order_by("-pk").values_list("answer", flat=True).first() or ""


def make_answer(question: Question, text: str, by: User, **given: Any) -> Answer:
    """Return an unsaved draft answer with the next number. Raises Refused where the text says nothing."""
    text, number = require_text(text, "Give the answer a text."), question.answers.count() + 1
    return Answer(question=question, number=number, text=text, proposed_by=by, **given)


def propose_for_review(
    question: Question, text: str, *, by: User, review_by: Any, classification: str | None = None
) -> Answer:
    """Add a draft answer and start its review until a day, in one write; return it.

    Raises what `propose_answer` and `change_status` raise.
    """
    with unit_of_work():
        answer = propose_answer(question, text, by=by, classification=classification)
        change_status(answer.question, "start_review", by=by, review_by=review_by)
        answer.refresh_from_db()
        return answer


def permit_proposal(question: Question, by: User) -> None:
    """Raise NotPermitted unless this person may propose answers to the question."""
    require_part(question, by, *PROPOSERS, to="propose an answer")


def can_propose(question: Question, by: User) -> bool:
    """Return whether this person could propose an answer to the question now."""
    return question.status in TAKES_ANSWERS and bool(get_parts(question, by) & set(PROPOSERS))


def get_proposable_questions(by: User) -> QuerySet:
    """Return the questions that this person could propose an answer to now."""
    found = Question.objects.visible_to(by).filter(status__in=TAKES_ANSWERS)
    if by.has_role(Role.TRIAGE):
        return found
    takes_part = by.has_role(Role.MEMBER) and not by.has_role(Role.FEED) and by.organisation_id
    return found.filter(owner=by.organisation_id) if takes_part else found.none()


def _check_takes_draft(question: Question) -> None:
    if question.status not in TAKES_ANSWERS:
        raise Refused(
            f"{question.reference} is {question.get_status_display()}: "
            "an answer is proposed while a question is open or awaits input."
        )
    if draft := review_round.get_draft(question):
        raise Refused(f"Deal with answer {draft.number} first: it is still a draft, to be reworded or reclassified.")


def _check_not_looser(answer: Answer) -> None:
    if strictness(answer.classification) < strictness(answer.question.classification):
        raise Refused(f"Choose {answer.question.get_classification_display()} or stricter, as the question is.")


def edit_answer(answer: Answer, text: str, *, by: User, seen: int | None = None, reason: str = "") -> Answer:
    """Set a draft's text; return the answer. After the draft stage the text is frozen.

    Of one that a meeting amended it is Triage's, as entering it was.

    `seen` is the version that the editor read: raises Stale, with who changed what, where the answer was changed after
    it. Raises NotVisible, NotPermitted, Refused, Invalid.
    """
    with unit_of_work_on(answer, by) as answer:
        require_part(answer.question, by, *([Part.TRIAGE] if answer.amended_at_id else PROPOSERS), to="edit an answer")
        if answer.status != AnswerStatus.DRAFT:
            raise Refused("Propose a new answer: this one has gone to review, so its text is frozen.")
        check_not_stale(answer, seen)
        if apply_changes(answer, {"text": require_text(text, "Give the answer a text.")}):
            record(clean_row(answer), by=by, reason=clean_remark(reason))
        return answer


def reclassify_answer(
    answer: Answer, classification: str, *, by: User, seen: int | None = None, reason: str = ""
) -> Answer:
    """Change an answer's classification; return it. The rules are those of `check_reclassification`.

    It may not be looser than its question's. `seen` is as in `edit_answer`. Raises NotVisible, NotPermitted, Refused.
    """
    with unit_of_work_on(answer, by) as answer:
        check_not_stale(answer, seen)
        check_reclassification(answer, classification, by, reason)
        if answer.status == AnswerStatus.IN_REVIEW and classification == Classification.RESTRICTED:
            raise Refused("Send the answer back first: members could not finish a review of a Restricted answer.")
        if apply_changes(answer, {"classification": classification}):
            _check_not_looser(answer)
            record(clean_row(answer), by=by, reason=clean_remark(reason))
            review_round.tighten_classification([answer], classification, by=by, reason=clean_remark(reason))
        return answer


def record_review(
    answer: Answer, position: str, *, by: User, check: Check = check_nothing, comment: str = ""
) -> Review:
    """Record a member's own position on an answer in review; return the review, `late` after `question.review_by`.

    `check` is as in `rows.unit_of_work_on`, but is called with the member's own review: an unsaved one where there is
    none yet. Raises NotVisible, NotPermitted, Refused, Invalid.
    """
    with unit_of_work_on(answer, by) as answer:
        permit_review(by)
        review = Review.objects.filter(answer=answer, reviewer=by).first()
        review = review or review_round.make_silent_review(answer, by)
        check(review)
        if answer.status != AnswerStatus.IN_REVIEW:
            raise Refused(f"Answer {answer.number} is {answer.get_status_display()}: it takes no positions now.")
        given = {"position": position, "comment": strip_unseen(comment or "")}
        _check_review(**given)
        if apply_changes(review, given) or not review.pk:
            end = answer.question.review_by
            review.late = end is not None and today() > end
            record(clean_row(review), by=by)
        return review


def permit_review(by: User) -> None:
    """Raise NotPermitted unless this person may review answers."""
    require_role(by, Role.MEMBER, to="review an answer")
    if by.has_role(Role.FEED):
        raise NotPermitted("Only people may review an answer: this is a feed client's login.")


def permit_own_review(review: Review, by: User) -> None:
    """Raise NotPermitted unless this person may review answers, and the review is theirs."""
    permit_review(by)
    if review.reviewer_id != by.pk:
        raise NotPermitted(f"Only {review.reviewer_name} may give this position: give your own.")


def get_last_snapshot(review: Review | None) -> int | None:
    """Return the `history_id` of a review's last snapshot, for `check_review_not_stale`; None where there is none."""
    return review.history.values_list("history_id", flat=True).first() if review and review.pk else None


def check_review_not_stale(review: Review, seen: int | None) -> None:
    """Raise Stale where position or comment are not as in the snapshot of that `history_id`; None is one of silence."""
    read = review.history.filter(history_id=seen).first() if review.pk else None
    said = (read.position, read.comment) if read else (Position.NO_RESPONSE, "")
    if (review.position, review.comment) != said:
        told = f"It is now: {review.get_position_display()}. {review.comment}".strip()
        raise Stale("You gave a position since you opened this, elsewhere, so nothing was saved.", [told])


def get_reviewable_answer(question: Question, by: User) -> Answer | None:
    """Return the answer to this question that the person could give a position on now, or None."""
    answer = review_round.get_answer_in_review(question)
    is_member = by.has_role(Role.MEMBER) and not by.has_role(Role.FEED)
    return answer if answer and is_member and set(get_classifications(answer)) <= set(clearance(by)) else None


def _check_review(position: str, comment: str) -> None:
    if position not in Position.values or position == Position.NO_RESPONSE:
        raise Refused("Choose a position: agree, agree with comments, disagree, or no view.")
    if position in COMMENT_NEEDED and not comment:
        raise Refused("Give a comment: it is needed to disagree, or to agree with comments.")
