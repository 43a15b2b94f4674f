"""The pack as a Word file, with real headings, header rows and a footer: the same bytes for the same paper."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from register.packs.blocks import Change, Heading, Paper, Table, Text

EARLIEST_IN_ZIP = (1980, 1, 1, 0, 0, 0)
QUIET = RGBColor(0x44, 0x55, 0x66)


def make_word(paper: Paper, as_at: datetime) -> bytes:
    """Return the paper as the bytes of a .docx that is dated at an aware moment."""
    file = Document()
    _set_up(file, paper, as_at)
    file.add_heading(paper.title, 0)
    file.add_paragraph(paper.subtitle)
    for block in paper.blocks:
        _WRITERS[type(block)](file, block)
    written = BytesIO()
    file.save(written)
    return _without_times(written.getvalue())


def _set_up(file: Any, paper: Paper, as_at: datetime) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    properties, moment = file.core_properties, as_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties.title, properties.author, properties.language = paper.title, "DCC/SEC question register", "en-GB"
    properties.created = properties.modified = moment
    properties.comments = ""
    _set_language(file)
    foot = section.footer.paragraphs[0]
    foot.text = _clean(f"{paper.foot} · page ")
    _add_page_number(foot)


def _set_language(file: Any) -> None:
    for language in file.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "en-GB")


def _add_page_number(paragraph: Any) -> None:
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text
        run._r.append(part)


def _write_heading(file: Any, block: Heading) -> None:
    file.add_heading(_clean(block.text), block.level)


def _write_text(file: Any, block: Text) -> None:
    for paragraph in block.text.split("\n\n"):
        run = file.add_paragraph().add_run(_clean(paragraph.strip()))
        run.bold = block.style == "strong"
        if block.style == "quiet":
            run.font.color.rgb = QUIET


def _write_change(file: Any, block: Change) -> None:
    paragraph = file.add_paragraph()
    for kind, words in block.pieces:
        run = paragraph.add_run(_clean(words))
        run.font.strike, run.font.underline = kind == "removed", kind == "added"
        if kind == "added":
            run.font.highlight_color = WD_COLOR_INDEX.BRIGHT_GREEN


def _write_table(file: Any, block: Table) -> None:
    table = file.add_table(rows=1, cols=len(block.headings), style="Table Grid")
    table.autofit = False
    _mark_as_header(table.rows[0])
    for cells in (block.headings, *block.rows):
        row = table.rows[0] if cells is block.headings else table.add_row()
        for cell, text, width in zip(row.cells, cells, block.widths, strict=True):
            cell.width = Mm(170 * width / sum(block.widths))
            run = cell.paragraphs[0].add_run(_clean(text))
            run.font.size, run.bold = Pt(9.5), cells is block.headings


def _mark_as_header(row: Any) -> None:
    """Mark a row as the table's header: readers name it with each cell, and each page repeats it."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _clean(text: str) -> str:
    """Return text without what XML cannot hold."""
    return "".join(letter for letter in text if letter in "\t\n" or letter.isprintable() or letter.isspace())


def _without_times(content: bytes) -> bytes:
    """Return a ZIP file with the times of its parts set to the earliest that there is: they are those of the making."""
    stripped = BytesIO()
    with ZipFile(BytesIO(content)) as before, ZipFile(stripped, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(ZipInfo(name, EARLIEST_IN_ZIP), before.read(name), ZIP_DEFLATED)
    return stripped.getvalue()


_WRITERS: dict[type, Any] = {Heading: _write_heading, Text: _write_text, Change: _write_change, Table: _write_table}
