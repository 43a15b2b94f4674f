"""The text of a report's file: plain text and Markdown, PDF, and Word. No file is trusted, so all is limited."""

import io
import time
import zipfile

import docx
import pypdf
from docx.opc.exceptions import OpcError
from docx.table import Table
from lxml.etree import LxmlError

from register.headline_report.report import NotAReport

LARGEST_FILE = 10_000_000  # bytes
LARGEST_UNPACKED = 50_000_000  # bytes of a Word file's parts, or of one stream of a PDF
MOST_PAGES = 300
MOST_SECONDS = 60


def text_of(content):
    """Return the text of a file's bytes. Raises NotAReport with a sentence where they hold none that can be read."""
    if not content.strip():
        raise NotAReport("Give a report with text in it: this file is empty.")
    if len(content) > LARGEST_FILE:
        raise NotAReport(f"Give a file of at most {LARGEST_FILE // 1_000_000} MB: this one is larger.")
    if content.lstrip()[:5] == b"%PDF-":
        return _text_of_pdf(content)
    if content[:4] == b"PK\x03\x04":
        return _text_of_word(content)
    return _plain_text(content)


def _plain_text(content):
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    if encoding != "utf-16" and b"\x00" in content:
        raise NotAReport("Give the report as text, Markdown, PDF or Word (.docx): this file is none of them.")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise NotAReport("Save the text as UTF-8 and try again: this file is in another encoding.") from None


def _text_of_pdf(content):
    limits = {"zlib_maximum_output_length": LARGEST_UNPACKED, "lzw_maximum_output_length": LARGEST_UNPACKED}
    with pypdf.apply_configuration(**limits):
        try:
            text = "\n".join(_pages(content))
        except NotAReport:
            raise
        except Exception:  # the package raises whatever a damaged file leads it to
            raise NotAReport("Give a whole PDF: this one is damaged, or is no PDF at all.") from None
    if not text.strip():
        raise NotAReport("Give a PDF with text in it: this one is a scan, pictures of pages only.")
    return text


def _pages(content):
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise NotAReport("Give the PDF without its password: this one is encrypted.")
    if len(reader.pages) > MOST_PAGES:
        raise NotAReport(f"Give a PDF of at most {MOST_PAGES} pages.")
    begun = time.monotonic()
    for page in reader.pages:
        if time.monotonic() - begun > MOST_SECONDS:
            raise NotAReport("Give the report as text: this PDF takes too long to read.")
        yield page.extract_text()


def _text_of_word(content):
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            # Reading stops at the size that a part declares, so the sum of these is a limit that holds.
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise NotAReport("Give a smaller Word file: this one unpacks to more than the register reads.")
        text = "\n".join(_blocks(docx.Document(io.BytesIO(content))))
    except (zipfile.BadZipFile, OpcError, LxmlError, KeyError, ValueError, OSError, NotImplementedError):
        raise NotAReport("Give a whole Word file (.docx): this one is damaged, or is something else.") from None
    if not text.strip():
        raise NotAReport("Give a Word file with text in it: this one has none.")
    return text


def _blocks(document):
    """Yield the lines of a document, tables as lines of tabs, with the numbers that Word counts for itself."""
    numbers = _Numbering()
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield from ("\t".join(dict.fromkeys(cell.text for cell in row.cells)) for row in block.rows)
        else:
            yield f"{_heading(block)}{numbers.label(block)}{block.text}"


def _heading(paragraph):
    return "### " if ((paragraph.style and paragraph.style.name) or "").startswith(("Heading", "Title")) else ""


class _Numbering:
    """Counts as Word does: `1.` for a list's first level, `1.2` for its second, a bullet for a bulleted one."""

    def __init__(self):
        self.counts = {}

    def label(self, paragraph):
        numbered = _numbering_of(paragraph)
        if numbered is None or numbered.numId is None or numbered.numId.val == 0:
            return ""
        level = numbered.ilvl.val if numbered.ilvl is not None else 0
        form = _level_format(paragraph, numbered.numId.val, level)
        if form in (None, "bullet", "none"):
            return "- "
        counters = self.counts.setdefault(numbered.numId.val, {})
        counters[level] = counters.get(level, 0) + 1
        for deeper in [deeper for deeper in counters if deeper > level]:
            del counters[deeper]
        return ".".join(str(counters.get(n, 1)) for n in range(level + 1)) + (". " if level == 0 else " ")


def _numbering_of(paragraph):
    """Return the numbering of a paragraph: its own, or that of its style."""
    holders = [paragraph._p, *([paragraph.style.element] if paragraph.style is not None else [])]
    found = (holder.pPr.numPr for holder in holders if holder.pPr is not None)
    return next((numbering for numbering in found if numbering is not None), None)


def _level_format(paragraph, number, level):
    """Return the format of a numbering level: `decimal`, `bullet`…, or None where the document does not say."""
    numbering = paragraph.part.numbering_part.element
    abstract = numbering.xpath(f'w:num[@w:numId="{int(number)}"]/w:abstractNumId/@w:val')
    if not abstract:
        return None
    levels = f'w:abstractNum[@w:abstractNumId="{int(abstract[0])}"]/w:lvl[@w:ilvl="{int(level)}"]'
    form = numbering.xpath(f"{levels}/w:numFmt/@w:val")
    return form[0] if form else None
