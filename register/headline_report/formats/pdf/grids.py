"""Find the tables of a page whose cells are drawn: with lines around, or filled."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from register.headline_report.formats.pdf.page import Box, Page

_NEAR = 3.0  # points: lines no further apart meet, or are one
_LEAST_FILL = 6.0  # points: the height of a filled cell
_MOST_EDGES = 4_000  # of a page, and fields of a table: what has more is a drawing


@dataclass
class Grid:
    """A ruled table: the edges of its columns and rows, and for each of its fields the first field of its cell."""

    columns: list[float]
    rows: list[float]
    cells: list[list[tuple[int, int]]]

    @property
    def box(self) -> Box:
        return Box(self.columns[0], self.rows[0], self.columns[-1], self.rows[-1])

    def find_cell(self, x: float, y: float) -> tuple[int, int]:
        """Return (row, column) of the first field of the cell at a point of the grid."""
        return self.cells[_find_place(self.rows, y)][_find_place(self.columns, x)]


def _find_place(edges: Sequence[float], at: float) -> int:
    return max(0, sum(edge <= at for edge in edges[:-1]) - 1)


class _Edge(NamedTuple):
    """A line across at `at` from the top, or down at `at` from the left; from `start` to `end`."""

    at: float
    start: float
    end: float

    def covers(self, place: float) -> bool:
        return self.start - _NEAR <= place <= self.end + _NEAR


def find_grids(page: Page) -> list[Grid]:
    """Return the ruled tables of a page: of two columns and more; of two rows and more where cells are only filled."""
    ruled = list(_make_grids(page.rules, least_rows=1))
    filled = _make_grids([edge for fill in page.fills for edge in get_sides(fill)], least_rows=2)
    return [*ruled, *(grid for grid in filled if not any(_overlap(grid.box, other.box) for other in ruled))]


def get_sides(fill: Box) -> Iterator[Box]:
    """Yield the sides of a filled rectangle, where it is large enough for a cell."""
    if min(fill.width, fill.height) >= _LEAST_FILL:
        left, top, right, bottom = fill
        yield from (Box(left, top, right, top), Box(left, bottom, right, bottom))
        yield from (Box(left, top, left, bottom), Box(right, top, right, bottom))


def _overlap(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


def _make_grids(lines: Sequence[Box], least_rows: int) -> Iterator[Grid]:
    across = _merge(_Edge((line.top + line.bottom) / 2, line.left, line.right) for line in lines if _is_across(line))
    down = _merge(_Edge((line.left + line.right) / 2, line.top, line.bottom) for line in lines if not _is_across(line))
    if len(across) + len(down) > _MOST_EDGES:
        return
    for some_across, some_down in _find_connected(across, down):
        columns = _cluster([edge.at for edge in some_down] + [end for edge in some_across for end in edge[1:]])
        rows = _cluster([edge.at for edge in some_across] + [end for edge in some_down for end in edge[1:]])
        if len(columns) > 2 and len(rows) > least_rows and len(columns) * len(rows) <= _MOST_EDGES:
            yield Grid(columns, rows, _find_cells(columns, rows, some_across, some_down))


def _is_across(line: Box) -> bool:
    return line.width >= line.height


def _merge(edges: Iterable[_Edge]) -> list[_Edge]:
    """Return edges with those that lie on one another, or one after the other, as one; in order of their place."""
    merged: list[_Edge] = []
    for edge in sorted(edges):
        near = (n for n in range(len(merged) - 1, -1, -1) if merged[n].at < edge.at - _NEAR or _is_one(merged[n], edge))
        place = next(near, -1)
        if place >= 0 and _is_one(merged[place], edge):
            other = merged[place]
            merged[place] = _Edge(other.at, min(other.start, edge.start), max(other.end, edge.end))
        else:
            merged.append(edge)
    return merged


def _is_one(one: _Edge, other: _Edge) -> bool:
    return abs(one.at - other.at) <= _NEAR and one.start <= other.end + _NEAR and other.start <= one.end + _NEAR


def _find_connected(across: list[_Edge], down: list[_Edge]) -> Iterator[tuple[list[_Edge], list[_Edge]]]:
    """Yield the lines across and down that meet each other, directly or by others."""
    places = [edge.at for edge in down]
    group = list(range(len(across) + len(down)))

    def find(member: int) -> int:
        while group[member] != member:
            group[member] = member = group[group[member]]
        return member

    for n, edge in enumerate(across):
        for m in range(bisect_left(places, edge.start - _NEAR), bisect_left(places, edge.end + _NEAR)):
            if down[m].covers(edge.at):
                group[find(len(across) + m)] = find(n)
    found: dict[int, tuple[list[_Edge], list[_Edge]]] = {}
    for n, edge in enumerate([*across, *down]):
        found.setdefault(find(n), ([], []))[n >= len(across)].append(edge)
    yield from found.values()


def _cluster(places: Iterable[float]) -> list[float]:
    """Return places in order, of those that are near each other the first."""
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > _NEAR:
            found.append(place)
    return found


def _find_cells(
    columns: list[float], rows: list[float], across: list[_Edge], down: list[_Edge]
) -> list[list[tuple[int, int]]]:
    """Return for each field the first field of its cell: fields are one cell where no line parts them."""
    cells: list[list[tuple[int, int]]] = []
    for row, (top, bottom) in enumerate(pairwise(rows)):
        cells.append([])
        for column, (left, right) in enumerate(pairwise(columns)):
            first = (row, column)
            if column and not _is_parted(down, left, (top + bottom) / 2):
                first = cells[row][column - 1]
            elif row and not _is_parted(across, top, (left + right) / 2):
                first = cells[row - 1][column]
            cells[row].append(first)
    return cells


def _is_parted(edges: Iterable[_Edge], at: float, place: float) -> bool:
    return any(abs(edge.at - at) <= _NEAR and edge.covers(place) for edge in edges)
