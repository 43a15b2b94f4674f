"""A known cast, present before every test, and what a test needs to move a question along."""

import gc
import importlib
import json
import os
from datetime import date, timedelta
from types import SimpleNamespace

import hypothesis
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group as RoleGroup
from django.db import connection
from django.test import Client, TransactionTestCase
from rest_framework.test import APIClient
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

from register.clock import today
from register.ledger import triggers
from register.models import Group, Meeting, Organisation, Question, Token, Topic, User
from register.services.answers import propose_answer
from register.services.questions import change_status, raise_question
from register.services.reference import keep, keep_roles, keep_user
from tests.databases import demo_database, other_database  # noqa: F401 fixtures, of which the first is made once

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
settings.SECURE_SSL_REDIRECT = False
settings.WHITENOISE_AUTOREFRESH = True  # a client's first request would look through every static file there is
if pool := settings.DATABASES["default"].get("OPTIONS", {}).get("pool"):
    pool |= {"max_size": 24, "timeout": 30}  # every thread of the races holds a connection of its own
# Tests ask faster than any client may; one test asks for a rate of its own.
UserRateThrottle.THROTTLE_RATES = AnonRateThrottle.THROTTLE_RATES = {"user": None, "anon": None}


# In CI the same commit gives the same answer; at a desk each run tries something new. Neither looks at a clock.
hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_sessionstart(session):
    if os.environ.get("REQUIRE_POSTGRESQL") and connection.vendor != "postgresql":
        pytest.exit("These tests were to run on PostgreSQL: set DATABASE_URL.", returncode=1)


def pytest_collection_finish(session):
    """Leave what was imported out of every later look for garbage: there is much of it, and it stays."""
    gc.collect()
    gc.freeze()


ORGANISATIONS = ("Ofgem", "Elexon", "DCC", "ENA", "RECCo")
CAST = {
    "triage": ("Elexon", ["Triage"]),
    "approver": ("Ofgem", ["Approver"]),
    "lead": ("Ofgem", ["Triage", "Approver"]),
    "owner": ("ENA", ["Member"]),
    "member": ("RECCo", ["Member"]),
    "raiser": ("RECCo", ["Member"]),
    "feed": ("DCC", ["Feed"]),
    "owning_feed": ("ENA", ["Feed", "Member"]),
    "nobody": ("DCC", []),
}
PASSWORD = "a-known-password"


def lift_triggers():
    """Drop every trigger, as a database's owner might: no code of the register's own does."""
    with connection.cursor() as cursor:
        for statement in triggers.make_drop_statements(set(connection.introspection.table_names(cursor))):
            cursor.execute(statement)


@pytest.fixture(scope="session", autouse=True)
def _flush_past_the_triggers():
    """Let Django empty the database between transactional tests, and put back what migrations made, and the cast."""
    flush = TransactionTestCase._fixture_teardown
    migration = importlib.import_module("register.migrations.0002_head_and_roles")

    def teardown(self):
        lift_triggers()
        flush(self)
        triggers.install_triggers()
        migration.make_head_and_roles(apps, None)
        make_cast()

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = flush


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        make_cast()


def make_cast():
    for name in ORGANISATIONS:
        keep(Organisation(name=name), by=None)
    for details in json.loads((settings.BASE_DIR / "fixtures" / "topics.json").read_text(encoding="utf-8")):
        keep(Topic(**details), by=None)
    group = keep(Group(name="CCDG"), by=None)
    keep(Meeting(group=group, number=15, held_on=date(2021, 3, 16)), by=None)
    keep(Meeting(group=group, number=16, held_on=date(2021, 4, 20)), by=None)
    for username, (organisation, roles) in CAST.items():
        user = User(username=username, organisation=Organisation.objects.get(name=organisation))
        user.is_staff = "Feed" not in roles
        user.set_password(PASSWORD)
        keep_user(user, by=None)
        keep_roles(user, RoleGroup.objects.filter(name__in=roles), by=None)
    superuser = User(username="superuser", is_superuser=True, is_staff=True)
    superuser.set_password(PASSWORD)
    keep_user(superuser, by=None)


@pytest.fixture
def cast(db):
    return SimpleNamespace(**{user.username: user for user in User.objects.select_related("organisation")})


@pytest.fixture
def client_of(cast):
    """Return a signed-in browser for one of the cast."""

    def sign_in(username):
        client = Client()
        client.force_login(getattr(cast, username), "django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def api(cast):
    """Return an API client with a token of one of the cast."""

    def client(username):
        _, token = Token.objects.create(user=getattr(cast, username))
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return client


@pytest.fixture
def raised(cast):
    """Raise a question that lacks nothing; keyword arguments override what it says."""

    def make(by=None, **given):
        details = {
            "title": "Who may fetch the data?",
            "text": "Who may fetch the data, and how often?",
            "topic": Topic.objects.get(name="MDR role"),
            "owner": Organisation.objects.get(name="ENA"),
            "priority": "medium",
            "classification": "public",
        }
        return raise_question(by=by or cast.triage, **{**details, **given})

    return make


def in_a_month():
    return today() + timedelta(days=30)


# The inputs that each transition needs, in words as an API client would send them.
GIVEN = {
    "open": {},
    "await_input": {"waiting_on": "DCC", "reason": "What does the DCC say?"},
    "receive_input": {"reason": "The DCC says yes."},
    "start_review": {"review_by": in_a_month()},
    "send_back": {"reason": "It is too vague."},
    "agree": {"meeting": "CCDG16", "reason": "Agreed there."},
    "agree_as_amended": {"reason": "Agreed there."},
    "close": {"disposition": "SEC modification MP162"},
    "defer": {"revisit_on": in_a_month(), "reason": "After the business case."},
    "resume": {"reason": "The business case is out."},
    "withdraw": {"outcome": "overtaken", "reason": "Settled elsewhere."},
    "merge": {"reason": "The same question."},
    "reopen": {"reason": "New facts."},
    "undo": {},
}

PATHS = {
    "raised": [],
    "open": ["open"],
    "awaiting_input": ["open", "await_input"],
    "in_review": ["open", "start_review"],
    "agreed": ["open", "start_review", "agree"],
    "closed": ["open", "start_review", "agree", "close"],
    "deferred": ["open", "defer"],
    "withdrawn": ["open", "withdraw"],
    "merged": ["open", "merge"],
}


@pytest.fixture
def moved(cast, raised):
    """Return a question walked to a status by the shortest path, proposed by triage and agreed by the lead."""

    def walk(status, question=None, **given):
        question = question or raised(**given)
        for name in PATHS[status]:
            question = step(question, name)
        return question

    def step(question, name):
        inputs = dict(GIVEN[name])
        if name == "start_review":
            propose_answer(question, "Only the appointed MDR may.", by=cast.triage)
        if name == "merge":
            inputs["merged_into"] = raised()
        return change_status(question, name, by=cast.lead, **inputs)

    return walk


def refreshed(row):
    return type(row).objects.get(pk=row.pk)


def everything_about(question):
    """Return what a refused move must leave as it was."""
    row = Question.objects.filter(pk=question.pk).values().get()
    return row, question.history.count(), list(question.answers.values("id", "status")), question.meeting_links.count()
