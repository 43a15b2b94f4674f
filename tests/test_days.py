"""A year that is mistyped is refused for every date, by every way in, in one sentence."""

from datetime import date

import pytest
from django.apps import apps
from django.db import models

from register.clock import EARLIEST, LATEST, get_day_refusal
from register.models import Action, Group, Meeting
from register.refusals import Invalid, Refused
from register.services.cleaning import clean_row
from register.services.questions import change_status, put_back_review
from register.services.reference import keep
from tests.conftest import refreshed
from tests.test_reports import MINUTES, plan_of

SAID = "Choose a day from 2000 to 2100"
DAYS = [date(26, 3, 16), date(2206, 3, 16), date(1999, 12, 31), date(2101, 1, 1)]
COLUMNS = [
    (model, field.name)
    for model in apps.get_app_config("register").get_models()
    if not hasattr(model, "instance_type")
    for field in model._meta.fields
    if type(field) is models.DateField
]


@pytest.mark.parametrize("day", [None, EARLIEST, LATEST])
def test_the_first_and_the_last_day_are_taken(day):
    assert get_day_refusal(day) is None


@pytest.mark.parametrize(("model", "name"), COLUMNS)
@pytest.mark.parametrize("day", DAYS)
def test_no_column_takes_a_mistyped_year(model, name, day, db):
    with pytest.raises(Invalid) as refused:
        clean_row(model(**{name: day}))
    assert SAID in refused.value.fields[name][0]


def test_a_meeting_of_a_mistyped_year_is_refused_in_a_sentence(cast):
    with pytest.raises(Invalid, match=SAID):
        keep(Meeting(group=Group.objects.get(name="CCDG"), number=17, held_on=date(26, 3, 16)), by=cast.triage)


def test_the_form_of_a_meeting_says_so_at_its_field(client_of):
    given = {"group": Group.objects.get(name="CCDG").pk, "number": 17, "held_on": "2206-03-16"}
    page = client_of("triage").post("/admin/register/meeting/add/", given).content.decode()
    assert SAID in page
    assert not Meeting.objects.filter(number=17).exists()


def test_the_api_names_the_field(api, raised):
    question = raised()
    answer = api("triage").patch(f"/api/v1/questions/{question.reference}/", {"due_on": "0026-03-16"}, format="json",
                                 headers={"If-Match": "*"})  # fmt: skip
    assert (answer.status_code, SAID in str(answer.json()["errors"]["due_on"])) == (400, True)


@pytest.mark.parametrize("given", ["2206-03-16", date(2206, 3, 16)])
def test_a_move_takes_none(given, cast, moved):
    question = moved("open")
    with pytest.raises(Refused, match=SAID):
        change_status(question, "defer", by=cast.triage, reason="Later.", revisit_on=given)
    assert refreshed(question).status == "open"


def test_a_review_is_put_back_to_none(cast, moved):
    with pytest.raises(Refused, match=SAID):
        put_back_review(moved("in_review"), date(2206, 3, 16), by=cast.triage, reason="Holidays.")


@pytest.mark.parametrize("moment", ["0026-03-16T10:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00%2B14:00"])
@pytest.mark.parametrize("name", ["as_at", "updated_since"])
def test_a_moment_of_a_mistyped_year_is_refused(name, moment, api):
    answer = api("triage").get(f"/api/v1/questions/?{name}={moment}")
    assert (answer.status_code, SAID in str(answer.json()["errors"][name])) == (400, True)


@pytest.mark.parametrize("year", ["0026", "2206"])
def test_a_report_of_a_mistyped_year_has_no_date_and_says_so(year, db):
    plan = plan_of(MINUTES.replace("18 May 2021", f"18 May {year}"))
    assert plan.report.meeting.held_on is None
    assert f"The header gives no date that can be: “18 May {year}”." in [note.text for note in plan.report.warnings]


def test_the_actions_of_the_list_are_dated_like_all_others(cast):
    action = Action(group=Group.objects.get(name="CCDG"), reference="17/09", text="To do.", due_on=date(2206, 3, 16))
    with pytest.raises(Invalid, match=SAID):
        keep(action, by=cast.triage)
