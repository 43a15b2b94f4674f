"""Count questions as their documents change: the front page reads what is counted here instead of counting anew."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count

from register import clock
from register.documents.comparing import Comparison
from register.ledger.unit_of_work import unit_of_work
from register.models import Question, Tally
from register.models.tallies import TallyBy
from register.vocabulary import LIVE, Classification

WHOLE = Classification.values[-1]  # the clearance of whoever may read everything


def get_day_key(day: int) -> str:
    """Return a working day's number (`clock.day_number`) as text that sorts as the numbers do."""
    return f"{day:05}"


def update_tallies(changed: Iterable[Comparison]) -> None:
    """Bring the counts up to date with questions whose documents changed, under the head lock."""
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for comparison in changed:
        counts.subtract(_get_keys(comparison.get_document_before(WHOLE)))
        counts.update(_get_keys(comparison.get_document_now(WHOLE)))
    Tally.objects.add({key: count for key, count in counts.items() if count})


def _get_keys(document: dict[str, Any] | None) -> list[tuple[str, str, str, str]]:
    """Return the keys (by, status, key, classification) of the counts that a question's document is part of."""
    if document is None:
        return []
    status, classification = document["status"], document["classification"]
    keys = [(TallyBy.TOPIC, document.get("topic") or "")]
    if status in LIVE:
        since = clock.london_date(datetime.fromisoformat(document["status_since"]))
        keys.append((TallyBy.SINCE, get_day_key(clock.day_number(since))))
    if document.get("waiting_on"):
        keys.append((TallyBy.WAITING_ON, document["waiting_on"]))
    return [(str(by), status, key, classification) for by, key in keys]


def recount_tallies() -> None:
    """Count all questions anew where a count is wrong, with every writer held off; leave alone what is right."""
    if _load_all() == _count_all():
        return
    with unit_of_work():  # the first look may have met a change half way
        if _load_all() != (counts := _count_all()):
            Tally.objects.all().delete()
            Tally.objects.add(counts)


def find_wrong_tallies() -> list[tuple[tuple[str, str, str, str], int, int]]:
    """Return [(key, count that is kept, right count)] of the counts that are wrong."""
    if _load_all() == _count_all():
        return []
    with unit_of_work():  # the first look may have met a change half way
        kept, right = _load_all(), _count_all()
    keys = sorted({*kept, *right})
    return [(key, kept.get(key, 0), right.get(key, 0)) for key in keys if kept.get(key, 0) != right.get(key, 0)]


def _load_all() -> dict[tuple[str, str, str, str], int]:
    rows = Tally.objects.exclude(count=0).values_list("by", "status", "key", "classification", "count")
    return {(by, status, key, classification): count for by, status, key, classification, count in rows}


def _count_all() -> dict[tuple[str, str, str, str], int]:
    rows = Question._base_manager.order_by()
    counted = {
        TallyBy.TOPIC: (rows, "topic__name"),
        TallyBy.SINCE: (rows.filter(status__in=LIVE), "status_since_day"),
        TallyBy.WAITING_ON: (rows.exclude(waiting_on=None), "waiting_on__name"),
    }
    return {
        (str(by), status, get_day_key(key) if by == TallyBy.SINCE else key or "", classification): count
        for by, (questions, column) in counted.items()
        for status, key, classification, count in questions.values_list("status", column, "classification").annotate(
            Count("pk")
        )
    }
