"""Join the parts of a word that was too long for its column, and goes on in the next line: “Classific⏎ation”."""

import re
from collections.abc import Collection, Sequence

from register.headline_report.formats.pdf.lines import Span
from register.headline_report.labels import LABELS

MAYBE_PARTED = "\u2028"  # in place of the space between two lines, where a word may go on
_LETTERS = r"[^\W\d_]+"
_WORD = re.compile(_LETTERS)
_CHAIN = re.compile(f"{_LETTERS}(?:{MAYBE_PARTED}{_LETTERS})+")


def may_part_word(above: Span, below: Span, right: float) -> bool:
    """Return whether a line is one word that fills its column up to `right`, and the next begins in small letters."""
    is_full = above.box.right + above.size > right
    return is_full and len(above.words) == 1 and above.text.isalpha() and below.text[0].islower()


def find_words(text: str) -> set[str]:
    """Return the words of a text; a single letter may be a part of one."""
    return {word for word in _WORD.findall(text.lower()) if len(word) > 1}


HEADER_WORDS = frozenset(word for label in LABELS for word in find_words(label))


def join_parted(text: str, words: Collection[str]) -> str:
    """Return a cell's text with the parts of a word as one: of one of these words, or where no part is one of them."""
    joined = _CHAIN.sub(lambda match: " ".join(_join_parts(match[0].split(MAYBE_PARTED), words)), text)
    return joined.replace(MAYBE_PARTED, " ")


def _join_parts(parts: Sequence[str], words: Collection[str]) -> list[str]:
    joined: list[str] = []
    place = 0
    while place < len(parts):
        ends = range(len(parts), place + 1, -1)
        end = next((end for end in ends if "".join(parts[place:end]).lower() in words), place + 1)
        part = "".join(parts[place:end])
        if end == place + 1 and joined and not {joined[-1].lower(), part.lower()} & set(words):
            joined[-1] += part
        else:
            joined.append(part)
        place = end
    return joined
