"""Read a PDF into a `Document`: glyphs and shapes of a page, then lines, tables and columns, then blocks."""

from register.headline_report.formats.pdf.reading import read_pdf

__all__ = ["read_pdf"]
