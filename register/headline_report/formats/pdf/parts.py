"""Make the parts of a page, spans of text and ruled tables, of its glyphs and shapes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from register.headline_report.formats.pdf.bands import Table
from register.headline_report.formats.pdf.grids import Grid, find_grids, get_sides
from register.headline_report.formats.pdf.labels import attach_dots, join_cell
from register.headline_report.formats.pdf.lines import Span, find_rows, find_spans, join_spans
from register.headline_report.formats.pdf.page import Box, Glyph, Page

_FEW = 150  # characters of running heads and feet on a page that is a picture


@dataclass
class PageParts:
    """What a page has to read, and sentences on what else it has. `separators` are lines that may part rows."""

    spans: list[Span] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    separators: list[Box] = field(default_factory=list)
    is_unread: bool = False
    has_unknown: bool = False  # nothing was read of it, for its fonts do not say which letters they draw
    left_out: list[str] = field(default_factory=list)


def find_parts(page: Page, number: int) -> PageParts:
    """Return the parts of a page that has this number."""
    left_out = list(_describe(page, number))
    if page.has_unknown:
        return PageParts(is_unread=True, has_unknown=True, left_out=left_out)
    grids = find_grids(page)
    free, by_grid = _part_glyphs(page.glyphs, grids)
    spans = find_spans(free)
    attach_dots(spans, page.dots)
    tables = [table for n, grid in enumerate(grids) if (table := _make_table(grid, by_grid[n], page.dots)).rows]
    sides = [side for fill in page.fills for side in get_sides(fill) if side.width > side.height]
    separators = [rule for rule in page.rules if rule.width > rule.height]
    return PageParts(spans, tables, separators + sides, _is_unread(page), left_out=left_out)


def _is_unread(page: Page) -> bool:
    is_picture = page.is_pictured and len(page.glyphs) < _FEW and not page.is_recognised
    return page.has_unknown or is_picture or (not page.glyphs and not page.is_empty)


def _describe(page: Page, number: int) -> Iterator[str]:
    """Yield sentences on what a page has beside the text that is read."""
    if page.has_unknown:
        yield f"Page {number} was not read: its fonts do not say which letters they draw."
    elif _is_unread(page):
        what = "is mostly a picture that" if page.glyphs else "has no text: it is a scan or a picture, and"
        yield f"Page {number} {what} was not read."
    if page.is_recognised:
        yield f"Page {number} is a scan: its text was recognised by a machine, so compare it."
    if page.has_invisible:
        yield f"Page {number} has text that is drawn invisibly, not read."
    if page.slanted:
        yield f"Page {number} has text set at an angle, not read: “{page.slanted[:100]}”."


def _part_glyphs(glyphs: Sequence[Glyph], grids: Sequence[Grid]) -> tuple[list[Glyph], dict[int, list[Glyph]]]:
    """Return the glyphs outside of ruled tables, and those inside by the table's index."""
    free: list[Glyph] = []
    by_grid: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        x, y = _get_middle(glyph)
        inside = next((n for n, grid in enumerate(grids) if grid.box.holds(x, y)), None)
        (free if inside is None else by_grid[inside]).append(glyph)
    return free, by_grid


def _get_middle(glyph: Glyph) -> tuple[float, float]:
    return (glyph.left + glyph.right) / 2, glyph.base - glyph.style.size / 4


def _make_table(grid: Grid, glyphs: Sequence[Glyph], dots: Sequence[Box]) -> Table:
    """Return a ruled table. A cell over several columns stands once; below one over several rows stands ""."""
    cells: dict[tuple[int, int], list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        cells[grid.find_cell(*_get_middle(glyph))].append(glyph)
    texts = {(row, column): _read_cell(cells[row, column], dots, grid, column) for row, column in cells}
    rows: list[tuple[str, ...]] = []
    for row, fields in enumerate(grid.cells):
        firsts = dict.fromkeys(fields)
        rows.append(tuple(texts.get(first, "") if first[0] == row else "" for first in firsts))
    return Table(tuple(row for row in rows if any(row)), grid.box, grid.columns)


def _read_cell(glyphs: Sequence[Glyph], dots: Sequence[Box], grid: Grid, column: int) -> str:
    spans = find_spans(glyphs)
    attach_dots(spans, dots)
    # The text keeps as far from the right side of a cell as from its left.
    left = min((span.box.left for span in spans), default=0.0) - grid.columns[column]
    return join_cell([join_spans(row) for row in find_rows(spans)], grid.columns[column + 1] - left)
