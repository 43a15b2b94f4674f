"""Read the file of a report: plain text, Markdown, PDF, Word, a web page or a mail.

Files are not trusted, so sizes, pages and time are limited.
"""

import re
from collections.abc import Callable

from register.bounded import OutOfBounds, run_bounded
from register.headline_report.blocks import Document
from register.headline_report.formats.html import read_html
from register.headline_report.formats.limits import LARGEST_FILE
from register.headline_report.formats.mail import is_mail, read_mail
from register.headline_report.formats.pdf import read_pdf
from register.headline_report.formats.plain import read_text
from register.headline_report.formats.word import read_word
from register.headline_report.report import NotAReport

_ZIPPED = b"PK\x03\x04"
# {how a file of a format that is not read begins: its name}
_OTHERS = {b"{\\rtf": "an RTF file", b"\xd0\xcf\x11\xe0": "an old Word file or a mail of Outlook (.doc, .msg)"}


def read_document(content: bytes) -> Document:
    """Return the `Document` in a file's bytes. Raises NotAReport with a sentence where they hold none to read."""
    if not content.strip():
        raise NotAReport("Give a report with text in it: this file is empty.")
    if len(content) > LARGEST_FILE:
        raise NotAReport(f"Give a file of at most {LARGEST_FILE // 1_000_000} MB: this one is larger.")
    _refuse_other_format(content)
    if content.lstrip()[:5] == b"%PDF-":
        return _read_bounded(read_pdf, content)
    if content[:4] == _ZIPPED:
        return _read_bounded(read_word, content)
    if is_mail(content):
        return _read_bounded(read_mail, content)
    if _HTML.match(content):
        return _read_bounded(read_html, content)
    return read_text(_decode_text(content))


_HTML = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I)


def _refuse_other_format(content: bytes) -> None:
    found = next((name for begin, name in _OTHERS.items() if content.lstrip().startswith(begin)), None)
    if content[:4] == _ZIPPED and b"application/vnd.oasis.opendocument" in content[:200]:
        found = "an OpenDocument file"
    if found:
        raise NotAReport(f"Save the report as Word (.docx), PDF or text and give that: this is {found}.")


def _read_bounded(read: Callable[[bytes], Document], content: bytes) -> Document:
    try:
        return run_bounded(read, content)
    except OutOfBounds as bound:
        raise NotAReport(f"Give the report as text: {bound}.") from None


def _decode_text(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    if encoding != "utf-16" and b"\x00" in content:
        raise NotAReport(
            "Give the report as text, Markdown, PDF, Word (.docx), a web page or a mail: this file is none of them."
        )
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise NotAReport("Save the text as UTF-8 and try again: this file is in another encoding.") from None
