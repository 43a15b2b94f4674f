"""Extract the lines of a Word document as its reader sees them, with the numbers of automatic lists."""

import re
from collections.abc import Iterator
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from register.headline_report.word_visibility import Visibility

_TEXT = {qn("w:t"): None, qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_PROPERTIES = (qn("w:pPr"), qn("w:rPr"))
_Element = Any  # an lxml element; neither lxml nor the parts of python-docx above it have types
_DECIMAL = ("decimal", "decimalZero")


def extract_lines(document: Document, visibility: Visibility) -> Iterator[str]:
    """Yield the lines of a document in order: tracked insertions and content controls included.

    What a reader of the document does not see as its text is left out, and noted in `visibility`.
    """
    numbers = _Numbering(document)
    for block in _find_blocks(document.element.body):
        if block.tag == qn("w:tbl"):
            yield from _extract_table_lines(block, visibility)
            continue
        paragraph, text = Paragraph(block, document), _extract_text(block, visibility)
        if text or not visibility.is_mark_hidden(block):
            yield f"{_get_heading_mark(paragraph)}{numbers.get_label(paragraph)}{text}"


def _find_blocks(parent: _Element) -> Iterator[_Element]:
    """Yield paragraphs and tables in order, going into content controls."""
    for child in parent:
        if child.tag in (qn("w:p"), qn("w:tbl")):
            yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")):
            yield from _find_blocks(child)


def _extract_table_lines(table: _Element, visibility: Visibility) -> Iterator[str]:
    """Yield each row as a line, its cells split by tabs; a cell merged over several columns stands once in the XML."""
    for row in table.iter(qn("w:tr")):
        if _is_in_box(row) or not visibility.is_row_seen(row):
            continue
        cells = [cell for cell in row.iter(qn("w:tc")) if cell.getparent() is row or cell.getparent().tag != qn("w:tr")]
        yield "\t".join(_extract_cell_text(cell, visibility) for cell in cells if not _is_in_box(cell))


def _extract_cell_text(cell: _Element, visibility: Visibility) -> str:
    paragraphs = (paragraph for paragraph in cell.iter(qn("w:p")) if not _is_in_box(paragraph))
    return " ".join(_extract_text(paragraph, visibility) for paragraph in paragraphs).strip()


def _is_in_box(element: _Element) -> bool:
    return next(element.iterancestors(qn("w:txbxContent")), None) is not None


def _extract_text(element: _Element, visibility: Visibility) -> str:
    if element.tag in _PROPERTIES:
        return ""
    if element.tag in _TEXT:
        mark = _TEXT[element.tag]
        return (element.text or "") if mark is None else mark
    return "".join(_extract_text(child, visibility) for child in visibility.get_seen_parts(element))


def _get_heading_mark(paragraph: Paragraph) -> str:
    name = (paragraph.style and paragraph.style.name) or ""
    return "### " if name.startswith(("Heading", "Title")) else ""


class _Numbering:
    """Computes list numbers as Word does: lists that share an abstract definition continue one count."""

    def __init__(self, document: Document) -> None:
        self.counts: dict[tuple[int, int | None], dict[int, int]] = {}
        part = document.part
        self.element: _Element = (
            part.numbering_part.element if any("numbering" in r.reltype for r in part.rels.values()) else None
        )

    def get_label(self, paragraph: Paragraph) -> str:
        """Return the number or bullet before a paragraph and a space, or "" outside a list."""
        numbered = _get_numbering(paragraph)
        if self.element is None or numbered is None or numbered.numId is None or numbered.numId.val == 0:
            return ""
        level = numbered.ilvl.val if numbered.ilvl is not None else 0
        abstract = self._select(f'w:num[@w:numId="{int(numbered.numId.val)}"]/w:abstractNumId/@w:val')
        if not abstract:
            return "- "
        number = self._count_item(int(numbered.numId.val), int(abstract[0]), level)
        pattern = self._get_level_value(int(abstract[0]), level, "lvlText")
        if self._get_level_value(int(abstract[0]), level, "numFmt") not in _DECIMAL or not number:
            return "- "
        return re.sub(r"%(\d)", lambda match: str(number.get(int(match[1]) - 1, 1)), pattern or f"%{level + 1}.") + " "

    def _count_item(self, number: int, abstract: int, level: int) -> dict[int, int]:
        """Count one more at a level, and return the counters of the list by level."""
        restarts = self._select(f'w:num[@w:numId="{number}"]/w:lvlOverride/w:startOverride/@w:val')
        counters = self.counts.setdefault((abstract, number if restarts else None), {})
        start = int(self._get_level_value(abstract, level, "start") or 1)
        counters[level] = counters.get(level, start - 1) + 1
        for deeper in [deeper for deeper in counters if deeper > level]:
            del counters[deeper]
        return counters

    def _get_level_value(self, abstract: int, level: int, what: str) -> str | None:
        path = f'w:abstractNum[@w:abstractNumId="{abstract}"]/w:lvl[@w:ilvl="{int(level)}"]/w:{what}/@w:val'
        return next(iter(self._select(path)), None)

    def _select(self, path: str) -> list[str]:
        return self.element.xpath(path)


def _get_numbering(paragraph: Paragraph) -> _Element | None:
    """Return the numbering of a paragraph: its own, or that of its style."""
    holders = [paragraph._p, *([paragraph.style.element] if paragraph.style is not None else [])]
    found = (holder.pPr.numPr for holder in holders if holder.pPr is not None)
    return next((numbering for numbering in found if numbering is not None), None)
