"""Questions that read like another: what it may be a duplicate of."""

import re
from functools import reduce
from operator import or_

from django.db.models import Q

from register.models import Question
from register.models.search import make_index_lookup
from register.models.visibility import Reader

LOOKED_UP = 6  # words: the longest say most
COMPARED = 200  # questions that share one of them, the latest
ALIKE = 0.2  # of the words of both, how many are in both


def get_look_alikes(question: Question, user: Reader, most: int = 3) -> list[Question]:
    """Return the `most` questions that share most words with one, the likeliest first, as far as a user may see.

    Only those that it could be merged into are among them.
    """
    words = _get_words(question)
    if not words:
        return []
    longest = sorted(words, key=lambda word: (-len(word), word))[:LOOKED_UP]
    shares = reduce(or_, (Q(pk__in=make_index_lookup(word)) for word in longest))
    found = Question.objects.visible_to(user).mergeable_into().exclude(pk=question.pk).filter(shares)
    scored = [(_compare(words, _get_words(other)), other) for other in found.order_by("-pk")[:COMPARED]]
    likely = [item for item in scored if item[0] >= ALIKE]
    return [other for _, other in sorted(likely, key=lambda item: (-item[0], item[1].pk))[:most]]


def _get_words(question: Question) -> set[str]:
    return set(re.findall(r"\w{4,}", question.title.casefold()))


def _compare(words: set[str], others: set[str]) -> float:
    return len(words & others) / len(words | others) if words | others else 0.0
