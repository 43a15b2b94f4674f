"""The desk: each number leads to a list with exactly that many rows."""

import re
from datetime import date, timedelta

import pytest

from register.admin.reviewing import awaited
from register.clock import today
from register.models import Action, Group, Meeting, Organisation, Question
from register.services.answers import record_review
from register.services.meetings import GivenOutcome, record_outcomes, schedule_question
from register.services.questions import edit_question, put_back_review
from register.services.reference import keep
from register.services.suspects.marks import mark_suspect
from register.vocabulary import SuspectCause
from tests.conftest import PATHS


@pytest.fixture
def busy(cast, moved):
    """A register with something in every figure."""
    for status in PATHS:
        moved(status)
    moved("in_review", classification="members")
    edit_question(moved("open"), by=cast.triage, due_on=date(2021, 3, 16), assignee=cast.triage)
    moved("raised", topic=None)
    moved("raised", classification="restricted")
    group = Group.objects.get()
    keep(Action(group=group, reference="15/10", text="Late.", due_on=date(2021, 3, 16)), by=cast.triage)
    meeting = keep(Meeting(group=group, number=99, held_on=today() + timedelta(days=9)), by=cast.triage)
    schedule_question(moved("open"), meeting, by=cast.triage)
    hold(cast, moved("open"), 98)
    for item in (moved("open"), Action.objects.get()):
        mark_suspect(item, SuspectCause.REWORDED, by=cast.triage)


def hold(cast, question, number):
    """Schedule the question for a meeting, which then was yesterday."""
    meeting = Meeting(group=Group.objects.get(), number=number, held_on=today() + timedelta(days=1))
    schedule_question(question, keep(meeting, by=cast.triage), by=cast.triage)
    meeting.held_on = today() - timedelta(days=1)
    return keep(meeting, by=cast.triage)


def figures(page):
    """Return [(count, address)] of every number that links to a list."""
    found = re.findall(r'<a href="([^"]+\?[^"]+)">\s*(?:<strong>)?(\d+)', page)
    return [(int(count), address.replace("&amp;", "&")) for address, count in found]


@pytest.mark.parametrize("role", ["triage", "lead", "approver", "member"])
def test_each_number_is_the_length_of_its_list(role, busy, client_of):
    client = client_of(role)
    counted = figures(client.get("/admin/").content.decode())
    assert len(counted) > 5
    for count, address in counted:
        assert client.get(address).context["cl"].result_count == count, address


def test_a_meeting_stands_on_the_desk_until_it_is_settled(cast, moved, client_of):
    question = moved("open")
    meeting = hold(cast, question, 98)
    assert "1 question without an outcome" in client_of("triage").get("/admin/").content.decode()
    record_outcomes(meeting, [GivenOutcome(question, "not_reached")], by=cast.triage)
    assert "Every meeting held is settled." in client_of("triage").get("/admin/").content.decode()


def test_what_a_member_may_not_see_is_not_counted(busy, client_of):
    def total(role):
        matrix = (
            client_of(role)
            .get("/admin/")
            .content.decode()
            .split("by status and topic</summary>")[1]
            .split("</table>")[0]
        )
        return sum(map(int, re.findall(r">(\d+)<", matrix)))

    assert total("triage") == total("member") + 1


def test_the_oldest_wait_is_said_beside_the_body_waited_on(busy, client_of):
    page = client_of("triage").get("/admin/").content.decode()
    assert "the oldest for 0 working days" in page
    assert "CCDG99</a>, " in page


def test_a_member_sees_the_answers_that_await_their_review_until_reviewed(cast, client_of, moved):
    question, client = moved("in_review"), client_of("member")
    assert "Your reviews" in client.get("/admin/").content.decode()
    record_review(question.answers.get(), "agree", by=cast.member)
    assert "No answer waits for your position." in client.get("/admin/").content.decode()


