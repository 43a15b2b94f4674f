"""Extract all text in a file, also what its reader does not see: to look for words that must not be kept."""

import html
import io
import re
import zipfile
from collections.abc import Iterator

import pypdf

from register.bounded import OutOfBounds, run_bounded
from register.headline_report.formats.limits import LARGEST_UNPACKED
from register.headline_report.report import NotAReport

_TAG = re.compile("<[^>]*>")


def extract_whole_text(content: bytes) -> str:
    """Return all text in a file's bytes. Raises NotAReport where they cannot be read, with a sentence."""
    try:
        if content.lstrip()[:5] == b"%PDF-":
            return run_bounded(extract_whole_pdf, content)
        if content[:4] == b"PK\x03\x04":
            return run_bounded(extract_whole_archive, content)
    except OutOfBounds as bound:
        raise NotAReport(f"Look at this file yourself: {bound}.") from None
    return _decode(content)


def _decode(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def extract_whole_pdf(content: bytes) -> str:
    """Return what a PDF's pages draw, visibly or not, and its properties. Raises NotAReport."""
    with pypdf.apply_configuration(
        zlib_maximum_output_length=LARGEST_UNPACKED, lzw_maximum_output_length=LARGEST_UNPACKED
    ):
        try:
            reader = pypdf.PdfReader(io.BytesIO(content))
            if reader.is_encrypted:
                reader.decrypt("")
            properties = [str(value) for value in (reader.metadata or {}).values()]
            return "\n".join([*properties, *(page.extract_text() for page in reader.pages)])
        except Exception:  # the package raises whatever a damaged file leads it to
            raise NotAReport("Look at this PDF yourself: it is damaged or encrypted.") from None


def extract_whole_archive(content: bytes) -> str:
    """Return what the parts of a Word file or a workbook hold. Raises NotAReport."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(_extract_parts(archive))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        raise NotAReport("Look at this file yourself: it is damaged or encrypted.") from None


def _extract_parts(archive: zipfile.ZipFile) -> Iterator[str]:
    """Yield the text of each part: without tags, with blanks for them, and as it is, for attributes name authors."""
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise NotAReport(f"Look at this file yourself: it unpacks to more than {LARGEST_UNPACKED // 1_000_000} MB.")
    for part in parts:
        text = _decode(archive.read(part))
        yield from (html.unescape(_TAG.sub(between, text)) for between in ("", " "))
        yield html.unescape(text)
