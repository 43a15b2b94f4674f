"""The lines of a spreadsheet's file, CSV or workbook, as it has them."""

import codecs
import csv
import io
from itertools import islice
from typing import Any

from register.refusals import Refused
from register.spreadsheet_files.workbook import Line, read_workbook

MOST_LINES = 10_001  # with the headings
SEPARATORS = (",", ";", "\t")  # what spreadsheets put between the cells of a CSV file


def read_lines(content: bytes) -> tuple[list[Line], list[str]]:
    """Return ([(number, cells)] of the lines that hold something, sentences on what was read). Raises Refused."""
    lines, notes = read_workbook(content) if content[:4] == b"PK\x03\x04" else (_read_csv(content), [])
    if len(lines) > MOST_LINES:
        raise Refused(f"Give at most {MOST_LINES - 1:,} rows at once.")
    return [(number, _drop_empty_end(cells)) for number, cells in lines], notes


def _drop_empty_end(cells: list[Any]) -> list[Any]:
    filled = next((n for n in range(len(cells), 0, -1) if cells[n - 1] not in (None, "")), 0)
    return cells[:filled]


def _read_csv(content: bytes) -> list[Line]:
    text = _decode(content)
    first = text.lstrip().partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return list(islice(((number, line) for number, line in enumerate(reader, 1) if any(line)), MOST_LINES + 1))
    except csv.Error as error:
        raise Refused(f"Mend line {reader.line_num} of the CSV file, it cannot be read: {error}.") from None


def _decode(content: bytes) -> str:
    """Return the text of a CSV file: UTF-8, or UTF-16 as spreadsheets write their “Unicode text”."""
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    if encoding != "utf-16" and (b"\x00" in content or content[:4] == b"\xd0\xcf\x11\xe0"):
        raise Refused("Give a workbook (.xlsx) or a CSV file: this one is neither.")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Refused(f"Save the CSV file as UTF-8 and try again: line {line} is in another encoding.") from None
    if "\x00" in text:
        raise Refused("Give a workbook (.xlsx) or a CSV file: this one is neither.")
    return text
