"""The positions on answers in review, counted and put in a sentence."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.formats import date_format

from register.models import Question, Review, User
from register.models.visibility import Reader
from register.vocabulary import AnswerStatus, Position

# Disagreements first: they are what has to be dealt with. (position, of one, of several)
WORDS = (
    (Position.DISAGREE, "disagrees", "disagree"),
    (Position.AGREE, "agrees", "agree"),
    (Position.AGREE_WITH_COMMENTS, "agrees with comments", "agree with comments"),
    (Position.NO_VIEW, "has no view", "have no view"),
    (Position.NO_RESPONSE, "has not said", "have not said"),
)
SMALL = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class PositionTally:
    """How many take which position on an answer: `counts` by `Position`; `ends` is the date to review by, or None.

    Whoever has left without a word is not counted.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    ends: date | None = None

    @property
    def asked(self) -> int:
        return sum(self.counts.values())

    @property
    def said(self) -> int:
        return self.asked - self.counts.get(Position.NO_RESPONSE, 0)

    @property
    def bars(self) -> list[str]:
        """The position of each, disagreements first: one bar each."""
        return [str(position) for position, *_ in WORDS for _ in range(self.counts.get(position, 0))]

    def describe(self) -> str:
        """Return it in a few words: `2 of 4 agree, 1 disagrees`."""
        if not self.asked:
            return "nobody was asked"
        parts = [f"{count} {words}" for count, words in self._count_words(self._said_words())]
        if not parts:
            return f"0 of {self.asked} have said"
        first, *others = parts
        return ", ".join([first.replace(" ", f" of {self.asked} ", 1), *others])

    def describe_fully(self, today: date) -> str:
        """Return it as a sentence: `One disagrees, two agree, one has not said; ends Friday 27 November.`"""
        parts = [f"{_spell(count)} {words}" for count, words in self._count_words(WORDS)]
        said = ", ".join(parts) or "nobody was asked"
        return f"{said[:1].upper()}{said[1:]}{self._describe_end(today)}."

    def _said_words(self) -> tuple[tuple[Position, str, str], ...]:
        return tuple(words for words in WORDS if words[0] != Position.NO_RESPONSE)

    def _count_words(self, wanted: Iterable[tuple[Position, str, str]]) -> list[tuple[int, str]]:
        counted = ((self.counts.get(position, 0), one, many) for position, one, many in wanted)
        return [(count, one if count == 1 else many) for count, one, many in counted if count]

    def _describe_end(self, today: date) -> str:
        if self.ends is None:
            return ""
        verb = "ended" if self.ends < today else "ends"
        return f"; {verb} {date_format(self.ends, 'l j F')}"


def _spell(count: int) -> str:
    return SMALL[count] if count < len(SMALL) else f"{count:,}"


def get_position_tallies(questions: Iterable[Question], user: Reader) -> dict[int, PositionTally]:
    """Return {question's key: its tally} for those of these questions with an answer in review, as a user sees it."""
    questions = list(questions)
    answered = {"answer__question__in": questions, "answer__status": AnswerStatus.IN_REVIEW}
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for key, position, count in _count_positions(Review.objects.visible_to(user).filter(**answered)):
        counts[key][position] = count
    return {
        question.pk: PositionTally(counts[question.pk], question.review_by)
        for question in questions
        if question.pk in counts
    }


def count_reviews(reviews: Iterable[Any], ends: date | None) -> PositionTally:
    """Return the tally of reviews as `review_round.get_positions` returns them; `ends` is as in `PositionTally`."""
    stand = (review for review in reviews if not (review.has_left and review.position == Position.NO_RESPONSE))
    return PositionTally(Counter(review.position for review in stand), ends)


def _count_positions(reviews: QuerySet) -> list[tuple[int, str, int]]:
    """Return [(question's key, position, how many)], without the silence of those who have left."""
    stays = Exists(User.objects.reviewing().filter(pk=OuterRef("reviewer")))
    counted = reviews.exclude(~stays, position=Position.NO_RESPONSE).order_by()
    return list(counted.values_list("answer__question", "position").annotate(count=Count("pk")))
