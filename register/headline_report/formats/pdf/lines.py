"""Make words, spans and lines of glyphs by where they stand: the order and the spaces of the file are not trusted."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from register.headline_report.formats.pdf.page import Box, Glyph

# In em, the size of the letters. A space is a quarter, more in justified text; columns stand further apart.
SPACE = 0.17
WIDE = 0.7
TAB = 2.5
ASCENT, DESCENT = 0.8, 0.2
_ONE_BASELINE = 0.2
_ONE_LINE = 0.45  # for a raised figure, and for columns whose lines are not quite level


class Word(NamedTuple):
    text: str
    left: float
    right: float
    base: float
    size: float
    is_bold: bool
    is_symbols: bool


@dataclass
class Span:
    """Words on one line: no further apart than words are, until `join_spans` makes one span of a line.

    `label` is that of a bullet which is drawn before it as a shape.
    """

    words: list[Word]
    label: str = ""

    @cached_property
    def size(self) -> float:
        """The size that most of the letters have."""
        sizes: Counter[float] = Counter()
        for word in self.words:
            sizes[word.size] += len(word.text)
        return sizes.most_common(1)[0][0]

    @cached_property
    def base(self) -> float:
        return next(word.base for word in self.words if word.size == self.size)

    @cached_property
    def box(self) -> Box:
        top, bottom = self.base - ASCENT * self.size, self.base + DESCENT * self.size
        return Box(self.words[0].left, top, max(word.right for word in self.words), bottom)

    @property
    def is_bold(self) -> bool:
        return all(word.is_bold for word in self.words)

    @property
    def text(self) -> str:
        """The words with a space between, or a tab where they stand far apart."""
        gaps = [_get_gap(before, word) for before, word in pairwise(self.words)]
        return "".join(gap + word.text for gap, word in zip(["", *gaps], self.words, strict=True))


def _get_gap(before: Word, word: Word) -> str:
    gap = word.left - before.right
    if gap <= SPACE * word.size and before.base != word.base:  # a raised figure
        return ""
    return "\t" if gap > TAB * max(before.size, word.size) else " "


def find_spans(glyphs: Iterable[Glyph]) -> list[Span]:
    """Return the spans that glyphs make, from the top downwards and from the left."""
    return [span for row in _find_baselines(glyphs) for span in split_spans(_find_words(row))]


def _find_baselines(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    row: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.base):
        if row and glyph.base - row[0].base > _ONE_BASELINE * glyph.style.size:
            yield row
            row = []
        row.append(glyph)
    if row:
        yield row


def _find_words(row: list[Glyph]) -> Iterator[Word]:
    word: list[Glyph] = []
    for glyph in sorted(row, key=lambda glyph: glyph.left):
        if word and (glyph.text == " " or glyph.left - word[-1].right > SPACE * glyph.style.size):
            yield _make_word(word)
            word = []
        if glyph.text != " ":
            word.append(glyph)
    if word:
        yield _make_word(word)


def _make_word(glyphs: Sequence[Glyph]) -> Word:
    first, style = glyphs[0], glyphs[0].style
    text = "".join(glyph.text for glyph in glyphs)
    return Word(text, first.left, glyphs[-1].right, first.base, style.size, style.is_bold, style.is_symbols)


def split_spans(words: Iterable[Word]) -> Iterator[Span]:
    """Yield the spans of words on a line, parted where they stand further apart than words do."""
    span: list[Word] = []
    for word in words:
        if span and word.left - span[-1].right > WIDE * min(word.size, span[-1].size):
            yield Span(span)
            span = []
        span.append(word)
    if span:
        yield Span(span)


def find_rows(spans: Iterable[Span]) -> list[list[Span]]:
    """Return spans by the line that they stand on, each line from the left; columns side by side share lines."""
    rows: list[list[Span]] = []
    for span in sorted(spans, key=lambda span: span.base):
        if rows and span.base - rows[-1][0].base <= _ONE_LINE * span.size and not _is_over(span, rows[-1]):
            rows[-1].append(span)
        else:
            rows.append([span])
    return [sorted(row, key=lambda span: span.box.left) for row in rows]


def _is_over(span: Span, row: Iterable[Span]) -> bool:
    return any(
        min(span.box.right, other.box.right) - max(span.box.left, other.box.left) > span.size / 4 for other in row
    )


def join_spans(row: Sequence[Span]) -> Span:
    """Return the line that spans make, from the left."""
    return Span([word for span in row for word in span.words], row[0].label)
