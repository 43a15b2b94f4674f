"""What the page of a question shows of its answers: the one that stands, and how the positions are on it."""

from register.admin.code_changes.carrying import list_carrying
from register.admin.guarded import is_visible
from register.admin.suspects.grounds import list_grounds
from register.clock import today
from register.ledger.timeline import compare_words
from register.services.briefing import get_settling_agreement
from register.services.position_tallies import WORDS, count_reviews
from register.services.review_round import get_positions
from register.vocabulary import STANDING_ANSWERS, AnswerStatus, Role

POSITIONS = [position for position, *_ in WORDS]  # disagreements first


def get_answer_panels(question, user):
    """Return the answers that the user may see, the latest first, and how positions stand on the one that matters."""
    answers = [answer for answer in question.answers.all() if is_visible(answer, user)][::-1]
    standing = [answer for answer in answers if answer.status in STANDING_ANSWERS]
    shown = min(standing, key=lambda answer: STANDING_ANSWERS.index(answer.status), default=None)
    return {
        "answers": answers,
        "shown_answer": shown,
        "grounds": list_grounds(shown, user) if shown else [],
        "carrying": list_carrying(question, user),
        "may_link_change": bool(shown) and shown.status == AnswerStatus.AGREED and user.has_role(Role.TRIAGE),
        **_get_amendment(answers, shown),
        **(_get_positions(answers, shown, question, user) if shown else {}),
    }


def _get_amendment(answers, shown):
    """Return the text as amended at a meeting that waits for an approver, beside the answer that it amends."""
    draft = next((row for row in answers if row.status == AnswerStatus.DRAFT and row.amended_at_id), None)
    former = shown if draft and draft != shown else None
    pieces = compare_words(former.text, draft.text) if former else None
    return {"amended": draft, "amended_change": {"pieces": pieces} if pieces else None}


def _get_positions(answers, shown, question, user):
    """Return the positions on the answer that is shown: of one that was amended, those on the text before."""
    is_unreviewed = shown.amended_at_id and shown.status == AnswerStatus.AGREED and not shown.reviews.exists()
    of = _find_former(answers, shown) if is_unreviewed else shown
    if of is None or of.status == AnswerStatus.DRAFT:
        return {}
    reviews = sorted(get_positions(of, user), key=lambda review: POSITIONS.index(review.position))
    tally = count_reviews(reviews, question.review_by)
    return {
        "reviews": reviews,
        "tally": tally,
        "tally_sentence": tally.describe_fully(today()),
        "dealt_with": get_settling_agreement(shown) if shown.status == AnswerStatus.AGREED else None,
        "positions_on": of if of != shown else None,
    }


def _find_former(answers, shown):
    """Return the answer of the round that the amended one came out of, or None: an answer before it was reviewed."""
    before = (answer for answer in answers if answer.number < shown.number)
    return next((answer for answer in before if answer.reviews.exists()), None)
