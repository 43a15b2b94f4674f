"""Which answers wait for a person's position, and which they gave one on."""

from django.db.models import OuterRef, Subquery

from register.models import Question, Review
from register.vocabulary import AnswerStatus, Position

FEW = 200  # silent reviews of one person that are looked at one by one
MOST_AWAITED = 50  # reviews that a desk asks of one person
MOST_GIVEN = 50  # of those that were given, on the page


def get_awaited_reviews(user):
    """Return the person's own reviews that say nothing yet, the most urgent first."""
    silent = Review.objects.visible_to(user).filter(reviewer=user, position=Position.NO_RESPONSE)
    keys = list(silent.order_by().values_list("pk", flat=True)[: FEW + 1])
    keys = keys if len(keys) <= FEW else _get_first_ending(silent)
    return (
        silent.filter(pk__in=keys, answer__status=AnswerStatus.IN_REVIEW)
        .select_related("answer__question")
        .order_by("answer__question__review_by", "answer__question")[:MOST_AWAITED]
    )


def _get_first_ending(silent):
    """Return the keys of those of many silent reviews that end first, walking the questions in review in that order."""
    of_it = silent.filter(answer__question=OuterRef("pk"), answer__status=AnswerStatus.IN_REVIEW)
    ending = Question.objects.filter(review_by__isnull=False).order_by("review_by")
    first = ending.annotate(silent=Subquery(of_it.order_by().values("pk")[:1])).filter(silent__isnull=False)
    return list(first.values_list("silent", flat=True)[:MOST_AWAITED])


def get_given_reviews(user):
    """Return the person's own reviews that say something, those that can still be changed first, then the latest."""
    given = Review.objects.visible_to(user).filter(reviewer=user).exclude(position=Position.NO_RESPONSE)
    rows = given.select_related("answer__question").order_by("-pk")[:MOST_GIVEN]
    return sorted(rows, key=lambda review: review.answer.status != AnswerStatus.IN_REVIEW)
