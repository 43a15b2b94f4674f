"""Count ages anew where they were counted by another calendar of working days.

A bank holiday can be proclaimed after ages were counted across it. What questions keep of their ages
(`status_since_day`, `working_days_before`) is then one day off, for lists are sorted by it and so it has to be kept.
The calendar comes with a package, and so changes with a release alone, which counts anew.
"""

from collections import defaultdict
from itertools import pairwise
from typing import Any

from django.db.models import Max, Min

from register import clock
from register.ledger.bulk import BATCH, record_many
from register.ledger.unit_of_work import unit_of_work
from register.models import Question

REASON = "Working days counted anew: the calendar of bank holidays changed."


def recount_ages() -> int:
    """Bring what questions keep of their ages to the present calendar; return how many changed.

    It takes the head lock for one batch at a time, and changes nothing where the calendar is that of the last time.
    """
    days = _find_days_of_another_calendar()
    if not days:
        return 0
    counted_so = Question.history.filter(status_since_day__range=(min(days), max(days)))
    keys = sorted(set(counted_so.order_by().values_list("id", flat=True)))
    return sum(_recount(keys[first : first + BATCH]) for first in range(0, len(keys), BATCH))


def _find_days_of_another_calendar() -> list[int]:
    """Return the day numbers in history that are not those of their days now.

    Day numbers only grow, so the first and the last moment of each tell. History is asked, not the questions: it shows
    for each earlier status by which calendar its days were counted.
    """
    rows = Question.history.filter(status_since__isnull=False, status_since_day__isnull=False).order_by()
    spans = rows.values_list("status_since_day").annotate(Min("status_since"), Max("status_since"))
    return [day for day, *ends in spans if any(clock.day_number(clock.london_date(end)) != day for end in ends)]


def _recount(keys: list[int]) -> int:
    with unit_of_work():
        statuses = _load_statuses(keys)
        questions = Question._base_manager.filter(pk__in=keys).order_by("pk")
        changed = [question for question in questions if _set_counts(question, statuses[question.pk])]
        return record_many(changed, by=None, reason=REASON)


def _load_statuses(keys: list[int]) -> dict[int, list[tuple[str, Any]]]:
    """Return {question's key: [(status, when it began)]}, the earliest first."""
    rows = Question.history.filter(id__in=keys, status_since__isnull=False).order_by("history_id")
    found: dict[int, list[tuple[str, Any]]] = defaultdict(list)
    for key, status, since in rows.values_list("id", "status", "status_since"):
        if not found[key] or found[key][-1][1] != since:
            found[key].append((status, since))
    return found


def _set_counts(question: Question, statuses: list[tuple[str, Any]]) -> bool:
    """Set what a question keeps of its age by the present calendar; return whether that changed it."""
    kept = question.working_days_before, question.status_since_day
    recorded = clock.london_date(question.recorded_at)
    before = clock.working_days(question.raised_on or recorded, recorded)
    for (status, since), (_, until) in pairwise(statuses):
        before = clock.age(status, before=before, since=clock.london_date(since), today=clock.london_date(until))
    question.working_days_before = before
    question.status_since_day = clock.day_number(clock.london_date(question.status_since))
    return kept != (question.working_days_before, question.status_since_day)
