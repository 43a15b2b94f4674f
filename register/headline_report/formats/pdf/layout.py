"""Put what stands on a page in reading order: columns one after the other, tables as tables."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from register.headline_report.formats.pdf.bands import Band, Part, Table, find_band
from register.headline_report.formats.pdf.labels import is_label
from register.headline_report.formats.pdf.lines import Span, find_rows, join_spans, split_spans
from register.headline_report.formats.pdf.page import Box

_LABEL_GAP = 6.0  # em: the furthest that a text is set after its number
_ONE_TABLE = 12.0  # points: parts of one table are no further apart
_DEEPEST = 4  # columns in columns


@dataclass
class Line:
    """A line of text in a column that ends at `right`; `is_furniture` where it recurs at the head or foot of pages."""

    span: Span
    right: float
    is_furniture: bool = False

    @property
    def box(self) -> Box:
        return self.span.box


Element = Line | Table


def arrange(parts: Sequence[Part], separators: Sequence[Box]) -> Iterator[Element]:
    """Yield the lines and tables that parts of a page make, in the order in which they are read."""
    before: Element | None = None
    for element in _arrange(parts, separators, _DEEPEST):
        joined = _join_table(before, element) if before and isinstance(element, Table) else None
        if before and not joined:
            yield before
        before = joined or element
    if before:
        yield before


def _join_table(above: Element, table: Table) -> Table | None:
    """Return a table with the rows close above it that are set in its columns, as a head without lines is; or None."""
    if not -_ONE_TABLE < table.box.top - above.box.bottom < _ONE_TABLE:
        return None
    if isinstance(above, Line):
        row = _place_cells(above.span, table.edges)
        laid = table.laid and f"{above.span.text}\n{table.laid}"
        return replace(table, rows=(row, *table.rows), laid=laid) if row else None
    is_same = len(above.edges) == len(table.edges) and abs(above.box.left - table.box.left) < _ONE_TABLE
    box = table.box._replace(top=above.box.top)
    laid = f"{above.laid}\n{table.laid}" if above.laid and table.laid else ""
    return replace(table, rows=above.rows + table.rows, box=box, laid=laid) if is_same else None


def _place_cells(line: Span, edges: Sequence[float]) -> tuple[str, ...]:
    """Return the cells that a line makes between the edges of columns, or () where it is set otherwise."""
    cells = [""] * (len(edges) - 1)
    for span in split_spans(line.words):
        place = bisect(edges, (span.box.left + span.box.right) / 2) - 1
        if not 0 <= place < len(cells) or cells[place] or span.box.width > edges[place + 1] - edges[place]:
            return ()
        cells[place] = span.text
    return tuple(cells) if sum(map(bool, cells)) > len(cells) / 2 else ()


def _arrange(parts: Sequence[Part], separators: Sequence[Box], deepest: int) -> Iterator[Element]:
    rows = _find_part_rows(parts)
    right = max((part.box.right for part in parts), default=0.0)
    at = 0
    while at < len(rows):
        band = find_band(rows, at) if deepest else None
        if band is None:
            yield from _make_row(rows[at], right)
            at += 1
            continue
        yield from _arrange_band(band, separators, deepest - 1)
        at += len(band.rows)


def make_furniture(spans: Sequence[Span]) -> Iterator[Line]:
    """Yield the lines that spans of the head or foot of a page make, from the top downwards."""
    right = max((span.box.right for span in spans), default=0.0)
    yield from (Line(join_spans(row), right, is_furniture=True) for row in find_rows(spans))


def _find_part_rows(parts: Sequence[Part]) -> list[list[Part]]:
    rows: list[list[Part]] = [list(_join_labels(row)) for row in find_rows(p for p in parts if isinstance(p, Span))]
    rows += [[part] for part in parts if isinstance(part, Table)]
    return sorted(rows, key=lambda row: min(part.box.top for part in row))


def _join_labels(row: Sequence[Span]) -> Iterator[Span]:
    """Yield the spans of a row, a number or bullet with what stands after it: it is no column."""
    label: Span | None = None
    for span in row:
        if label is not None:
            is_near = span.box.left - label.box.right < _LABEL_GAP * label.size
            yield from [join_spans([label, span])] if is_near else [label, span]
            label = None
        elif is_label(span):
            label = span
        else:
            yield span
    if label is not None:
        yield label


def _make_row(row: Sequence[Part], right: float) -> Iterator[Element]:
    spans = [part for part in row if isinstance(part, Span)]
    if spans:
        yield Line(join_spans(spans), right)
    yield from (part for part in row if isinstance(part, Table))


def _arrange_band(band: Band, separators: Sequence[Box], deepest: int) -> Iterator[Element]:
    if band.is_table:
        yield band.make_table(separators)
        return
    for column in band.columns:
        yield from _arrange(column, separators, deepest)
