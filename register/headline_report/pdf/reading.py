"""Open a PDF and read its pages. Files are not trusted: their size is the caller's to limit, pages are counted here."""

from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from register.headline_report.blocks import Block, BlockKind, Document
from register.headline_report.pdf.glyphs import load_glyphs
from register.headline_report.pdf.lines import find_rows, find_spans, join_spans
from register.headline_report.pdf.page import Page
from register.headline_report.report import NotAReport

MOST_PAGES = 300
DAMAGED = "Give a whole PDF: this one is damaged, or is no PDF at all."


def read_pdf(content: bytes) -> Document:
    """Return the blocks of a PDF, in reading order. Raises NotAReport."""
    file = _open(content)
    try:
        if len(file) > MOST_PAGES:
            raise NotAReport(f"Give a PDF of at most {MOST_PAGES} pages.")
        pages = [_load_page(file, index) for index in range(len(file))]
    finally:
        file.close()
    if not any(page.glyphs for page in pages):
        raise NotAReport("Give a PDF with text in it: this one is a scan, pictures of pages only.")
    left_out = [sentence for number, page in enumerate(pages, 1) for sentence in _describe(page, number)]
    return Document(list(_make_blocks(pages)), left_out)


def _open(content: bytes) -> pypdfium2.PdfDocument:
    """Return the open file: an owner's password alone does not prevent reading."""
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise NotAReport("Give the PDF without its password: this one is encrypted.") from None
        raise NotAReport(DAMAGED) from None


def _load_page(file: pypdfium2.PdfDocument, index: int) -> Page:
    raw = pdfium.FPDF_LoadPage(file.raw, index)
    if not raw:
        raise NotAReport(DAMAGED)
    try:
        page = Page()
        load_glyphs(raw, page)
        return page
    finally:
        pdfium.FPDF_ClosePage(raw)


def _describe(page: Page, number: int) -> Iterator[str]:
    """Yield sentences on what a page has beside the text that is read."""
    if not page.glyphs:
        yield f"Page {number} has no text: it is a scan or a picture, and was not read."
    if page.is_recognised:
        yield f"Page {number} is a scan: its text was recognised by a machine, so compare it."
    if page.has_invisible:
        yield f"Page {number} has text that is drawn invisibly, not read."


def _make_blocks(pages: list[Page]) -> Iterator[Block]:
    line = 0
    for number, page in enumerate(pages, 1):
        for block in _make_page_blocks(page, number):
            line += 1
            yield Block(block.kind, line, block.text, number)


def _make_page_blocks(page: Page, number: int) -> Iterator[Any]:
    if number > 1:
        yield Block(BlockKind.PAGE_EDGE, 0)
    if not page.glyphs:
        yield Block(BlockKind.UNREAD_PAGE, 0)
    for row in find_rows(find_spans(page.glyphs)):
        yield Block(BlockKind.TEXT, 0, join_spans(row).text)
