"""The desk's two pictures of all questions: by status and topic, and how long each has stood in its status."""

from register import clock
from register.admin.desk.figures import Figure, get_list_address
from register.clock import today
from register.documents.tallies import get_day_key
from register.models import Topic
from register.models.tallies import TallyBy
from register.vocabulary import LIVE, Status

# (what it says, the most working days in the status; None for no end)
SPANS = (("up to a week", 5), ("up to a month", 20), ("up to a quarter", 60), ("longer", None))
BAR, ROW, LEFT, WIDTH = 14, 22, 110, 400  # pixels of the picture


def make_matrix(counts):
    """Return the counts by status and topic as a table: (headings, [(label, address, cells)])."""
    topics = [(topic.pk, topic.name) for topic in Topic.objects.current()]
    columns = [*topics, *([(None, "")] if any(not topic for _, topic in counts) else [])]
    rows = [
        (status.label, [_make_cell(counts.get((status, name), 0), status, key) for key, name in columns])
        for status in Status
        if any(counted_status == status for counted_status, _ in counts)
    ]
    return {"headings": [name or "no topic yet" for _, name in columns], "rows": rows}


def _make_cell(count, status, topic):
    which = {"topic__isnull": "True"} if topic is None else {"topic__id__exact": topic}
    return Figure(count, "", get_list_address(tab="all", status__exact=status, **which))


def count_by_time_in_status(tallies, totals):
    """Return how long live questions have stood in their status: counts by span, and the bars of the picture."""
    counts = {status: [*[0] * (len(SPANS) - 1), totals[status]] for status in LIVE if totals[status]}
    now = clock.day_number(today())
    lately = tallies.filter(by=TallyBy.SINCE, status__in=LIVE, key__gte=get_day_key(now - SPANS[-2][1]))
    for (status, day), count in lately.get_totals("status", "key").items():
        counts[status][_get_span(now - int(day))] += count
        counts[status][-1] -= count
    rows = [(status.label, counts[status]) for status in LIVE if status in counts]
    most = max((sum(row) for _, row in rows), default=0)
    return {
        "spans": [label for label, _ in SPANS],
        "rows": rows,
        "bars": [_make_bar(n, label, row, most) for n, (label, row) in enumerate(rows)],
        "height": ROW * len(rows) + 6,
        "width": LEFT + WIDTH + 60,
    }


def _get_span(days):
    """Return which span so many working days fall in."""
    return next(n for n, (_, most) in enumerate(SPANS) if most is None or days <= most)


def _make_bar(n, label, counts, most):
    """Return one status's bar: where its pieces begin, how wide they are, and which span each is."""
    top, left, pieces = n * ROW + 6, LEFT, []
    for span, count in enumerate(counts):
        width = round(WIDTH * count / most) if most else 0
        if width:
            pieces.append({"x": left, "width": width, "span": span})
        left += width
    return {
        "label": label,
        "y": top,
        "text_y": top + BAR - 4,
        "pieces": pieces,
        "end": left + 8,
        "total": sum(counts),
        "height": BAR,
    }
