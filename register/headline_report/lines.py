"""Split the text of a file into typed lines: repair what conversion broke, and tell page furniture from content.

Furniture is what repeats by page: rules, page numbers, running heads.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from register.headline_report.references import REFERENCE, may_be_cut, parse_marker

_SUBSTITUTES = str.maketrans(
    {
        "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2009": " ", "\u3000": " ",  # spaces that do not break
        "\u2011": "-", "\u2010": "-",  # hyphens that do not break
        "\u200b": None, "\u200c": None, "\u200d": None, "\u2060": None, "\ufeff": None,  # nothing at all
        "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl",
        "\ufb05": "st", "\ufb06": "st",
        "\x0b": "\n", "\x0c": "\n", "\u2028": "\n", "\u2029": "\n", "\x85": "\n",
        "\x7f": "•", "\uf0b7": "•", "\uf0a7": "•", "\uf06f": "•", "\uf0d8": "•",  # bullets of symbol fonts
    }
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_SOFT_HYPHEN = re.compile("\u00ad[ \t]*\n?")
_LINK = re.compile(r"\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!&-])")
_UNDERLINED = re.compile(r"(?<!\w)__|__(?!\w)")


class LineType(Enum):
    BLANK = auto()
    FURNITURE = auto()
    MARKER = auto()
    SECTION = auto()
    HEADING = auto()
    PARAGRAPH = auto()
    BULLET = auto()
    TEXT = auto()


@dataclass
class Line:
    """One line: its number in the file from 1, its type, and its text without list, heading or number marks."""

    number: int
    kind: LineType
    text: str
    label: str = ""  # a section's or paragraph's number, a marker's references
    rest: str = ""  # what a marker says after its references: an owner, a task
    is_heading: bool = False  # a marker that was set as one


def remove_markdown(text: str) -> str:
    """Return text without Markdown's links, emphasis and escapes."""
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    return _UNDERLINED.sub("", text.replace("**", "")) if "__" in text else text.replace("**", "")


def repair_text(text: str) -> str:
    """Undo what conversion does to text: line ends, spaces, hyphens, ligatures, control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_SUBSTITUTES)
    return _SOFT_HYPHEN.sub("", _CONTROL.sub("", text))


DECORATION = " \t*#_-–—•>[]().:;"
SHORT = 200  # characters; nothing that marks a page or an action is longer

_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}$")
_TABLE_RULE = re.compile(r"\s*\|[\s|:-]+$")
_PAGE = re.compile(r"page\s+\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?(?:\s*\|.{0,40})?|\d{1,4}\s+of\s+\d{1,4}", re.I)
_BARE_NUMBER = re.compile(r"\d{1,4}(?:\s*/\s*\d{1,4})?")
_HEADING = re.compile(r"\s{0,3}(#{1,6})(.*)$")
_SECTION = re.compile(r"(\d{1,3})[.)]?\s+(\S.*)")
_PARAGRAPH = re.compile(r"\s*(?:[-*•]\s+)?(\d{1,3}\.\d{1,5}(?:\.\d{1,3}){0,2})[.):]?(?:\s+(.*))?$")
_BULLET = re.compile(r"\s*(?:[-*+•▪‣●◦·o–]|\(?[a-z]\)|\(?[ivx]{1,4}\))\s+(\S.*)$")
_LONE_BULLET = re.compile(r"\s*[•▪‣●◦]\s*$")
RUNNING_HEAD = re.compile(r"headline report", re.I)


def read_lines(text: str) -> list[Line]:
    """Return every line of a report's text, each with its type."""
    raw = [line.rstrip() for line in repair_text(text).split("\n")]
    edges = _find_page_edges(raw)
    heads = _find_running_heads(raw, edges)
    lines = [_make_line(number, line, number - 1 in edges, heads) for number, line in _join_markers(raw)]
    _mark_sections(lines)
    _mark_headings(lines)
    return lines


def _get_shape(line: str) -> str:
    return re.sub(r"\d+", "0", remove_markdown(line).strip(DECORATION)).lower()


def _find_page_edges(raw: Sequence[str]) -> set[int]:
    """Return the indices of lines that stand at the edge of a page: beside a rule, a page number or a running head."""
    edges: set[int] = set()
    for index, line in enumerate(raw):
        if line and len(line) < SHORT and (_RULE.match(line) or _is_page_mark(line)):
            edges.update(_find_neighbours(raw, index))
    return edges


def _is_page_mark(line: str) -> bool:
    bare = remove_markdown(line).strip(DECORATION)
    return bool(_PAGE.fullmatch(bare) or RUNNING_HEAD.fullmatch(bare))


def _find_neighbours(raw: Sequence[str], index: int) -> Iterator[int]:
    """Yield the indices of the nearest lines with text before and after one."""
    for step in (-1, 1):
        place = index + step
        while 0 <= place < len(raw) and not raw[place].strip() and abs(place - index) < 4:
            place += step
        if 0 <= place < len(raw):
            yield place


