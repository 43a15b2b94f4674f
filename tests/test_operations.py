"""The page for operators does what it says: its commands for backup and restore are run as they stand there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from register.models import LedgerHead
from tests.test_faults import ROOT, address_of

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
TOOLS = {"sqlite": (), "postgresql": ("pg_dump", "pg_restore", "psql")}
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
        yield {"DATABASE": name, "BACKUP": backup, "RESTORED": restored, "RESTORED_URL": f"sqlite:///{restored}"}
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
    back_up, restore = {"sqlite": ("python -c", "cp"), "postgresql": ("pg_dump", "psql")}[connection.vendor]
    succeed(get_commands("Backup", back_up), **register)
    raised()
    after = str(LedgerHead.objects.get())
    succeed(get_commands("Restore", restore), **register)
    verified, refused = verify(register, before), verify(register, after)
    assert (verified.returncode, f"head {before}" in verified.stdout) == (0, True), verified
    position, end = (head.partition(":")[0] for head in (after, before))
    said = f"broken: position {position}: it was noted as a head, but the ledger ends at {end}"
    assert (refused.returncode, refused.stdout.splitlines()[-1]) == (1, said)
