"""Load the lines, rectangles and small shapes that are drawn on a page, with PDFium."""

from collections.abc import Iterator
from ctypes import byref, c_float, c_int, c_uint
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from register.headline_report.formats.pdf.page import Box, Page, turn_box

MOST_OBJECTS = 20_000  # of a page, and segments of its paths: what has more is a drawing, not ruled tables
_DEEPEST = 5  # forms in forms
_THIN = 2.5  # points: a line that is drawn as a rectangle
_DOT = (0.8, 8.0)  # points: the least and most that a bullet measures
_WHITE = 250
_MOST_OF_PAGE = 0.5


class Matrix(NamedTuple):
    """An affine transformation (ISO 32000-1, 8.3.3)."""

    a: float = 1
    b: float = 0
    c: float = 0
    d: float = 1
    e: float = 0
    f: float = 0

    def map_point(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def then(self, other: "Matrix") -> "Matrix":
        (a, b), (c, d) = other.map_point(self.a, self.b), other.map_point(self.c, self.d)
        e, f = other.map_point(self.e, self.f)
        return Matrix(a - other.e, b - other.f, c - other.e, d - other.f, e, f)


def load_shapes(page: Any, angle: int, into: Page) -> None:
    """Load the shapes of a page as seen by who reads text at that angle."""
    reader = _ShapeReader(angle, into)
    count = pdfium.FPDFPage_CountObjects(page)
    into.is_empty = count == 0
    for index in range(min(count, MOST_OBJECTS)):
        reader.read(pdfium.FPDFPage_GetObject(page, index), Matrix(), _DEEPEST)
    area = pdfium.FPDF_GetPageWidthF(page) * pdfium.FPDF_GetPageHeightF(page)
    into.is_pictured = reader.largest_picture > _MOST_OF_PAGE * area
    if reader.left < 0:
        into.rules, into.fills, into.dots = [], [], []


class _ShapeReader:
    def __init__(self, angle: int, into: Page) -> None:
        self.angle, self.into = angle, into
        self.left = MOST_OBJECTS
        self.largest_picture = 0.0

    def read(self, drawn: Any, outer: Matrix, deepest: int) -> None:
        kind = pdfium.FPDFPageObj_GetType(drawn)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._read_path(drawn, outer)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            self._read_picture(drawn, outer)
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and deepest:
            inner = _get_matrix(drawn).then(outer)
            for index in range(min(pdfium.FPDFFormObj_CountObjects(drawn), self.left)):
                self.read(pdfium.FPDFFormObj_GetObject(drawn, index), inner, deepest - 1)

    def _read_picture(self, drawn: Any, outer: Matrix) -> None:
        corners = [_get_matrix(drawn).then(outer).map_point(x, y) for x in (0, 1) for y in (0, 1)]
        box = self._enclose(corners)
        self.largest_picture = max(self.largest_picture, box.width * box.height)
        self._add_dot(box)

    def _read_path(self, drawn: Any, outer: Matrix) -> None:
        count = pdfium.FPDFPath_CountSegments(drawn)
        self.left -= 1 + count
        fill, stroke = c_int(), c_int()
        if self.left < 0 or not pdfium.FPDFPath_GetDrawMode(drawn, byref(fill), byref(stroke)):
            return
        filled = bool(fill.value) and not _is_white(drawn)
        if not filled and not stroke.value:
            return
        matrix = _get_matrix(drawn).then(outer)
        for points, is_straight in _find_subpaths(drawn, count):
            corners = [matrix.map_point(x, y) for x, y in points]
            if filled:
                self._add_filled(self._enclose(corners))
            elif is_straight:
                for start, end in pairwise(corners):
                    self._add_rule(self._enclose([start, end]))

    def _add_filled(self, box: Box) -> None:
        if min(box.width, box.height) <= _THIN < max(box.width, box.height) - _DOT[1]:
            self.into.rules.append(box)
        elif not self._add_dot(box):
            self.into.fills.append(box)

    def _add_rule(self, box: Box) -> None:
        if min(box.width, box.height) <= _THIN < max(box.width, box.height):
            self.into.rules.append(box)

    def _add_dot(self, box: Box) -> bool:
        is_dot = all(_DOT[0] <= side <= _DOT[1] for side in (box.width, box.height))
        if is_dot:
            self.into.dots.append(box)
        return is_dot

    def _enclose(self, corners: list[tuple[float, float]]) -> Box:
        across, up = [x for x, _ in corners], [y for _, y in corners]
        return turn_box(min(across), min(up), max(across), max(up), self.angle)


def _get_matrix(drawn: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(drawn, byref(found)):
        return Matrix()
    return Matrix(found.a, found.b, found.c, found.d, found.e, found.f)


def _is_white(drawn: Any) -> bool:
    red, green, blue, alpha = c_uint(), c_uint(), c_uint(), c_uint()
    if not pdfium.FPDFPageObj_GetFillColor(drawn, byref(red), byref(green), byref(blue), byref(alpha)):
        return False
    return alpha.value == 0 or min(red.value, green.value, blue.value) >= _WHITE


def _find_subpaths(drawn: Any, count: int) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    """Yield the points of each part of a path, and whether it has no curves."""
    points: list[tuple[float, float]] = []
    is_straight = True
    x, y = c_float(), c_float()
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(drawn, index)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO and points:
            yield points, is_straight
            points, is_straight = [], True
        pdfium.FPDFPathSegment_GetPoint(segment, byref(x), byref(y))
        points.append((x.value, y.value))
        is_straight = is_straight and kind != pdfium.FPDF_SEGMENT_BEZIERTO
        if pdfium.FPDFPathSegment_GetClose(segment):
            points.append(points[0])
    if points:
        yield points, is_straight
