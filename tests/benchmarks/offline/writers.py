"""Moves a second of one writer, and of eight at once. Prints JSON.

    python -m tests.benchmarks.offline.writers      # on PostgreSQL, and a register that is thrown away

Each writer is a process that moves open questions of its own to awaiting input, and back, by the one service.
"""

import json
import multiprocessing
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from django.db import connection  # noqa: E402 models need the set-up before them

from register.models import Question, User  # noqa: E402
from register.services.questions import change_status  # noqa: E402
from register.vocabulary import Status  # noqa: E402

WRITERS, SECONDS, WARM = 8, 3, 30
MOVES = {
    Status.OPEN: ("await_input", {"waiting_on": "DCC", "reason": "It was asked at the last meeting."}),
    Status.AWAITING_INPUT: ("receive_input", {"reason": "It was answered at the last meeting."}),
}


def measure():
    """Return {"one": moves a second of one writer, "eight": of eight}."""
    connection.close()
    connection.close_pool()  # a connection is no use to two processes
    return {"one": _count_moves(1) / SECONDS, "eight": _count_moves(WRITERS) / SECONDS}


def _count_moves(writers):
    """Return how many moves so many writers made in the time given."""
    ready, results = multiprocessing.Barrier(writers), multiprocessing.Queue()
    processes = [
        multiprocessing.Process(target=_run_writer, args=(number, ready, results), daemon=True)
        for number in range(writers)
    ]
    for process in processes:
        process.start()
    counts = [results.get(timeout=60 + SECONDS) for _ in processes]
    for process in processes:
        process.join()
    if errors := [count for count in counts if isinstance(count, str)]:
        raise SystemExit(f"A writer failed: {errors[0]}")
    return sum(counts)


def _run_writer(number, ready, results):
    try:
        results.put(_write(number, ready))
    except Exception as error:
        results.put(f"{type(error).__name__}: {error}")


def _write(number, ready):
    by, questions = User.objects.get(username="bench.triage"), _get_questions(number)
    for _ in range(WARM):
        questions[0] = _move(questions[0], by)
    ready.wait(60)
    end, count = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        n = count % len(questions)
        questions[n] = _move(questions[n], by)
        count += 1
    return count


def _get_questions(number):
    rows = Question.objects.filter(status__in=list(MOVES)).exclude(owner=None).order_by("id")
    return [row for n, row in enumerate(rows) if n % WRITERS == number]


def _move(question, by):
    name, given = MOVES[question.status]
    return change_status(question, name, by=by, **given)


if __name__ == "__main__":
    if connection.vendor != "postgresql":
        sys.exit("Name a register on PostgreSQL: SQLite lets one write at a time.")
    print(json.dumps(measure()))
