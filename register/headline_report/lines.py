"""Type the blocks of a document: tell page furniture from content, and numbered text, markers and lists from prose.

Furniture is what repeats by page: rules, page numbers, running heads.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from register.headline_report.blocks import Block, BlockKind
from register.headline_report.references import References
from register.headline_report.tables import TableHead, find_head, is_header


class LineType(Enum):
    BLANK = auto()
    FURNITURE = auto()
    UNREAD = auto()
    MARKER = auto()
    SECTION = auto()
    HEADING = auto()
    PARAGRAPH = auto()
    BULLET = auto()
    TABLE = auto()
    TEXT = auto()


@dataclass
class Line:
    """One block: where it stands, its type, and its text without list, heading or number marks."""

    number: int
    kind: LineType
    text: str
    label: str = ""  # a section's or paragraph's number, a marker's references, an item's number
    rest: str = ""  # what a marker says after its references: an owner, a task
    is_heading: bool = False  # a marker that was set as one
    page: int | None = None
    rows: tuple[tuple[str, ...], ...] = ()
    head: TableHead | None = None  # what a table is for


DECORATION = " \t*#_-–—•>[]().:;"
SHORT = 200  # characters; nothing that marks a page or an action is longer
FINISHED = ".?!:;"  # what a sentence or its clause ends in
NO_TITLE = ".;:,?!"  # what a title does not end in

_PAGE = re.compile(r"page\s+\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?(?:\s*\|.{0,40})?|\d{1,4}\s+of\s+\d{1,4}", re.I)
_PAGE_FOOT = re.compile(r"\S.{0,80}\s(?:page\s+\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?)", re.I)
_NEXT_MEETING = re.compile(r"\bnext\s+meetings?\b", re.I)
_BARE_NUMBER = re.compile(r"\d{1,4}(?:\s*/\s*\d{1,4})?")
_SECTION = re.compile(r"(\d{1,3})[.)]?\s+(\S.*)")
_PARAGRAPH = re.compile(r"\s*(\d{1,3}\.\d{1,5}[A-Z]?(?:\.\d{1,3}[A-Z]?){0,2})[.):]?(?:\s+(.*))?$")
_QUANTITY = re.compile(
    r"%|(?:[kMGT]?Wh?|[kMGT]?V|[kMGT]B|per\s?cent|m|bn|k|million|billion|thousand|pence|p|hours?|days?|weeks?|months?|years?"
    r"|seconds?|minutes?|times|GBP|metres?|meters?)\b"
)
_NUMBER_OF_ITEM = re.compile(r"\(?(?:\d|[A-Z])")
LIKE_A_MARKER = re.compile(r"(?:new\s+)?actions?\b.{0,20}\d", re.I)
RUNNING_HEAD = re.compile(r"headline report", re.I)


def type_blocks(blocks: Sequence[Block], references: References) -> list[Line]:
    """Return every block of a report as a typed line."""
    edges = _find_page_edges(blocks)
    heads = _find_running_heads(blocks, edges, references)
    numbered = {id(block): place for place, block in enumerate(blocks)}
    joined = _join_markers(blocks, references)
    lines = [
        replace(line, page=block.page)
        for block in joined
        for line in _type_block(block, numbered.get(id(block)) in edges, heads, references)
    ]
    _mark_sections(lines)
    _mark_late_sections(lines)
    _mark_headings(lines)
    return lines


def _get_shape(text: str) -> str:
    return re.sub(r"\d+", "0", text.strip(DECORATION)).lower()


def _has_text(block: Block) -> bool:
    return bool(block.text) and block.kind not in (BlockKind.BLANK, BlockKind.PAGE_EDGE, BlockKind.TABLE)


def _find_page_edges(blocks: Sequence[Block]) -> set[int]:
    """Return the places of blocks at the edge of a page: beside a rule, a page number or a running head."""
    edges: set[int] = set()
    for place, block in enumerate(blocks):
        is_edge = block.kind in (BlockKind.PAGE_EDGE, BlockKind.UNREAD_PAGE)
        if is_edge or (_has_text(block) and len(block.text) < SHORT and _is_page_mark(block.text)):
            edges.update(_find_neighbours(blocks, place))
    return edges


def _is_page_mark(text: str) -> bool:
    bare = text.strip(DECORATION)
    return bool(_PAGE.fullmatch(bare) or _PAGE_FOOT.fullmatch(bare) or RUNNING_HEAD.fullmatch(bare))


def _find_neighbours(blocks: Sequence[Block], place: int) -> Iterator[int]:
    """Yield the places of the nearest blocks with text before and after one."""
    for step in (-1, 1):
        near = place + step
        while 0 <= near < len(blocks) and blocks[near].kind is BlockKind.BLANK and abs(near - place) < 4:
            near += step
        if 0 <= near < len(blocks):
            yield near


def _find_running_heads(blocks: Sequence[Block], edges: Collection[int], references: References) -> set[str]:
    """Return the shapes of short texts that recur as the heads and feet of pages do.

    Recurrence alone is not enough, for sentences recur too: each time it has to stand at the edge of a page, or alone
    between blank lines without a full stop, or say itself which page it is on.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, block in enumerate(blocks):
        if _has_text(block) and len(block.text) < 100 and not _has_content(block, references):
            places[_get_shape(block.text)].append(place)
    return {shape for shape, found in places.items() if shape and _is_running_head(shape, found, blocks, edges)}


