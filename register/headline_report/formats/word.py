"""A Word file as blocks, as its reader sees it, with the numbers of automatic lists."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError  # type: ignore[import-untyped]

from register.headline_report.blocks import Block, BlockKind, Document
from register.headline_report.formats.limits import LARGEST_UNPACKED
from register.headline_report.formats.plain import make_block
from register.headline_report.formats.repairs import repair_text
from register.headline_report.formats.word_visibility import Visibility
from register.headline_report.report import NotAReport
from register.headline_report.tables import find_head, is_header

_TEXT = {qn("w:t"): None, qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_PROPERTIES = (qn("w:pPr"), qn("w:rPr"))
_HOLDERS = (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml"))
_Element = Any  # an lxml element; neither lxml nor the parts of python-docx above it have types
_DECIMAL = ("decimal", "decimalZero")


def read_word(content: bytes) -> Document:
    """Return the `Document` of a Word file. Raises NotAReport."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            # Reading stops at the size that a part declares, so the sum of these is a limit that holds.
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise NotAReport("Give a smaller Word file: this one unpacks to more than the register reads.")
        document = docx.Document(io.BytesIO(content))
        visibility = Visibility(document)
        blocks = list(_Reader(document, visibility).read(document.element.body))
    except NotAReport:
        raise
    except (zipfile.BadZipFile, OpcError, LxmlError, LookupError, TypeError, AttributeError, ValueError, OSError,
            NotImplementedError, RecursionError):  # fmt: skip
        # lxml tells of too little memory as of an error in the file.
        raise NotAReport("Give a whole Word file (.docx): this one is damaged, too large, or something else.") from None
    if not any(block.text.strip() or block.rows for block in blocks):
        raise NotAReport("Give a Word file with text in it: this one has none.")
    return Document(blocks, visibility.describe())


class _Reader:
    """Reads the paragraphs and tables of a document in order: tracked insertions and content controls included.

    What a reader of the document does not see as its text is left out, and noted in `visibility`. The text of a box
    stands after the paragraph that the box is anchored to.
    """

    def __init__(self, document: WordDocument, visibility: Visibility) -> None:
        self.document, self.visibility = document, visibility
        self.numbering = _Numbering(document)
        self.numbers = count(1)

    def read(self, parent: _Element) -> Iterator[Block]:
        """Yield the blocks of an element: a body, a cell or a box."""
        for child in parent:
            if child.tag == qn("w:p"):
                yield from self._read_paragraph(child)
            elif child.tag == qn("w:tbl"):
                yield from self._read_table(child)
            elif child.tag in _HOLDERS:
                yield from self.read(child)

    def _read_paragraph(self, element: _Element) -> Iterator[Block]:
        boxes: list[_Element] = []
        text = repair_text(_extract_text(element, self.visibility, boxes))
        if text.strip() or not (self.visibility.is_mark_hidden(element) or _has_deletion(element)):
            paragraph = Paragraph(element, self.document)
            yield from self._make_blocks(text, self.numbering.get_label(paragraph), _is_heading(paragraph))
        for box in boxes:
            yield from self.read(box)

    def _make_blocks(self, text: str, label: str, is_heading: bool) -> Iterator[Block]:
        for place, line in enumerate(text.split("\n")):
            number = next(self.numbers)
            if place or not line.strip():
                yield make_block(number, line)
            elif is_heading:
                yield Block(BlockKind.HEADING, number, line.strip(), label=label)
            elif label:
                yield Block(BlockKind.ITEM, number, line.strip(), label=label)
            else:
                yield make_block(number, line)

    def _read_table(self, table: _Element) -> Iterator[Block]:
        """Yield a table; one that only lays out numbered text, or lists, as the blocks of its cells."""
        cells = [row for row in map(self._find_cells, table.iter(qn("w:tr"))) if row]
        rows = tuple(tuple(_flatten(blocks) for blocks in row) for row in cells)
        if find_head(rows) or is_header(rows) or not any(map(_is_laid_out, cells)):
            yield Block(BlockKind.TABLE, next(self.numbers), rows=rows)
            return
        for row in cells:
            yield from _join_row(row)

    def _find_cells(self, row: _Element) -> list[list[Block]]:
        """Return the blocks of each cell; a cell merged over several columns stands once in the XML."""
        if _is_nested(row) or not self.visibility.is_row_seen(row):
            return []
        cells = (cell for cell in row.iter(qn("w:tc")) if _get_row(cell) is row)
        return [[block for block in self.read(cell) if block.kind is not BlockKind.BLANK] for cell in cells]


