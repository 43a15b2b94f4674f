"""Moves a second of eight writers at once, with the ledger and without. Prints JSON.

    python -m tests.benchmarks.offline.writers      # on PostgreSQL, and a register that is thrown away

Each writer is a process that moves open questions of its own to awaiting input, and back. It does so by the one service
(`change_status`), of which two lesser kinds take parts away, and lock the question's own row instead of the head:

- `no ledger`: without the head's lock, the ledger entry, and the tallies, which the head's lock alone keeps from
  deadlock; documents are kept, each change at the next position of a sequence;
- `plain`: without the documents too. What is left: the row's lock, every guard, the save, and its history row.

What they leave behind does not verify.
"""

import json
import multiprocessing
import os
import sys
import time
from contextlib import ExitStack, contextmanager
from itertools import count, islice, takewhile
from unittest.mock import patch

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from django.db import connection, transaction  # noqa: E402 models need the set-up before them
from register.services.door import seen_again  # noqa: E402
from simple_history.signals import post_create_historical_record  # noqa: E402

from register.documents import keeping  # noqa: E402
from register.ledger import chain  # noqa: E402
from register.models import LedgerHead, Question, User  # noqa: E402
from register.services import door, questions  # noqa: E402
from register.vocabulary import Status  # noqa: E402

WRITERS, SECONDS, TURNS = 8, 1, 2
WARM = 30  # moves before the clock starts: a writer's first ones connect, and put statements together
MOVES = {
    Status.OPEN: ("await_input", {"waiting_on": "DCC", "reason": "It was asked at the last meeting."}),
    Status.AWAITING_INPUT: ("receive_input", {"reason": "It was answered at the last meeting."}),
}
SEQUENCE = "bench_positions"


def measured():
    """Return {kind: moves a second}, the kinds taking turns."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SEQUENCE {SEQUENCE} START 1000000000")  # beyond what the ledger gets to
    connection.close()
    connection.close_pool()  # a connection is no use to two processes
    done = dict.fromkeys(KINDS, 0)
    for _ in range(TURNS):
        for kind in KINDS:
            done[kind] += _moves(kind)
    return {kind: moves / SECONDS / TURNS for kind, moves in done.items()}


def _moves(kind):
    """Return how many moves eight writers made in the time given."""
    ready, told = multiprocessing.Barrier(WRITERS), multiprocessing.Queue()
    parts = [(kind, n, ready, told) for n in range(WRITERS)]
    writers = [multiprocessing.Process(target=_write, args=part, daemon=True) for part in parts]
    for writer in writers:
        writer.start()
    done = [told.get(timeout=60) for _ in writers]
    for writer in writers:
        writer.join()
    if wrong := [error for error in done if isinstance(error, str)]:
        raise SystemExit(f"A writer failed: {wrong[0]}")
    return sum(done)


def _write(kind, number, ready, told):
    try:
        told.put(_written(kind, number, ready))
    except Exception as error:
        told.put(f"{type(error).__name__}: {error}")


def _written(kind, number, ready):
    by, mine = User.objects.get(username="bench.triage"), _questions(number)
    with ExitStack() as changes:
        for change in KINDS[kind]():
            changes.enter_context(change)
        for _ in _moved(mine[:1], by, WARM):
            pass
        ready.wait(60)
        last = time.monotonic() + SECONDS
        return sum(1 for _ in takewhile(lambda _: time.monotonic() < last, _moved(mine, by)))


def _moved(questions, by, most=None):
    """Move the questions in turn, and back, for as long as the moves are asked for; yield after each."""
    for n in islice(count(), most):
        questions[n % len(questions)] = _move(questions[n % len(questions)], by)
        yield


def _questions(number):
    rows = Question.objects.filter(status__in=list(MOVES)).exclude(owner=None).order_by("id")
    return [row for n, row in enumerate(rows) if n % WRITERS == number]


def _move(question, by):
    name, given = MOVES[question.status]
    return questions.change_status(question, name, by=by, **given)


# The kinds


def _locked(question, by):
    """Look again as the service does, with the question's row locked; before the transaction as it does."""
    if connection.in_atomic_block:
        Question.objects.select_for_update().get(pk=question.pk)
    return seen_again(question, by)


@contextmanager
def _writing_plainly_to(question, by, check):
    with transaction.atomic():
        yield _locked(question, by)


def _numbered(sender, instance, history_instance, **_):
    """Stand for the ledger's receiver: a position for the documents to take, and no entry."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval('{SEQUENCE}')")
        chain._noting.get()(cursor.fetchone()[0], instance)


def _without_entries():
    post_create_historical_record.disconnect(dispatch_uid="ledger")


def _no_ledger():
    _without_entries()
    yield patch.object(door, "seen_again", _locked)
    post_create_historical_record.connect(_numbered)
    yield patch.object(chain, "locked_head", lambda then=None: (LedgerHead(position=0), []))
    yield patch.object(keeping, "tally", lambda changed: None)


def _plain():
    _without_entries()
    yield patch.object(questions, "writing_to", _writing_plainly_to)


KINDS = {"full": lambda: (), "no ledger": _no_ledger, "plain": _plain}

if __name__ == "__main__":
    if connection.vendor != "postgresql":
        sys.exit("Name a register on PostgreSQL: SQLite lets one write at a time.")
    print(json.dumps(measured()))