def _is_running_head(shape: str, found: Sequence[int], blocks: Sequence[Block], edges: Collection[int]) -> bool:
    if "headline report" in shape or re.search(r"\bpage 0", shape):
        return len(found) >= 2
    return len(found) >= 3 and all(place in edges or _is_alone(blocks, place) for place in found)


def _is_alone(blocks: Sequence[Block], place: int) -> bool:
    near = [blocks[n] for n in (place - 1, place + 1) if 0 <= n < len(blocks)]
    return all(block.kind is BlockKind.BLANK for block in near) and blocks[place].text[-1] not in ".,;:?"


def _has_content(block: Block, references: References) -> bool:
    return bool(block.kind is BlockKind.ITEM or _PARAGRAPH.match(block.text) or _parse_marker(block.text, references))


def _parse_marker(text: str, references: References) -> tuple[str, str] | None:
    """Return (references, rest) of a line that is an action's marker, else None."""
    return references.parse_marker(text.strip(DECORATION)) if len(text) < SHORT else None


def _join_markers(blocks: Sequence[Block], references: References) -> Iterator[Block]:
    """Yield blocks, with a marker that was broken over two lines joined."""
    pending: Block | None = None
    for block in blocks:
        if pending and block.kind is not BlockKind.BLANK:
            joined = replace(pending, text=f"{pending.text} {block.text.strip()}")
            if _has_text(block) and _parse_marker(joined.text, references):
                yield joined
                pending = None
                continue
            yield pending
            pending = None
        if _has_text(block) and len(block.text) < 100 and references.may_be_cut(block.text.strip(DECORATION)):
            pending = block
        elif not pending or block.kind is not BlockKind.BLANK:
            yield block
    if pending:
        yield pending


def _type_block(block: Block, at_edge: bool, heads: Collection[str], references: References) -> Iterator[Line]:
    if block.kind in _PLAIN_TYPES:
        yield Line(block.line, _PLAIN_TYPES[block.kind], block.text)
    elif block.kind is BlockKind.TABLE:
        yield from _type_table(block, at_edge, heads, references)
    else:
        yield _type_text(block, at_edge, heads, references)


_PLAIN_TYPES = {
    BlockKind.BLANK: LineType.BLANK,
    BlockKind.PAGE_EDGE: LineType.FURNITURE,
    BlockKind.UNREAD_PAGE: LineType.UNREAD,
}


def _type_table(block: Block, at_edge: bool, heads: Collection[str], references: References) -> Iterator[Line]:
    """Yield a table whose columns are known as one line; any other as lines: its rows, or the text that it was laid as.

    Blanks that stand below each other by chance make no table, so only a header's are trusted without known columns.
    """
    if head := find_head(block.rows):
        text = block.text or "\n".join("\t".join(row) for row in block.rows)
        yield Line(block.line, LineType.TABLE, text, rows=block.rows, head=head)
        return
    is_laid = bool(block.text) and not is_header(block.rows)
    for number, text in enumerate(block.text.split("\n") if is_laid else map("\t".join, block.rows)):
        if text.strip():
            yield _type_text(replace(block, line=block.line + number, text=text), at_edge, heads, references)


def _type_text(block: Block, at_edge: bool, heads: Collection[str], references: References) -> Line:
    text = block.text
    if marker := _parse_marker(text, references):
        return Line(block.line, LineType.MARKER, text.strip(" #"), *marker, is_heading=block.kind is BlockKind.HEADING)
    if len(text) < SHORT and _is_furniture(text, at_edge, heads):
        return Line(block.line, LineType.FURNITURE, text.strip())
    if block.kind is BlockKind.HEADING:
        return _make_heading(block)
    return _make_body_line(block)


def _is_furniture(text: str, at_edge: bool, heads: Collection[str]) -> bool:
    bare = text.strip(DECORATION)
    return bool(_PAGE.fullmatch(bare) or (at_edge and _BARE_NUMBER.fullmatch(bare))) or _get_shape(text) in heads


