"""What is drawn on a page, in points from its left and downwards, turned so that its text is upright."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True)
class Style:
    """How a run of text is set. `angle` is in degrees, anticlockwise, from 0 to 359."""

    size: float
    is_bold: bool = False
    is_symbols: bool = False
    is_invisible: bool = False
    angle: int = 0


class Glyph(NamedTuple):
    """A character from `left` to `right` on the baseline at `base`; `right` is where the next one would be set."""

    text: str
    left: float
    right: float
    base: float
    style: Style


class Box(NamedTuple):
    """A rectangle; a line that is drawn is a thin one."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom


def enclose(boxes: Iterable[Box]) -> Box:
    """Return the rectangle around others, of which there is one at least."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


@dataclass
class Page:
    """The glyphs and shapes of a page: `rules` are lines, `fills` filled rectangles, `dots` what may be a bullet."""

    glyphs: list[Glyph] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    fills: list[Box] = field(default_factory=list)
    dots: list[Box] = field(default_factory=list)
    is_empty: bool = False  # nothing at all is drawn
    is_pictured: bool = False  # a picture covers most of it
    is_recognised: bool = False  # all of its text is drawn invisibly, as over a scan
    has_invisible: bool = False  # some of its text is drawn invisibly
    has_unknown: bool = False  # the fonts do not say which characters most of its glyphs are
    slanted: str = ""  # text set at an angle to the rest


def turn_point(x: float, y: float, angle: int) -> tuple[float, float]:
    """Return a point of the page as stored (upwards) as seen by who reads text at that angle (downwards)."""
    if angle == 90:
        return y, x
    if angle == 180:
        return -x, y
    return (-y, -x) if angle == 270 else (x, -y)


def turn_box(left: float, bottom: float, right: float, top: float, angle: int) -> Box:
    (x, y), (other_x, other_y) = turn_point(left, bottom, angle), turn_point(right, top, angle)
    return Box(min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y))