def _is_nested(row: _Element) -> bool:
    """Return whether a row is of a table within another, or within a box, which is read where that stands."""
    tables = list(row.iterancestors(qn("w:tbl"), qn("w:txbxContent")))
    return len(tables) > 1 and tables[0] is not tables[-1]


def _get_row(cell: _Element) -> _Element:
    return next(cell.iterancestors(qn("w:tr")), None)


def _flatten(blocks: list[Block]) -> str:
    texts = (
        block.text if block.kind is not BlockKind.TABLE else " ".join(map(" ".join, block.rows)) for block in blocks
    )
    return " ".join(filter(None, texts)).strip()


def _is_laid_out(row: list[list[Block]]) -> bool:
    """Return whether a row is text and not data: it begins with a paragraph's number, or a cell holds a list."""
    begins = bool(row and row[0] and re.fullmatch(r"\d{1,3}\.\d{1,3}[A-Z]?\.?|\d{1,3}\.", row[0][0].text.strip()))
    lists = any(block.kind in (BlockKind.ITEM, BlockKind.HEADING) for cell in row for block in cell)
    return begins or lists or any(len(cell) > 3 for cell in row)


def _join_row(row: list[list[Block]]) -> Iterator[Block]:
    """Yield a row's blocks, with a number alone in its cell joined to the text beside it."""
    blocks = [block for cell in row for block in cell]
    if len(blocks) > 1 and re.fullmatch(r"[\d.]{1,8}[A-Z]?\.?", blocks[0].text.strip()):
        joined = f"{blocks[0].text.strip()} {blocks[1].text}"
        blocks = [replace(blocks[1], text=joined), *blocks[2:]]
    yield from blocks


def _extract_text(element: _Element, visibility: Visibility, boxes: list[_Element]) -> str:
    """Return the text of an element, and add its boxes to `boxes`."""
    if element.tag in _PROPERTIES:
        return ""
    if element.tag == qn("w:txbxContent"):
        boxes.append(element)
        return ""
    if element.tag in _TEXT:
        mark = _TEXT[element.tag]
        return (element.text or "") if mark is None else mark
    return "".join(_extract_text(child, visibility, boxes) for child in visibility.get_seen_parts(element))


def _is_heading(paragraph: Paragraph) -> bool:
    name = (paragraph.style and paragraph.style.name) or ""
    return name.startswith(("Heading", "Title"))


def _has_deletion(paragraph: _Element) -> bool:
    return next(paragraph.iter(qn("w:del"), qn("w:moveFrom")), None) is not None


class _Numbering:
    """Computes list numbers as Word does: lists that share an abstract definition continue one count."""

    def __init__(self, document: WordDocument) -> None:
        self.counts: dict[tuple[int, int | None], dict[int, int]] = {}
        part = document.part
        self.element: _Element = (
            part.numbering_part.element if any("numbering" in r.reltype for r in part.rels.values()) else None
        )

    def get_label(self, paragraph: Paragraph) -> str:
        """Return the number or bullet before a paragraph, or "" outside a list."""
        numbered = _get_numbering(paragraph)
        if self.element is None or numbered is None or numbered.numId is None or numbered.numId.val == 0:
            return ""
        level = numbered.ilvl.val if numbered.ilvl is not None else 0
        abstract = self._select(f'w:num[@w:numId="{int(numbered.numId.val)}"]/w:abstractNumId/@w:val')
        if not abstract:
            return "•"
        number = self._count_item(int(numbered.numId.val), int(abstract[0]), level)
        pattern = self._get_level_value(int(abstract[0]), level, "lvlText")
        if self._get_level_value(int(abstract[0]), level, "numFmt") not in _DECIMAL or not number:
            return "•"
        return re.sub(r"%(\d)", lambda match: str(number.get(int(match[1]) - 1, 1)), pattern or f"%{level + 1}.")

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
