from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from register import clock
from register.clock import age, london_date, today, working_days
from register.documents.updating import rebuild_documents
from register.ledger.verification import verify
from register.models import Question, Tally
from register.services.questions import change_status
from tests.conftest import refreshed


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


# A bank holiday that the calendar learns late


@pytest.fixture
def proclaim(monkeypatch):
    """Return a function that makes a day a bank holiday from now on."""
    known = clock.holidays.country_holidays

    def make(day):
        def get_holidays(*args, **options):
            return known(*args, **options) | {day: "Proclaimed late"}

        monkeypatch.setattr(clock.holidays, "country_holidays", get_holidays)
        clock._get_working_days.cache_clear()

    yield make
    monkeypatch.undo()
    clock._get_working_days.cache_clear()


def last_working_day(before):
    return next(day for n in range(1, 15) if working_days((day := before - timedelta(days=n)) - timedelta(days=1), day))


@pytest.fixture
def waiting(cast, moved):
    """Return a question first asked four weeks ago that awaits input since today, after days that it was open."""
    question = moved("open", raised_on=today() - timedelta(days=28))
    return change_status(question, "await_input", by=cast.triage, waiting_on="DCC", reason="Ask.")


def get_counts(question):
    found = Question.objects.with_ages(today()).get(pk=question.pk)
    return found.age_in_days, found.days_in_status, found.age(today()), found.get_days_in_status(today())


@pytest.mark.parametrize("status", ["open", "awaiting_input"])
def test_a_bank_holiday_learnt_late_is_counted_nowhere_after_a_release(status, proclaim, waiting, moved, api):
    question = waiting if status == "awaiting_input" else moved("open", raised_on=today() - timedelta(days=28))
    counted = get_counts(question)[0]
    proclaim(last_working_day(today()))
    rebuild_documents()
    assert get_counts(question) == (counted - 1, 0, counted - 1, 0)
    document = api("triage").get(f"/api/v1/questions/{question.reference}/").json()
    assert document["working_days_before"] == counted - 1
    assert (verify().ok, Tally.objects.filter(count__lt=0).count()) == (True, 0)


def test_a_list_says_what_the_page_says_before_the_release_is_done(proclaim, raised, client_of):
    question = raised()
    proclaim(last_working_day(today() + timedelta(days=1)))
    row = client_of("triage").get("/admin/register/question/?tab=all").content.decode()
    assert '<td class="field-here">0</td>' in row
    assert get_counts(question)[2:] == (0, 0)


def test_ages_are_left_where_the_calendar_is_the_same(waiting, moved):
    moved("closed"), moved("deferred")
    before = refreshed(waiting).history.count()
    rebuild_documents()
    assert refreshed(waiting).history.count() == before


def test_days_of_an_earlier_status_are_counted_anew(proclaim, cast, moved, monkeypatch):
    question, begin = moved("open"), today()
    later = timezone.now() + timedelta(days=30)
    monkeypatch.setattr(timezone, "now", lambda: later)
    question = change_status(question, "await_input", by=cast.triage, waiting_on="DCC", reason="Ask.")
    counted = question.working_days_before
    proclaim(last_working_day(begin + timedelta(days=20)))
    rebuild_documents()
    assert (counted, get_counts(question)[0]) == (working_days(begin, today()) + 1, counted - 1)
