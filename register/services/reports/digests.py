"""The digest of a paragraph, by which one edition of a report is told from another."""

import hashlib

from register.headline_report.report import Paragraph


def get_paragraph_digest(paragraph: Paragraph | None) -> str:
    """Return the SHA-256 of a paragraph with its list in hex, or "" of none."""
    return hashlib.sha256(paragraph.full_text.encode()).hexdigest() if paragraph else ""
