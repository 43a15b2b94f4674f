"""What a report says became of actions and scheduled questions: proposed, ticked where it is settled, recorded once."""

from datetime import date

import pytest

from register.headline_report.report import Paragraph
from register.headline_report.sayings import split_clauses
from register.ledger.verification import verify
from register.models import Action, ActionUpdate, AgendaItem, Group, Meeting, MeetingOutcome
from register.services.actions import Update, update_action
from register.services.meetings import GivenOutcome, record_outcomes, schedule_question
from register.services.questions import change_status
from register.services.reference import keep
from tests.conftest import refreshed
from tests.test_documents import everything_is_kept
from tests.test_reports import bring_in, kinds, plan_of

HEAD = (
    "Meeting name\tCode Change and Development Group\nMeeting number\t17\nDate\t18 May 2021\nClassification\tPublic\n\n"
)


def report(*paragraphs):
    return HEAD + "\n\n".join(f"1.{n} {text}" for n, text in enumerate(paragraphs, 1)) + "\n"


def told(text):
    """Return {key: kind} of what a report proposes to have become of things."""
    return {key: kind for key, kind in kinds(plan_of(text)).items() if key.split(":")[0] in ("update", "outcome")}


@pytest.fixture
def actions(cast):
    group = Group.objects.get()
    return [keep(Action(group=group, reference=r, text="Do."), by=cast.triage) for r in ("15/10", "15/11")]


@pytest.fixture
def on_agenda(cast, raised):
    """Return a function that puts a question of a title on the agenda of CCDG17, held on 18 May 2021."""

    def put(title):
        meeting = Meeting.objects.filter(number=17).first()
        meeting = meeting or keep(Meeting(group=Group.objects.get(), number=17), by=cast.triage)
        question = raised(title=title)
        schedule_question(question, meeting, by=cast.triage)
        meeting.held_on = date(2021, 5, 18)
        keep(meeting, by=cast.triage)
        meeting.held_on = None
        return question

    return put


@pytest.mark.parametrize(
    ("sentence", "kind", "proposed"),
    [
        ("Elexon confirmed that Action 15/10 is complete.", "done", "told"),
        ("Action 15/10 was closed.", "done", "told"),
        ("Action 15/10 is carried forward.", "carried", "told"),
        ("Action 15/10 remains open.", "carried", "told"),
        ("Action 15/10 has been superseded by Action 15/11.", "superseded", "told"),
        ("Action 15/10 will be closed once the AWG replies.", "done", "doubt"),
        ("Elexon proposed that Action 15/10 be closed.", "done", "doubt"),
        ("The first part of Action 15/10 is complete, though it remains open.", "carried", "doubt"),
    ],
)
def test_a_sentence_that_settles_an_action_is_ticked_and_another_is_not(sentence, kind, proposed, actions):
    assert told(report(sentence)) == {f"update:15/10:1.1:{kind}": proposed}


@pytest.mark.parametrize(
    "sentence", ["Action 15/10 is not complete.", "A closed session follows.", "Work under Action 15/10 goes on."]
)
def test_what_says_nothing_of_an_action_proposes_nothing(sentence, actions):
    assert told(report(sentence)) == {}


def test_each_action_of_a_sentence_gets_its_own(actions):
    said = told(report("Action 15/10 was closed and Action 15/11 was carried forward."))
    assert said == {"update:15/10:1.1:done": "told", "update:15/11:1.1:carried": "told"}


def test_clauses_are_cut_where_they_name_another_thing():
    text = "Action 15/10 was closed; Action 15/11 waits, and DSQ-002 was not reached."
    clauses = ["Action 15/10 was closed", "Action 15/11 waits", "DSQ-002 was not reached."]
    assert split_clauses(Paragraph("1.1", text, 1)) == clauses


def test_accepted_it_is_recorded_with_its_paragraph_and_the_same_report_proposes_nothing(actions, cast):
    text = report("Action 15/10 is complete.", "Action 15/11 has been superseded by Action 17/05.")
    bring_in(text, cast.triage)
    assert [refreshed(action).status for action in actions] == ["done", "superseded"]
    assert refreshed(actions[1]).superseded_by.reference == "17/05"
    assert str(ActionUpdate.objects.first()) == "CCDG17, 1.1: done: Action 15/10 is complete."
    assert set(told(text).values()) == {"unchanged"}
    assert everything_is_kept()
    assert verify().ok


