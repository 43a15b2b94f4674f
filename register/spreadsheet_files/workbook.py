"""The rows of a workbook's sheet as it is, whatever size it states, and what a person should know of it."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import openpyxl
from openpyxl.xml.functions import iterparse

from register.refusals import Refused

LARGEST_UNPACKED = 100_000_000  # bytes of a workbook's parts
LAST_ROW = 1_048_576  # of a sheet, as Excel has it
MOST_NAMED = 10  # rows or cells in one sentence

Line = tuple[int, list[Any]]


@dataclass
class _Marks:
    """What the sheet's XML says beside its values: which rows and columns are hidden, which cells have no value."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: bool = False
    merged: bool = False
    errors: list[str] = field(default_factory=list)
    uncounted: list[str] = field(default_factory=list)


def read_workbook(content: bytes) -> tuple[list[Line], list[str]]:
    """Return ([(number of the row, its cells)] of the rows that hold something, sentences on what was read).

    The open sheet is read, else the first. Raises Refused with a sentence where a cell holds an error or a formula
    without a value, or the file is no whole workbook.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise Refused("Give a smaller workbook: this one unpacks to more than the register reads.")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet: Any = book.active if book.active in book.worksheets else next(iter(book.worksheets), None)
            if sheet is None:
                return [], []
            marks = _read_marks(parts, sheet)
        lines = list(_read_lines(sheet))
    except Refused:
        raise
    except Exception:  # the package raises whatever a damaged file leads it to
        raise Refused("Give a whole workbook (.xlsx) or a CSV file: this one is damaged, or neither.") from None
    _refuse_marked_cells(marks)
    return lines, list(_describe(book, sheet, marks, [number for number, _ in lines]))


def _read_lines(sheet: Any) -> Iterator[Line]:
    sheet.reset_dimensions()  # many programs state a size that is wrong, and rows beyond it would be left out
    for number, row in enumerate(sheet.rows, 1):
        if number > LAST_ROW:
            raise Refused(f"Give a sheet of at most {LAST_ROW:,} rows.")
        cells = [cell.value for cell in row]
        if any(value not in (None, "") for value in cells):
            yield number, cells


def _read_marks(parts: zipfile.ZipFile, sheet: Any) -> _Marks:
    """Read what `read_only` leaves out; to load the sheet otherwise would take fifty times the file's size."""
    marks, root = _Marks(), None
    with parts.open(sheet._worksheet_path) as xml:
        for event, element in iterparse(xml, events=("start", "end")):
            root = element if root is None else root
            if event == "end":
                _note_mark(marks, element.tag.rpartition("}")[2], element)
                if element.tag.endswith(("}row", "}c")):
                    element.clear()
            if event == "end" and element.tag.endswith("}row"):
                for done in [child for child in root if child.tag.endswith("}sheetData")]:
                    done.clear()
    return marks


def _note_mark(marks: _Marks, tag: str, element: Any) -> None:
    if tag == "row" and _is_hidden(element, "ht") and str(element.get("r", "")).isdigit():
        marks.hidden_rows.add(int(element.get("r")))
    elif tag == "col":
        marks.hidden_columns = marks.hidden_columns or _is_hidden(element, "width")
    elif tag == "mergeCell":
        marks.merged = True
    elif tag == "c":
        _note_cell(marks, element)


def _is_hidden(element: Any, size: str) -> bool:
    return element.get("hidden") in ("1", "true") or element.get(size) in ("0", "0.0")


def _note_cell(marks: _Marks, element: Any) -> None:
    parts = {child.tag.rpartition("}")[2]: child.text for child in element}
    if element.get("t") == "e":
        marks.errors.append(f"{element.get('r')} ({parts.get('v')})")
    elif "f" in parts and parts.get("v") is None and element.get("t") != "str":
        marks.uncounted.append(str(element.get("r")))


def _refuse_marked_cells(marks: _Marks) -> None:
    if marks.errors:
        raise Refused(f"Mend the cells that hold an error: {_list_some(marks.errors)}.")
    if marks.uncounted:
        ask = "Open and save the workbook in a spreadsheet program: these formulas have no value yet"
        raise Refused(f"{ask}: {_list_some(marks.uncounted)}.")


def _describe(book: Any, sheet: Any, marks: _Marks, filled: list[int]) -> Iterator[str]:
    others = [title for title in book.sheetnames if title != sheet.title]
    yield f"The sheet “{sheet.title}” was read" + (f", and not {_list_some(others)}." if others else ".")
    if sheet.sheet_state != "visible":
        yield "That sheet is hidden in the workbook."
    if hidden := [str(number) for number in filled if number in marks.hidden_rows]:
        yield f"Hidden in the workbook, and read like all others: row{'s' * (len(hidden) > 1)} {_list_some(hidden)}."
    if marks.hidden_columns:
        yield "It has hidden columns, which were read like all others."
    if marks.merged:
        yield "It has merged cells: the value counts for the first cell of each alone."


def _list_some(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
