"""Databases of their own, for tests that kill processes, migrate, or break connections."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory):
    """A migrated database with the demo in it, made once and only to be copied: its file, or its name."""
    if connection.vendor == "sqlite":
        database = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    else:
        database = f"register_demo_{os.getpid()}"
        _administer(f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database}")
    for command in (["migrate", "-v0"], ["load_demo"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=_reaching(database), check=True, capture_output=True
        )
    yield database
    _drop(database)


@pytest.fixture
def other_database(demo_database, tmp_path):
    """A copy of the demo's database, on the engine at hand: the environment to reach it."""
    if connection.vendor == "sqlite":
        database = shutil.copy(demo_database, tmp_path / "other.sqlite3")
    else:
        database = f"register_killed_{os.getpid()}"
        _administer(f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database} TEMPLATE {demo_database}")
    yield _reaching(database)
    _drop(database)


def _reaching(database):
    url = f"sqlite:///{database}" if connection.vendor == "sqlite" else address_of(database)
    return {**os.environ, "DEBUG": "1", "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "project.settings"}


def _drop(database):
    if connection.vendor == "postgresql":
        _administer(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")


def address_of(database):
    """Return the DATABASE_URL of another database of the same PostgreSQL."""
    details = connection.get_connection_params()
    host = quote(details.get("host") or "/var/run/postgresql", safe="")
    return f"postgres://{details.get('user') or ''}@{host}:{details.get('port') or 5432}/{database}"


def _administer(*statements):
    """Run statements outside any transaction, on a connection of their own."""
    details = {k: v for k, v in connection.get_connection_params().items() if k in ("user", "host", "port", "password")}
    with psycopg.connect(**details, dbname="postgres", autocommit=True) as administrator:
        for statement in statements:
            administrator.execute(statement)
