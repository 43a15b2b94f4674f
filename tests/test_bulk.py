"""Many questions at once: foreseen, done one by one, and said."""

import pytest

from register.models import Meeting, Organisation
from register.services.answers import propose_answer
from tests.conftest import GIVEN, refreshed
from tests.test_admin import LIST
from tests.test_workflow import DESIGN


def choose(client, action, *questions, **given):
    return client.post(LIST + "?tab=all", {"action": action, "_selected_action": [q.pk for q in questions], **given})


def test_what_would_happen_is_shown_before_the_button(client_of, moved):
    open_one, closed = moved("open"), moved("closed")
    page = choose(client_of("triage"), "move_await_input", open_one, closed)
    assert [(row[0], row[1]) for row in page.context["rows"]] == [(open_one, True), (closed, False)]
    assert "is closed: “Await input” is for questions that are open" in page.content.decode()
    assert refreshed(open_one).status == "open"


def test_one_refused_question_does_not_stop_the_others(client_of, moved):
    chosen = [moved("open"), moved("closed"), moved("open")]
    dcc = Organisation.objects.get(name="DCC").pk
    page = choose(client_of("triage"), "move_await_input", *chosen, _apply="1", waiting_on=dcc, reason="Ask.")
    assert [refreshed(question).status for question in chosen] == ["awaiting_input", "closed", "awaiting_input"]
    assert "2 of 3 done" in page.content.decode()
    assert "is closed: “Await input”" in page.content.decode()


@pytest.mark.parametrize("name", [name for name in DESIGN if name not in ("merge", "agree", "await_input")])
def test_every_move_can_be_made_in_bulk(name, cast, client_of, moved):
    question = moved(next(iter(DESIGN[name][1])))
    if name == "start_review":
        propose_answer(question, "An answer.", by=cast.triage)
    choose(client_of("lead"), f"move_{name}", question, _apply="1", **GIVEN[name])
    assert refreshed(question).status == DESIGN[name][0]


def test_owner_person_due_date_and_meeting_are_set_in_bulk(cast, client_of, raised):
    chosen, client = [raised(), raised()], client_of("triage")
    ofgem, meeting = Organisation.objects.get(name="Ofgem"), Meeting.objects.get(number=16)
    choose(client, "assign_owner", *chosen, _apply="1", owner=ofgem.pk)
    choose(client, "assign_person", *chosen, _apply="1", assignee=cast.lead.pk)
    choose(client, "set_due", *chosen, _apply="1", due_on="2027-01-31")
    choose(client, "schedule", *chosen, _apply="1", meeting=meeting.pk)
    for question in map(refreshed, chosen):
        assert (question.owner, question.assignee, str(question.due_on)) == (ofgem, cast.lead, "2027-01-31")
        assert str(question.meeting_links.get()) == "scheduled at CCDG16"


def test_a_missing_input_is_asked_for_and_nothing_done(client_of, raised):
    question = raised()
    page = choose(client_of("triage"), "assign_owner", question, _apply="1")
    assert page.context["form"].errors
    assert question.history.count() == 1


def test_members_have_no_bulk_actions(client_of, moved):
    question = moved("open")
    choose(client_of("owner"), "move_await_input", question, _apply="1", waiting_on=1, reason="Ask.")
    assert refreshed(question).status == "open"


def test_a_hidden_question_cannot_be_chosen(cast, client_of, raised):
    hidden = raised(classification="restricted")
    choose(client_of("member"), "move_withdraw", hidden, _apply="1", **GIVEN["withdraw"])
    assert refreshed(hidden).status == "raised"
