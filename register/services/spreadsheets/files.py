"""The rows of a spreadsheet's file: CSV or a workbook. No file is trusted, so all is limited."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import tablib

from register.bounded import OutOfBounds, run_bounded
from register.models.search import parse_references
from register.refusals import Refused
from register.services.questions import EDITABLE
from register.spreadsheet_files.lines import Line, read_lines

LARGEST_FILE = 10_000_000  # bytes
COLUMNS = (*(name for name in EDITABLE if name != "assignee"), "classification")  # whose work it is, no sheet says
KNOWN = {"reference", *COLUMNS}
HEADINGS = {"due": "due_on", "raised": "raised_on"}  # what people write for a column's name


class SheetContent(NamedTuple):
    """The rows of a file, each row's number in it, and sentences for the person on what was read."""

    data: tablib.Dataset
    numbers: list[int]
    notes: list[str]


class SheetTable(NamedTuple):
    """The names of a file's columns, its lines below them, and sentences for the person on what was read."""

    names: list[str]
    lines: list[Line]
    notes: list[str]


def read_rows(content: bytes) -> SheetContent:
    """Return the rows of a file's bytes under the register's own names for their columns. Raises Refused."""
    names, lines, notes = read_table(content, KNOWN, HEADINGS)
    return SheetContent(_make_dataset(names, lines), [number for number, _ in lines], notes)


def read_table(content: bytes, known: Collection[str], headings: Mapping[str, str]) -> SheetTable:
    """Return the table of a file's bytes. Raises Refused.

    `known` are the columns of which it must have some, `headings` what people write for a column's name.
    """
    if len(content) > LARGEST_FILE:
        raise Refused(f"Give a file of at most {LARGEST_FILE // 1_000_000} MB: this one is larger.")
    filled, notes = _read_lines(content)
    if len(filled) < 2:
        raise Refused("Give a file with a row of headings and rows below it.")
    (_, cells), *lines = filled
    names = _read_headings(cells, known, headings)
    for number, line in lines:
        if any(cell not in (None, "") for cell in line[len(names) :]):
            raise Refused(f"Give row {number} no more cells than there are headings.")
    return SheetTable(names, lines, notes)


def _read_lines(content: bytes) -> tuple[list[Line], list[str]]:
    try:
        return run_bounded(read_lines, content)
    except OutOfBounds as bound:
        raise Refused(f"Give a smaller file, or the same as CSV: {bound}.") from None


def _read_headings(cells: Sequence[Any], known: Collection[str], headings: Mapping[str, str]) -> list[str]:
    names = [_read_heading(cell, headings) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if twice := {name for name in names if name and names.count(name) > 1}:
        raise Refused(f"Give each column a heading of its own: {', '.join(sorted(twice))} comes twice.")
    if not set(names) & set(known):
        raise Refused(f"Give the first row these headings, or some of them: {', '.join(sorted(known))}.")
    return names


def _read_heading(heading: Any, headings: Mapping[str, str]) -> str:
    name = re.sub(r"[\s_]+", "_", str(heading or "").strip().lower())
    return headings.get(name, name)


def _make_dataset(names: list[str], rows: Iterable[tuple[int, Sequence[Any]]]) -> tablib.Dataset:
    data = tablib.Dataset(headers=[*names, *([] if "reference" in names else ["reference"])])
    for _, cells in rows:
        named = dict.fromkeys(data.headers) | dict(zip(names, cells, strict=False))
        named["reference"] = _read_reference(str(named["reference"] or "").strip())
        data.append([named[name] for name in data.headers])
    return data


def _read_reference(text: str) -> str:
    """Return the reference that a cell holds, however it is written: a spreadsheet makes 2 of 002."""
    found = parse_references(f"DSQ-{text}" if text.isdecimal() else text)
    return found[0] if len(found) == 1 else text.upper()
