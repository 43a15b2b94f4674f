"""Extract the text of a report's file: plain text, Markdown, PDF or Word.

Files are not trusted, so sizes, pages and time are limited.
"""

import io
import zipfile
from collections.abc import Callable, Iterator

import docx
import pypdf
from docx.opc.exceptions import OpcError
from lxml.etree import LxmlError  # type: ignore[import-untyped]

from register.bounded import OutOfBounds, run_bounded
from register.headline_report.report import NotAReport
from register.headline_report.word import extract_lines

LARGEST_FILE = 10_000_000  # bytes
LARGEST_UNPACKED = 50_000_000  # bytes of a Word file's parts, or of one stream of a PDF
MOST_PAGES = 300
PAGE_BREAK = "\n---\n"  # the reader takes it for the edge of a page


def extract_text(content: bytes) -> str:
    """Return the text of a file's bytes. Raises NotAReport with a sentence where they hold none that can be read."""
    if not content.strip():
        raise NotAReport("Give a report with text in it: this file is empty.")
    if len(content) > LARGEST_FILE:
        raise NotAReport(f"Give a file of at most {LARGEST_FILE // 1_000_000} MB: this one is larger.")
    if content.lstrip()[:5] == b"%PDF-":
        return _extract_bounded(extract_pdf_text, content)
    if content[:4] == b"PK\x03\x04":
        return _extract_bounded(extract_word_text, content)
    return _decode_text(content)


def _extract_bounded(extract: Callable[[bytes], str], content: bytes) -> str:
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


def extract_pdf_text(content: bytes) -> str:
    """Return the text of a PDF. Raises NotAReport."""
    with pypdf.apply_configuration(
        zlib_maximum_output_length=LARGEST_UNPACKED, lzw_maximum_output_length=LARGEST_UNPACKED
    ):
        try:
            text = PAGE_BREAK.join(_extract_pages(content))
        except NotAReport:
            raise
        except Exception:  # the package raises whatever a damaged file leads it to
            raise NotAReport("Give a whole PDF: this one is damaged, or is no PDF at all.") from None
    if not text.replace("-", "").strip():
        raise NotAReport("Give a PDF with text in it: this one is a scan, pictures of pages only.")
    return text


def _can_open_without_password(reader: pypdf.PdfReader) -> bool:
    """Return whether the PDF has only an owner's password, which does not prevent reading."""
    try:
        return bool(reader.decrypt(""))
    except Exception:  # a cipher that the package cannot undo
        return False


def _extract_pages(content: bytes) -> Iterator[str]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not _can_open_without_password(reader):
        raise NotAReport("Give the PDF without its password: this one is encrypted.")
    if len(reader.pages) > MOST_PAGES:
        raise NotAReport(f"Give a PDF of at most {MOST_PAGES} pages.")
    for page in reader.pages:
        yield page.extract_text()


def extract_word_text(content: bytes) -> str:
    """Return the text of a Word file. Raises NotAReport."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            # Reading stops at the size that a part declares, so the sum of these is a limit that holds.
            if sum(part.file_size for part in parts.infolist()) > LARGEST_UNPACKED:
                raise NotAReport("Give a smaller Word file: this one unpacks to more than the register reads.")
        text = "\n".join(extract_lines(docx.Document(io.BytesIO(content))))
    except NotAReport:
        raise
    except (zipfile.BadZipFile, OpcError, LxmlError, LookupError, TypeError, AttributeError, ValueError, OSError,
            NotImplementedError, RecursionError):  # fmt: skip
        # lxml tells of too little memory as of an error in the file.
        raise NotAReport("Give a whole Word file (.docx): this one is damaged, too large, or something else.") from None
    if not text.strip():
        raise NotAReport("Give a Word file with text in it: this one has none.")
    return text
