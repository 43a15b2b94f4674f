"""Registers of every size: made where they are lacking, and kept for the next run."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.benchmarks.servers import environment

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / ".bench"
POSTGRESQL = os.environ.get("BENCH_POSTGRESQL", "postgres://postgres@127.0.0.1:5432/")
COUNT = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
django.setup()
from register.models import Question
print(Question.objects.count())
"""


def url_of(engine, name):
    """Return the address of a register of the benchmark, by its size or name."""
    if engine == "sqlite":
        return f"sqlite:///{FOLDER / f'{name}.sqlite3'}"
    return urlunsplit(urlsplit(POSTGRESQL)._replace(path=f"/bench_{name}"))


def run(url, *arguments, **more):
    """Run Python with these arguments on the register at that address; return what it printed. Errors are shown."""
    command, environ = [sys.executable, *arguments], environment(url, **more)
    return subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=True).stdout


def told(url, module, *arguments):
    """Run a module so, and return the JSON that it printed last."""
    return json.loads(run(url, "-m", module, *arguments).splitlines()[-1])


@cache  # asked for again, it is as ready as it was
def ready(engine, name, size, say):
    """Return the address of a register of that name and size, made and filled where it is lacking."""
    url = url_of(engine, name)
    _create(engine, name)
    run(url, "manage.py", "migrate", "--verbosity", "0")
    if int(run(url, "-c", COUNT)) < size:
        say(f"Filling a register on {engine} with {size:,} questions.")
        run(url, "-m", "tests.benchmarks.fill", "--questions", str(size))
    return url


def _create(engine, name):
    """Make an empty database, where there is none; SQLite does so by itself."""
    FOLDER.mkdir(exist_ok=True)
    if engine == "postgresql":
        with _server() as connection:
            named = "SELECT 1 FROM pg_database WHERE datname = %s"
            if not connection.execute(named, [f"bench_{name}"]).fetchone():
                connection.execute(f"CREATE DATABASE bench_{name}")


@contextmanager
def scratch(engine, say):
    """Yield the address of a small register that can be written to at will, and is gone afterwards."""
    _drop_scratch(engine)
    try:
        yield ready(engine, "scratch", 1_000, say)
    finally:
        _drop_scratch(engine)


def _drop_scratch(engine):
    if engine == "postgresql":
        with _server() as connection:
            connection.execute("DROP DATABASE IF EXISTS bench_scratch WITH (FORCE)")
    for path in FOLDER.glob("scratch.sqlite3*") if engine == "sqlite" else ():
        path.unlink()


def _server():
    """Return a connection to the server itself, to make databases by."""
    return psycopg.connect(urlunsplit(urlsplit(POSTGRESQL)._replace(path="/postgres")), autocommit=True)
