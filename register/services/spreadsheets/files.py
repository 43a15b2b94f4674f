"""The rows of a spreadsheet's file: CSV or a workbook. No file is trusted, so all is limited."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import tablib

from register.refusals import Refused
from register.services.questions import EDITABLE
from register.services.spreadsheets.workbook import Line, read_workbook

LARGEST_FILE = 10_000_000  # bytes
MOST_ROWS = 10_000
SEPARATORS = (",", ";", "\t")  # what spreadsheets put between the cells of a CSV file
COLUMNS = (*(name for name in EDITABLE if name != "assignee"), "classification")  # whose work it is, no sheet says
KNOWN = {"reference", *COLUMNS}
HEADINGS = {"due": "due_on", "raised": "raised_on"}  # what people write for a column's name


class SheetContent(NamedTuple):
    """The rows of a file, each row's number in it, and sentences for the person on what was read."""

    data: tablib.Dataset
    numbers: list[int]
    notes: list[str]


def read_rows(content: bytes) -> SheetContent:
    """Return the rows of a file's bytes under the register's own names for their columns. Raises Refused."""
    if len(content) > LARGEST_FILE:
        raise Refused(f"Give a file of at most {LARGEST_FILE // 1_000_000} MB: this one is larger.")
    filled, notes = read_workbook(content) if content[:4] == b"PK\x03\x04" else (_read_csv(content), [])
    if len(filled) < 2:
        raise Refused("Give a file with a row of headings and rows below it.")
    if len(filled) - 1 > MOST_ROWS:
        raise Refused(f"Give at most {MOST_ROWS:,} rows at once.")
    (_, headings), *rows = filled
    return SheetContent(_make_dataset(_read_headings(headings), rows), [number for number, _ in rows], notes)


def _read_headings(cells: Sequence[Any]) -> list[str]:
    names = [_read_heading(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if twice := {name for name in names if name and names.count(name) > 1}:
        raise Refused(f"Give each column a heading of its own: {', '.join(sorted(twice))} comes twice.")
    if not set(names) & KNOWN:
        raise Refused(f"Give the first row these headings, or some of them: {', '.join(sorted(KNOWN))}.")
    return names


def _read_heading(heading: Any) -> str:
    name = re.sub(r"[\s_]+", "_", str(heading or "").strip().lower())
    return HEADINGS.get(name, name)


def _make_dataset(names: list[str], rows: Iterable[tuple[int, Sequence[Any]]]) -> tablib.Dataset:
    data = tablib.Dataset(headers=[*names, *([] if "reference" in names else ["reference"])])
    for number, line in rows:
        cells = list(line)
        if any(cell not in (None, "") for cell in cells[len(names) :]):
            raise Refused(f"Give row {number} no more cells than there are headings.")
        named = dict.fromkeys(data.headers) | dict(zip(names, cells, strict=False))
        named["reference"] = str(named["reference"] or "").strip().upper()
        data.append([named[name] for name in data.headers])
    return data


def _read_csv(content: bytes) -> list[Line]:
    text = _decode(content)
    first = text.lstrip().partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise Refused(f"Mend the CSV file, it cannot be read: {error}.") from None
    return [(number, line) for number, line in enumerate(lines, 1) if any(line)]


def _decode(content: bytes) -> str:
    """Return the text of a CSV file: UTF-8, or UTF-16 as spreadsheets write their “Unicode text”."""
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    if encoding != "utf-16" and (b"\x00" in content or content[:4] == b"\xd0\xcf\x11\xe0"):
        raise Refused("Give a workbook (.xlsx) or a CSV file: this one is neither.")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Refused("Save the CSV file as UTF-8 and try again: this one is in another encoding.") from None
    if "\x00" in text:
        raise Refused("Give a workbook (.xlsx) or a CSV file: this one is neither.")
    return text
