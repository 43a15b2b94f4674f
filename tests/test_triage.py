"""Triage: one form edits and moves a raised question, and shows the next."""

import pytest
from django.urls import reverse

from register.ledger.versions import get_version
from register.models import Organisation, Question, Topic
from register.services.look_alikes import get_look_alikes
from register.services.questions import change_status, edit_question
from tests.conftest import everything_about, in_a_month, refreshed


@pytest.fixture
def waiting(raised):
    """Three questions that wait for triage and lack everything but words."""
    return [raised(title=f"Question {n}?", owner=None, topic=None, priority="") for n in range(3)]


def page_of(question):
    return reverse("register_triage_question", args=[question.pk])


def fill(question, step, **more):
    owner, topic = Organisation.objects.get(name="DCC"), Topic.objects.first()
    given = {"owner": owner.pk, "topic": topic.pk, "priority": "high", "due": "", "seen": get_version(question)}
    return {**given, "step": step, **more}


def test_triage_begins_with_the_first_that_waits(waiting, client_of):
    page = client_of("triage").get(reverse("register_triage"))
    assert (page.context["question"], "1 of 3" in page.content.decode()) == (waiting[0], True)


def test_one_form_gives_what_it_lacks_opens_it_and_shows_the_next(waiting, client_of, cast):
    first, second, _ = waiting
    client = client_of("triage")
    response = client.post(page_of(first), fill(first, "open", to_me="on"), follow=True)
    first = refreshed(first)
    assert (first.status, first.owner.name, first.priority, first.assignee) == ("open", "DCC", "high", cast.triage)
    assert response.context["question"] == second
    assert f"{first.reference} is open, with DCC." in response.content.decode()


def test_what_was_done_is_undone_by_its_button(waiting, client_of):
    first, client = waiting[0], client_of("triage")
    client.post(page_of(first), fill(first, "open"))
    page = client.post(reverse("register_undo", args=[first.pk]), follow=True)
    assert (refreshed(first).status, page.context["question"]) == ("raised", first)


@pytest.mark.parametrize(
    ("step", "given", "status"),
    [
        ("withdraw", {"withdraw-outcome": "overtaken", "withdraw-reason": "Settled."}, "withdrawn"),
        ("defer", {"defer-revisit_on": in_a_month().isoformat(), "defer-reason": "Later."}, "deferred"),
        ("await_input", {"await_input-reason": "What do you say?"}, "awaiting_input"),
        ("merge", {"merge-reason": "The same."}, "merged"),
    ],
)
def test_each_step_does_what_it_says(step, given, status, waiting, client_of):
    first = waiting[0]
    if step == "merge":
        given = given | {"merge-merged_into": waiting[2].reference.lower().replace("-", " ")}
    if step == "await_input":
        given = given | {"await_input-waiting_on": Organisation.objects.get(name="DCC").pk}
    client_of("triage").post(page_of(first), fill(first, step, **given))
    assert refreshed(first).status == status


def test_a_refusal_changes_nothing_and_keeps_what_was_typed(waiting, client_of):
    first = waiting[0]
    before = everything_about(first)
    page = client_of("triage").post(page_of(first), fill(first, "withdraw", **{"withdraw-reason": "Typed at length."}))
    text = page.content.decode()
    assert everything_about(first) == before
    assert "Choose the outcome." in text
    assert "Typed at length." in text
    assert "<title>Error: " in text


def test_what_somebody_else_changed_meanwhile_is_told_once(waiting, client_of, cast):
    first = waiting[0]
    sent = fill(first, "open")
    edit_question(first, by=cast.lead, title="Another title?")
    client = client_of("triage")
    page = client.post(page_of(first), sent)
    assert (refreshed(first).status, "was changed since you opened it" in page.content.decode()) == ("raised", True)
    client.post(page_of(first), sent | {"seen": page.context["form"].data["seen"]})
    assert refreshed(first).status == "open"


def test_a_question_that_was_dealt_with_meanwhile_leads_on(waiting, client_of, cast):
    change_status(waiting[0], "withdraw", by=cast.lead, outcome="overtaken", reason="Settled.")
    page = client_of("triage").post(page_of(waiting[0]), fill(waiting[0], "open"), follow=True)
    assert page.context["question"] == waiting[1]
    assert "it does not wait for triage" in page.content.decode()


def test_the_last_leads_back_to_the_desk(raised, client_of):
    question = raised()
    response = client_of("triage").post(page_of(question), fill(question, "open"))
    assert response.url.startswith("/admin/?done=")


@pytest.mark.parametrize("role", ["member", "approver", "feed"])
def test_only_triage_triages(role, waiting, client_of):
    assert client_of(role).get(reverse("register_triage")).status_code in (302, 403)


def test_keys_can_be_switched_off(waiting, client_of):
    client = client_of("triage")
    assert "data-keys" in client.get(page_of(waiting[0])).content.decode()
    client.post(reverse("register_keys"))
    assert "data-keys" not in client.get(page_of(waiting[0])).content.decode()
    client.post(reverse("register_keys"), {"on": ""})
    assert "data-keys" in client.get(page_of(waiting[0])).content.decode()


def test_a_look_alike_shares_words_and_is_one_that_the_reader_sees(raised, cast):
    question = raised(title="May a service request be cancelled once queued?")
    alike = raised(title="Can a service request be cancelled?")
    raised(title="Who pays for meters?")
    hidden = raised(title="May a service request be cancelled at all?", classification="restricted")
    assert get_look_alikes(question, cast.member) == [alike]
    assert set(get_look_alikes(question, cast.triage)) == {alike, hidden}


def test_the_page_without_a_question_is_the_desk(client_of, db):
    assert Question.objects.needing_triage().count() == 0
    assert client_of("triage").get(reverse("register_triage")).url == "/admin/"
