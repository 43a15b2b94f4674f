"""What a move of the question does to its answers: one review round at a time."""

from register.ledger.unit_of_work import record
from register.models import MeetingLink, Review, User
from register.services.cleaning import clean_row
from register.vocabulary import AnswerStatus, Classification, LinkKind, Position, Role, Status, strictest, strictness


def standing(question):
    """Return (the draft, the answer under review) of a question: one of each at most, None where there is none."""
    answers = {answer.status: answer for answer in question.answers.all()}
    return answers.get(AnswerStatus.DRAFT), answers.get(AnswerStatus.IN_REVIEW)


def draft_of(question):
    return standing(question)[0]


def under_review(question):
    return standing(question)[1]


def disagreeing(answer):
    """Return the names of those whose disagreement stands, each with its organisation."""
    reviews = answer.reviews.filter(position=Position.DISAGREE).select_related("organisation")
    return tuple(f"{review.reviewer_name} of {review.organisation}" for review in reviews)


def follow(question, transition, values, *, by, reason):
    """Do to the answers what the transition implies; return the answer agreed by then, or None."""
    step = _STEPS.get(transition.name)
    return step(question, values, by, reason) if step else question.agreed_answer


def _open_round(question, values, by, reason):
    answer = _mark(draft_of(question), AnswerStatus.IN_REVIEW, by, reason)
    for member in User.objects.filter(is_active=True, groups__name=Role.MEMBER).exclude(groups__name=Role.FEED):
        record(silent_review(answer, member), by=by, reason=reason)


def silent_review(answer, member):
    """Return an unsaved review that says nothing yet, with the member's name and organisation as they are today."""
    return Review(
        answer=answer,
        reviewer=member,
        reviewer_name=member.display_name,
        organisation=member.organisation,
        classification=strictest(Classification.MEMBERS, answer.classification),
    )


def _send_back(question, values, by, reason):
    _mark(under_review(question), AnswerStatus.SUPERSEDED, by, reason)


def _agree(question, values, by, reason):
    if meeting := values.pop("meeting", None):
        _link_decision(question, meeting, by, reason)
    return _mark(under_review(question), AnswerStatus.AGREED, by, reason)


def _link_decision(question, meeting, by, reason):
    link = {"question": question, "meeting": meeting, "kind": LinkKind.DECIDED, "paragraph": ""}
    if not MeetingLink.objects.filter(**link, struck_out=False).exists():
        record(clean_row(MeetingLink(**link)), by=by, reason=reason)


def _reopen(question, values, by, reason):
    if question.status in (Status.AGREED, Status.CLOSED):
        _mark(question.agreed_answer, AnswerStatus.SUPERSEDED, by, reason)


def _mark(answer, status, by, reason):
    answer.status = status
    return record(answer, by=by, reason=reason)


def tighten(answers, classification, *, by, reason):
    """Make answers, and the reviews of each, at least as strict as the classification."""
    for answer in answers:
        for item in [answer, *answer.reviews.all()]:
            if strictness(item.classification) < strictness(classification):
                item.classification = classification
                record(item, by=by, reason=reason)


_STEPS = {"start_review": _open_round, "send_back": _send_back, "agree": _agree, "reopen": _reopen}
