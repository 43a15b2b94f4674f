"""A release migrates beside running writers; what it leaves undone is noticed, and done by the next run."""

import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection

from register.documents.release import begin_release, complete_release
from register.documents.tallies import recount_tallies
from register.health import find_problems
from register.ledger import triggers
from register.models import Tally, UnfinishedRelease
from tests.databases import ROOT

WRITERS = 3
WRITE = """
import django; django.setup()
import sys, time
from register.models import Question, User
from register.services.questions import edit_question
by, questions = User.objects.get(username="ofgem.triage"), list(Question.objects.order_by("pk"))
for n in range(1_000_000):
    edit_question(questions[n % len(questions)], by=by, title=f"Title {n} by {sys.argv[1]}")
    print(n, flush=True)
    time.sleep(0.05)  # SQLite's lock goes to whoever asks in the right moment, not to whoever waits longest
"""
SPOIL = """
import django; django.setup()
from django.db import connection
from register.ledger import triggers
with connection.cursor() as cursor:
    for name in ("register_ledgerhead_no_update", "register_historicalquestion_no_delete"):
        table = name.rpartition("_no_")[0]
        cursor.execute(triggers._make_drop_statement(name, table))
    cursor.execute("DROP INDEX register_search_words_gin" if connection.vendor == "postgresql"
        else "DROP TRIGGER register_search_words_changed")
"""


def run(environment, *command):
    """Run Python, and return what it came to."""
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)


def succeed(environment, *command):
    done = run(environment, *command)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@contextmanager
def writers(environment):
    """Write from several processes at once; each must still be at it in the end."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, str(number)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        )
        for number in range(WRITERS)
    ]
    try:
        for writer in started:
            writer.stdout.readline()
        yield started
        assert [writer.poll() for writer in started] == [None] * WRITERS
    finally:
        for writer in started:
            writer.kill()
            writer.communicate()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.django_db
def test_migrate_beside_writers_hinders_nobody(other_database):
    with writers(other_database):
        for _ in range(3):
            succeed(other_database, "manage.py", "migrate", "-v0")
        succeed(other_database, "-c", SPOIL)
        succeed(other_database, "manage.py", "migrate", "-v0")
        later = {**other_database, "DJANGO_SETTINGS_MODULE": "tests.later.settings"}
        succeed(later, "manage.py", "migrate", "-v0")
    assert "no issues" in succeed(other_database, "manage.py", "check", "--database", "default")
    succeed(other_database, "manage.py", "verify_ledger")


KILLED = """
import django; django.setup()
import os, signal
from django.core.management import call_command
from rest_framework import serializers
from register.documents import updating
from register.documents.kinds import KINDS
from register.models import search
from django.db import transaction
kind = KINDS["question"]
more = {"words": serializers.CharField(source="text")}
kind.serializer = type(kind.serializer_class)("QuestionDocument", (kind.serializer_class,), more)()
updating.BATCH, rebuild, install = 1, updating._rebuild, search.install_search_indexes
def die(*args):
    os.kill(os.getpid(), signal.SIGKILL)
def rebuild_and_die(name, keys):
    updating._rebuild = die
    return rebuild(name, keys)
def install_and_die():
    install()
    die()
"""
IN_THE_INDEX = "search.install_search_indexes = install_and_die\n"
IN_THE_DOCUMENTS = "updating._rebuild = rebuild_and_die\n"
MIGRATE = "call_command('migrate', verbosity=0)\n"


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("where", "noticed"),
    [
        (IN_THE_INDEX, "The search index is not complete."),
        (IN_THE_DOCUMENTS, "The last migrate or rebuild_documents was broken off."),
    ],
)
def test_a_migrate_killed_in_the_middle_is_noticed_and_done_by_the_next(where, noticed, other_database):
    succeed(other_database, "-c", SPOIL)
    assert run(other_database, "-c", KILLED + where + MIGRATE).returncode == -signal.SIGKILL
    assert noticed in succeed(other_database, "manage.py", "check", "--database", "default")
    succeed(other_database, "-c", KILLED + MIGRATE)
    assert "no issues" in succeed(other_database, "manage.py", "check", "--database", "default")


def test_a_migrate_of_nothing_changes_nothing(db, django_assert_num_queries, raised):
    raised()
    before = get_trigger_keys()
    call_command("migrate", verbosity=0)
    assert get_trigger_keys() == before


def get_trigger_keys():
    """Return what changes when a trigger is made anew."""
    rows = {"sqlite": "SELECT name, rowid FROM sqlite_master", "postgresql": "SELECT tgname, oid FROM pg_trigger"}
    with connection.cursor() as cursor:
        cursor.execute(rows[connection.vendor])
        return sorted(cursor.fetchall())


def test_a_trigger_that_reads_differently_is_put_right_alone(db):
    name, table = "register_ledgerhead_no_delete", "register_ledgerhead"
    with connection.cursor() as cursor:
        cursor.execute(triggers._make_drop_statement(name, table))
        for statement in triggers._make_create_statements(name):
            cursor.execute(statement.replace("keeps the past", "keeps nothing"))
    assert triggers.find_wrong_triggers() == [name]
    triggers.install_triggers()
    assert triggers.find_wrong_triggers() == []


def test_a_release_that_was_broken_off_is_named_by_health(db, client):
    begin_release()
    said = "The last migrate or rebuild_documents was broken off."
    assert client.get("/healthz").json()["problems"] == [said]
    complete_release()
    assert (list(find_problems()), UnfinishedRelease.objects.count()) == ([], 0)


def test_counts_that_are_wrong_are_counted_anew_and_right_ones_left(raised):
    raised()
    keys = set(Tally.objects.values_list("pk", flat=True))
    recount_tallies()
    assert set(Tally.objects.values_list("pk", flat=True)) == keys
    Tally.objects.update(count=7)
    complete_release()
    assert set(Tally.objects.values_list("count", flat=True)) == {1}
