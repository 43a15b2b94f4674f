"""What a read or a move costs in SQL statements is the same however much the register holds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from register.admin import pages
from register.admin.questions import QuestionAdmin
from register.clock import today
from register.ledger.unit_of_work import record
from register.models import Action, Group, HeadlineReport, Meeting, Organisation, Origin, Topic
from register.services.answers import propose_answer, record_review
from register.services.links import link_action, link_meeting, strike_out
from register.services.questions import change_status, edit_question
from register.services.reference import keep
from register.services.splitting import split_question
from tests.conftest import GIVEN

# More than the fifteen: while a question's last move can be undone, for the reader's keys, and for whom to ask.
# Each kind that a page of a question tells of is read twice: as it is, and its past. What an answer rests on is read
# with the answer that is shown.
MOST_OF_A_LIST, MOST_OF_A_QUESTION = 13, 28
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
def test_a_list_of_the_admin_costs_no_more_than_thirteen_statements(longest, client_of, fill, monkeypatch):
    monkeypatch.setattr(pages, "MOST", longest)
    monkeypatch.setattr(QuestionAdmin, "list_per_page", 1)
    fill(4)
    client = client_of("triage")
    costs = {path: statements(client.get, ADMIN + path) for path in LISTS}
    assert {path: cost for path, cost in costs.items() if cost > MOST_OF_A_LIST} == {}


@pytest.fixture
def add_history(cast, raised):
    """Return a function that adds to an open question one of everything that its page shows, and changes each column.

    The number `n`, which is to be a new one, tells the rows of one call from those of another.
    """

    def add(question, n):
        link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage, paragraph=f"6.{n}")
        mistaken = link_meeting(question, Meeting.objects.get(number=16), "listed", by=cast.triage, paragraph=f"6.{n}")
        strike_out(mistaken, by=cast.triage, reason="Another question.")
        add_action(question, n)
        add_origin(question, n)
        edit(question, n)
        add_round(question, n)
        merged = raised(title=f"The same? {n}")
        change_status(merged, "merge", by=cast.triage, merged_into=question, reason="The same.")
        halves = {"title": f"One {n}?", "text": "One.", "new_title": f"Two {n}?", "new_text": "Two."}
        split_question(question, by=cast.triage, reason="Two.", **halves)

    def add_action(question, n):
        owner = {"owner": Organisation.objects.get(name="DCC")} if n % 2 else {"owner_group": Group.objects.get()}
        action = Action(group=Group.objects.get(), reference=f"15/{n}", text="Do.", classification="public", **owner)
        link_action(keep(action, by=cast.triage), question, by=cast.triage)

    def add_origin(question, n):
        file = {"file_name": "report.txt", "digest": str(n), "content": b"", "imported_at": question.recorded_at}
        meeting = Meeting.objects.get(number=15)
        report = record(HeadlineReport(meeting=meeting, classification="public", **file), by=cast.triage)
        words = {"paragraph": "6.1", "published": "Who?", "paragraph_digest": ""}
        record(Origin(report=report, kind="mentioned", question=question, **words), by=cast.triage)

    def edit(question, n):
        people, bodies = (cast.triage, cast.lead), Organisation.objects.order_by("pk")
        new = {"title": f"Who {n}?", "text": f"Who, {n}?", "due_on": today(), "priority": ("high", "low")[n % 2]}
        new |= {"topic": Topic.objects.order_by("pk")[n % 2], "owner": bodies[n % 2], "assignee": people[n % 2]}
        edit_question(question, by=cast.triage, reason="An edit.", **new)

    def add_round(question, n):
        answer = propose_answer(question, f"Answer {n}.", by=cast.triage)
        change_status(question, "start_review", by=cast.triage, **GIVEN["start_review"])
        answer.refresh_from_db()
        record_review(answer, "disagree", by=cast.member, comment="No.")
        record_review(answer, "agree_with_comments", by=cast.owner, comment="But.")
        change_status(question, "send_back", by=cast.triage, **GIVEN["send_back"])

    return add


@pytest.mark.parametrize("role", ["triage", "member"])
def test_the_page_of_a_question_costs_the_same_however_much_it_shows(role, add_history, client_of, cast, moved):
    question, client, costs = moved("open"), client_of(role), []
    address = f"{ADMIN}{question.pk}/change/"
    client.get(address)  # the first of a process reads the content type, which Django then keeps
    for n in range(1, 6):
        add_history(question, n)
        costs.append(statements(client.get, address))
    assert costs == [costs[0]] * 5
    assert costs[0] <= MOST_OF_A_QUESTION
    answer = propose_answer(question, "The last answer.", by=cast.triage)
    change_status(question, "start_review", by=cast.triage, **GIVEN["start_review"])
    answer.refresh_from_db()
    record_review(answer, "disagree", by=cast.member, comment="No.")
    assert statements(client.get, address) <= MOST_OF_A_QUESTION + 1  # the positions on it


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
