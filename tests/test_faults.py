"""Many writers at once, and a writer killed in the middle."""

import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import pytest
from django.db import connections

from register.ledger.audited_models import get_history_models
from register.ledger.verification import verify
from register.models import LedgerEntry, Question, User
from register.refusals import Refused
from register.services.questions import change_status, edit_question, raise_question
from tests.conftest import in_a_month
from tests.databases import ROOT

WRITERS, MOVES = 8, 12


def in_threads(work, count=WRITERS):
    """Run `work(number)` in so many threads at once, each with a connection of its own; raise the first error."""
    errors = []

    def run(number):
        try:
            work(number)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(count)]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    assert not any(thread.is_alive() for thread in threads), "a writer hangs"
    if errors:
        raise errors[0]


def assert_whole():
    rows = sum(history.objects.count() for history in get_history_models().values())
    positions = list(LedgerEntry.objects.values_list("position", flat=True))
    assert positions == list(range(1, rows + 1))
    assert verify().problems == []


@pytest.mark.django_db(transaction=True)
def test_eight_writers_lose_nothing_and_leave_no_gap():
    def write(number):
        by = User.objects.get(username="triage")
        for n in range(MOVES):
            question = raise_question(by=by, title=f"Writer {number}, question {n}?", text="Who may?")
            change_status(question, "defer", by=by, reason="Later.", revisit_on=in_a_month())

    in_threads(write)
    assert Question.objects.filter(status="deferred").count() == WRITERS * MOVES
    assert len(set(Question.objects.values_list("reference", flat=True))) == WRITERS * MOVES
    assert_whole()


@pytest.mark.django_db(transaction=True)
def test_services_that_touch_two_questions_in_opposite_order_do_not_deadlock():
    by = User.objects.get(username="triage")
    pair = [raise_question(by=by, title=f"Question {n}?", text="Who may?") for n in range(2)]

    def write(number):
        one, other = pair if number % 2 else reversed(pair)
        for n in range(MOVES):
            edit_question(one, by=by, title=f"{number} wrote {n}")
            edit_question(other, by=by, title=f"{number} wrote {n} too")

    in_threads(write)
    assert LedgerEntry.objects.filter(question_id__in=[q.pk for q in pair]).count() == 2 + 2 * WRITERS * MOVES
    assert_whole()


@pytest.mark.django_db(transaction=True)
def test_of_eight_same_moves_one_is_made():
    by = User.objects.get(username="triage")
    question = raise_question(by=by, title="A question?", text="Who may?")
    made = []

    def write(number):
        with suppress(Refused):
            change_status(question, "withdraw", by=by, reason=f"By {number}.", outcome="overtaken")
            made.append(number)

    in_threads(write)
    assert len(made) == 1


WRITE_FOREVER = """
import django; django.setup()
from register.models import Question, User
from register.refusals import Refused
from register.services.questions import edit_question
by, question = User.objects.get(username="ofgem.triage"), Question.objects.first()
for n in range(1_000_000):
    edit_question(question, by=by, title=f"Title {n}")
    print(n, flush=True)
"""


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("wait", [0.011, 0.053, 0.097])
def test_a_writer_killed_in_the_middle_leaves_a_chain_that_verifies(wait, other_database):
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOREVER], cwd=ROOT, env=other_database, stdout=subprocess.PIPE, text=True
    )
    acknowledged = [int(writer.stdout.readline()) for _ in range(5)][-1]
    time.sleep(wait)
    writer.send_signal(signal.SIGKILL)
    acknowledged = max([acknowledged, *map(int, writer.communicate()[0].split())])
    verified = subprocess.run(
        [sys.executable, "manage.py", "verify_ledger"], cwd=ROOT, env=other_database, capture_output=True, text=True
    )
    assert verified.returncode == 0, verified.stdout
    # What was acknowledged is there; one more may have been committed and not yet said.
    assert int(_title(other_database).removeprefix("Title ")) - acknowledged in (0, 1)


TAMPER_AND_VERIFY = """
import django; django.setup()
from django.db import connection
from register.ledger import triggers, verification as verify
verify.BATCH = 10
with connection.cursor() as cursor:
    for statement in triggers.make_drop_statements(set(connection.introspection.table_names(cursor))):
        cursor.execute(statement)
    cursor.execute("DELETE FROM register_ledgerentry WHERE position IN (20, 31)")
    cursor.execute("UPDATE register_ledgerentry SET digest = 'f' WHERE position = 45")
alone, shared = (verify.verify(processes=n).problems for n in (1, 3))
assert alone == shared, (alone, shared)
print([problem.position for problem in shared if problem.position])
"""


@pytest.mark.slow
@pytest.mark.django_db
def test_several_processes_find_what_one_finds(other_database):
    said = subprocess.run(
        [sys.executable, "-c", TAMPER_AND_VERIFY], cwd=ROOT, env=other_database, capture_output=True, text=True
    )
    assert {20, 21, 31, 32, 45, 46} <= set(json.loads(said.stdout))


def _title(env):
    script = (
        "import django; django.setup()\nfrom register.models import Question; print(Question.objects.first().title)"
    )
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    ).stdout.strip()


RELEASE = """
import django; django.setup()
import os, signal, sys
from rest_framework import serializers
from register.documents import updating
from register.documents.kinds import KINDS
kind = KINDS["question"]
more = {"words": serializers.CharField(source="text")}
kind.serializer = type(kind.serializer_class)("QuestionDocument", (kind.serializer_class,), more)()
updating.BATCH, rebuilt, rebuild = 1, [], updating._rebuild
def rebuild_or_die(name, keys):
    if name == "question" and len(rebuilt) == 2 and sys.argv[1] == "die":
        updating.DocumentUpdater.before_commit = lambda self: os.kill(os.getpid(), signal.SIGKILL)
    rebuilt.extend(keys if name == "question" else [])
    return rebuild(name, keys)
updating._rebuild = rebuild_or_die
print(updating.rebuild_documents())
from register.documents.updating import find_stale_documents
from register.ledger.verification import verify
from register.models import Document
bodies = Document.objects.filter(kind="question", body__isnull=False).values_list("body", flat=True)
print(list(find_stale_documents()), verify().problems, all('"words":' in body for body in bodies))
"""


@pytest.mark.django_db
@pytest.mark.slow
def test_a_rebuild_killed_half_way_and_run_again_ends_equal(other_database):
    def run(how):
        command = [sys.executable, "-c", RELEASE, how]
        return subprocess.run(command, cwd=ROOT, env=other_database, capture_output=True, text=True)

    assert run("die").returncode == -signal.SIGKILL
    assert run("live").stdout.splitlines() == ["3", "[] [] True"]
    assert run("live").stdout.splitlines() == ["0", "[] [] True"]