def test_an_action_that_nobody_knew_becomes_a_stub_that_is_closed(cast):
    bring_in(report("Action 14/02 is complete."), cast.triage)
    assert Action.objects.get(reference="14/02").status == "done"


def test_an_action_that_is_closed_already_is_a_clash(actions, cast):
    update_action(actions[0], Update("done", note="By email."), by=cast.triage)
    (proposal,) = (p for p in plan_of(report("Action 15/10 is complete.")).proposals if p.key.startswith("update"))
    assert (proposal.kind, proposal.note) == ("clash", "It is done already (done: By email.).")


def test_a_revision_that_withdraws_a_closing_is_a_clash(actions, cast):
    bring_in(report("Action 15/10 is complete."), cast.triage)
    revised = report("Action 15/10 is nearly there.")
    assert told(revised) == {"update:15/10:1.1:reopened": "clash"}
    bring_in(revised, cast.triage, {"update:15/10:1.1:reopened"})
    assert refreshed(actions[0]).status == "open"


@pytest.mark.parametrize(
    ("sentence", "result", "proposed"),
    [
        ("DSQ-001 was discussed.", "discussed", "told"),
        ("Elexon presented the answer to DSQ-001.", "answer_presented", "told"),
        ("DSQ-001 was not reached.", "not_reached", "told"),
        ("DSQ 1 was deferred to CCDG18.", "deferred", "told"),
        ("DSQ-001 was withdrawn from the agenda.", "withdrawn", "told"),
        ("DSQ-001 should be discussed offline.", "discussed", "doubt"),
        ("The CCDG agreed the answer to DSQ-001.", "decided", "doubt"),
    ],
)
def test_a_sentence_on_a_scheduled_question_proposes_its_outcome_and_never_an_agreement(
    sentence, result, proposed, on_agenda
):
    on_agenda("Who may fetch the data?")
    assert told(report(sentence)) == {f"outcome:DSQ-001:1.1:{result}": proposed}


def test_an_accepted_outcome_settles_the_scheduling_and_schedules_what_was_deferred(cast, on_agenda):
    question = on_agenda("Who may fetch the data?")
    text = report("DSQ-001 was deferred to CCDG18. The next CCDG18 is on 15 June 2021.")
    bring_in(text, cast.triage)
    outcome = MeetingOutcome.objects.get(question=question)
    assert str(outcome) == "deferred to CCDG18 at CCDG17, 1.1"
    assert outcome.item == AgendaItem.objects.get(question=question)
    assert set(told(text).values()) == {"unchanged"}


def test_a_scheduled_question_that_the_report_does_not_mention_is_asked_about(on_agenda):
    on_agenda("Who may fetch the data?")
    assert told(report("Nothing of it.")) == {"outcome:DSQ-001::not_reached": "doubt"}


def test_a_question_that_is_told_of_in_its_words_is_proposed_with_the_score(on_agenda):
    on_agenda("Who may fetch the half-hourly data?")
    text = report("The group discussed who may fetch the half-hourly data.")
    (proposal,) = (p for p in plan_of(text).proposals if p.key.startswith("outcome"))
    assert (proposal.kind, proposal.says) == ("doubt", "discussed")
    assert "It resembles DSQ-001 (" in proposal.note


def test_a_question_that_was_not_on_the_agenda_is_said_to_be_so(cast, moved, on_agenda):
    on_agenda("Who may fetch the data?")
    moved("open", title="How often?")
    plan = plan_of(report("DSQ-001 was discussed, and DSQ-002 was discussed."))
    (proposal,) = (p for p in plan.proposals if p.key.startswith("outcome:DSQ-002"))
    assert "It was not on the agenda." in proposal.note


def test_what_was_recorded_by_hand_is_not_overwritten(cast, on_agenda):
    question = on_agenda("Who may fetch the data?")
    record_outcomes(Meeting.objects.get(number=17), [GivenOutcome(question, "not_reached")], by=cast.triage)
    assert told(report("DSQ-001 was discussed.")) == {"outcome:DSQ-001:1.1:discussed": "clash"}


def test_a_withdrawn_question_is_told_of_all_the_same(cast, on_agenda):
    question = on_agenda("Who may fetch the data?")
    change_status(question, "withdraw", by=cast.triage, outcome="overtaken", reason="Settled.")
    bring_in(report("DSQ-001 was discussed."), cast.triage)
    assert MeetingOutcome.objects.get().result == "discussed"
