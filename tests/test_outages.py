"""A database that is away, takes no writes, or breaks off: what the two entrances and `/healthz` then say."""

import http.client
import json
import re
import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import OperationalError, connection

from register.models import Question
from register.request_id import RequestIdFilter
from tests.databases import ROOT
from tests.proxies import Wire
from tests.test_processes import SAFETY, Process, free_ports, wait_until

API = "/api/v1/"
ASKED = {"topic": "MDR role", "owner": "ENA", "priority": "low", "text": "Who may?"}
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server.")
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has a server.")
slow = pytest.mark.slow


class Register:
    """One gunicorn over a database of its own, and a token for it."""

    def __init__(self, environment, log, token=None, options=()):
        self.token = token or manage(environment, "issue_token", "ofgem.triage").stdout.split()[-1]
        self.process = Process(*free_ports(1), {**environment, "API_RATE": "100000/minute"}, log, *options)

    def ask(self, path, body=None, host="localhost", **headers):
        """Return (status, headers, body) of a GET, or of a POST where there is something to send."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Host": host, **headers}
        asked = http.client.HTTPConnection("127.0.0.1", self.process.port, timeout=SAFETY)
        asked.request("POST" if body else "GET", path, body and json.dumps(body), headers)
        answer = asked.getresponse()
        return answer.status, answer.headers, answer.read().decode()

    def raise_question(self, title, **headers):
        status, headers, body = self.ask(f"{API}questions/", {**ASKED, "title": title}, **headers)
        return status, headers, json.loads(body)

    def answers(self):
        try:
            return self.ask("/healthz")[0] in (200, 503)
        except ConnectionError:
            return False

    def get_health(self):
        status, _, body = self.ask("/healthz")
        return status, json.loads(body)["problems"]


def manage(environment, *command):
    command = [sys.executable, "manage.py", *command]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture
def serve(tmp_path):
    """Start a register over a database; what it says is in the log."""
    started = []

    def start(environment, *options, token=None):
        with open(tmp_path / "log", "a") as log:
            register = Register(environment, log, token, options)
            register.process.start()
        started.append(register)
        wait_until(register.answers)
        return register

    yield start
    for register in started:
        register.process.running.send_signal(signal.SIGINT)  # without waiting for who still asks
        register.process.running.wait(SAFETY)


@pytest.fixture
def wired(other_database, serve):
    """A register whose PostgreSQL is at the other end of a wire."""
    address = urlsplit(other_database["DATABASE_URL"])
    wire = Wire((address.hostname, address.port))
    replaced = address._replace(netloc=f"{address.username}@127.0.0.1:{wire.port}").geturl()
    yield serve({**other_database, "DATABASE_URL": replaced}), wire
    wire.refuse()


@slow
@on_postgresql
@pytest.mark.django_db
def test_dropped_connections_cost_nobody_an_error(wired):
    register, wire = wired
    with ThreadPoolExecutor(4) as threads:
        for _ in range(3):
            answers = threads.map(lambda _: register.ask(f"{API}questions/")[0], range(8))
            assert set(answers) == {200}
            wire.drop()
    assert register.raise_question("After the restart?")[0] == 201


@slow
@on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["refuse", "stall"])
def test_a_database_that_is_away_is_503_until_it_is_back(wired, fault):
    register, wire = wired
    wire.is_stalled = fault == "stall"
    if fault == "refuse":
        wire.refuse()
    status, headers, problem = register.raise_question("While it is away?")
    assert (status, headers["Retry-After"], problem["request_id"]) == (503, "5", headers["X-Request-ID"])
    assert problem["detail"] == "The database does not answer. Nothing was recorded."
    status, headers, page = register.ask("/admin/", Cookie="sessionid=abcdefghijklmnopqrstuvwxyz012345")
    assert (status, headers["Retry-After"], headers["X-Request-ID"] in page) == (503, "5", True)
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert register.get_health() == (503, ["The database does not answer."])
    wire.is_stalled = False
    if fault == "refuse":
        wire.connect()
    wait_until(lambda: register.get_health()[0] == 200)
    assert register.raise_question("Now that it is back?")[0] == 201


@slow
@on_postgresql
@pytest.mark.django_db
def test_a_lost_reply_to_commit_is_not_called_undone(wired):
    register, wire = wired
    register.raise_question("Before?")
    wire.drops_reply_to_commit = True
    key = {"Idempotency-Key": "k1"}
    status, _, problem = register.raise_question("Recorded or not?", **key)
    assert status == 503
    assert "It is not known whether" in problem["detail"]
    assert "Nothing was recorded" not in problem["detail"]
    wire.drops_reply_to_commit = False
    first, again = (register.raise_question("Recorded or not?", **key) for _ in range(2))
    assert first[2]["reference"] == again[2]["reference"]
    listed = json.loads(register.ask(f"{API}questions/?q=Recorded")[2])
    assert len(listed["results"]) == 1


@slow
@on_postgresql
@pytest.mark.django_db
def test_a_postgresql_that_is_read_only_serves_reads_and_says_so(other_database, serve):
    register = serve(other_database)
    with psycopg.connect(other_database["DATABASE_URL"], autocommit=True) as owner:
        owner.execute(f"ALTER DATABASE {owner.info.dbname} SET default_transaction_read_only = on")
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert_read_only(register)


@slow
@on_sqlite
@pytest.mark.django_db
def test_an_sqlite_that_is_read_only_serves_reads_and_says_so(other_database, serve):
    writable = serve(other_database)  # whose log and its index are there to be read
    register = serve({**other_database, "DJANGO_SETTINGS_MODULE": "tests.read_only_settings"}, token=writable.token)
    assert_read_only(register)


@slow
@on_sqlite
@pytest.mark.django_db
def test_a_disk_that_takes_no_more_is_503_until_there_is_room(other_database, serve):
    register = serve(other_database)
    children = get_children(register.process.running.pid)
    for pid in children:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    status, headers, problem = register.raise_question("No room?")
    assert (status, headers["Retry-After"]) == (503, "5")
    assert problem["detail"].startswith("The database cannot write to its disk.")
    assert register.get_health() == (503, ["The database cannot write to its disk."])
    assert register.ask(f"{API}questions/")[0] == 200
    for pid in children:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert register.raise_question("Room again?")[0] == 201
    assert register.get_health() == (200, [])
    manage(other_database, "verify_ledger")


def get_children(pid):
    """Return the processes that a process started, as Linux says it."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def assert_read_only(register):
    said = "The database takes no writes: it is read-only."
    assert register.ask(f"{API}questions/")[0] == 200
    status, headers, problem = register.raise_question("Read-only?")
    assert (status, headers["Retry-After"], problem["detail"]) == (503, "5", f"{said} Nothing was recorded.")
    assert register.get_health() == (503, [said])


