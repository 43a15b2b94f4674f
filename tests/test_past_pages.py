"""The register as it was, for people: a list, a question, decisions between two dates, and what changed on balance."""

from datetime import timedelta

import pytest
from django.utils import timezone

from register.clock import today
from register.ledger.decisions import get_decisions
from register.models import Meeting
from register.services.amending import amend_answer
from register.services.questions import change_status, edit_question, reclassify_question
from tests.conftest import GIVEN

LIST, DECISIONS, CHANGES = "/admin/as-at/", "/admin/decisions/", "/admin/changes/"


@pytest.fixture
def then():
    """Return a function that returns the present moment as people type it."""
    return lambda: timezone.now().isoformat()


def get(client, address, **query):
    return client.get(address, query).content.decode()


def test_the_list_says_what_the_register_said_then(cast, client_of, moved, then):
    question = moved("open", title="As it was?")
    moment = then()
    edit_question(question, by=cast.triage, title="As it is?")
    moved("open", title="Come since?")
    page = get(client_of("member"), LIST, as_at=moment)
    assert "As it was?" in page
    assert "As it is?" not in page
    assert "Come since?" not in page


def test_a_question_is_shown_as_it_was_with_its_answers(cast, client_of, moved, then):
    question = moved("in_review")
    moment = then()
    change_status(question, "agree", by=cast.approver, reason="Agreed.")
    page = get(client_of("member"), f"{LIST}{question.pk}/", as_at=moment)
    assert "in review" in page
    assert "Answer 1, in review" in page


def test_what_is_hidden_now_was_never_there(cast, client_of, moved, then):
    question = moved("open", title="Hush?")
    moment = then()
    reclassify_question(question, "restricted", by=cast.triage)
    assert "Hush?" not in get(client_of("member"), LIST, as_at=moment)
    assert client_of("member").get(f"{LIST}{question.pk}/", {"as_at": moment}).status_code == 404
    assert "Hush?" in get(client_of("triage"), LIST, as_at=moment)


@pytest.mark.parametrize("address", [LIST, DECISIONS, CHANGES])
def test_a_moment_that_is_none_gets_a_sentence(address, client_of, moved):
    name = "as_at" if address == LIST else "since"
    for when, said in (("soon", "Name a day such as"), ("2099-01-01", "is to come"), ("2021-03-28T01:30", "skipped")):
        assert said in get(client_of("member"), address, **{name: when})


def test_a_day_before_the_register_began_is_said_to_be_so(client_of, moved):
    moved("open")
    assert "it begins on" in get(client_of("member"), LIST, as_at="2001-01-01")


def test_the_list_is_taken_away(client_of, moved, then):
    moved("open", title="As it was?")
    answer = client_of("member").get(LIST, {"as_at": then(), "format": "csv"})
    assert "As it was?" in answer.content.decode("utf-8-sig")


def test_decisions_name_who_what_why_where_and_in_which_words(cast, client_of, moved):
    question = moved("in_review")
    begin = timezone.now()
    amend_answer(question, "The DCC, from June.", Meeting.objects.get(number=15), by=cast.triage)
    change_status(question, "agree_as_amended", by=cast.approver, reason="The room agreed.")
    change_status(question, "close", by=cast.triage, **GIVEN["close"])
    first, second = get_decisions(begin, timezone.now(), cast.member)
    assert (first.what, first.by, first.role, first.meeting) == (
        "in review → agreed",
        "approver",
        "an approver",
        "CCDG15",
    )
    assert (first.answer.text, first.reason) == ("The DCC, from June.", "The room agreed.")
    assert (second.what, second.came_to) == ("agreed → closed", "SEC modification MP162")
    page = get(client_of("member"), DECISIONS, since=begin.isoformat())
    for said in ("The DCC, from June.", "The room agreed.", "SEC modification MP162", str(first.position)):
        assert said in page
    file = client_of("member").get(DECISIONS, {"since": begin.isoformat(), "format": "csv"}).content.decode("utf-8-sig")
    assert "The DCC, from June." in file


def test_decisions_on_what_is_hidden_are_not_told(cast, moved):
    begin, question = timezone.now(), moved("withdrawn")
    assert len(get_decisions(begin, timezone.now(), cast.member)) == 1
    reclassify_question(question, "restricted", by=cast.triage)
    assert get_decisions(begin, timezone.now(), cast.member) == []


def test_to_open_again_what_was_agreed_is_a_decision_and_to_raise_is_none(cast, moved):
    question = moved("agreed")
    begin = timezone.now()
    change_status(question, "reopen", by=cast.approver, reason="New facts.")
    moved("raised")
    (decision,) = get_decisions(begin, timezone.now(), cast.member)
    assert (decision.what, decision.role) == ("agreed → open", "an approver")


def test_what_was_undone_again_is_no_change_on_balance(cast, client_of, moved, then):
    question, other = moved("open", title="Back and forth?"), moved("open", title="Moved on?")
    moment = then()
    change_status(question, "await_input", by=cast.triage, **GIVEN["await_input"])
    change_status(question, "receive_input", by=cast.triage, reason="The DCC says yes.")
    change_status(other, "await_input", by=cast.triage, **GIVEN["await_input"])
    page = get(client_of("member"), CHANGES, since=moment)
    balance = page.split("without what was undone again")[1].split("</section>")[0]
    assert "Back and forth?" not in balance
    assert "open → awaiting input" in balance


def test_what_changed_stops_at_the_moment_that_is_given(cast, client_of, moved, then):
    begin, first = then(), moved("open", title="Before?")
    end = then()
    edit_question(first, by=cast.triage, title="After?")
    page = get(client_of("member"), CHANGES, since=begin, until=end)
    assert "Before?" in page
    assert "changed: title" not in page
    assert "changed: title" in get(client_of("member"), CHANGES, since=(today() - timedelta(days=1)).isoformat())


def test_the_list_is_narrowed_by_status_and_words_as_they_were(cast, client_of, moved, then):
    moved("open", title="Who may fetch?")
    moved("agreed", title="How often?")
    question, moment = moved("in_review", title="Who may check?"), then()
    change_status(question, "send_back", by=cast.triage, reason="It is too vague.")
    member = client_of("member")
    assert "Who may check?" in get(member, LIST, as_at=moment, status="in_review")
    assert "Who may fetch?" not in get(member, LIST, as_at=moment, status="in_review")
    page = get(member, LIST, as_at=moment, q="who fetch")
    assert "Who may fetch?" in page
    assert "Who may check?" not in page


def test_decisions_since_a_day_have_that_day_in_them(client_of, moved):
    moved("withdrawn", title="Decided today?")
    assert "Decided today?" in get(client_of("member"), DECISIONS, since=today().isoformat())


def test_decisions_until_a_moment_before_they_begin_get_a_sentence(client_of):
    since, until = today().isoformat(), (today() - timedelta(days=3)).isoformat()
    page = get(client_of("member"), DECISIONS, since=since, until=until)
    assert "Choose a later moment than the one to begin from." in page


def test_a_decision_that_was_taken_back_is_its_movers(cast, moved):
    question = moved("closed")
    begin = timezone.now()
    change_status(question, "undo", by=cast.lead)
    (decision,) = get_decisions(begin, timezone.now(), cast.member)
    assert (decision.what, decision.role) == ("closed → agreed", "whoever made the last move, for ten minutes")
