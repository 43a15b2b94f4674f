"""Find what recurs at the head and foot of pages, so that no column or table takes it in."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from register.headline_report.formats.pdf.lines import Span
from register.headline_report.formats.pdf.parts import PageParts

_OUTERMOST = 6  # spans from an end of a page that may be its head or foot
_CELLS = 3  # the least in the head of a table; a running head has fewer parts
_DETACHED = 0.8  # em: the least from such a row to the text of the page, where it heads no table
_FAR = float("inf")
_NUMBER = re.compile(r"(?<![\d./])\d{1,9}")  # of a page; the last in 15/01 is none
_Place = tuple[str, int]


@dataclass
class PageSpans:
    """The spans of a page: what recurs at its head, its text, and what recurs at its foot."""

    head: list[Span]
    body: list[Span]
    foot: list[Span]


def part_furniture(pages: Sequence[PageParts]) -> list[PageSpans]:
    """Return the spans of each page, parted: what recurs stands at the same place of two pages, but for a number."""
    found: dict[_Place, set[int]] = defaultdict(set)
    for number, page in enumerate(pages):
        for span in _find_outermost(page.spans):
            for place in _get_places(span, number):
                found[place].add(number)
    recurring = {place for place, numbers in found.items() if len(numbers) > 1}
    return [_part(page, number, recurring) for number, page in enumerate(pages)]


def _get_places(span: Span, number: int) -> Iterator[_Place]:
    """Yield a span's text and where it stands: as it is, and with its first or last number less that of the page."""
    height = round(span.base / 3)
    yield span.text, height
    numbers = list(_NUMBER.finditer(span.text))
    for match in numbers[:1] + numbers[-1:]:
        before, after = span.text[: match.start()], span.text[match.end() :]
        yield f"{before}{int(match[0]) - number}\n{after}", height


def _find_outermost(spans: Sequence[Span]) -> list[Span]:
    ordered = sorted(spans, key=lambda span: span.base)
    return ordered if len(ordered) < 2 * _OUTERMOST else ordered[:_OUTERMOST] + ordered[-_OUTERMOST:]


def _part(page: PageParts, number: int, recurring: AbstractSet[_Place]) -> PageSpans:
    outermost = _find_outermost(page.spans)
    found = [span for span in outermost if not recurring.isdisjoint(_get_places(span, number))]
    boxes = [span.box for span in page.spans] + [table.box for table in page.tables]
    middle = (min(box.top for box in boxes) + max(box.bottom for box in boxes)) / 2 if boxes else 0.0
    apart = {id(span): span for span in found if not _heads_table(span, page)}
    head = [span for span in apart.values() if span.base < middle]
    foot = [span for span in apart.values() if span.base >= middle]
    return PageSpans(head, [span for span in page.spans if id(span) not in apart], foot)


def _heads_table(span: Span, page: PageParts) -> bool:
    """Return whether a span is of a row with others, close above what comes next: a table goes on, with its head."""
    row = [other for other in page.spans if abs(other.base - span.base) < span.size]
    below = (other.box.top - span.box.bottom for other in page.spans if other.base - span.base >= span.size)
    return len(row) >= _CELLS and min(below, default=_FAR) < _DETACHED * span.size
