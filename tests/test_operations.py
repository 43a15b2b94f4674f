"""The page for operators does what it says: its commands for backup and restore are run as they stand there."""

import itertools
import os
import re
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from register.models import LedgerHead
from register.services.questions import raise_question
from register.sqlite_file import Connection, OldLog
from tests.databases import ROOT, address_of
from tests.test_processes import wait_until

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
TOOLS = {"sqlite": (), "postgresql": ("pg_dump", "pg_restore", "psql")}
COMMANDS = {"sqlite": ("python manage.py backup", "rm -f"), "postgresql": ("(umask", "psql")}
DRILL = f"register_drill_{os.getpid()}"


def get_commands(heading, first_words):
    """Return the shell commands of the page's section that begin in a certain way."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    (block,) = (block for block in re.findall(r"```sh\n(.*?)```", section, flags=re.S) if block.startswith(first_words))
    return block


def run(commands, **variables):
    """Run commands as an operator would, with these variables and the `python` of the tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=ROOT,
        env={**os.environ, "DEBUG": "1", "PATH": path, **variables},
        capture_output=True,
        text=True,
    )


def succeed(commands, **variables):
    done = run(commands, **variables)
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout


@pytest.fixture
def register(db, tmp_path):
    """The variables of the page: where the register is, where its backup goes, and where that is restored."""
    if missing := [tool for tool in TOOLS[connection.vendor] if shutil.which(tool) is None]:
        pytest.skip(f"{', '.join(missing)} is not on the PATH.")
    name, backup = str(connection.settings_dict["NAME"]), str(tmp_path / "backup")
    if connection.vendor == "sqlite":
        restored = str(tmp_path / "restored.sqlite3")
        yield {
            "DATABASE_URL": f"sqlite:///{name}",
            "BACKUP": backup,
            "RESTORED": restored,
            "RESTORED_URL": f"sqlite:///{restored}",
        }
        return
    yield {
        "DATABASE_URL": address_of(name),
        "BACKUP": backup,
        "RESTORED": DRILL,
        "RESTORED_URL": address_of(DRILL),
    }
    with psycopg.connect(address_of("postgres"), autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DRILL} WITH (FORCE)")


def verify(register, noted):
    check = get_commands("Restore", "python manage.py check")
    return run(check, **{**register, "DATABASE_URL": register["RESTORED_URL"], "NOTED": noted})


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_backup_restores_to_the_head_that_was_noted_before_it(register, raised):
    raised()
    before = str(LedgerHead.objects.get())
    back_up, restore = COMMANDS[connection.vendor]
    succeed(get_commands("Backup", back_up), **register)
    raised()
    after = str(LedgerHead.objects.get())
    succeed(get_commands("Restore", restore), **register)
    verified, refused = verify(register, before), verify(register, after)
    assert (verified.returncode, f"head {before}" in verified.stdout) == (0, True), verified
    position, end = (head.partition(":")[0] for head in (after, before))
    said = f"broken: position {position}: it was noted as a head, but the ledger ends at {end}"
    assert (refused.returncode, refused.stdout.splitlines()[-1]) == (1, said)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_backup_that_is_made_while_writers_write_verifies(register, cast):
    back_up, restore = COMMANDS[connection.vendor]
    done = threading.Event()

    def write(number):
        for n in itertools.takewhile(lambda _: not done.is_set(), range(10_000)):
            raise_question(by=cast.triage, title=f"{number} asks {n}?", text="Who may?")
        connection.close()

    with ThreadPoolExecutor(3) as threads:
        jobs = [threads.submit(write, number) for number in range(3)]
        try:
            wait_until(lambda: LedgerHead.objects.get().position > 50)
            before = str(LedgerHead.objects.get())
            succeed(get_commands("Backup", back_up), **register)
            after = LedgerHead.objects.get().position
        finally:
            done.set()
    assert [job.result() for job in jobs] == [None] * 3
    succeed(get_commands("Restore", restore), **register)
    verified = verify(register, before)
    assert verified.returncode == 0, verified.stdout
    head = int(re.search(r"^head (\d+):", verified.stdout, re.M)[1])
    assert int(before.partition(":")[0]) <= head <= after
    assert os.stat(register["BACKUP"]).st_mode & 0o077 == 0


# The file of SQLite

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps its files itself.")


@on_sqlite
def test_the_file_is_its_owners_alone(tmp_path):
    with closing(Connection(str(tmp_path / "new.sqlite3"))) as new:
        new.execute("PRAGMA journal_mode=WAL")
        new.execute("CREATE TABLE t (a)")
        assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


@on_sqlite
def test_a_backup_is_not_opened_beside_the_log_of_another_file(tmp_path, db):
    restored = tmp_path / "restored.sqlite3"
    call_command("backup_sqlite", restored, stdout=StringIO())
    restored.with_name("restored.sqlite3-wal").write_bytes(b"an old log")
    with pytest.raises(OldLog, match="Delete the file with -wal"):
        Connection(str(restored))


def test_a_new_connection_lets_go_of_no_lock_of_an_older_one(tmp_path):
    """What closes as the last connection deletes the log: nobody may while somebody is connected."""
    path = tmp_path / "shared.sqlite3"
    first = Connection(str(path), isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "CREATE TABLE noted (word)"):
        first.execute(statement)
    Connection(str(path)).close()
    elsewhere = f"import sqlite3; c = sqlite3.connect({str(path)!r}); c.execute('SELECT * FROM noted'); c.close()"
    subprocess.run([sys.executable, "-c", elsewhere], check=True)
    assert path.with_name("shared.sqlite3-wal").exists()


@on_sqlite
def test_a_backup_overwrites_nothing(tmp_path, db):
    there = tmp_path / "there"
    there.write_text("precious")
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup_sqlite", there)
    assert (there.read_text(), [path.name for path in tmp_path.iterdir()]) == ("precious", ["there"])


@on_sqlite
def test_a_file_that_others_may_read_is_named_by_the_check(monkeypatch, tmp_path, db):
    # No copy of the database in use: closing that would let go of every lock this process holds on it.
    other = tmp_path / "other.sqlite3"
    other.touch(0o644)
    os.chmod(other, 0o644)
    monkeypatch.setitem(connection.settings_dict, "NAME", str(other))
    assert [error.hint for error in run_checks(databases=["default"]) if error.id == "register.W004"] == [
        f"chmod 600 {other}"
    ]
