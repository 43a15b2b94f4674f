"""Many questions at once: foreseen, done one by one, and said."""

import pytest

from register.models import Meeting, Organisation
from register.services.answers import propose_answer
from register.services.questions import change_status
from tests.conftest import GIVEN, refreshed
from tests.test_admin import LIST
from tests.test_workflow import DESIGN


def choose(client, action, *questions, tab="all", **given):
    return client.post(f"{LIST}?tab={tab}", {"action": action, "_selected_action": [q.pk for q in questions], **given})


def preview(client, action, *questions, tab="all"):
    """Return what the preview's form carries of what each question was."""
    page = choose(client, action, *questions, tab=tab)
    rows = page.context["rows"] if page.context and "rows" in page.context else ()
    return {f"seen_{question.pk}": question.seen for question, *_ in rows}


def apply(client, action, *questions, **given):
    return choose(client, action, *questions, _apply="1", **preview(client, action, *questions), **given)


def test_what_would_happen_is_shown_before_the_button(client_of, moved):
    open_one, closed = moved("open"), moved("closed")
    page = choose(client_of("triage"), "move_await_input", open_one, closed)
    assert [(row[0], row[1]) for row in page.context["rows"]] == [(open_one, True), (closed, False)]
    assert "is closed: “Ask for input” is for questions that are open" in page.content.decode()
    assert refreshed(open_one).status == "open"


def test_one_refused_question_does_not_stop_the_others(client_of, moved):
    chosen = [moved("open"), moved("closed"), moved("open")]
    dcc = Organisation.objects.get(name="DCC").pk
    page = apply(client_of("triage"), "move_await_input", *chosen, waiting_on=dcc, reason="Ask.")
    assert [refreshed(question).status for question in chosen] == ["awaiting_input", "closed", "awaiting_input"]
    assert "2 of 3 done" in page.content.decode()
    assert "is closed: “Ask for input”" in page.content.decode()


@pytest.mark.parametrize("name", [name for name in DESIGN if name not in ("merge", "agree", "await_input", "undo")])
def test_every_move_can_be_made_in_bulk(name, cast, client_of, moved):
    question = moved(next(iter(DESIGN[name][1])))
    if name == "start_review":
        propose_answer(question, "An answer.", by=cast.triage)
    apply(client_of("lead"), f"move_{name}", question, **GIVEN[name])
    assert refreshed(question).status == DESIGN[name][0]


def test_owner_person_due_date_and_meeting_are_set_in_bulk(cast, client_of, raised):
    chosen, client = [raised(), raised()], client_of("triage")
    ofgem, meeting = Organisation.objects.get(name="Ofgem"), Meeting.objects.get(number=16)
    apply(client, "assign_owner", *chosen, owner=ofgem.pk)
    apply(client, "assign_person", *chosen, assignee=cast.lead.pk)
    apply(client, "set_due", *chosen, due_on="2027-01-31")
    apply(client, "schedule", *chosen, meeting=meeting.pk)
    for question in map(refreshed, chosen):
        assert (question.owner, question.assignee, str(question.due_on)) == (ofgem, cast.lead, "2027-01-31")
        assert str(question.meeting_links.get()) == "scheduled at CCDG16"


def test_a_missing_input_is_asked_for_and_nothing_done(client_of, raised):
    question = raised()
    page = apply(client_of("triage"), "assign_owner", question)
    assert page.context["form"].errors
    assert question.history.count() == 1


def test_members_have_no_bulk_actions(client_of, moved):
    question = moved("open")
    apply(client_of("owner"), "move_await_input", question, waiting_on=1, reason="Ask.")
    assert refreshed(question).status == "open"


def test_a_hidden_question_cannot_be_chosen(cast, client_of, raised):
    hidden = raised(classification="restricted")
    apply(client_of("member"), "move_withdraw", hidden, **GIVEN["withdraw"])
    assert refreshed(hidden).status == "raised"


def test_what_changed_since_the_preview_is_named_and_left_alone(cast, client_of, moved):
    changed, same, client = moved("raised"), moved("raised"), client_of("triage")
    seen = preview(client, "move_withdraw", changed, same, tab="triage")
    change_status(changed, "open", by=cast.lead)
    given = {"_apply": "1", "tab": "triage", **seen, **GIVEN["withdraw"]}
    page = choose(client, "move_withdraw", changed, same, **given).content.decode()
    assert (refreshed(changed).status, refreshed(same).status) == ("open", "withdrawn")
    assert "1 of 2 done" in page
    assert f"{changed.reference} was changed since" in page
    assert "lead (Ofgem) changed status" in page


def test_what_became_hidden_since_the_preview_is_counted(client_of, raised):
    question, client = raised(), client_of("triage")
    seen = preview(client, "move_withdraw", question)
    given = {"_apply": "1", "_selected_action": [question.pk, 9_999], **seen, **GIVEN["withdraw"]}
    page = client.post(f"{LIST}?tab=all", {"action": "move_withdraw", **given}).content.decode()
    assert "1 of 2 done" in page
    assert "1 of those that you chose is not there for you any more" in page


def test_the_result_shows_old_and_new_values(client_of, raised):
    ofgem = Organisation.objects.get(name="Ofgem")
    page = apply(client_of("triage"), "assign_owner", raised(), owner=ofgem.pk)
    assert "owner: ENA → Ofgem" in page.content.decode()
