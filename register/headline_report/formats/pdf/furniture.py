"""Find what recurs at the head and foot of pages, so that no column or table takes it in."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from register.headline_report.formats.pdf.lines import Span
from register.headline_report.formats.pdf.page import Box
from register.headline_report.formats.pdf.parts import PageParts

_OUTERMOST = 6  # spans from an end of a page that may be its head or foot
_DETACHED = 0.8  # em: the least from a head or foot to the text of the page


@dataclass
class PageSpans:
    """The spans of a page: what recurs at its head, its text, and what recurs at its foot."""

    head: list[Span]
    body: list[Span]
    foot: list[Span]


def part_furniture(pages: Sequence[PageParts]) -> list[PageSpans]:
    """Return the spans of each page, parted: what recurs stands at the same place, but for numbers, on two pages."""
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number, page in enumerate(pages):
        for span in _find_outermost(page.spans):
            places[_get_place(span)].add(number)
    recurring = {place for place, found in places.items() if len(found) > 1}
    return [_part(page, recurring) for page in pages]


def _get_place(span: Span) -> tuple[str, int]:
    return re.sub(r"\d+", "0", span.text), round(span.base / 3)


def _find_outermost(spans: Sequence[Span]) -> list[Span]:
    ordered = sorted(spans, key=lambda span: span.base)
    return ordered if len(ordered) < 2 * _OUTERMOST else ordered[:_OUTERMOST] + ordered[-_OUTERMOST:]


def _part(page: PageParts, recurring: Collection[tuple[str, int]]) -> PageSpans:
    found = [span for span in _find_outermost(page.spans) if _get_place(span) in recurring]
    boxes = [span.box for span in page.spans] + [table.box for table in page.tables]
    middle = (min(box.top for box in boxes) + max(box.bottom for box in boxes)) / 2 if boxes else 0.0
    head = _keep_detached([span for span in reversed(found) if span.base < middle], boxes, _is_close_below)
    foot = _keep_detached([span for span in found if span.base >= middle], boxes, _is_close_above)
    apart = {id(span) for span in head + foot}
    return PageSpans(head, [span for span in page.spans if id(span) not in apart], foot)


def _keep_detached(found: Sequence[Span], boxes: Sequence[Box], is_close: Callable[[Span, Box], bool]) -> list[Span]:
    """Return the spans, given from the inside of the page, that nothing but one of themselves is close to.

    The head of a table that begins again on each page recurs as well, but its rows are close to it.
    """
    kept: dict[int, Span] = {id(span): span for span in found}
    for span in found:
        others = [box for box in boxes if box not in {other.box for other in kept.values()}]
        if any(is_close(span, box) for box in others):
            del kept[id(span)]
    return list(kept.values())


def _is_close_below(span: Span, box: Box) -> bool:
    return -1 <= box.top - span.box.bottom < _DETACHED * span.size


def _is_close_above(span: Span, box: Box) -> bool:
    return -1 <= span.box.top - box.bottom < _DETACHED * span.size
