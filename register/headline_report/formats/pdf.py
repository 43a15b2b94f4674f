"""A PDF as blocks."""

import io
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pypdf
from pypdf.generic import ContentStream, NameObject

from register.headline_report.blocks import Document
from register.headline_report.formats.limits import LARGEST_UNPACKED, MOST_PAGES
from register.headline_report.formats.plain import read_text
from register.headline_report.report import NotAReport

INVISIBLE = 3  # the mode of rendering text that draws nothing
SHOWING = (b"Tj", b"TJ", b"'", b'"')
PAGE_BREAK = "\n---\n"  # the reader takes it for the edge of a page


class FileText(NamedTuple):
    """The text of a page as its reader sees it, and sentences on what else is in it."""

    text: str
    left_out: list[str]


def read_pdf(content: bytes) -> Document:
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
    return Document(read_text(text).blocks, [sentence for page in pages for sentence in page.left_out])


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
