"""What a read or a move costs in SQL statements is known, and the same however much the register holds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from register.models import Meeting
from register.services.answers import propose_answer
from register.services.links import link_meeting
from register.services.questions import change_status
from tests.conftest import GIVEN

API, ADMIN = "/api/v1/", "/admin/register/question/"
BY_TOKEN = {
    "questions/": 4,
    "questions/?status=open&status=raised": 4,
    "questions/DSQ-001/": 3,
    "questions/DSQ-001/history/": 5,
    "answers/": 4,
    "meetings/": 4,
    "changes/": 5,
    "events/": 9,
    "ledger/": 21,  # a few for each kind of row among the entries
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


@pytest.mark.parametrize("path", ["/admin/", ADMIN, f"{ADMIN}?tab=all&o=-7", f"{ADMIN}?q=open"])
def test_a_page_of_the_admin_costs_the_same_whatever_the_register_holds(path, client_of, moved, cast):
    client = client_of("triage")
    fill(moved, cast, 2)
    few = statements(lambda: client.get(path))
    fill(moved, cast, 6)
    assert statements(lambda: client.get(path)) == few


def test_a_move_costs_the_same_whatever_the_register_holds(moved, cast):
    costs = []
    for _ in range(3):
        fill(moved, cast, 3)
        question = moved("open")
        with CaptureQueriesContext(connection) as told:
            change_status(question, "await_input", by=cast.triage, **GIVEN["await_input"])
        costs.append(len(told))
    assert len(set(costs)) == 1, costs
