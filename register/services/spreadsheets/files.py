"""The rows of a spreadsheet's file: CSV or a workbook. No file is trusted, so all is limited."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl
import tablib

from register.refusals import Refused

LARGEST_FILE = 10_000_000  # bytes
LARGEST_UNPACKED = 100_000_000  # bytes of a workbook's parts
MOST_ROWS = 10_000
SEPARATORS = (",", ";", "\t")  # what spreadsheets put between the cells of a CSV file
KNOWN = {"reference", "title", "text", "topic", "owner", "priority", "classification", "due_on", "raised_on"}
HEADINGS = {"due": "due_on", "raised": "raised_on"}  # what people write for a column's name


def read_rows(content: bytes) -> tuple[tablib.Dataset, list[int]]:
    """Return (rows under the register's own names for their columns, each row's number in the file). Raises Refused."""
    if len(content) > LARGEST_FILE:
        raise Refused(f"Give a file of at most {LARGEST_FILE // 1_000_000} MB: this one is larger.")
    lines = _read_workbook(content) if content[:4] == b"PK\x03\x04" else _read_csv(content)
    filled = [(number, line) for number, line in enumerate(lines, 1) if any(cell not in (None, "") for cell in line)]
    if len(filled) < 2:
        raise Refused("Give a file with a row of headings and rows below it.")
    if len(filled) - 1 > MOST_ROWS:
        raise Refused(f"Give at most {MOST_ROWS:,} rows at once.")
    (_, headings), *rows = filled
    return _make_dataset(_read_headings(headings), rows), [number for number, _ in rows]


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


def _read_workbook(content: bytes) -> list[list[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise Refused("Give a smaller workbook: this one unpacks to more than the register reads.")
        sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True).active
        return [[cell.value for cell in row] for row in sheet.rows] if sheet else []
    except Refused:
        raise
    except Exception:  # the package raises whatever a damaged file leads it to
        raise Refused("Give a whole workbook (.xlsx) or a CSV file: this one is damaged, or neither.") from None


def _read_csv(content: bytes) -> list[list[Any]]:
    if b"\x00" in content or content[:4] == b"\xd0\xcf\x11\xe0":
        raise Refused("Give a workbook (.xlsx) or a CSV file: this one is neither.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("Save the CSV file as UTF-8 and try again: this one is in another encoding.") from None
    first = text.lstrip().partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise Refused(f"Mend the CSV file, it cannot be read: {error}.") from None
