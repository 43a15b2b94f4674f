"""What became of questions at a meeting: added, together, once, and never rewritten."""

import pytest

from register.ledger.verification import verify
from register.models import AgendaItem, Meeting, MeetingOutcome
from register.refusals import Refused
from register.services.meetings import (
    GivenOutcome,
    record_outcomes,
    schedule_question,
    strike_out_outcome,
)
from register.services.reference import keep
from tests.conftest import refreshed
from tests.test_agenda import PAGE, meeting_on  # noqa: F401 a fixture
from tests.test_documents import everything_is_kept

QUESTIONS = "/admin/register/question/"


@pytest.fixture
def held(cast, raised, meeting_on):  # noqa: F811
    """A meeting of today with three questions on its agenda."""
    meeting = meeting_on(0)
    for n in range(3):
        schedule_question(raised(title=f"Question {n}?"), meeting, minutes=10, by=cast.triage)
    return meeting


def questions_of(meeting):
    return [item.question for item in AgendaItem.objects.scheduling().filter(meeting=meeting)]


def test_an_outcome_names_its_scheduling_and_moves_no_status(cast, held):
    question = questions_of(held)[0]
    (outcome,) = record_outcomes(held, [GivenOutcome(question, "decided", paragraph="3.1")], by=cast.triage)
    assert (outcome.item, str(outcome)) == (question.schedulings.get(), f"decided at {held}, 3.1")
    assert refreshed(question).status == "raised"
    assert everything_is_kept()
    assert verify().ok


def test_all_are_recorded_or_none(cast, held):
    first, second, _ = questions_of(held)
    record_outcomes(held, [GivenOutcome(second, "decided")], by=cast.lead)
    with pytest.raises(Refused, match="DSQ-002 has an outcome since you opened this page: decided, by lead"):
        record_outcomes(
            held, [GivenOutcome(first, "discussed", seen=0), GivenOutcome(second, "discussed", seen=0)], by=cast.triage
        )
    assert MeetingOutcome.objects.count() == 1


def test_the_same_outcome_twice_is_refused(cast, held):
    question = questions_of(held)[0]
    record_outcomes(held, [GivenOutcome(question, "decided")], by=cast.triage)
    with pytest.raises(Refused, match="that it was decided is recorded already"):
        record_outcomes(held, [GivenOutcome(question, "decided")], by=cast.triage)


@pytest.mark.parametrize("result", ["deferred", "not_reached"])
def test_what_is_put_off_is_on_the_next_agenda_too(result, cast, held, meeting_on):  # noqa: F811
    question, later = questions_of(held)[0], meeting_on(30)
    (outcome,) = record_outcomes(held, [GivenOutcome(question, result, to=later)], by=cast.triage)
    assert outcome.deferred_to == (later if result == "deferred" else None)
    assert [item.minutes for item in question.schedulings.all()] == [10, 10]
    assert AgendaItem.objects.unsettled().filter(question=question).get().meeting == later


@pytest.mark.parametrize(("result", "is_taken"), [("decided", False), ("discussed", False), ("withdrawn", True)])
def test_before_it_is_held_nothing_was_said_there(result, is_taken, cast, raised, meeting_on):  # noqa: F811
    question, meeting = raised(), meeting_on(9)
    schedule_question(question, meeting, by=cast.triage)
    if is_taken:
        assert record_outcomes(meeting, [GivenOutcome(question, result)], by=cast.triage)
    else:
        with pytest.raises(Refused, match="is to be held on"):
            record_outcomes(meeting, [GivenOutcome(question, result)], by=cast.triage)


def test_what_was_not_scheduled_is_taken_and_said_to_be_so(cast, held, raised, client_of):
    record_outcomes(held, [GivenOutcome(raised(title="Out of the blue?"), "discussed")], by=cast.triage)
    page = client_of("member").get(f"{PAGE}{held.pk}/change/").content.decode()
    assert "Came up without being on the agenda" in page
    assert "Out of the blue?" in page


