"""The held questions that a report's question may be, by a few of their words: never a look at every one."""

import re
from collections.abc import Collection, Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from register.models import Meeting, MeetingLink, MeetingOutcome, Question
from register.models.search import make_index_lookup
from register.models.word_index import SHORTEST_BEGINNING
from register.vocabulary import Status

LONGEST_COMPARED = 2_000  # characters; a longer text is no question that a person asked
LOOKED_UP = 9  # words: the longest say most
SHARES = 3  # of these words, one of which at least a question that is much the same has whole
BEGINNING = 5  # letters of a word: most that is reworded stands behind them
MOST_ALIKE = 200  # questions, the latest

_CITATION, _WORD = re.compile(r"\([^()]*\bsee\b[^()]*\)"), re.compile(r"\w+")


def strip_wording(text: str) -> str:
    """Return a question without its citation, case and punctuation, so that wording alone is compared."""
    return " ".join(_WORD.findall(_CITATION.sub("", text[:LONGEST_COMPARED]).lower()))


def sort_words(bare: str) -> str:
    """Return the words of a bare text sorted: their `ratio` is then `token_sort_ratio`, each text sorted just once."""
    return " ".join(sorted(bare.split()))


def load_alike(bare: str, taken: Collection[Any]) -> dict[int, str]:
    """Return {key: its words in order} of held questions that share the beginnings of words with a bare text."""
    words = sorted({word for word in bare.split() if len(word) >= SHORTEST_BEGINNING}, key=lambda w: (-len(w), w))
    beginnings = list(dict.fromkeys(word[:BEGINNING] for word in words))[:LOOKED_UP]
    shares = [share for n in range(SHARES) if (share := beginnings[n::SHARES])]
    if not shares:
        return {}
    has_one = reduce(or_, (Q(pk__in=make_index_lookup(" ".join(share))) for share in shares))
    return _load_words(_get_comparable(taken).filter(has_one).order_by("-pk")[:MOST_ALIKE])


def load_questions_of(meetings: Iterable[Meeting], taken: Collection[Any]) -> dict[int, str]:
    """Return {key: its words in order} of the questions that one of these meetings listed, raised or told of."""
    kinds = (MeetingLink, MeetingOutcome)
    rows = [kind.objects.filter(meeting__in=meetings, struck_out=False).values("question") for kind in kinds]
    return _load_words(_get_comparable(taken).filter(reduce(or_, (Q(pk__in=keys) for keys in rows))))


def _get_comparable(taken: Collection[Any]) -> Any:
    ended = [Status.WITHDRAWN, Status.MERGED]
    return Question.objects.exclude(status__in=ended).exclude(pk__in=taken)


def _load_words(questions: Any) -> dict[int, str]:
    return {pk: sort_words(strip_wording(text)) for pk, text in questions.values_list("pk", "text")}
