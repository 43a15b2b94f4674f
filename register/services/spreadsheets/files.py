"""The rows of a spreadsheet's file: CSV or a workbook. No file is trusted, so all is limited."""

import io
import re
import zipfile

import tablib
from import_export.formats.base_formats import CSV, XLSX

from register.refusals import Refused

LARGEST_FILE = 10_000_000  # bytes
LARGEST_UNPACKED = 100_000_000  # bytes of a workbook's parts
MOST_ROWS = 10_000
HEADINGS = {"due": "due_on", "raised": "raised_on"}  # what people write for a column's name


def rows_of(content):
    """Return a file's rows under the register's own names for its columns. Raises Refused."""
    if len(content) > LARGEST_FILE:
        raise Refused(f"Give a file of at most {LARGEST_FILE // 1_000_000} MB: this one is larger.")
    data = _workbook(content) if content[:4] == b"PK\x03\x04" else _csv(content)
    if not data.headers or len(data) == 0:
        raise Refused("Give a file with a row of headings and rows below it.")
    if len(data) > MOST_ROWS:
        raise Refused(f"Give at most {MOST_ROWS:,} rows at once.")
    headers = [_heading(header) for header in data.headers]
    if twice := {header for header in headers if header and headers.count(header) > 1}:
        raise Refused(f"Give each column a heading of its own: {', '.join(sorted(twice))} comes twice.")
    return _with_references(headers, data)


def _with_references(headers, data):
    named = tablib.Dataset(headers=[*headers, *([] if "reference" in headers else ["reference"])])
    for row in data:
        cells = dict(zip(named.headers, [*row, ""], strict=False))
        if any(cell not in (None, "") for cell in row):
            cells["reference"] = str(cells["reference"] or "").strip().upper()
            named.append([cells[header] for header in named.headers])
    return named


def _heading(heading):
    name = re.sub(r"[\s_]+", "_", str(heading or "").strip().lower())
    return HEADINGS.get(name, name)


def _workbook(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise Refused("Give a smaller workbook: this one unpacks to more than the register reads.")
        return XLSX().create_dataset(content)
    except Refused:
        raise
    except Exception:  # the package raises whatever a damaged file leads it to
        raise Refused("Give a whole workbook (.xlsx) or a CSV file: this one is damaged, or neither.") from None


def _csv(content):
    try:
        return CSV().create_dataset(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Refused("Save the CSV file as UTF-8 and try again: this one is in another encoding.") from None
    except (tablib.exceptions.TablibException, ValueError, OverflowError) as error:
        raise Refused(f"Give every row the columns of the first: this CSV file cannot be read ({error}).") from None
