"""Hot reads and moves walk the indexes made for them, on both engines: none scans a table that grows, or sorts it."""

import re

import pytest
from django.db import connection
from django.db.models import Q

from register.models import Question
from register.models.questions import Standing
from register.services.answers import propose_answer
from register.services.door import today
from register.services.questions import change_status
from tests.conftest import GIVEN

API = "/api/v1/"
GROWING = ("question", "historicalquestion", "document", "ledgerentry", "answer", "review", "meetinglink", "actionlink")
SCANS = {"sqlite": r"SCAN register_({})\b(?! USING)", "postgresql": r"Seq Scan on register_({})\b"}

# What is asked for by token: the indexes that serve it, beside those of keys.
BY_TOKEN = {
    "questions/": {"document_", "document_feed_to_public"},
    "questions/?limit=2&cursor=cD0x": {"document_"},
    "questions/?status=open": {"question_by_status", "document_"},
    "questions/?ordering=-status_since": {"question_by_status_since", "document_"},
    "questions/?ordering=recorded_at": {"question_by_recorded_at", "document_"},
    "questions/DSQ-001/": {"reference", "document_"},
    "questions/DSQ-001/history/": {"_id_"},
    "changes/?since=2": {"document_feed_to_public"},
    "answers/": {"document_"},
}


def plans_of(ask):
    """Return how the database came by what `ask` asks it for; PostgreSQL is told that small tables are large."""
    told = []

    def note(execute, sql, params, many, context):
        told.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        ask()
    return "\n".join(_plan(sql, params) for sql, params in told if re.match(r"\s*(SELECT|UPDATE|DELETE)", sql))


def _plan(sql, params):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
            )
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + sql, params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def assert_walks(plan, indexes):
    assert not [index for index in indexes if index not in plan], plan
    assert not re.search(SCANS[connection.vendor].format("|".join(GROWING)), plan), plan
    # PostgreSQL sorts a few rows rather than walk an index, and here there are few; neither may look for duplicates.
    assert not re.search(r"TEMP B-TREE|Unique", plan), plan


@pytest.mark.parametrize("path", BY_TOKEN)
def test_what_is_asked_by_token_walks_its_index(path, api, raised):
    for _ in range(3):
        raised()
    client = api("feed")
    client.get(API + path)
    assert_walks(plans_of(lambda: client.get(API + path)), BY_TOKEN[path])


WHICH = {
    "all": (lambda user: Q(), "question_by_age"),
    "of a status": (lambda user: Q(status="awaiting_input"), "question_by_age_status"),
    "of a topic": (lambda user: Q(topic=-1), "question_by_age_topic"),
    "of an owner": (lambda user: Q(owner=-1), "question_by_age_owner"),
    "of a person": (lambda user: Q(assignee=user), "question_by_age_assignee"),
    "of whom is waited for": (lambda user: Q(waiting_on=-1), "question_by_age_waiting_on"),
}


def make_a_long_list(question, called="X"):
    """Repeat a question in its table alone, and let PostgreSQL see how many there are: of a few it takes any index."""
    fields = [f.column for f in Question._meta.concrete_fields if not f.generated and f.name not in ("id", "reference")]
    columns = ", ".join(fields)
    numbers = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2000)"
    copies = f"SELECT '{called}-' || n, {columns} FROM register_question, n WHERE register_question.id = %s"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO register_question (reference, {columns}) {numbers} {copies}", [question.pk])
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE register_question")


@pytest.mark.parametrize("which", WHICH)
def test_the_eldest_of_a_long_list_are_walked_to(which, cast, raised):
    make_a_long_list(raised())
    condition, index = WHICH[which]
    questions = Question.objects.visible_to(cast.triage).filter(condition(cast.triage)).with_ages(today())
    assert_walks(plans_of(lambda: questions.keys_by_age(5, tuple(Standing), today())), {index})


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads the row for any computed column.")
@pytest.mark.parametrize("role", ["triage", "member"])
def test_whether_a_deferred_question_is_due_is_read_off_the_index(role, cast, moved):
    make_a_long_list(moved("deferred"))
    make_a_long_list(moved("awaiting_input"), called="Y")
    due = Question.objects.visible_to(getattr(cast, role)).deferred_due(today()).with_ages(today())
    plan = plans_of(lambda: due.keys_by_age(5, (Standing.PAUSED,), today()))
    assert "Index Only Scan Backward using question_by_age_status" in plan


def test_a_move_looks_at_what_it_moves_alone(cast, moved):
    question = moved("open")
    propose_answer(question, "An answer.", by=cast.triage)
    plan = plans_of(lambda: change_status(question, "await_input", by=cast.triage, **GIVEN["await_input"]))
    assert_walks(plan, {"document_of_item"})
