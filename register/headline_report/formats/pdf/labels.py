"""Tell the label of a list item, a bullet or a number, from its text."""

import re
from collections.abc import Sequence

from register.headline_report.formats.pdf.lines import Span, Word
from register.headline_report.formats.pdf.page import Box
from register.headline_report.formats.pdf.parted_words import MAYBE_PARTED, may_part_word

BULLET = "•"
_SET_APART = 0.5  # em: more than a space
_FURTHEST = 3.5  # em from a bullet that is drawn to its text
_BULLETS = "•▪‣●◦·○■□►▶➢➤✓❖⁃∙◆◇\uf0b7\uf0a7\uf06f\uf0d8\uf076\uf0fc\ufffd"
_OTHERS = re.compile(r"[-–—*o]")
_NUMBER = re.compile(r"\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|\((?:\d{1,2}|[A-Z])\)")
_PARAGRAPH = re.compile(r"\(?\d{1,3}(?:\.\d{1,3}){1,3}[A-Z]?[.)]?")


def split_label(line: Span, *, follows_end: bool) -> tuple[str, Span | None]:
    """Return (label, the rest) of a line; the label is "" where it has none. A lone bullet has no rest.

    A number is a label where it is set apart, or where a paragraph has ended before it (`follows_end`).
    """
    if line.label:
        return line.label, line
    first, rest = line.words[0], line.words[1:]
    after = Span(rest) if rest else None
    if _is_bullet(first):
        return (BULLET if first.is_symbols or first.text >= "\uf000" else first.text), after
    if first.text[0] in _BULLETS:
        return first.text[0], Span([first._replace(text=first.text[1:]), *rest])
    is_apart = bool(rest) and rest[0].left - first.right >= _SET_APART * first.size
    if rest and (
        (_OTHERS.fullmatch(first.text) and is_apart) or (_NUMBER.fullmatch(first.text) and (is_apart or follows_end))
    ):
        return first.text, after
    return "", line


def _is_bullet(word: Word) -> bool:
    return len(word.text) == 1 and (word.is_symbols or word.text in _BULLETS)


def is_label(span: Span) -> bool:
    """Return whether a span is the label of what stands after it, and no cell of a table."""
    word = span.words[0]
    shapes = (_OTHERS, _NUMBER, _PARAGRAPH)
    return len(span.words) == 1 and (_is_bullet(word) or any(shape.fullmatch(word.text) for shape in shapes))


def attach_dots(spans: Sequence[Span], dots: Sequence[Box]) -> None:
    """Label the spans that have a small shape before them, at the height of their small letters."""
    for dot in dots:
        middle = (dot.top + dot.bottom) / 2
        beside = [span for span in spans if 0 < span.base - middle < 0.7 * span.size and dot.height < 0.7 * span.size]
        after = [span for span in beside if 0 < span.box.left - dot.right < _FURTHEST * span.size]
        if after and not any(span.box.left < dot.left < dot.right - span.size < span.box.right for span in beside):
            min(after, key=lambda span: span.box.left).label = BULLET


def join_cell(rows: Sequence[Span], right: float) -> str:
    """Return the text of a cell of these lines, in a column that ends at `right`: one line, but for items of a list.

    Where a word may have been too long for the column, `MAYBE_PARTED` stands for the space.
    """
    parts: list[str] = []
    above: Span | None = None
    for row in rows:
        label, rest = split_label(row, follows_end=False)
        text = rest.text.replace("\t", " ") if rest else ""
        gap = MAYBE_PARTED if above and may_part_word(above, row, right) else " "
        parts += [f"\n{label} {text}" if label else f"{gap}{text}"]
        above = row
    return "".join(parts).strip()