@pytest.mark.parametrize("few", [0, 200])
def test_a_members_reviews_come_with_the_one_that_ends_first_however_many_they_are(few, cast, moved, monkeypatch):
    monkeypatch.setattr(awaited, "FEW", few)
    ends = [today() + timedelta(days=days) for days in (70, 50, 60)]
    asked = [moved("in_review") for _ in ends]
    for question, end in zip(asked, ends, strict=True):
        put_back_review(question, end, by=cast.triage, reason="More time.")
    record_review(asked[2].answers.get(), "agree", by=cast.member)
    first = awaited.get_awaited_reviews(cast.member)
    assert [review.answer.question_id for review in first] == [asked[1].pk, asked[0].pk]


def test_the_picture_has_its_numbers_in_words_too(busy, client_of):
    page = client_of("triage").get("/admin/").content.decode()
    assert 'role="img"' in page
    assert re.search(r"<desc[^>]*>\s*raised: \d+, 0, 0, 0\.", page)
    assert not re.search(r"<style|\sstyle=", page)


def test_the_desk_costs_the_same_whatever_the_register_holds(
    busy, cast, moved, client_of, django_assert_max_num_queries
):
    client = client_of("triage")
    with django_assert_max_num_queries(51):
        client.get("/admin/")
    for status in PATHS:
        moved(status)
    with django_assert_max_num_queries(51):
        client.get("/admin/")


def test_an_empty_register_has_a_desk(client_of):
    assert client_of("member").get("/admin/").status_code == 200


def test_a_figure_beyond_what_is_counted_says_that_there_are_more(cast, client_of, moved, monkeypatch):
    monkeypatch.setattr("register.admin.desk.figures.AS_FAR", 1)
    for _ in range(2):
        edit_question(moved("open"), by=cast.triage, assignee=cast.triage)
    assert ">1+ mine<" in client_of("triage").get("/admin/").content.decode()


def test_what_is_late_says_why(cast, client_of, moved):
    edit_question(moved("open"), by=cast.triage, due_on=date(2021, 3, 16))
    assert "due 16 March" in client_of("triage").get("/admin/").content.decode()


def test_a_question_is_ready_once_everybody_has_said_something_and_nobody_disagrees(cast, moved):
    question = moved("in_review", classification="members")
    answer, ready = question.answers.get(), Question.objects.ready_to_agree(today())
    assert not ready.exists()
    for review in answer.reviews.all():
        record_review(answer, "disagree", by=review.reviewer, comment="No.")
    assert not ready.exists()
    for review in answer.reviews.all():
        record_review(answer, "agree", by=review.reviewer)
    assert ready.get() == question


def test_a_question_is_ready_once_its_review_has_ended(moved):
    question = moved("in_review")
    assert Question.objects.ready_to_agree(question.review_by + timedelta(days=1)).get() == question


def test_all_that_waits_on_a_body_is_what_it_was_asked_and_what_it_owns(cast, moved):
    dcc = Organisation.objects.get(name="DCC")
    awaited, owned = moved("awaiting_input"), moved("open")
    edit_question(owned, by=cast.triage, owner=dcc)
    moved("open")
    held = Question.objects.held_by(awaited.waiting_on)
    assert awaited in held
    assert owned in Question.objects.held_by(dcc)
    assert {question.holder for question in Question.objects.held_by(dcc)} == {"DCC"}


@pytest.mark.parametrize("role", ["triage", "member", "nobody"])
def test_changes_tell_what_the_reader_may_see(role, cast, client_of, moved):
    seen, hidden = moved("open"), moved("raised", classification="restricted")
    page = client_of(role).get("/admin/changes/").content.decode()
    assert (seen.reference in page) == (role != "nobody")
    assert (hidden.reference in page) == (role == "triage")


def test_a_visit_that_was_noted_leaves_nothing_that_is_new(cast, client_of, moved):
    question, client = moved("open"), client_of("triage")
    assert "raised → open" in client.get("/admin/").content.decode()
    assert client.get("/admin/changes/seen/").status_code == 405
    client.post("/admin/changes/seen/")
    assert "raised → open" not in client.get("/admin/").content.decode()
    assert question.reference in client.get("/admin/changes/?since=2020-01-01").content.decode()


def test_a_day_that_is_none_is_refused_in_a_sentence(client_of):
    page = client_of("triage").get("/admin/changes/?since=yesterday")
    assert "Name a day such as" in page.content.decode()
