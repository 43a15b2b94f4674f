"""Acts of the past: each is done with the clock moved to its moment, in the order of their moments."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from unittest.mock import patch

from register.clock import LONDON, today

OPENING = time(9, 30)
SATURDAY = 5


class Diary:
    """Notes acts for days before today, and does them in that order, a minute between each two of a day."""

    def __init__(self) -> None:
        self.today = today()
        self._acts: list[tuple[date, Callable[[], object]]] = []

    def note(self, days_ago: int, act: Callable[[], object]) -> None:
        """Note an act for the last working weekday that is so many days ago or more."""
        self._acts.append((_before_weekend(self.today - timedelta(days=days_ago)), act))

    def find_day(self, days_ahead: int) -> date:
        """Return the first weekday that is so many days from today or more; a day of the past where it is negative."""
        day = self.today + timedelta(days=days_ahead)
        return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= SATURDAY else day

    def play(self) -> None:
        """Do all acts that were noted."""
        minutes: dict[date, int] = {}
        for day, act in sorted(self._acts, key=lambda noted: noted[0]):
            minutes[day] = minutes.get(day, 0) + 1
            with clock_at(datetime.combine(day, OPENING, LONDON) + timedelta(minutes=minutes[day])):
                act()


def _before_weekend(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let `django.utils.timezone.now` return an aware datetime, also where it is the default of a column."""

    class Moved(datetime):
        @classmethod
        def now(cls, tz=None):  # type: ignore[no-untyped-def]  # as the class above it has it
            return moment.astimezone(tz)

    with patch("django.utils.timezone.datetime", Moved):
        yield
