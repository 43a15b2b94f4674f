"""What a read or a move costs in SQL statements is known, and the same however much the register holds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from register.admin import pages
from register.admin.questions import QuestionAdmin
from register.models import Meeting
from register.services.answers import propose_answer
from register.services.links import link_meeting
from register.services.questions import change_status
from tests.conftest import GIVEN

A_MOVE = 22
A_MOVE_BY_TOKEN = 26  # the token, the row, the version held against If-Match, and the answer
API, ADMIN = "/api/v1/", "/admin/register/question/"
BY_TOKEN = {
    "questions/": 2,
    "questions/?status=open&status=raised": 2,
    "questions/?q=who": 3,
    "questions/DSQ-001/": 2,
    "questions/DSQ-001/history/": 2,
    "answers/": 2,
    "meetings/": 2,
    "changes/": 2,
    "events/": 6,
    "ledger/": 19,  # a few for each kind of row among the entries
}


def statements(ask):
    ask()  # the first notes when the token was last used
    with CaptureQueriesContext(
        connection,
    ) as told:
        assert ask().status_code == 200
    return len(told)


def fill(moved, cast, count):
    for _ in range(count):
        question = moved("open")
        link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage)
        propose_answer(question, "An answer.", by=cast.triage, classification="public")


@pytest.mark.parametrize("path", BY_TOKEN)
def test_a_read_costs_the_same_whatever_the_register_holds(path, api, moved, cast):
    client = api("feed")
    fill(moved, cast, 2)
    few = statements(lambda: client.get(f"{API}{path}"))
    fill(moved, cast, 6)
    assert (few, statements(lambda: client.get(f"{API}{path}"))) == (BY_TOKEN[path], BY_TOKEN[path])


PAGES = {
    "": 10,
    "?tab=all": 9,
    "?tab=all&o=-7": 9,
    "?tab=awaiting": 10,
    "?topic__id__exact=1": 10,
    "?assignee=triage": 10,
    "?q=who": 9,
}


@pytest.mark.parametrize("path", PAGES)
def test_a_list_of_the_admin_costs_the_same_whatever_the_register_holds(path, client_of, moved, cast):
    client = client_of("triage")
    fill(moved, cast, 2)
    few = statements(lambda: client.get(f"{ADMIN}{path}"))
    fill(moved, cast, 6)
    assert (few, statements(lambda: client.get(f"{ADMIN}{path}"))) == (PAGES[path], PAGES[path])


@pytest.mark.parametrize(("address", "cost"), [("", 12), ("?tab=all", 12), ("?q=who", 9)])
def test_a_long_list_costs_no_more_than_twelve_statements(address, cost, client_of, moved, cast, monkeypatch):
    monkeypatch.setattr(pages, "MOST", 2)
    monkeypatch.setattr(QuestionAdmin, "list_per_page", 1)
    fill(moved, cast, 4)
    client = client_of("triage")
    assert statements(lambda: client.get(f"{ADMIN}{address}")) == cost


@pytest.mark.parametrize(("role", "cost"), [("triage", 14), ("member", 16)])
def test_the_front_page_costs_the_same_whatever_the_register_holds(role, cost, client_of, moved, cast):
    client = client_of(role)
    fill(moved, cast, 2)
    few = statements(lambda: client.get("/admin/"))
    fill(moved, cast, 6)
    assert (few, statements(lambda: client.get("/admin/"))) == (cost, cost)


def test_a_move_costs_the_same_whatever_the_register_holds(moved, cast):
    costs = set()
    for _ in range(3):
        fill(moved, cast, 3)
        question = moved("open")
        with CaptureQueriesContext(connection) as told:
            change_status(question, "await_input", by=cast.triage, **GIVEN["await_input"])
        costs.add(len(told))
    assert costs == {A_MOVE}


def test_a_move_by_token_costs_the_same_whatever_the_register_holds(moved, cast, api):
    client, costs = api("triage"), set()
    client.get(f"{API}topics/")  # the first request notes when the token was last used
    for _ in range(3):
        fill(moved, cast, 3)
        path = f"{API}questions/{moved('open').reference}/"
        with CaptureQueriesContext(connection) as told:
            body = {"transition": "await_input", "waiting_on": "DCC", "reason": "What was asked."}
            answer = client.post(f"{path}transitions/", body, format="json", headers={"If-Match": "*"})
        assert answer.status_code == 200
        costs.add(len(told))
    assert costs == {A_MOVE_BY_TOKEN}