# Without a server


class Broken(psycopg.OperationalError):
    sqlstate = "57P01"


@pytest.fixture
def failing(monkeypatch):
    """Let a part of the register fail as the database would."""

    def fail(where, error):
        def raise_error(*_, **__):
            raise error

        monkeypatch.setattr(where, raise_error)

    return fail


def make_error(kind, cause):
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def test_health_answers_whatever_the_host(client, db):
    assert client.get("/healthz", headers={"host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_read_is_not_told_what_was_recorded(failing, api, method):
    failing("register.api.questions.QuestionResource.initial", make_error(OperationalError, Broken("gone")))
    answer = getattr(api("triage"), method)(f"{API}questions/")
    said = "" if method == "head" else answer.json()["detail"]
    assert answer.status_code == 503
    assert ("recorded" in said) == (method == "post")


def test_an_error_after_the_commit_is_not_called_undone(failing, api, raised):
    failing("register.api.questions.QuestionResource.make_response", RuntimeError("a fault of ours"))
    client = api("triage")
    client.raise_request_exception = False
    answer = client.post(f"{API}questions/", {"title": "Recorded?", "text": "Who may?"}, format="json")
    assert (answer.status_code, Question.objects.filter(title="Recorded?").exists()) == (500, True)
    assert "It is not known whether" in answer.json()["detail"]


def test_an_error_before_the_commit_recorded_nothing(failing, api):
    failing("register.documents.updating.DocumentUpdater.before_commit", RuntimeError("a fault of ours"))
    client = api("triage")
    client.raise_request_exception = False
    answer = client.post(f"{API}questions/", {"title": "Recorded?", "text": "Who may?"}, format="json")
    assert (answer.status_code, Question.objects.filter(title="Recorded?").exists()) == (500, False)
    assert "Nothing was recorded." in answer.json()["detail"]


def test_a_page_that_fails_names_its_request(failing, client, cast):
    failing("register.admin.desk.pages.get_waiting", RuntimeError("a fault of ours"))
    client.raise_request_exception = False
    client.force_login(cast.triage)
    page = client.get("/admin/", headers={"X-Request-ID": "0123456789abcdef"})
    assert (page.status_code, "0123456789abcdef" in page.content.decode()) == (500, True)


@pytest.mark.parametrize(
    "came_with", ["short", "x" * 65, "0123456789abcdef\x85", "0123456789 abcdef", '0123456789abcdef"']
)
def test_an_id_that_is_not_well_formed_is_not_taken(came_with, client, db):
    assert re.fullmatch("[0-9a-f]{32}", client.get("/healthz", headers={"X-Request-ID": came_with})["X-Request-ID"])


def test_each_line_of_the_log_carries_the_id(api, caplog):
    caplog.handler.addFilter(RequestIdFilter())
    api("feed").get(f"{API}questions/DSQ-999/", headers={"X-Request-ID": "0123456789abcdef"})
    assert {record.request_id for record in caplog.records} == {"0123456789abcdef"}
