"""Extract the text of a report's file: plain text, Markdown, PDF or Word.

Files are not trusted, so sizes, pages and time are limited.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import docx
import pypdf
from docx.opc.exceptions import OpcError
from lxml.etree import LxmlError  # type: ignore[import-untyped]
from pypdf.generic import ContentStream, NameObject

from register.bounded import OutOfBounds, run_bounded
from register.headline_report.report import NotAReport
from register.headline_report.word import extract_lines
from register.headline_report.word_visibility import Visibility

LARGEST_FILE = 10_000_000  # bytes
LARGEST_UNPACKED = 50_000_000  # bytes of a Word file's parts, or of one stream of a PDF
MOST_PAGES = 300
INVISIBLE = 3  # the mode of rendering text that draws nothing
SHOWING = (b"Tj", b"TJ", b"'", b'"')
PAGE_BREAK = "\n---\n"  # the reader takes it for the edge of a page


class FileText(NamedTuple):
    """The text of a file as its reader sees it, and sentences on what else is in it."""

    text: str
    left_out: list[str]


def extract_text(content: bytes) -> FileText:
    """Return the text in a file's bytes. Raises NotAReport with a sentence where they hold none that can be read."""
    if not content.strip():
        raise NotAReport("Give a report with text in it: this file is empty.")
    if len(content) > LARGEST_FILE:
        raise NotAReport(f"Give a file of at most {LARGEST_FILE // 1_000_000} MB: this one is larger.")
    if content.lstrip()[:5] == b"%PDF-":
        return _extract_bounded(extract_pdf_text, content)
    if content[:4] == b"PK\x03\x04":
        return _extract_bounded(extract_word_text, content)
    return FileText(_decode_text(content), [])


def _extract_bounded(extract: Callable[[bytes], FileText], content: bytes) -> FileText:
    try:
        return run_bounded(extract, content)
    except OutOfBounds as bound:
        raise NotAReport(f"Give the report as text: {bound}.") from None


def _decode_text(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    if encoding != "utf-16" and b"\x00" in content:
        raise NotAReport("Give the report as text, Markdown, PDF or Word (.docx): this file is none of them.")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise NotAReport("Save the text as UTF-8 and try again: this file is in another encoding.") from None


def extract_pdf_text(content: bytes) -> FileText:
    """Return the text of a PDF. Raises NotAReport."""
    with pypdf.apply_configuration(
        zlib_maximum_output_length=LARGEST_UNPACKED, lzw_maximum_output_length=LARGEST_UNPACKED
    ):
        try:
            pages = list(_extract_pages(content))
        except NotAReport:
            raise
        except Exception:  # the package raises whatever a damaged file leads it to
            raise NotAReport("Give a whole PDF: this one is damaged, or is no PDF at all.") from None
    text = PAGE_BREAK.join(page.text for page in pages)
    if not text.replace("-", "").strip():
        raise NotAReport("Give a PDF with text in it: this one is a scan, pictures of pages only.")
    return FileText(text, [sentence for page in pages for sentence in page.left_out])


def _can_open_without_password(reader: pypdf.PdfReader) -> bool:
    """Return whether the PDF has only an owner's password, which does not prevent reading."""
    try:
        return bool(reader.decrypt(""))
    except Exception:  # a cipher that the package cannot undo
        return False


def _extract_pages(content: bytes) -> Iterator[FileText]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not _can_open_without_password(reader):
        raise NotAReport("Give the PDF without its password: this one is encrypted.")
    if len(reader.pages) > MOST_PAGES:
        raise NotAReport(f"Give a PDF of at most {MOST_PAGES} pages.")
    for number, page in enumerate(reader.pages, 1):
        yield _extract_page_text(reader, page, number)


def _extract_page_text(reader: pypdf.PdfReader, page: pypdf.PageObject, number: int) -> FileText:
    """Return a page's text without what is drawn invisibly; that alone is read where it lies over a scanned picture."""
    whole = page.extract_text()
    stream = ContentStream(page["/Contents"].get_object(), reader) if "/Contents" in page else None
    if stream is None or b"Tr" not in stream.get_data():
        return FileText(whole, [])
    stream.operations = list(_keep_visible(stream.operations))
    page[NameObject("/Contents")] = stream
    seen = page.extract_text()
    if seen.split() == whole.split():
        return FileText(whole, [])
    if not seen.strip():
        return FileText(whole, [f"Page {number} is a scan: its text was recognised by a machine, so compare it."])
    return FileText(seen, [f"Page {number} has text that is drawn invisibly, not read."])


def _keep_visible(operations: Iterable[tuple[Any, bytes]]) -> Iterator[tuple[Any, bytes]]:
    """Yield a page's operations but for text shown in rendering mode 3, which draws nothing (ISO 32000-1, 9.3.6)."""
    mode, saved = 0, []
    for operands, operator in operations:
        if operator == b"q":
            saved.append(mode)
        elif operator == b"Q":
            mode = saved.pop() if saved else 0
        elif operator == b"Tr":
            mode = int(operands[0]) if operands else 0
        if mode != INVISIBLE or operator not in SHOWING:
            yield operands, operator


def extract_word_text(content: bytes) -> FileText:
    """Return the text of a Word file. Raises NotAReport."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            # Reading stops at the size that a part declares, so the sum of these is a limit that holds.
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise NotAReport("Give a smaller Word file: this one unpacks to more than the register reads.")
        document = docx.Document(io.BytesIO(content))
        visibility = Visibility(document)
        text = "\n".join(extract_lines(document, visibility))
    except NotAReport:
        raise
    except (zipfile.BadZipFile, OpcError, LxmlError, LookupError, TypeError, AttributeError, ValueError, OSError,
            NotImplementedError, RecursionError):  # fmt: skip
        # lxml tells of too little memory as of an error in the file.
        raise NotAReport("Give a whole Word file (.docx): this one is damaged, too large, or something else.") from None
    if not text.strip():
        raise NotAReport("Give a Word file with text in it: this one has none.")
    return FileText(text, visibility.describe())