def test_a_mistaken_outcome_is_struck_out_and_the_question_unsettled_again(cast, held):
    (outcome,) = record_outcomes(held, [GivenOutcome(questions_of(held)[0], "decided")], by=cast.triage)
    strike_out_outcome(outcome, by=cast.triage, reason="It was the other one.")
    assert AgendaItem.objects.unsettled().count() == 3


def test_an_outcome_is_hidden_with_its_question(api, cast, held, raised):
    hidden = raised(title="Zebra?", classification="restricted")
    record_outcomes(held, [GivenOutcome(hidden, "discussed", note="Zebra note")], by=cast.triage)
    read = api("feed").get(f"/api/v1/meetings/{held.pk}/").content.decode()
    assert "ebra" not in read
    assert len(api("triage").get(f"/api/v1/meetings/{held.pk}/").json()["outcomes"]) == 1


def test_a_meeting_that_is_over_stands_unsettled(cast, held, raised, meeting_on):  # noqa: F811
    cancelled = meeting_on(20)
    schedule_question(raised(), cancelled, by=cast.triage)
    cancelled.cancelled = True
    keep(cancelled, by=cast.triage)
    over = Meeting.objects.unsettled(held.held_on.replace(year=held.held_on.year + 1), cast.triage)
    assert set(over) == {held, cancelled}


# The page


def fill(held, *results, **more):
    """Return what the page sends where each scheduled question has a result, or "" for nothing."""
    items = AgendaItem.objects.scheduling().filter(meeting=held)
    said = {f"{item.pk}-result": result for item, result in zip(items, results, strict=False)}
    return said | {f"{item.pk}-seen": 0 for item in items} | {"other-result": "", **more}


def test_outcomes_are_recorded_on_one_page(client_of, held, meeting_on):  # noqa: F811
    later, first = meeting_on(30), AgendaItem.objects.filter(meeting=held).first()
    sent = fill(held, "deferred", "decided", "", **{f"{first.pk}-to": later.pk, f"{first.pk}-note": "No data yet."})
    page = client_of("triage").post(f"{PAGE}{held.pk}/outcomes/", sent, follow=True).content.decode()
    assert "2 outcomes recorded." in page
    assert [str(row) for row in MeetingOutcome.objects.all()] == [
        f"deferred to {later} at {held}",
        f"decided at {held}",
    ]


def test_two_secretaries_lose_nothing(client_of, cast, held):
    second = questions_of(held)[1]
    record_outcomes(held, [GivenOutcome(second, "decided")], by=cast.lead)
    page = client_of("triage").post(f"{PAGE}{held.pk}/outcomes/", fill(held, "discussed", "discussed")).content.decode()
    assert "has an outcome since you opened this page" in page
    assert page.count("checked") == 4  # two as they were chosen, and two that say nothing
    assert MeetingOutcome.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"other-question": "DSQ-001"}, "Choose what became of it, or empty the rest."),
        ({"other-result": "discussed"}, "Name the question: DSQ-002."),
        ({"other-question": "DSQ-999", "other-result": "discussed"}, "There is no question DSQ-999 that you may see"),
        ({}, "Choose what became of a question."),
        ({"other-question": "DSQ-001", "other-result": "adjourned"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_recorded_is_said(more, sentence, client_of, held):
    page = client_of("triage").post(f"{PAGE}{held.pk}/outcomes/", fill(held, **more)).content.decode()
    assert sentence in page
    assert not MeetingOutcome.objects.exists()


def test_a_question_is_scheduled_and_settled_from_its_own_page(client_of, held, raised, meeting_on):  # noqa: F811
    question, later, client = raised(), meeting_on(30), client_of("triage")
    client.post(f"{QUESTIONS}{question.pk}/schedule/", {"meeting": later.pk, "form_token": "a" * 22})
    said = {"meeting": held.pk, "result": "discussed", "paragraph": "4.2", "form_token": "b" * 22}
    client.post(f"{QUESTIONS}{question.pk}/outcome/", said)
    page = client.get(f"{QUESTIONS}{question.pk}/change/").content.decode()
    assert "discussed, paragraph 4.2" in page
    assert (question.schedulings.get().meeting, question.meeting_outcomes.count()) == (later, 1)