def _find_running_heads(raw: Sequence[str], edges: Collection[int]) -> set[str]:
    """Return the shapes of short lines that recur as the heads and feet of pages do.

    Recurrence alone is not enough, for sentences recur too: each time it has to stand at the edge of a page, or alone
    between blank lines without a full stop, or say itself which page it is on.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(raw):
        if line and len(line) < 100 and not _has_content(line):
            places[_get_shape(line)].append(index)
    return {shape for shape, found in places.items() if shape and _is_running_head(shape, found, raw, edges)}


def _is_running_head(shape: str, found: Sequence[int], raw: Sequence[str], edges: Collection[int]) -> bool:
    if "headline report" in shape or re.search(r"\bpage 0", shape):
        return len(found) >= 2
    return len(found) >= 3 and all(index in edges or _is_alone(raw, index) for index in found)


def _is_alone(raw: Sequence[str], index: int) -> bool:
    before, after = (raw[place] if 0 <= place < len(raw) else "" for place in (index - 1, index + 1))
    return not before.strip() and not after.strip() and raw[index][-1] not in ".,;:?"


def _has_content(line: str) -> bool:
    return bool(
        _PARAGRAPH.match(line) or _BULLET.match(line) or _parse_marker_line(line) or line.lstrip().startswith("|")
    )


def _parse_marker_line(line: str) -> tuple[str, str] | None:
    """Return (references, rest) of a line that is an action's marker, else None."""
    return (
        parse_marker(remove_markdown(line).strip(DECORATION)) if len(line) < SHORT and "ction" in line.lower() else None
    )


def _join_markers(raw: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield (number, line), with a marker that was broken over two lines joined."""
    pending: tuple[int, str] | None = None
    for number, line in enumerate(raw, 1):
        if pending and line.strip():
            joined = f"{pending[1]} {line.strip()}"
            if _parse_marker_line(joined):
                yield pending[0], joined
                pending = None
                continue
            yield pending
            pending = None
        if len(line) < 100 and may_be_cut(remove_markdown(line).strip(DECORATION)):
            pending = (number, line)
        elif not pending or line.strip():
            yield number, line
    if pending:
        yield pending


def _make_line(number: int, line: str, at_edge: bool, heads: Collection[str]) -> Line:
    if not line.strip():
        return Line(number, LineType.BLANK, "")
    if marker := _parse_marker_line(line):
        return Line(
            number,
            LineType.MARKER,
            remove_markdown(line).strip(" #"),
            *marker,
            is_heading=line.lstrip().startswith("#"),
        )
    if len(line) < SHORT and _is_furniture(line, at_edge, heads):
        return Line(number, LineType.FURNITURE, remove_markdown(line).strip())
    if not remove_markdown(line).strip():
        return Line(number, LineType.FURNITURE, line.strip())  # marks of emphasis around nothing
    if heading := _HEADING.match(line):
        return _make_heading(number, remove_markdown(heading[2]).strip().rstrip("#").strip())
    return _make_body_line(number, remove_markdown(line))


def _is_furniture(line: str, at_edge: bool, heads: Collection[str]) -> bool:
    bare = remove_markdown(line).strip(DECORATION)
    numbers_a_page = _PAGE.fullmatch(bare) or (at_edge and _BARE_NUMBER.fullmatch(bare))
    return bool(_RULE.match(line) or _TABLE_RULE.match(line) or numbers_a_page) or _get_shape(line) in heads


def _make_heading(number: int, title: str) -> Line:
    if RUNNING_HEAD.fullmatch(title) or not title:
        return Line(number, LineType.FURNITURE, title)
    if paragraph := _PARAGRAPH.match(title):
        return Line(number, LineType.PARAGRAPH, (paragraph[2] or "").strip(), paragraph[1])
    if section := _SECTION.fullmatch(title):
        return Line(number, LineType.SECTION, section[2].strip(), section[1])
    return Line(number, LineType.HEADING, title)


def _make_body_line(number: int, line: str) -> Line:
    paragraph = _PARAGRAPH.match(line)
    if paragraph and not (paragraph[2] or "X")[0].islower():
        return Line(number, LineType.PARAGRAPH, (paragraph[2] or "").strip(), paragraph[1])
    if bullet := _BULLET.match(line):
        return Line(number, LineType.BULLET, bullet[1].strip())
    if _LONE_BULLET.match(line):
        return Line(number, LineType.BULLET, "")
    return Line(number, LineType.TEXT, line.strip(" "))


def _mark_sections(lines: Sequence[Line]) -> None:
    """Mark plain lines such as `3. Updates on actions` as sections where numbered paragraphs of theirs come next."""
    following = None
    for line in reversed(lines):
        if line.kind is LineType.PARAGRAPH:
            following = line.label.split(".")[0]
            continue
        section = _SECTION.fullmatch(line.text) if line.kind is LineType.TEXT and len(line.text) < SHORT else None
        if section and section[1] == following and line.text[-1] not in ".;:?":
            line.kind, line.label, line.text = LineType.SECTION, section[1], section[2].strip()
            following = None


def _mark_headings(lines: Sequence[Line]) -> None:
    """Mark a short plain line as a heading where a paragraph comes next and what stands before is finished."""
    said = [line for line in lines if line.kind not in (LineType.BLANK, LineType.FURNITURE)]
    for before, line, after in zip(said, said[1:], said[2:], strict=False):
        finished = before.kind in (LineType.MARKER, LineType.SECTION, LineType.HEADING) or before.text[-1:] in ".?!"
        if (
            line.kind is LineType.TEXT
            and finished
            and after.kind in (LineType.PARAGRAPH, LineType.SECTION)
            and _is_title(line.text)
        ):
            line.kind = LineType.HEADING


def _is_title(text: str) -> bool:
    is_short = len(text) < 120 and "\t" not in text and not text.lower().startswith("action")
    return is_short and text[0].isupper() and text[-1] not in ".;:,?!"


__all__ = ["DECORATION", "REFERENCE", "Line", "LineType", "read_lines", "remove_markdown", "repair_text"]
