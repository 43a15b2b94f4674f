"""Propose, edit and review answers."""

from register.ledger.chain import record, writing
from register.models import Answer, Review
from register.refusals import NotPermitted, Refused
from register.services import review_round
from register.services.door import change, cleaned, needed, parts_of, require_part, require_role, seen_again, today
from register.services.questions import check_reclassification
from register.words import COMMENT_NEEDED, AnswerStatus, Classification, Position, Role, Status, strictest, strictness
from register.workflow import Part

TAKES_ANSWERS = (Status.OPEN, Status.AWAITING_INPUT)
PROPOSERS = (Part.TRIAGE, Part.OWNER)


def propose_answer(question, text, *, by, classification=None, reason=""):
    """Add a numbered draft answer to an open question, and return it. Triage or the owner's people propose.

    The classification is Members, or the question's where that is stricter, unless another is given.
    """
    with writing():
        question = seen_again(question, by)
        require_part(question, by, *PROPOSERS, to="propose an answer")
        _takes_a_draft(question)
        classification = classification or strictest(Classification.MEMBERS, question.classification)
        answer = Answer(
            question=question,
            number=question.answers.count() + 1,
            text=needed(text, "Give the answer a text."),
            classification=classification,
            proposed_by=by,
        )
        _no_looser_than_question(answer)
        return record(cleaned(answer), by=by, reason=reason.strip())


def may_propose(question, by):
    """True where this person could propose an answer to the question now."""
    return question.status in TAKES_ANSWERS and bool(parts_of(question, by) & set(PROPOSERS))


def _takes_a_draft(question):
    if question.status not in TAKES_ANSWERS:
        raise Refused(
            f"{question.reference} is {question.get_status_display()}: "
            "an answer is proposed while a question is open or awaits input."
        )
    if draft := review_round.draft_of(question):
        raise Refused(f"Edit answer {draft.number} instead: it is still a draft.")


def _no_looser_than_question(answer):
    if strictness(answer.classification) < strictness(answer.question.classification):
        raise Refused(f"Choose {answer.question.get_classification_display()} or stricter, as the question is.")


def edit_answer(answer, text, *, by, reason=""):
    """Reword a draft; return it. Once it has gone to review its text is frozen."""
    with writing():
        answer = seen_again(answer, by, "question")
        require_part(answer.question, by, *PROPOSERS, to="edit an answer")
        if answer.status != AnswerStatus.DRAFT:
            raise Refused("Propose a new answer: this one has gone to review, so its text is frozen.")
        if change(answer, {"text": needed(text, "Give the answer a text.")}):
            record(cleaned(answer), by=by, reason=reason.strip())
        return answer


def reclassify_answer(answer, classification, *, by, reason=""):
    """Change who may see an answer, under the rules for questions and never looser than its question; return it."""
    with writing():
        answer = seen_again(answer, by, "question")
        check_reclassification(answer, classification, by, reason)
        if answer.status == AnswerStatus.IN_REVIEW and classification == Classification.RESTRICTED:
            raise Refused("Send the answer back first: members could not finish a review of a Restricted answer.")
        if change(answer, {"classification": classification}):
            _no_looser_than_question(answer)
            record(cleaned(answer), by=by, reason=reason.strip())
            review_round.tighten([answer], classification, by=by, reason=reason.strip())
        return answer


def record_review(answer, position, *, by, comment=""):
    """Record a member's own position on an answer in review; return the review, marked late after its date."""
    with writing():
        answer = seen_again(answer, by, "question")
        require_role(by, Role.MEMBER, to="review an answer")
        if by.has_role(Role.FEED):
            raise NotPermitted("Only people may review an answer: this is a feed client's login.")
        if answer.status != AnswerStatus.IN_REVIEW:
            raise Refused(f"Answer {answer.number} is {answer.get_status_display()}: it takes no positions now.")
        given = {"position": position, "comment": (comment or "").strip()}
        _says_enough(**given)
        review = Review.objects.filter(answer=answer, reviewer=by).first() or review_round.silent_review(answer, by)
        if change(review, given) or not review.pk:
            review.late = today() > answer.question.review_by
            record(cleaned(review), by=by)
        return review


def _says_enough(position, comment):
    if position not in Position.values or position == Position.NO_RESPONSE:
        raise Refused("Choose a position: agree, agree with comments, disagree, or no view.")
    if position in COMMENT_NEEDED and not comment:
        raise Refused("Give a comment: it is needed to disagree, or to agree with comments.")
