"""Three processes over one PostgreSQL, each restarted in turn under load: nothing is lost, doubled or failed."""

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import cycle, islice
from urllib.parse import urlsplit

import pytest
from django.db import connection

from register.ledger.status_history import get_status_history
from register.ledger.verification import verify
from register.models import Question, Token, User
from tests.conftest import GIVEN
from tests.databases import ROOT, address_of
from tests.test_documents import everything_is_kept
from tests.test_feeds import API, apply, items, of_kind, position_of, shown

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite serves one machine.")
PROCESSES, WRITERS, READERS = 3, 4, ("feed", "member", "triage")
SERVED = ("--workers=1", "--threads=4", "--worker-class=gthread", "--no-control-socket")
MOVES = ("open", "await_input", "receive_input", "defer", "resume")
ASKED = {"topic": "MDR role", "owner": "ENA", "priority": "low", "text": "Who may?"}
SAFETY = 60  # seconds; nothing is expected to take them


def free_ports(count):
    """Return ports below those of outgoing connections, which could take one while its process is away."""
    tried = random.sample(range(20_000, 30_000), 100)
    return list(islice(filter(_is_free, tried), count))


def _is_free(port):
    with socket.socket() as taken, suppress(OSError):
        taken.bind(("127.0.0.1", port))
        return True
    return False


class Process:
    """One gunicorn on one port, stopped as a release would stop it."""

    def __init__(self, port, environment, log, *options):
        self.port, self.environment, self.log, self.options = port, environment, log, options

    def start(self):
        command = [sys.executable, "-m", "gunicorn", "project.wsgi", *SERVED, *self.options]
        command += ["--bind", f"127.0.0.1:{self.port}"]
        self.running = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log)
        return self

    def answers(self):
        assert self.running.poll() is None, "it does not start"
        try:
            asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SAFETY)
            asked.request("GET", "/healthz", headers={"Connection": "close"})
            return asked.getresponse().status == 200
        except ConnectionError:
            return False

    def stop(self):
        self.running.terminate()
        return self.running.wait(SAFETY)


@pytest.fixture
def processes(cast, tmp_path):
    """Three that answer; what they say is in the log."""
    mine = {"DEBUG": "1", "API_RATE": "1000000/minute", "DATABASE_URL": address_of(connection.settings_dict["NAME"])}
    with open(tmp_path / "log", "w") as log:
        started = [Process(port, {**os.environ, **mine}, log).start() for port in free_ports(PROCESSES)]
        try:
            wait_until(lambda: all(process.answers() for process in started))
            yield started
        finally:
            for process in started:
                process.stop()


def wait_until(condition):
    until = time.monotonic() + SAFETY
    while not condition():
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.05)


class Answer:
    def __init__(self, sent, again):
        self.status_code, self.headers, self.content = sent.status, sent.headers, sent.read()
        self.again = again  # whether a process that broke off could have done already what was asked

    def json(self):
        return json.loads(self.content)


class Client:
    """Asks the processes in turn over kept connections, as a load balancer does.

    Where one refuses the connection, or closes it before it answers, the next is asked. All that is sent here may be
    sent again: a read, an Idempotency-Key, an If-Match.
    """

    def __init__(self, username, processes):
        _, token = Token.objects.create(user=User.objects.get(username=username))
        self.headers = {"Authorization": f"Bearer {token}", "Host": "localhost", "Content-Type": "application/json"}
        self.turn = cycle([http.client.HTTPConnection("127.0.0.1", p.port, timeout=SAFETY) for p in processes])

    def get(self, address):
        parts = urlsplit(address)
        return self._expect({200}, "GET", f"{parts.path}?{parts.query}")

    def post(self, path, body, expected, **headers):
        return self._expect(expected, "POST", path, json.dumps(body), headers)

    def _expect(self, expected, *asked):
        answer = self._ask(*asked)
        assert answer.status_code in expected, (asked, answer.status_code, answer.content)
        return answer

    def _ask(self, method, path, body=None, headers=None):
        again = False
        for kept in islice(self.turn, 3 * PROCESSES):  # each may be away once, and its kept connection be stale once
            try:
                kept.request(method, path, body, {**self.headers, **(headers or {})})
                sent = kept.getresponse()
            except ConnectionError as error:
                kept.close()
                again = again or not isinstance(error, ConnectionRefusedError)
            else:
                return Answer(sent, again)
        raise AssertionError("no process answers")