def _make_heading(block: Block) -> Line:
    title = f"{block.label} {block.text}".strip()
    if RUNNING_HEAD.fullmatch(title) or not title:
        return Line(block.line, LineType.FURNITURE, title)
    if paragraph := _PARAGRAPH.match(title):
        return Line(block.line, LineType.PARAGRAPH, (paragraph[2] or "").strip(), paragraph[1])
    if section := _SECTION.fullmatch(title):
        return Line(block.line, LineType.SECTION, section[2].strip(), section[1])
    return Line(block.line, LineType.HEADING, title)


def _make_body_line(block: Block) -> Line:
    is_numbered = bool(_NUMBER_OF_ITEM.match(block.label))
    text = f"{block.label} {block.text}" if is_numbered else block.text
    paragraph = _PARAGRAPH.match(text)
    if paragraph and _can_begin_paragraph(paragraph[2] or ""):
        return Line(block.line, LineType.PARAGRAPH, (paragraph[2] or "").strip(), paragraph[1])
    if block.kind is BlockKind.ITEM and not is_numbered:
        return Line(block.line, LineType.BULLET, block.text.strip(), block.label)
    return Line(block.line, LineType.TEXT, text)


def _can_begin_paragraph(text: str) -> bool:
    """Return whether what stands behind a decimal is a paragraph's: not “million meters”, nor “MW of capacity”."""
    return not text[:1].islower() and not _QUANTITY.match(text)


def _mark_sections(lines: Sequence[Line]) -> None:
    """Mark plain lines such as `3. Updates on actions` as sections where the first paragraph of theirs comes next."""
    firsts = _find_first_paragraphs(lines)
    following = None
    for place in reversed(range(len(lines))):
        line = lines[place]
        if line.kind is LineType.PARAGRAPH:
            following = line.label.split(".")[0] if place in firsts else None
            continue
        section = _SECTION.fullmatch(line.text) if line.kind is LineType.TEXT and len(line.text) < SHORT else None
        if section and section[1] == following and line.text[-1] not in ".;:?":
            line.kind, line.label, line.text = LineType.SECTION, section[1], section[2].strip()
            following = None


def _mark_late_sections(lines: Sequence[Line]) -> None:
    """Mark `4. Actions log`: the next section's number between blank lines, before a table, a list or a date."""
    section = 0
    for place, line in enumerate(lines):
        if line.kind in (LineType.PARAGRAPH, LineType.SECTION):
            section = int(line.label.split(".")[0])
        found = _SECTION.fullmatch(line.text) if line.kind is LineType.TEXT and len(line.text) < SHORT else None
        if (
            found
            and section < int(found[1]) <= section + 2
            and _is_title(found[2])
            and _is_late(found[2], lines, place)
        ):
            line.kind, line.label, line.text = LineType.SECTION, found[1], found[2].strip()
            section = int(line.label)


def _is_late(title: str, lines: Sequence[Line], place: int) -> bool:
    """Return whether a title may be that of a section without paragraphs: of a list, or of the next meeting."""
    after = next((line.kind for line in lines[place + 1 : place + 5] if line.kind is not LineType.BLANK), None)
    holds_list = after in (LineType.TABLE, LineType.MARKER)
    return lines[place - 1].kind is LineType.BLANK and (holds_list or bool(_NEXT_MEETING.search(title)))


def _find_first_paragraphs(lines: Sequence[Line]) -> set[int]:
    """Return the places of the paragraphs that are the first of their section."""
    firsts: dict[str, int] = {}
    for place, line in enumerate(lines):
        if line.kind is LineType.PARAGRAPH:
            firsts.setdefault(line.label.split(".")[0], place)
    return set(firsts.values())


def _mark_headings(lines: Sequence[Line]) -> None:
    """Mark a short plain line as a heading where a paragraph or a table comes next and the text before is finished."""
    said = [line for line in lines if line.kind not in (LineType.BLANK, LineType.FURNITURE)]
    for before, line, after in zip(said, said[1:], said[2:], strict=False):
        finished = before.kind in _ENDS or before.text[-1:] in ".?!"
        if (
            line.kind is LineType.TEXT
            and finished
            and after.kind in (LineType.PARAGRAPH, LineType.SECTION, LineType.TABLE)
            and _is_title(line.text)
        ):
            line.kind = LineType.HEADING


_ENDS = (LineType.MARKER, LineType.SECTION, LineType.HEADING, LineType.TABLE)


def _is_title(text: str) -> bool:
    is_short = len(text) < 120 and "\t" not in text and not LIKE_A_MARKER.match(text)
    return bool(text) and is_short and text[0].isupper() and text[-1] not in NO_TITLE
