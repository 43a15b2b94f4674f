"""The formats of reports' files, each read into the blocks of a `Document`."""

from register.headline_report.formats.files import LARGEST_FILE, read_document
from register.headline_report.formats.plain import read_text

__all__ = ["LARGEST_FILE", "read_document", "read_text"]