class Writer:
    """Raises questions and moves them, each time in words of its own, and notes what was answered."""

    def __init__(self, number, processes, references):
        self.client, self.number, self.references = Client("lead", processes), number, list(references)
        self.chance, self.answers = random.Random(number), 0
        self.raised, self.made, self.doubtful = [], [], []

    def work(self, done):
        while not done.is_set():
            act = self._raise if self.chance.random() < 0.1 else self._move
            act(f"{self.number}: {self.answers}")
            self.answers += 1

    def _raise(self, words):
        asked = {**ASKED, "title": words, "classification": self.chance.choice(["public", "members", "restricted"])}
        answer = self.client.post(f"{API}questions/", asked, {201}, **{"Idempotency-Key": words})
        self.raised.append(words)
        self.references.append(answer.json()["reference"])

    def _move(self, words):
        path, name = f"{API}questions/{self.chance.choice(self.references)}/", self.chance.choice(MOVES)
        given = {key: str(value) for key, value in GIVEN[name].items()}
        etag = self.client.get(path).headers["ETag"]
        asked = {**given, "transition": name, "reason": words}
        answer = self.client.post(f"{path}transitions/", asked, {200, 409, 412}, **{"If-Match": etag})
        if answer.status_code == 200:
            self.made.append(words)
        elif answer.again:
            self.doubtful.append(words)


class Reader:
    """Keeps a copy by way of `/changes/`, each page from another process."""

    def __init__(self, username, processes):
        self.client, self.held, self.since, self.reached = Client(username, processes), {}, "0", 0

    def work(self, done):
        while not done.wait(0.05):
            self.read()

    def read(self):
        """Apply the next page; return whether there is more."""
        page = self.client.get(f"{API}changes/?since={self.since}&limit=20").json()
        positions = [self.reached, *(item["position"] for item in page["results"])]
        assert positions == sorted(set(positions))
        assert position_of(page) >= positions[-1]
        apply(page["results"], self.held)
        self.since, self.reached = page["next"], position_of(page)
        return page["more"]


def restart_in_turn(processes, writers, jobs):
    """Stop and start one after the other, each once every writer has come on meanwhile."""
    for process in processes:
        come_on(writers, jobs)
        assert process.stop() == 0
        process.start()
        wait_until(process.answers)
    come_on(writers, jobs)


def come_on(writers, jobs, answers=10):
    """Wait until every writer has had so many more answers; or until somebody has failed, and says so by itself."""
    goals = [(writer, writer.answers + answers) for writer in writers]
    wait_until(lambda: any(job.done() for job in jobs) or all(writer.answers >= goal for writer, goal in goals))


def moves_in_history():
    seen_by = User.objects.get(username="lead")
    changes = [change for q in Question.objects.all() for change in get_status_history(q, seen_by=seen_by)]
    return Counter(change.reason for change in changes if change.source)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_a_rolling_restart_under_load_loses_doubles_and_fails_nothing(processes, raised):
    references = [raised().reference for _ in range(6)]
    writers = [Writer(number, processes, references) for number in range(WRITERS)]
    readers = [Reader(username, processes) for username in READERS]
    done = threading.Event()
    with ThreadPoolExecutor(WRITERS + len(READERS)) as pool:
        jobs = [pool.submit(somebody.work, done) for somebody in (*writers, *readers)]
        try:
            restart_in_turn(processes, writers, jobs)
        finally:
            done.set()
    assert [job.result() for job in jobs] == [None] * len(jobs)
    assert_as_answered(writers)
    for reader in readers:
        assert_copied(reader)
    assert everything_is_kept()
    assert verify().ok


def assert_as_answered(writers):
    """What was answered is there once; what a process broke off before it answered, once or not at all."""
    titles = [title for writer in writers for title in writer.raised]
    assert sorted(Question.objects.filter(text=ASKED["text"]).values_list("title", flat=True)) == sorted(titles)
    made, doubtful = ({words for w in writers for words in getattr(w, which)} for which in ("made", "doubtful"))
    moves = moves_in_history()
    assert made <= set(moves) <= made | doubtful
    assert set(moves.values()) == {1}


def assert_copied(reader):
    while reader.read():
        pass
    for kind in ("question", "meeting", "action"):
        assert of_kind(reader.held, kind) == shown(reader.client, kind)
    assert apply(items(reader.client), {}) == reader.held
