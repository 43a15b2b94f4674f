"""Texts for a register of any size: made-up words, few of them common and most rare, as in people's own texts."""

from itertools import accumulate

START = ["b", "ch", "d", "f", "gr", "h", "k", "l", "m", "n", "p", "qu", "r", "s", "st", "t", "tr", "v", "w", "z"]
MIDDLE = ["a", "e", "i", "o", "u", "ai", "ea", "oo"]
END = ["b", "ck", "d", "ft", "g", "ll", "m", "nd", "p", "rt", "st", "x"]
OF_THE_FIELD = [
    *("the", "meter", "data", "reads", "settlement", "supplier", "consent", "daily", "hourly", "access", "party"),
    *("code", "service", "register", "role", "retriever", "privacy", "identity", "check", "frequency", "schedule"),
    *("demand", "agent", "testing", "transition"),
]
# The n-th word is as frequent as one n-th of the first: Zipf's law.
VOCABULARY = OF_THE_FIELD + [
    first + middle + last + again for first in START for middle in MIDDLE for last in END for again in ("", "er", "o")
]
WEIGHTS = list(accumulate(1 / n for n in range(2, len(VOCABULARY) + 2)))


def sentence(chance, words):
    """Return a sentence of so many words; `chance` is a `random.Random`."""
    return " ".join(chance.choices(VOCABULARY, cum_weights=WEIGHTS, k=words)).capitalize()
