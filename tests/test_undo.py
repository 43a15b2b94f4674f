"""Undo: whoever made the last move takes it back, for ten minutes, while nothing was recorded since."""

from datetime import timedelta

import pytest
from django.utils import timezone

from register.models import Question
from register.refusals import NotPermitted, Refused
from register.services.answers import propose_answer
from register.services.questions import change_status, edit_question
from tests.conftest import GIVEN, PATHS, in_a_month, refreshed

UNDONE = {status: path for status, path in PATHS.items() if path and status != "agreed"}


def row_of(question):
    return Question.objects.filter(pk=question.pk).values().get()


@pytest.fixture
def before_and_after(moved, raised, cast):
    """Return a function that makes the last move of a path: (the question, its row before)."""

    def make(status):
        *path, last = PATHS[status]
        question = moved(next(name for name, steps in PATHS.items() if steps == path))
        given = dict(GIVEN[last])
        if last == "merge":
            given["merged_into"] = raised()
        if last == "start_review":
            propose_answer(question, "Only the appointed MDR may.", by=cast.triage)
        before = row_of(question)
        change_status(question, last, by=cast.lead, **given)
        return refreshed(question), before

    return make


@pytest.mark.parametrize("status", UNDONE)
def test_what_is_undone_is_as_it_was_with_its_columns_and_clock(status, before_and_after, cast):
    question, before = before_and_after(status)
    change_status(question, "undo", by=cast.lead)
    assert row_of(question) == before
    assert [row.status for row in question.history.all()[:3]] == [before["status"], status, before["status"]]


@pytest.mark.parametrize(("status", "stands"), [("in_review", "draft"), ("closed", "agreed")])
def test_the_answer_is_as_it_was_too(status, stands, before_and_after, cast):
    question, _ = before_and_after(status)
    change_status(question, "undo", by=cast.lead)
    assert question.answers.get().status == stands


@pytest.mark.parametrize("name", ["send_back", "reopen"])
def test_an_answer_that_was_given_up_stands_again(name, moved, cast):
    question = moved({"send_back": "in_review", "reopen": "agreed"}[name])
    stood = question.answers.get().status
    change_status(question, name, by=cast.lead, **GIVEN[name])
    change_status(question, "undo", by=cast.lead)
    assert question.answers.get().status == stood


def test_a_review_that_was_undone_begins_again_and_asks_each_member_once(before_and_after, cast):
    question, _ = before_and_after("in_review")
    asked = question.answers.get().reviews.count()
    change_status(question, "undo", by=cast.lead)
    change_status(question, "start_review", by=cast.lead, review_by=in_a_month())
    assert question.answers.get().reviews.count() == asked


@pytest.mark.parametrize("role", ["triage", "approver", "owner", "member", "superuser"])
def test_nobody_else_undoes_it(role, moved, cast):
    with pytest.raises(NotPermitted, match="whoever made the last move"):
        change_status(moved("open"), "undo", by=getattr(cast, role))


def test_it_is_refused_once_something_was_recorded_since(moved, cast):
    question = moved("open")
    edit_question(question, by=cast.triage, title="Another title?")
    with pytest.raises(Refused, match="Something was recorded of it since"):
        change_status(question, "undo", by=cast.lead)


def test_it_is_refused_after_ten_minutes(moved, cast, monkeypatch):
    question, now = moved("open"), timezone.now()
    monkeypatch.setattr("register.services.undoing.timezone.now", lambda: now + timedelta(minutes=10, seconds=1))
    with pytest.raises(NotPermitted):
        change_status(question, "undo", by=cast.lead)


def test_what_was_undone_is_not_undone_again(moved, cast):
    question = moved("awaiting_input")
    change_status(question, "undo", by=cast.lead)
    with pytest.raises((NotPermitted, Refused)):
        change_status(question, "undo", by=cast.lead)


def test_an_agreement_is_reopened_and_not_undone(moved, cast):
    with pytest.raises(Refused, match="“Undo the last move” is for questions that are"):
        change_status(moved("agreed"), "undo", by=cast.lead)


def test_a_question_that_was_only_raised_has_nothing_to_undo(raised, cast):
    with pytest.raises(NotPermitted):
        change_status(raised(), "undo", by=cast.triage)


def test_the_api_tells_the_mover_where_it_leads(api, moved):
    question = moved("open")
    moves = api("lead").get(f"/api/v1/questions/{question.reference}/transitions/").json()
    undo = next(move for move in moves if move["transition"] == "undo")
    assert (undo["to"], undo["possible"]) == ("raised", True)
