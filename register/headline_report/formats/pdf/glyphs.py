"""Load the glyphs of a page with PDFium."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from ctypes import addressof, c_double, create_string_buffer
from dataclasses import replace
from typing import Any

import pypdfium2.raw as pdfium

from register.characters import remove_unprintable
from register.headline_report.formats.pdf.page import Glyph, Page, Style, turn_box, turn_point

_BOLD = re.compile(r"bold|black|heavy|demi", re.I)
_SYMBOLS = re.compile(r"symbol|dingbat|wingding|webding", re.I)
_BOLD_WEIGHT = 600
_NEARLY = 3  # degrees: text of a crooked scan
_THICKENED = pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE  # how bold letters are made of others
_UNKNOWN = "\ufffd"
# PDFium makes 2 of any hyphen at the end of a line. A soft hyphen within one is how old encodings draw the common one.
_SUBSTITUTES = {2: "\u00ad", 0xAD: "-"}


def load_glyphs(page: Any, into: Page) -> int:
    """Load the glyphs that a reader sees, and note what there is besides; return the angle that they are set at."""
    text = pdfium.FPDFText_LoadPage(page)
    try:
        glyphs = _GlyphReader(text, page).read() if text else []
    finally:
        pdfium.FPDFText_ClosePage(text)
    glyphs = _keep_visible(glyphs, into)
    inked = [glyph for glyph in glyphs if not glyph.text.isspace()]
    angle = Counter(glyph.style.angle for glyph in inked).most_common(1)[0][0] if inked else 0
    into.slanted = "".join(glyph.text for glyph in inked if glyph.style.angle != angle)
    into.glyphs = [glyph for glyph in glyphs if glyph.style.angle == angle]
    into.has_unknown = 2 * sum(glyph.text == _UNKNOWN for glyph in inked) > len(inked)
    return angle


def _keep_visible(glyphs: list[Glyph], into: Page) -> list[Glyph]:
    """Return the glyphs without what is drawn invisibly; that alone is kept where there is nothing else."""
    seen = [glyph for glyph in glyphs if not glyph.style.is_invisible]
    into.is_recognised = _has_ink(glyphs) and not _has_ink(seen)
    into.has_invisible = not into.is_recognised and _has_ink(glyph for glyph in glyphs if glyph.style.is_invisible)
    return glyphs if into.is_recognised else seen


def _has_ink(glyphs: Iterable[Glyph]) -> bool:
    return any(not glyph.text.isspace() for glyph in glyphs)


class _GlyphReader:
    """Reads the glyphs of a page's text one by one, the style of each text object once."""

    def __init__(self, text: Any, page: Any) -> None:
        self.text = text
        self.edges = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, self.edges)
        self.styles: dict[int, Style] = {}
        self.box, self.x, self.y = pdfium.FS_RECTF(), c_double(), c_double()

    def read(self) -> list[Glyph]:
        found = (self._read_glyph(index) for index in range(pdfium.FPDFText_CountChars(self.text)))
        return [glyph for glyph in found if glyph is not None]

    def _read_glyph(self, index: int) -> Glyph | None:
        if pdfium.FPDFText_IsGenerated(self.text, index) == 1:  # a space or line end that the page does not have
            return None
        character = self._read_character(index)
        if not character or not pdfium.FPDFText_GetLooseCharBox(self.text, index, self.box):
            return None
        pdfium.FPDFText_GetCharOrigin(self.text, index, self.x, self.y)
        style = self._get_style(index)
        if not self._is_on_page():
            style = replace(style, is_invisible=True)
        box = turn_box(self.box.left, self.box.bottom, self.box.right, self.box.top, style.angle)
        _, base = turn_point(self.x.value, self.y.value, style.angle)
        return Glyph(character, box.left, box.right, base, style)

    def _is_on_page(self) -> bool:
        box, edges = self.box, self.edges
        is_across = box.left < edges.right and box.right > edges.left
        return is_across and box.bottom < edges.top and box.top > edges.bottom

    def _read_character(self, index: int) -> str:
        code = pdfium.FPDFText_GetUnicode(self.text, index)
        if code == 0 or pdfium.FPDFText_HasUnicodeMapError(self.text, index) == 1:
            return _UNKNOWN
        character = _SUBSTITUTES.get(code) or chr(code)
        return " " if character.isspace() else remove_unprintable(character)

    def _get_style(self, index: int) -> Style:
        drawn = pdfium.FPDFText_GetTextObject(self.text, index)
        key = addressof(drawn.contents) if drawn else 0
        if key not in self.styles:
            self.styles[key] = self._read_style(index, drawn)
        return self.styles[key]

    def _read_style(self, index: int, drawn: Any) -> Style:
        matrix = pdfium.FS_MATRIX()
        pdfium.FPDFText_GetMatrix(self.text, index, matrix)
        scale = math.hypot(matrix.c, matrix.d) or 1.0
        angle = round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360
        upright = round(angle / 90) * 90
        mode = pdfium.FPDFTextObj_GetTextRenderMode(drawn)
        name, weight = _read_font(drawn)
        return Style(
            size=round(pdfium.FPDFText_GetFontSize(self.text, index) * scale, 1) or 1.0,
            is_bold=bool(_BOLD.search(name))
            or weight >= _BOLD_WEIGHT
            or mode == pdfium.FPDF_TEXTRENDERMODE_FILL_STROKE,
            is_symbols=bool(_SYMBOLS.search(name)),
            is_invisible=mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE,
            angle=upright % 360 if abs(angle - upright) <= _NEARLY else angle,
        )


def _read_font(drawn: Any) -> tuple[str, int]:
    """Return the name and the weight of a text object's font."""
    font = pdfium.FPDFTextObj_GetFont(drawn)
    name = create_string_buffer(200)
    pdfium.FPDFFont_GetBaseFontName(font, name, len(name))
    return name.value.decode("latin-1"), pdfium.FPDFFont_GetWeight(font)
