"""Find rows that share gaps, from top to bottom: the columns of a page, or of a table without lines."""

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from register.headline_report.formats.pdf.labels import join_cell
from register.headline_report.formats.pdf.lines import Span, find_rows, join_spans
from register.headline_report.formats.pdf.page import Box, enclose

_GUTTER = 6.0  # points: the least between two columns
_PAIR_GUTTER = 12.0  # points: the least between labels and their values
_ALIGNED = 2.0  # points
_MOSTLY = 0.6
_LONGEST_LABEL = 30  # characters
_NARROWEST = 10.0  # em: a column of running text
_FAR = 5.0  # em
_LOOSE = 1.2  # times the least distance of lines


@dataclass
class Table:
    """A table, with the edges of its columns from the left, and the lines that it was laid as where none are drawn."""

    rows: tuple[tuple[str, ...], ...]
    box: Box
    edges: list[float]
    laid: str = ""


Part = Span | Table
_Gap = tuple[float, float]


@dataclass
class Band:
    """Rows of a page with gaps in common, and the places of these gaps."""

    rows: list[list[Part]]
    gutters: list[_Gap]

    def __post_init__(self) -> None:
        places = [(start + end) / 2 for start, end in self.gutters]
        self.columns: list[list[Part]] = [[] for _ in range(len(places) + 1)]
        self.cells: list[list[list[Part]]] = []
        for row in self.rows:
            self.cells.append([[] for _ in self.columns])
            for part in row:
                place = bisect(places, (part.box.left + part.box.right) / 2)
                self.columns[place].append(part)
                self.cells[-1][place].append(part)

    @property
    def is_table(self) -> bool:
        if any(isinstance(part, Table) for row in self.rows for part in row) or self.is_prose:
            return False
        return self._has_rows_of(3) if len(self.columns) > 2 else self._is_list_of_pairs()

    @property
    def is_prose(self) -> bool:
        """Whether the columns are read one after the other."""
        return _is_prose(self.columns[0]) and all(_may_be_prose(column) for column in self.columns[1:])

    def _has_rows_of(self, least: int) -> bool:
        full = [row for row in self.cells if sum(map(bool, row)) >= least]
        return len(full) > 1 and all(_is_aligned(column) for column in self.columns)

    def _is_list_of_pairs(self) -> bool:
        labels = [part for part in self.columns[0] if isinstance(part, Span)]
        (start, end) = self.gutters[0]
        is_short = all(len(label.text) <= _LONGEST_LABEL and not label.label for label in labels)
        return is_short and end - start >= _PAIR_GUTTER and self._has_rows_of(2)

    def make_table(self, separators: Sequence[Box]) -> Table:
        """Return the table, lines that one row wraps over as one. `separators` are lines drawn between rows."""
        box = enclose(part.box for column in self.columns for part in column)
        wide = [line for line in separators if line.width > box.width / 2]
        rights = [max((part.box.right for part in column), default=0.0) for column in self.columns]
        edges = [box.left, *((start + end) / 2 for start, end in self.gutters), box.right]
        return Table(tuple(tuple(map(_join, row, rights)) for row in self._join_rows(wide)), box, edges, self._lay())

    def _join_rows(self, separators: Sequence[Box]) -> list[list[list[Part]]]:
        rows: list[list[list[Part]]] = []
        for starts, cells in zip(self._find_starts(separators), self.cells, strict=True):
            if starts:
                rows.append([[] for _ in cells])
            for place, cell in enumerate(cells):
                rows[-1][place].extend(cell)
        return rows

    def _lay(self) -> str:
        lines = ([part for part in row if isinstance(part, Span)] for row in self.rows)
        return "\n".join(join_spans(line).text for line in lines)

    def _find_starts(self, separators: Sequence[Box]) -> Iterator[bool]:
        """Yield for each line whether a row begins there: after a line drawn, a larger gap, or with a new label."""
        gaps = [_get_base(below) - _get_base(above) for above, below in pairwise(self.rows)]
        least = min(gaps, default=0.0)
        yield True
        for (above, below), gap, cells in zip(pairwise(self.rows), gaps, self.cells[1:], strict=True):
            is_parted = any(_get_base(above) < line.bottom and line.top < _get_base(below) for line in separators)
            yield is_parted or gap > _LOOSE * least or _begins_row(cells)


