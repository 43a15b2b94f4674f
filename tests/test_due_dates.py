"""A due date as a report writes it: recorded where it is stated, proposed where it is counted, else kept as words."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from register.headline_report.due_dates import Due, find_due
from register.models import Action
from register.services.reference import keep
from tests.conftest import refreshed
from tests.test_reports import MINUTES, bring_in

MEETING = date(2021, 3, 16)  # a Tuesday
UPLOAD = "/admin/register/headlinereport/import/"

STATED = {
    "23 March 2021": date(2021, 3, 23),
    "Tuesday 23rd March 2021": date(2021, 3, 23),
    "close of business on Tuesday, 23 March 2021": date(2021, 3, 23),
    "March 23, 2021": date(2021, 3, 23),
    "2021-03-23": date(2021, 3, 23),
    "23/03/2021": date(2021, 3, 23),
}


@pytest.mark.parametrize("written", STATED)
def test_a_whole_date_is_stated(written):
    assert find_due(written, MEETING) == Due(STATED[written], is_stated=True)


PROPOSED = {
    "two weeks": date(2021, 3, 30),
    "10 working days": date(2021, 3, 30),
    "15 working days": date(2021, 4, 8),  # over Easter
    "one month": date(2021, 4, 16),
    "10 calendar days": date(2021, 3, 26),
    "23 March": date(2021, 3, 23),
    "Friday 18 June": date(2021, 6, 18),
    "5 January": date(2022, 1, 5),
    "23 March 2020": date(2020, 3, 23),  # before the meeting: a slip, or a report of what was late
}


@pytest.mark.parametrize("written", PROPOSED)
def test_what_is_counted_is_proposed(written):
    assert find_due(written, MEETING) == Due(PROPOSED[written], is_stated=False)


WORDS = [
    *(
        "end of March",
        "March 2021",
        "07/05",
        "the next meeting",
        "CCDG17",
        "w/c 22 March 2021",
        "ninety weeks",
        "",
        None,
    ),
    *("5-7 May 2021", "5 and 7 May 2021", "31/02/2021", "Monday 23 March 2021", "23 March 0026", "23 March 2206"),
]


@pytest.mark.parametrize("written", WORDS)
def test_other_words_stay_words(written):
    assert find_due(written, MEETING) is None


def test_nothing_is_counted_from_a_meeting_without_a_date():
    assert [find_due(written, None) for written in ("two weeks", "23 March")] == [None, None]


@given(st.text(alphabet="0123456789 /-.aeyMarchJunweks", max_size=30), st.dates(date(2001, 1, 1), date(2099, 1, 1)))
def test_a_day_that_is_stated_stands_in_the_words(written, held_on):
    due = find_due(written, held_on)
    if due and due.is_stated:
        figures = {int(figure) for figure in re.findall(r"\d+", written)}
        assert due.day.day in figures
        assert {due.day.year, due.day.year - 2000} & figures


def minutes(due):
    return MINUTES.replace("DCC agreed to write it down.", f"DCC agreed to write it down {due}.")


def get_due():
    action = Action.objects.get(reference="17/01")
    return action.due_on, action.due_as_written


def test_a_stated_day_is_recorded_beside_its_words(cast):
    bring_in(minutes("by 1 June 2021"), cast.triage)
    assert get_due() == (date(2021, 6, 1), "1 June 2021")


def test_a_counted_day_is_not_recorded_unasked(cast):
    bring_in(minutes("within two weeks"), cast.triage)
    assert get_due() == (None, "two weeks")


@pytest.mark.parametrize(("ticked", "due_on"), [("2021-06-01", date(2021, 6, 1)), ("", None)])
def test_a_counted_day_is_recorded_once_it_is_confirmed(ticked, due_on, client_of):
    client = client_of("triage")
    upload = SimpleUploadedFile("r.txt", minutes("within two weeks").encode())
    page = client.post(UPLOAD, {"file": upload}, follow=True)
    assert 'name="due:action:17/01" value="2021-06-01">' in page.content.decode()
    client.post(page.request["PATH_INFO"], {"accept": ["action:17/01"], "due:action:17/01": ticked})
    assert get_due() == (due_on, "two weeks")


def test_a_revised_report_moves_the_day_that_the_first_stated(cast):
    bring_in(minutes("by 1 June 2021"), cast.triage)
    bring_in(minutes("by 8 June 2021"), cast.triage)
    assert get_due() == (date(2021, 6, 8), "8 June 2021")


def test_a_day_that_a_triager_set_stays(cast):
    bring_in(minutes("within two weeks"), cast.triage)
    action = Action.objects.get(reference="17/01")
    action.due_on = date(2021, 7, 1)
    keep(action, by=cast.triage)
    bring_in(minutes("by 8 June 2021"), cast.triage)
    assert refreshed(action).due_on == date(2021, 7, 1)
