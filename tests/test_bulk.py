"""Many questions at once: foreseen, done one by one, and said."""

from datetime import date

import pytest

from register.models import Group, Meeting, Organisation, Topic
from register.services.amending import amend_answer
from register.services.answers import propose_answer
from register.services.questions import change_status
from register.services.reference import keep
from tests.conftest import GIVEN, in_a_month, refreshed
from tests.test_admin import LIST
from tests.test_workflow import DESIGN


def choose(client, action, *questions, tab="all", **given):
    return client.post(f"{LIST}?tab={tab}", {"action": action, "_selected_action": [q.pk for q in questions], **given})


def preview(client, action, *questions, tab="all"):
    """Return what the preview's form carries of what each question was."""
    page = choose(client, action, *questions, tab=tab)
    rows = page.context["rows"] if page.context and "rows" in page.context else ()
    return {f"seen_{row.question.pk}": row.seen for row in rows}


def apply(client, action, *questions, **given):
    return choose(client, action, *questions, _apply="1", **preview(client, action, *questions), **given)


def test_what_would_happen_is_shown_before_the_button(client_of, moved):
    open_one, closed = moved("open"), moved("closed")
    page = choose(client_of("triage"), "move_await_input", open_one, closed)
    assert [(row.question, row.would) for row in page.context["rows"]] == [(open_one, True), (closed, False)]
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
    if name == "agree_as_amended":
        amend_answer(question, "As amended.", Meeting.objects.get(number=15), by=cast.triage)
    apply(client_of("lead"), f"move_{name}", question, **GIVEN[name])
    assert refreshed(question).status == DESIGN[name][0]


def test_owner_person_due_date_and_meeting_are_set_in_bulk(cast, client_of, raised):
    chosen, client = [raised(), raised()], client_of("triage")
    ofgem = Organisation.objects.get(name="Ofgem")
    meeting = keep(Meeting(group=Group.objects.get(), number=99, held_on=in_a_month()), by=cast.triage)
    apply(client, "edit", *chosen, owner=ofgem.pk, assignee=cast.lead.pk, due_on="2027-01-31", priority="low")
    apply(client, "schedule", *chosen, meeting=meeting.pk)
    for question in map(refreshed, chosen):
        assert (question.owner, question.assignee, str(question.due_on)) == (ofgem, cast.lead, "2027-01-31")
        assert (question.priority, question.history.count()) == ("low", 2)
        assert question.schedulings.get().meeting == meeting


def test_a_missing_input_is_asked_for_and_nothing_done(client_of, raised):
    question = raised()
    page = apply(client_of("triage"), "edit", question)
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
    page = apply(client_of("triage"), "edit", raised(), owner=ofgem.pk)
    assert "owner: ENA → Ofgem" in page.content.decode()


def test_raised_questions_are_opened_with_what_they_lack_in_one_form(cast, client_of, raised):
    chosen = [raised(owner=None, topic=None, priority="") for _ in range(3)]
    client, topic = client_of("triage"), Topic.objects.first()
    page = choose(client, "move_open", *chosen)
    assert [row.said for row in page.context["rows"]] == ["raised → open; it has no owner, no topic, no priority"] * 3
    given = {"owner": Organisation.objects.get(name="DCC").pk, "topic": topic.pk, "priority": "high"}
    apply(client, "move_open", *chosen, **given)
    assert {(row.status, row.owner.name, row.topic, row.priority) for row in map(refreshed, chosen)} == {
        ("open", "DCC", topic, "high")
    }


def test_one_that_still_lacks_something_stays_raised_and_unedited(client_of, raised):
    question = raised(owner=None)
    page = apply(client_of("triage"), "move_open", question, priority="low")
    assert "Give it an owner first." in page.content.decode()
    assert (refreshed(question).status, question.history.count()) == ("raised", 1)


def test_a_person_and_a_due_date_are_taken_away(cast, client_of, raised):
    question = raised(assignee=cast.lead, due_on=date(2027, 1, 31))
    apply(client_of("triage"), "edit", question, assignee="nobody", no_due="on")
    assert (refreshed(question).assignee, refreshed(question).due_on) == (None, None)


def test_what_is_unticked_in_the_preview_is_left_alone(client_of, raised):
    left, done, client = raised(), raised(), client_of("triage")
    seen = preview(client, "edit", left, done)
    choose(client, "edit", done, _apply="1", **seen, priority="low")
    assert (refreshed(left).history.count(), refreshed(done).priority) == (1, "low")


def test_an_error_shows_all_rows_again_as_they_were_ticked(client_of, raised):
    left, done, client = raised(), raised(), client_of("triage")
    seen = preview(client, "edit", left, done)
    page = choose(client, "edit", done, _apply="1", **seen)
    assert [(row.question, row.ticked) for row in page.context["rows"]] == [(left, False), (done, True)]


def test_where_none_is_ticked_nothing_is_done_and_it_is_said(client_of, raised):
    question, client = raised(), client_of("triage")
    given = {"action": "edit", "_selected_action": "0", "_apply": "1", "priority": "low"}
    page = client.post(f"{LIST}?tab=all", given | preview(client, "edit", question))
    assert "Tick at least one question." in page.content.decode()
    assert question.history.count() == 1


def test_one_that_is_not_possible_is_not_ticked_at_first(client_of, moved):
    page = choose(client_of("triage"), "move_await_input", moved("open"), moved("closed"))
    assert [row.ticked for row in page.context["rows"]] == [True, False]
