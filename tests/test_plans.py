"""Hot reads and moves look at no more of a long register than of a short one, on both engines."""

import django
import pytest
from django.db import connection
from django.db.models import Q

from register.clock import today
from register.models import LedgerHead, Question
from register.models.questions import Standing
from register.services.answers import propose_answer
from register.services.intake import raise_questions
from register.services.questions import change_status
from tests.conftest import GIVEN

API, MANY = "/api/v1/", 1000
BY_TOKEN = (
    "questions/?limit=2",
    "questions/?limit=2&cursor=cD0x",
    "questions/?limit=2&status=in_review",
    "questions/?limit=2&ordering=-status_since",
    "questions/?limit=2&ordering=recorded_at",
    "questions/DSQ-001/",
    "questions/DSQ-001/history/",
    "changes/?limit=2&since={}",
    "answers/?limit=2",
)


@pytest.fixture(autouse=True)
def _planned_for_what_is_asked(db):
    """Let PostgreSQL plan for each value, for here most rows are alike, and pass over dead entries once met."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL enable_bitmapscan = off")


class Work:
    """What the database does inside the block: steps on SQLite, rows and index entries looked at on PostgreSQL."""

    def __enter__(self):
        self.amount = 0
        if connection.vendor == "sqlite":
            connection.connection.set_progress_handler(self._step, 1)
        else:
            self.before = _looked_at()
        return self

    def _step(self):
        self.amount += 1

    def __exit__(self, *error):
        if connection.vendor == "sqlite":
            connection.connection.set_progress_handler(None, 0)
        else:
            self.amount = _looked_at() - self.before


def _looked_at():
    """Return how many rows and index entries this transaction's statements have looked at up to now."""
    with connection.cursor() as cursor:
        ours = "FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        cursor.execute(f"SELECT sum(pg_stat_get_xact_tuples_returned(oid)) {ours}")
        return int(cursor.fetchone()[0])


def work_of(read):
    read()  # the first meets what earlier tests left dead in PostgreSQL's indexes
    with Work() as work:
        read()
    return work.amount


def assert_no_more(long, short):
    """Assert that nothing costs much more in the long register: to walk it all takes a step for each question."""
    assert {what: (short[what], work) for what, work in long.items() if work > 2 * short[what] + MANY / 4} == {}


def analyse():
    """Let PostgreSQL see how many rows there are: of a few it walks all."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def raise_many(by):
    """Raise many questions, every other of which a feed does not see."""
    levels = ("restricted", "public") * (MANY // 2)
    raise_questions((Question(title=f"A {level} one?", text="?", classification=level) for level in levels), by=by)
    analyse()


@pytest.mark.xfail(
    django.VERSION >= (6, 1) and connection.vendor == "sqlite",
    reason="Django 6.1 makes partial indexes WHERE in_feed = 1, which statements that say WHERE in_feed do not use.",
    strict=True,
)
def test_what_is_asked_by_token_walks_no_more_of_a_long_register(api, cast, raised):
    for _ in range(3):
        raised()
    client, since = api("feed"), LedgerHead.objects.get().position

    def works():
        paths = [API + path.format(since) for path in BY_TOKEN]
        return {path: work_of(lambda path=path: client.get(path)) for path in paths}

    short = works()
    raise_many(cast.triage)
    assert_no_more(works(), short)


WHICH = {
    "all": lambda user: Q(),
    "of a status": lambda user: Q(status="awaiting_input"),
    "of a topic": lambda user: Q(topic=-1),
    "of an owner": lambda user: Q(owner=-1),
    "of a person": lambda user: Q(assignee=user),
    "of whom is waited for": lambda user: Q(waiting_on=-1),
}


def make_a_long_list(question, called="X"):
    """Repeat a question in its table alone."""
    fields = [f.column for f in Question._meta.concrete_fields if not f.generated and f.name not in ("id", "reference")]
    columns = ", ".join(fields)
    numbers = f"WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {MANY})"
    copies = f"SELECT '{called}-' || n, {columns} FROM register_question, n WHERE register_question.id = %s"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO register_question (reference, {columns}) {numbers} {copies}", [question.pk])
    analyse()


def test_the_eldest_of_a_long_list_are_walked_to(cast, raised):
    question = raised()

    def works():
        questions = Question.objects.visible_to(cast.triage).with_ages(today())
        lists = {name: questions.filter(of(cast.triage)) for name, of in WHICH.items()}
        return {name: work_of(lambda q=q: q.get_keys_by_age(5, tuple(Standing), today())) for name, q in lists.items()}

    short = works()
    make_a_long_list(question)
    assert_no_more(works(), short)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads the row for any computed column.")
@pytest.mark.parametrize("role", ["triage", "member"])
def test_whether_a_deferred_question_is_due_is_read_off_the_index(role, cast, moved):
    make_a_long_list(moved("deferred"))
    make_a_long_list(moved("awaiting_input"), called="Y")
    due = Question.objects.visible_to(getattr(cast, role)).deferred_due(today()).with_ages(today())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    head = due.filter(standing=Standing.PAUSED).order_by("-age_order", "-pk").values_list("age_order", "pk")
    assert "Index Only Scan" in head[:5].explain()


def test_a_move_looks_at_what_it_moves_alone(cast, moved):
    def work_of_a_move():
        question = moved("open")
        propose_answer(question, "An answer.", by=cast.triage)
        with Work() as work:
            change_status(question, "await_input", by=cast.triage, **GIVEN["await_input"])
        return work.amount

    short = {"a move": work_of_a_move()}
    raise_many(cast.triage)
    assert_no_more({"a move": work_of_a_move()}, short)
