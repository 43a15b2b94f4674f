"""Tables in plain text: cells split by bars, by tabs, or by blanks that stand below each other in every line."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
_BAR = re.compile(r"\s*\|\s*")
_RULE = re.compile(r"[\s|:+=-]+")
_NUMBERED = re.compile(r"\s*(?:\d{1,3}\.\d|\d{1,3}[.)]\s|[-*+•▪‣●◦·o–]\s|\(?[a-z]{1,3}\)\s|#)")
LONGEST_LABEL = 40  # characters; what is longer in a first column is a sentence
WIDEST = 400  # characters; a longer line is no row that anybody laid out by hand
MOST_ROWS = 2_000

Rows = tuple[tuple[str, ...], ...]


class Table(NamedTuple):
    """The rows of a table, and how many lines it takes."""

    rows: Rows
    length: int


def find_table(lines: Sequence[str], start: int) -> Table | None:
    """Return the table that begins on a line, or None. A blank line ends it."""
    line = lines[start]
    if "|" in line:
        return _read_barred(lines, start)
    if line.count("\t") > 1:
        return _read_tabbed(lines, start)
    return _read_aligned(lines, start) if _GAP.search(line[:WIDEST]) else None


def _take_block(lines: Sequence[str], start: int) -> Iterator[str]:
    for line in lines[start : start + MOST_ROWS]:
        if not line.strip():
            return
        yield line


def _read_barred(lines: Sequence[str], start: int) -> Table | None:
    block: list[str] = []
    for line in _take_block(lines, start):
        if "|" not in line:
            break
        block.append(line)
    rows = [_split_at_bars(line) for line in block if not _RULE.fullmatch(line)]
    is_table = len(block) > 1 and rows and min(map(len, rows)) > 1
    return Table(join_wrapped(rows), len(block)) if is_table else None


def _split_at_bars(line: str) -> list[str]:
    bare = line.strip()
    bare = bare[bare.startswith("|") : len(bare) - (bare.endswith("|") and len(bare) > 1)]
    return [cell.strip() for cell in _BAR.split(bare)]


def _read_tabbed(lines: Sequence[str], start: int) -> Table | None:
    block: list[str] = []
    for line in _take_block(lines, start):
        if "\t" not in line:
            break
        block.append(line)
    rows = [[cell.strip() for cell in line.split("\t")] for line in block]
    return Table(tuple(map(tuple, rows)), len(block)) if len(block) > 1 else None


def _read_aligned(lines: Sequence[str], start: int) -> Table | None:
    """Return the table whose columns are parted by blanks that stand below each other from a line on."""
    first = lines[start]
    if _NUMBERED.match(first) or len(_GAP.split(first[:WIDEST])[0].strip()) > LONGEST_LABEL:
        return None
    rivers = [range(match.start(), match.end()) for match in _GAP.finditer(first)]
    block = [first]
    for line in _take_block(lines, start + 1):
        left = [narrowed for river in rivers if (narrowed := _narrow(river, line))]
        if len(line) > WIDEST or _NUMBERED.match(line) or len(left) < len(rivers):
            break
        rivers, block = left, [*block, line]
    rows = [_split_at_rivers(line, rivers) for line in block]
    whole = sum(all(row[:2]) for row in rows)
    return Table(join_wrapped(rows), len(block)) if whole > 1 else None


def _narrow(river: range, line: str) -> range | None:
    """Return the part of a river that is blank in a line too: the one before the next column, else the longest.

    What lies past a line's end is blank.
    """
    blank = [column for column in river if column >= len(line) or line[column] == " "]
    if not blank:
        return None
    breaks = [n for n, (one, other) in enumerate(pairwise(blank), 1) if other != one + 1]
    parts = [blank[start:end] for start, end in pairwise([0, *breaks, len(blank)])]
    chosen = parts[-1] if parts[-1][-1] == river[-1] else max(parts, key=len)
    return range(chosen[0], chosen[-1] + 1)


def _split_at_rivers(line: str, rivers: Sequence[range]) -> list[str]:
    edges = [0, *(river.stop for river in rivers), max(len(line), 1)]
    return [line[start:end].strip() for start, end in pairwise(edges)]


def join_wrapped(rows: Sequence[Sequence[str]]) -> Rows:
    """Return rows with those that only continue cells of the row above joined to it.

    Such a row has no first cell, and no more than half of its cells have text.
    """
    joined: list[list[str]] = []
    for row in rows:
        filled = sum(map(bool, row))
        if joined and not row[0] and filled * 2 <= len(row) and len(row) <= len(joined[-1]):
            for place, cell in enumerate(row):
                joined[-1][place] = f"{joined[-1][place]} {cell}".strip()
        else:
            joined.append(list(row))
    return tuple(tuple(row) for row in joined)
