"""The box that finds from anywhere, the page of what it found, and the paper that is handed round."""

import pytest

from register.admin.finding import make_excerpt
from register.models import Action, Group, Meeting
from register.services.answers import record_review
from register.services.reference import keep

FIND = "/admin/find/"


@pytest.fixture
def group(cast):
    return keep(Group(name="EX"), by=cast.triage)


@pytest.mark.parametrize("written", ["DSQ-001", "dsq 1", "(DSQ–1).", "001"])
def test_a_reference_leads_to_its_question(written, raised, client_of):
    question = raised()
    said = client_of("member").get(FIND, {"q": written})
    assert said.url == f"/admin/register/question/{question.pk}/change/"


def test_a_question_that_has_ended_is_found(moved, client_of):
    question = moved("withdrawn")
    assert client_of("member").get(FIND, {"q": question.reference}).url.endswith(f"/{question.pk}/change/")
    assert question.reference in client_of("member").get(FIND, {"q": "who may fetch"}).content.decode()


def test_an_action_and_a_meeting_lead_to_their_pages(group, cast, client_of):
    action = keep(Action(group=group, reference="15/10", text="Ask."), by=cast.triage)
    meeting = keep(Meeting(group=group, number=15), by=cast.triage)
    browser = client_of("member")
    assert browser.get(FIND, {"q": "Action 15/10"}).url == f"/admin/register/action/{action.pk}/change/"
    assert browser.get(FIND, {"q": "ex15"}).url == f"/admin/register/meeting/{meeting.pk}/change/"


def test_an_action_of_two_groups_is_shown_twice(group, cast, client_of):
    other = keep(Group(name="AWG"), by=cast.triage)
    for one in (group, other):
        keep(Action(group=one, reference="2/1", text="Ask."), by=cast.triage)
    page = client_of("member").get(FIND, {"q": "2/1"}).content.decode()
    assert ("EX 2/1" in page, "AWG 2/1" in page) == (True, True)


def test_what_was_said_beside_a_question_is_shown_as_what_it_is(moved, cast, client_of):
    question = moved("in_review")
    record_review(question.answers.get(), "disagree", by=cast.member, comment="The zephyr pays.")
    page = client_of("owner").get(FIND, {"q": "zephyr"}).content.decode()
    assert "Comments on positions" in page
    assert "in a comment" in page
    assert "member: disagree" in page


@pytest.mark.parametrize("sought", ["DSQ-001", "zephyr", "who may fetch"])
def test_what_is_hidden_is_not_found(sought, raised, client_of):
    raised(classification="restricted", text="A zephyr.")
    said = client_of("member").get(FIND, {"q": sought})
    assert "Nothing that you may see" in said.content.decode()


@pytest.mark.parametrize("junk", ["", "\0", "'; --", "9" * 400, "CCDG" * 90, "/" * 50])
def test_junk_is_answered(junk, client_of, db):
    assert client_of("member").get(FIND, {"q": junk}).status_code == 200


def test_an_excerpt_has_the_word_that_was_sought():
    text = " ".join(f"word{number}" for number in range(200))
    assert "word150" in make_excerpt(text, "word150")
    assert len(make_excerpt(text, "word150")) < 240


def test_a_short_text_is_its_own_excerpt():
    assert make_excerpt("Once a day.", "day") == "Once a day."


def test_a_list_says_where_words_were_found(moved, cast, client_of):
    question = moved("in_review")
    record_review(question.answers.get(), "disagree", by=cast.member, comment="The zephyr pays.")
    page = client_of("triage").get("/admin/register/question/", {"q": "zephyr"}).content.decode()
    assert "in a comment" in page


def test_paper_has_the_answer_and_how_positions_stand(moved, cast, client_of):
    question = moved("in_review")
    record_review(question.answers.get(), "disagree", by=cast.member, comment="Who pays?")
    for address in (f"{question.pk}/print/", "print/"):
        page = client_of("owner").get(f"/admin/register/question/{address}").content.decode()
        assert "Only the appointed MDR may." in page
        assert "One disagrees" in page
        assert "Who pays?" in page


def test_paper_of_what_is_hidden_is_not_made(raised, client_of):
    question = raised(classification="restricted")
    assert client_of("member").get(f"/admin/register/question/{question.pk}/print/").status_code == 404
