"""The age of a question in working days, counted only while its status is in `RUNS_IN`.

Working days are those of England and Wales: Monday to Friday less the bank holidays.
"""

from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from django.utils import timezone

from register.vocabulary import Status

EPOCH = date(1999, 12, 31)
# Before half-hourly settlement was anybody's question; and so far on that a date is a slip of the hand.
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
LONDON = ZoneInfo("Europe/London")
RUNS_IN = frozenset({Status.RAISED, Status.OPEN, Status.IN_REVIEW})


def london_date(moment: datetime) -> date:
    """Return the calendar date in London of an aware datetime."""
    return moment.astimezone(LONDON).date()


def start_of_day(day: date) -> datetime:
    """Return the first moment of a day in London."""
    return datetime.combine(day, time(), LONDON)


def end_of_day(day: date) -> datetime:
    """Return the last moment of a day in London."""
    return start_of_day(day + timedelta(days=1)) - timedelta(microseconds=1)


@cache
def _get_working_days(year: int) -> tuple[date, ...]:
    bank_holidays = holidays.country_holidays("GB", subdiv="ENG", years=year)
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return tuple(day for day in days if day.year == year and day.weekday() < 5 and day not in bank_holidays)


def _ordinal_in_year(day: date) -> int:
    return bisect_right(_get_working_days(day.year), day)


def day_number(day: date) -> int:
    """Return the number of working days from 1 January 2000 to `day` inclusive.

    Stored as a column, it lets SQL compute an age by subtraction.
    """
    return working_days(EPOCH, day)


def working_days(start: date, end: date) -> int:
    """Return the number of working days after `start`, up to and including `end`; 0 unless `end` is later."""
    if end <= start:
        return 0
    whole_years = sum(len(_get_working_days(year)) for year in range(start.year, end.year))
    return whole_years - _ordinal_in_year(start) + _ordinal_in_year(end)


def age(status: str, *, before: int, since: date, today: date) -> int:
    """Return a question's age in working days.

    `before` is the age, in working days, at which it entered its present status on the date `since`. Both `since` and
    `today` are dates in London.
    """
    return before + (working_days(since, today) if status in RUNS_IN else 0)


def get_day_refusal(day: date | None) -> str | None:
    """Return the sentence that refuses a day before `EARLIEST` or after `LATEST`, or None."""
    if day is None or EARLIEST <= day <= LATEST:
        return None
    written = f"{day.day} {day:%B} {day.year:04}"
    return f"Choose a day from {EARLIEST.year} to {LATEST.year}, not {written}: its year looks mistyped."


def today() -> date:
    """Return today's date in London."""
    return london_date(timezone.now())


def format_moment(moment: datetime) -> str:
    """Return an aware datetime as text in London time: `14:03 on 23 November 2026`."""
    local = moment.astimezone(LONDON)
    return f"{local:%H:%M} on {local.day} {local:%B %Y}"