def _begins_row(cells: Sequence[Sequence[Part]]) -> bool:
    first = next((part.text for part in cells[0] if isinstance(part, Span)), "")
    return bool(first) and not first[0].islower() and sum(map(bool, cells)) > 1


def _join(cell: Iterable[Part], right: float) -> str:
    return join_cell([join_spans(row) for row in find_rows(part for part in cell if isinstance(part, Span))], right)


def _get_base(row: Sequence[Part]) -> float:
    return min(part.box.bottom for part in row)


def _is_prose(column: Sequence[Part]) -> bool:
    """Return whether a column is running text: lines that mostly fill it."""
    widths = [row[-1].box.right - row[0].box.left for row in find_rows(p for p in column if isinstance(p, Span))]
    filling = sum(width > _MOSTLY * max(widths) for width in widths)
    return len(widths) > 2 and filling >= _MOSTLY * len(widths) and _may_be_prose(column)


def _may_be_prose(column: Sequence[Part]) -> bool:
    """Return whether a column is wide enough for running text, and as close."""
    spans = sorted((part for part in column if isinstance(part, Span)), key=lambda span: span.base)
    if not spans:
        return any(isinstance(part, Table) for part in column)
    width = max(span.box.right for span in spans) - min(span.box.left for span in spans)
    gaps = [below.base - above.base for above, below in pairwise(spans)]
    return width >= _NARROWEST * median(span.size for span in spans) and (
        not gaps or median(gaps) < 2.2 * median(span.size for span in spans)
    )


def _is_aligned(column: Sequence[Part]) -> bool:
    """Return whether most parts of a column have the left, the right or the middle in common."""
    sides: list[Callable[[Box], float]] = [
        lambda box: box.left,
        lambda box: box.right,
        lambda box: (box.left + box.right) / 2,
    ]
    return any(_get_most_common([side(part.box) for part in column]) >= _MOSTLY * len(column) for side in sides)


def _get_most_common(places: Sequence[float]) -> int:
    return max(Counter(round(place / _ALIGNED / 2) for place in places).values())


def find_band(rows: Sequence[list[Part]], start: int) -> Band | None:
    """Return the rows from `start` on that have gaps in common and are columns or a table, or None."""
    gaps: list[_Gap] = [(float("-inf"), float("inf"))]
    inner: list[_Gap] = []
    end = start
    while end < len(rows) and (end == start or not _is_far(rows[end - 1], rows[end])):
        gaps = [gap for whole in gaps for gap in _cut(whole, rows[end])]
        left = [gap for gap in gaps if gap[0] != float("-inf") and gap[1] != float("inf")]
        if (end > start and not left) or (len(left) < len(inner) > 1 and Band(list(rows[start:end]), inner).is_table):
            break
        inner, end = left, end + 1
    return _settle(Band(list(rows[start:end]), inner)) if inner else None


def _is_far(above: Sequence[Part], below: Sequence[Part]) -> bool:
    heights = [part.box.height for part in below if isinstance(part, Span)]
    distance = min(part.box.top for part in below) - max(part.box.bottom for part in above)
    return bool(heights) and distance > _FAR * max(heights)


def _cut(gap: _Gap, row: Iterable[Part]) -> Iterator[_Gap]:
    """Yield what the parts of a row leave of a gap, where it is wide enough to part columns."""
    start, end = gap
    for part in row:  # from the left
        if part.box.right > start and part.box.left < end:
            if part.box.left - start >= _GUTTER:
                yield start, part.box.left
            start = max(start, part.box.right)
    if end - start >= _GUTTER:
        yield start, end


def _settle(band: Band) -> Band | None:
    """Return a band that is columns or a table, without the lines of text after a table; else None."""
    if band.is_prose:
        return band
    if not band.is_table or _is_only_first(band.cells[0]):
        return None
    end = _find_end(band)
    settled = band if end == len(band.rows) else Band(band.rows[:end], band.gutters)
    return settled if settled.is_table else None


def _find_end(band: Band) -> int:
    """Return how many rows belong to a table: a line in its first column alone, set apart, follows it."""
    gaps = [_get_base(below) - _get_base(above) for above, below in pairwise(band.rows)]
    far = (n for n, gap in enumerate(gaps, 1) if _is_only_first(band.cells[n]) and gap > 1.8 * median(gaps))
    return next(far, len(band.rows))


def _is_only_first(cells: Sequence[Sequence[Part]]) -> bool:
    return bool(cells[0]) and not any(cells[1:])
