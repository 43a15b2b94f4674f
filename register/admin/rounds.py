"""The ends of review rounds as they stand in a question's story: nobody made them, the day came."""

from collections import defaultdict
from itertools import groupby

from register.clock import end_of_day, london_date, today
from register.models import Review
from register.vocabulary import Position, Status


def get_ended_rounds(question, user, versions):
    """Return items of the timeline for the rounds whose last day passed while the answer was in review.

    `versions` are the question's own history rows, the oldest first.
    """
    rounds = list(_find_rounds(versions))
    ended = [(place, day) for place, (day, until) in enumerate(rounds) if day and day < until]
    if not ended:
        return []
    reviews = _get_reviews(question, user)
    told = len(reviews) == len(rounds)  # a review that was begun and undone leaves no answer of its own
    return [_make_item(day, reviews[place] if told else None) for place, day in ended]


def _find_rounds(versions):
    """Yield (the last day of a round, the day in London on which it was over, or today) in their order."""
    runs = [list(rows) for _, rows in groupby(versions, key=lambda row: row.status == Status.IN_REVIEW)]
    for place, run in enumerate(runs):
        if run[0].status == Status.IN_REVIEW:
            over = place + 1 < len(runs)
            yield run[-1].review_by, london_date(runs[place + 1][0].history_date) if over else today()


def _get_reviews(question, user):
    """Return the reviews of each answer that was reviewed, by the answers' numbers."""
    by_answer = defaultdict(list)
    for review in Review.objects.visible_to(user).filter(answer__question=question.pk).order_by("answer__number"):
        by_answer[review.answer_id].append(review)
    return list(by_answer.values())


def _make_item(day, reviews):
    return {
        "what": f"The review ended{_describe(reviews) if reviews else ''}",
        "at": end_of_day(day),
        "by": "the calendar",
    }


def _describe(reviews):
    in_time = [review for review in reviews if review.position != Position.NO_RESPONSE and not review.late]
    against = sum(review.position == Position.DISAGREE for review in in_time)
    disagree = f", {against} disagree{'s' if against == 1 else ''}" if against else ""
    return f": {len(in_time)} of {len(reviews)} answered{disagree}"
