"""The working-day clock of a question: it runs and stops by status alone.

Working days are those of England and Wales: Monday to Friday less the bank holidays.
"""

from bisect import bisect_right
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from django.utils import timezone

from register.vocabulary import Status

EPOCH = date(1999, 12, 31)
LONDON = ZoneInfo("Europe/London")
RUNS_IN = frozenset({Status.RAISED, Status.OPEN, Status.IN_REVIEW})


def london_date(moment: datetime) -> date:
    """Return the calendar date in London of an aware datetime."""
    return moment.astimezone(LONDON).date()


@cache
def _get_working_days(year: int) -> tuple[date, ...]:
    bank_holidays = holidays.country_holidays("GB", subdiv="ENG", years=year)
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return tuple(day for day in days if day.year == year and day.weekday() < 5 and day not in bank_holidays)


def _ordinal_in_year(day: date) -> int:
    return bisect_right(_get_working_days(day.year), day)


def day_number(day: date) -> int:
    """Return how many working days there are from 1 January 2000 up to and with a date: it makes ages plain sums."""
    return working_days(EPOCH, day)


def working_days(start: date, end: date) -> int:
    """Return how many working days lie after the date `start` up to and with the date `end`; 0 if `end` is no later."""
    if end <= start:
        return 0
    whole_years = sum(len(_get_working_days(year)) for year in range(start.year, end.year))
    return whole_years - _ordinal_in_year(start) + _ordinal_in_year(end)


def age(status: str, *, before: int, since: date, today: date) -> int:
    """Return a question's age in working days.

    `before` is what had been counted when it entered its status on the date `since`; `today` is a date in London.
    """
    return before + (working_days(since, today) if status in RUNS_IN else 0)


def today() -> date:
    """Return the date in London now."""
    return london_date(timezone.now())


def format_moment(moment: datetime) -> str:
    """Return a moment as people say it: `14:03 on 23 November 2026`, in London."""
    local = moment.astimezone(LONDON)
    return f"{local:%H:%M} on {local.day} {local:%B %Y}"
