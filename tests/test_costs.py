"""What a read or a move costs in SQL statements is the same however much the register holds."""

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

MOST_OF_A_LIST = 12
API, ADMIN = "/api/v1/", "/admin/register/question/"
BY_TOKEN = (
    "questions/",
    "questions/?status=open&status=raised",
    "questions/?q=who",
    "questions/DSQ-001/",
    "questions/DSQ-001/history/",
    "answers/",
    "meetings/",
    "changes/",
    "events/",
    "ledger/",
)
LISTS = ("", "?tab=all", "?tab=all&o=-7", "?tab=awaiting", "?topic__id__exact=1", "?assignee=triage", "?q=who")


def statements(ask, *given, **named):
    with CaptureQueriesContext(connection) as made:
        assert ask(*given, **named).status_code == 200
    return len(made)


@pytest.fixture
def fill(moved, cast):
    def add(count):
        for _ in range(count):
            question = moved("open")
            link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage)
            propose_answer(question, "An answer.", by=cast.triage, classification="public")

    return add


@pytest.fixture
def costs_of(fill):
    """Return a function that asks for pages in a register of two questions and in one of eight: {path: statements}."""

    def costs(client, paths):
        client.get(paths[0])  # the first notes when the token was last used
        fill(2)
        few = {path: statements(client.get, path) for path in paths}
        fill(6)
        return few, {path: statements(client.get, path) for path in paths}

    return costs


def test_a_read_costs_the_same_whatever_the_register_holds(api, costs_of):
    few, many = costs_of(api("feed"), [API + path for path in BY_TOKEN])
    assert few == many


def test_a_list_of_the_admin_costs_the_same_whatever_the_register_holds(client_of, costs_of):
    few, many = costs_of(client_of("triage"), [ADMIN + path for path in LISTS])
    assert few == many


@pytest.mark.parametrize("role", ["triage", "member"])
def test_the_front_page_costs_the_same_whatever_the_register_holds(role, client_of, costs_of):
    few, many = costs_of(client_of(role), ["/admin/"])
    assert few == many


@pytest.mark.parametrize("longest", [pages.MOST, 2])
def test_a_list_of_the_admin_costs_no_more_than_twelve_statements(longest, client_of, fill, monkeypatch):
    monkeypatch.setattr(pages, "MOST", longest)
    monkeypatch.setattr(QuestionAdmin, "list_per_page", 1)
    fill(4)
    client = client_of("triage")
    costs = {path: statements(client.get, ADMIN + path) for path in LISTS}
    assert {path: cost for path, cost in costs.items() if cost > MOST_OF_A_LIST} == {}


def test_a_move_costs_the_same_whatever_the_register_holds(fill, moved, cast):
    costs = set()
    for _ in range(3):
        fill(3)
        question = moved("open")
        with CaptureQueriesContext(connection) as made:
            change_status(question, "await_input", by=cast.triage, **GIVEN["await_input"])
        costs.add(len(made))
    assert len(costs) == 1, costs


def test_a_move_by_token_costs_the_same_whatever_the_register_holds(fill, moved, api):
    client, costs = api("triage"), set()
    client.get(f"{API}topics/")  # the first request notes when the token was last used
    body = {"transition": "await_input", "waiting_on": "DCC", "reason": "What was asked."}
    for _ in range(3):
        fill(3)
        path = f"{API}questions/{moved('open').reference}/transitions/"
        costs.add(statements(client.post, path, body, format="json", headers={"If-Match": "*"}))
    assert len(costs) == 1, costs
