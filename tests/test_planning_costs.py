"""What planning a report costs, in statements and in rows fetched, however much the register holds."""

import pytest
from django.db import connection
from django.db.models.sql import compiler
from django.test.utils import CaptureQueriesContext

from register.models import Action, Group, Meeting
from register.services.links import link_meeting
from register.services.reference import keep
from register.services.reports import alike
from tests.test_reports import MINUTES, bring_in, plan_of

ASKED = MINUTES.replace("CCDG11", "CCDG15")
OTHER = "Should gas shippers of region {} nominate imbalance charges quarterly?"


@pytest.fixture
def costs(monkeypatch):
    """Return a function that plans a report and returns (statements, rows fetched)."""
    fetched = []
    iterate = compiler.cursor_iter

    def count(*given):
        for rows in iterate(*given):
            fetched.append(len(rows))
            yield rows

    monkeypatch.setattr(compiler, "cursor_iter", count)

    def measure(text=ASKED):
        fetched.clear()
        with CaptureQueriesContext(connection) as made:
            plan_of(text)
        return len(made), sum(fetched)

    return measure


def test_planning_costs_the_same_whatever_else_the_register_holds(costs, raised, cast):
    bring_in(MINUTES, cast.triage)
    few = costs()
    group = Group.objects.get(name="CCDG")
    for n in range(60):
        raised(text=OTHER.format(n), title=OTHER.format(n))
        keep(Action(group=group, reference=f"9/{n}", text="Ask."), by=cast.triage)
    assert costs() == few


def test_of_questions_that_share_words_only_the_latest_are_fetched(costs, raised, monkeypatch):
    monkeypatch.setattr(alike, "MOST_ALIKE", 5)
    fetched = []
    for _ in range(2):
        for n in range(10):
            raised(text=f"Which privacy assessment does supplier {n} need?")
        fetched.append(costs())
    assert fetched[0] == fetched[1]


@pytest.mark.parametrize(
    "text", ["Which privacy assessments do MDRs need?", "Which privacy assessment does the MDR need?"]
)
def test_a_question_in_other_words_is_found_among_many(text, raised):
    for n in range(20):
        raised(text=OTHER.format(n))
    held = raised(text=text)
    raised(text="Which assessment of charges does a shipper need?")
    found = {proposal.target for proposal in plan_of(ASKED).proposals if proposal.what == "link"}
    assert found == {held}


def test_a_question_that_resembles_less_is_found_where_a_cited_meeting_had_it(raised, cast):
    held = raised(text="How often may the reads be fetched by agents?")
    assert [p for p in plan_of(ASKED).proposals if p.what == "link"] == []
    link_meeting(held, Meeting.objects.get(number=15), "listed", by=cast.triage)
    assert [p.target for p in plan_of(ASKED).proposals if p.what == "link"] == [held]
