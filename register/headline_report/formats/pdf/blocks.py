"""Make blocks of the lines and tables of pages: what is set larger or bolder than the rest is a heading."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from register.headline_report.blocks import Block, BlockKind
from register.headline_report.formats.pdf.bands import Table
from register.headline_report.formats.pdf.labels import split_label
from register.headline_report.formats.pdf.layout import Element, Line
from register.headline_report.formats.pdf.lines import Span, Word
from register.headline_report.formats.pdf.parted_words import HEADER_WORDS, find_words, join_parted
from register.headline_report.formats.repairs import repair_text

_LARGER = 1.12  # times the size of the body
_LOOSE = 1.25  # times the distance of lines
_COMMON = 0.12  # the share of distances that shows which is that of lines
_LONGEST_HEADING = 250  # characters
_SOFT_HYPHEN = "\u00ad"  # for any at the end of a line, until it is known whether the document parts words there
_OFTEN = 0.025  # the share of lines that end so in a document that parts words
_SEVERAL = 5
_ENDS = ".?!:;"


class Setting:
    """How the text of a document is set: the size of its body, whether that is bold, and how far its lines stand."""

    def __init__(self, pages: Sequence[Sequence[Element]]) -> None:
        columns = [[part.span for part in parts if isinstance(part, Line)] for parts in pages]
        lines = [line for column in columns for line in column]
        self.size, self.is_bold = _find_common_style(lines)
        self.distance = _find_distance(columns)
        self.words = HEADER_WORDS.union(*(find_words(line.text) for line in lines))
        parted = sum(line.words[-1].text.endswith(_SOFT_HYPHEN) for line in lines)
        self.parts_words = parted > max(_SEVERAL, _OFTEN * len(lines))

    def mend(self, text: str) -> str:
        """Return text with words as one that stood on both sides of a line's end, and characters as typed."""
        joined = join_parted(text, self.words).replace(f"{_SOFT_HYPHEN} ", "" if self.parts_words else "-")
        return repair_text(joined.replace(_SOFT_HYPHEN, "-"))

    def is_heading(self, span: Span) -> bool:
        is_bolder = span.is_bold and not self.is_bold and span.size > 0.9 * self.size
        return (is_bolder or span.size > _LARGER * self.size) and any(map(str.isalnum, span.text))

    def is_apart(self, above: Span, below: Span) -> bool:
        """Return whether there is more between two lines than between those of one paragraph."""
        return below.base - above.base > _LOOSE * self.distance * max(above.size, below.size)


def _find_common_style(lines: Iterable[Span]) -> tuple[float, bool]:
    """Return the size of most of the text, and whether it is bold."""
    styles: Counter[tuple[float, bool]] = Counter()
    for line in lines:
        styles[line.size, line.is_bold] += len(line.text)
    return styles.most_common(1)[0][0] if styles else (10.0, False)


def _find_distance(pages: Iterable[Sequence[Span]]) -> float:
    """Return how far the lines of a paragraph stand from each other, in em: the least distance that is common."""
    found = Counter(
        round((below.base - above.base) / below.size, 1)
        for lines in pages
        for above, below in pairwise(lines)
        if above.size == below.size and above.base < below.base
    )
    return min((distance for distance, times in found.items() if times >= _COMMON * found.total()), default=1.2)


def make_blocks(parts: Sequence[Element], setting: Setting) -> Iterator[Block]:
    """Yield the blocks of a page, without their lines and pages."""
    before: Line | None = None
    for group in _join_lines(parts, setting):
        if isinstance(group, Table):
            rows = tuple(tuple(map(setting.mend, row)) for row in group.rows)
            yield Block(BlockKind.TABLE, 0, setting.mend(group.laid), rows=rows)
            before = None
            continue
        if group[0].is_furniture:
            yield Block(BlockKind.TEXT, 0, setting.mend(group[0].span.text))
            continue  # it says nothing of whether a paragraph ends there
        if before is not None and setting.is_apart(before.span, group[0].span):
            yield Block(BlockKind.BLANK, 0)
        yield _make_block(group, before, setting)
        before = group[-1]


def _join_lines(parts: Iterable[Element], setting: Setting) -> Iterator[list[Line] | Table]:
    """Yield tables, and lines by themselves but for those over which one heading or one word goes on."""
    group: list[Line] = []
    for part in parts:
        if group and isinstance(part, Line) and _goes_on(group, part, setting):
            group.append(part)
            continue
        if group:
            yield group
        group = [part] if isinstance(part, Line) else []
        if isinstance(part, Table):
            yield part
    if group:
        yield group


def _goes_on(group: Sequence[Line], line: Line, setting: Setting) -> bool:
    """Return whether a heading or a word goes on with a line: set the same, close below, and no item of a list."""
    above, below = group[-1].span, line.span
    is_same = (above.size, above.is_bold) == (below.size, below.is_bold) and above.base < below.base
    if group[-1].is_furniture or line.is_furniture or not is_same or setting.is_apart(above, below):
        return False
    if split_label(below, follows_end=False)[0]:
        return False
    is_parted = len(above.words[-1].text) > 1 and above.words[-1].text.endswith(_SOFT_HYPHEN)
    return is_parted or (setting.is_heading(above) and not _had_room(group[-1], below.words[0], below.size))


def _had_room(line: Line, word: Word, spare: float) -> bool:
    """Return whether a line had room for a word and as much to spare."""
    return line.box.right + word.right - word.left + spare < line.right


def _make_block(group: Sequence[Line], before: Line | None, setting: Setting) -> Block:
    first = group[0].span
    others = "".join(f" {line.span.text}" for line in group[1:])
    text = setting.mend(first.text + others)
    label, rest = split_label(first, follows_end=before is None or _ends_paragraph(before, first, setting))
    is_heading = setting.is_heading(first) and len(text) <= _LONGEST_HEADING
    if label and not (is_heading and label[-1] in ".)"):
        return Block(BlockKind.ITEM, 0, setting.mend(rest.text + others) if rest else "", label=label)
    return Block(BlockKind.HEADING if is_heading else BlockKind.TEXT, 0, text)


def _ends_paragraph(before: Line, line: Span, setting: Setting) -> bool:
    is_last = _had_room(before, line.words[0], 5 * line.size) and before.span.text[-1] in _ENDS
    return is_last or setting.is_apart(before.span, line)
