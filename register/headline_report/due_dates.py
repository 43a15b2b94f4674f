"""The day that a due date as written means: stated, or counted from the meeting for a person to confirm."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from register.clock import get_day_refusal, working_days
from register.headline_report.dates import parse_whole_date

_COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: n for n, word in enumerate(_COUNTED, 1)}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_BEFORE_A_DAY = re.compile(
    rf"(?:(?:close\s+of\s+(?:play|business)|eod|cop|cob)\s+(?:on\s+)?)?(?:(?P<weekday>{'|'.join(_WEEKDAYS)}),?\s+)?"
    r"(?:the\s+)?",
    re.I,
)
_DURATION = re.compile(
    rf"(?P<count>{'|'.join(_NUMBERS)}|\d{{1,2}})\s+(?P<kind>calendar\s+|working\s+)?(?P<unit>day|week|month)s?", re.I
)


@dataclass(frozen=True)
class Due:
    """A day; `is_stated` where the text gives the whole of it, and not before the meeting."""

    day: date
    is_stated: bool


def find_due(written: str | None, held_on: date | None) -> Due | None:
    """Return the `Due` that the words of a report mean, or None where they name no day (“end of March”).

    `held_on` is the day of the meeting: a date without a year is the next such day, a duration is counted from it. A
    weekday that is not that of the date makes it no day, for one of the two is a slip.
    """
    text = (written or "").strip(" .,")
    before = _BEFORE_A_DAY.match(text)
    bare, weekday = text[before.end() :] if before else text, before["weekday"] if before else None
    if day := parse_whole_date(bare):
        due = Due(day, is_stated=held_on is None or day >= held_on)
    elif held_on and (day := _find_next(bare, held_on) or _count(text, held_on)):
        due = Due(day, is_stated=False)
    else:
        return None
    is_slip = weekday and due.day.weekday() != _WEEKDAYS.index(weekday.lower())
    return None if is_slip or get_day_refusal(due.day) else due


def _find_next(bare: str, held_on: date) -> date | None:
    """Return the first day from the meeting on that a date without a year names, or None."""
    days = (parse_whole_date(bare, year=year) for year in (held_on.year, held_on.year + 1))
    return next((day for day in days if day and day >= held_on), None)


def _count(text: str, held_on: date) -> date | None:
    """Return the day that a duration after the meeting ends, or None where the text is none."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    count = _NUMBERS.get(match["count"].lower()) or int(match["count"])
    if (match["kind"] or "").strip().lower() == "working":
        return _add_working_days(held_on, count) if match["unit"].lower() == "day" else None
    if match["unit"].lower() == "month":
        return _add_months(held_on, count)
    return held_on + timedelta(days=count * (7 if match["unit"].lower() == "week" else 1))


def _add_working_days(start: date, count: int) -> date:
    return next(day for day in _iterate_days(start) if working_days(start, day) == count)


def _iterate_days(start: date) -> Iterator[date]:
    day = start
    while True:
        yield day
        day += timedelta(days=1)


def _add_months(start: date, count: int) -> date:
    years, month = divmod(start.month - 1 + count, 12)
    last = calendar.monthrange(start.year + years, month + 1)[1]
    return date(start.year + years, month + 1, min(start.day, last))
