"""What the pages of a review show alike: the question, the answer, how positions stand, and when it ends."""

from django.utils.formats import date_format

from register import clock
from register.admin.answer_panels import POSITIONS
from register.admin.meetings.brought_up import list_brought_up
from register.admin.suspects.doubts import list_doubts
from register.clock import today
from register.ledger.timeline import compare_words
from register.models import Answer, Origin
from register.services.position_tallies import count_reviews
from register.services.review_round import get_positions


def describe_end(review_by):
    """Return (when a review ends and how many working days are left, "late", "due" or "") of a date."""
    if review_by is None:
        return "", ""
    day, now = date_format(review_by, "l j F"), today()
    if review_by < now:
        return f"ended {day}", "late"
    left = clock.working_days(now, review_by)
    if review_by == now:
        return f"by today, {day}", "due"
    return f"by {day}, {left} working day{'' if left == 1 else 's'} left", "due" if left <= 2 else ""


def get_layout(question, answer, user):
    """Return what `register/review.html` shows, by name; `answer` is None where it has left the review meanwhile."""
    end, tone = describe_end(question.review_by)
    return {
        "template": "register/review.html",
        "question": question,
        "origins": Origin.objects.visible_to(user).filter(question=question).select_related("report__meeting__group"),
        "meetings": list_brought_up([question], user)[question.pk],
        "end": end,
        "end_tone": tone,
        "doubts": list_doubts(question, user),
        **(_get_answer(question, answer, user) if answer else {}),
    }


def _get_answer(question, answer, user):
    reviews = sorted(get_positions(answer, user), key=lambda review: POSITIONS.index(review.position))
    tally = count_reviews(reviews, question.review_by)
    before = Answer.objects.visible_to(user).filter(question=question, number__lt=answer.number).last()
    return {
        "answer": answer,
        "reviews": reviews,
        "tally": tally,
        "tally_sentence": tally.describe_fully(today()),
        "before": before,
        "changes": {"pieces": tuple(compare_words(before.text, answer.text))} if before else {},
    }
