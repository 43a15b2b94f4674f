"""Open a PDF and read its pages. Files are not trusted: their size is the caller's to limit, pages are counted here."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pypdfium2
import pypdfium2.raw as pdfium

from register.headline_report.blocks import Block, BlockKind, Document
from register.headline_report.formats.limits import MOST_PAGES
from register.headline_report.formats.pdf.blocks import Setting, make_blocks
from register.headline_report.formats.pdf.furniture import PageSpans, part_furniture
from register.headline_report.formats.pdf.glyphs import load_glyphs
from register.headline_report.formats.pdf.layout import Element, arrange, make_furniture
from register.headline_report.formats.pdf.page import Page
from register.headline_report.formats.pdf.parts import PageParts, find_parts
from register.headline_report.formats.pdf.shapes import load_shapes
from register.headline_report.report import NotAReport

DAMAGED = "Give a whole PDF: this one is damaged, or is no PDF at all."


def read_pdf(content: bytes) -> Document:
    """Return the blocks of a PDF, in reading order. Raises NotAReport."""
    pages = _load_pages(content)
    if not any(page.spans or page.tables for page in pages):
        raise NotAReport(_explain_no_text(pages))
    left_out = [sentence for page in pages for sentence in page.left_out]
    blocks = (block for page in _make_blocks(pages) for block in page)
    return Document([replace(block, line=line) for line, block in enumerate(blocks, 1)], left_out)


def _explain_no_text(pages: Sequence[PageParts]) -> str:
    if any(page.has_unknown for page in pages):
        return "Give the report as text: the fonts of this PDF do not say which letters they draw."
    return "Give a PDF with text in it: this one is a scan, pictures of pages only."


def _load_pages(content: bytes) -> list[PageParts]:
    file = _open(content)
    try:
        if len(file) > MOST_PAGES:
            raise NotAReport(f"Give a PDF of at most {MOST_PAGES} pages.")
        return [find_parts(_load_page(file, index), index + 1) for index in range(len(file))]
    finally:
        file.close()


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
        load_shapes(raw, load_glyphs(raw, page), page)
        return page
    finally:
        pdfium.FPDF_ClosePage(raw)


def _make_blocks(pages: Sequence[PageParts]) -> Iterator[list[Block]]:
    """Yield the blocks of each page, the edge before it among them."""
    elements = [list(_arrange_page(page, spans)) for page, spans in zip(pages, part_furniture(pages), strict=True)]
    setting = Setting(elements)
    for number, (page, found) in enumerate(zip(pages, elements, strict=True), 1):
        edge = [Block(BlockKind.PAGE_EDGE, 0)] if number > 1 else []
        unread = [Block(BlockKind.UNREAD_PAGE, 0)] if page.is_unread else []
        yield [replace(block, page=number) for block in [*edge, *unread, *make_blocks(found, setting)]]


def _arrange_page(page: PageParts, spans: PageSpans) -> Iterator[Element]:
    yield from make_furniture(spans.head)
    yield from arrange([*spans.body, *page.tables], page.separators)
    yield from make_furniture(spans.foot)
