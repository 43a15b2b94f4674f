from datetime import UTC, date, datetime

import pytest

from register.clock import age, london_date, working_days


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), 0),
        (date(2026, 11, 23), date(2026, 11, 24), 1),
        (date(2026, 11, 20), date(2026, 11, 23), 1),  # over a weekend
        (date(2021, 4, 1), date(2021, 4, 6), 1),  # Good Friday and Easter Monday
        (date(2020, 12, 24), date(2021, 1, 4), 4),  # Boxing Day in lieu, New Year's Day
        (date(2022, 9, 16), date(2022, 9, 20), 1),  # the state funeral
        (date(2026, 11, 24), date(2026, 11, 23), 0),
        (date(2021, 3, 16), date(2022, 3, 16), 253),
    ],
)
def test_working_days_are_those_of_england_and_wales(start, end, days):
    assert working_days(start, end) == days


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("raised", 6),
        ("open", 6),
        ("in_review", 6),
        ("awaiting_input", 5),
        ("deferred", 5),
        ("agreed", 5),
        ("closed", 5),
        ("withdrawn", 5),
        ("merged", 5),
    ],
)
def test_status_alone_decides_whether_the_clock_runs(status, expected):
    assert age(status, before=5, since=date(2026, 11, 20), today=date(2026, 11, 23)) == expected


def test_a_summer_evening_in_utc_is_tomorrow_in_london():
    assert london_date(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)
