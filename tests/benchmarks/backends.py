"""The processes of PostgreSQL that serve the connections of one application."""

from functools import cache
from pathlib import Path

import psycopg

NAMED = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"


def backends(url, application):
    """Return the numbers of the processes that serve an application's connections: none on SQLite.

    Raises RuntimeError where they are not processes of this machine, whose clocks can be read.
    """
    if url.startswith("sqlite"):
        return []
    found = [pid for (pid,) in _connection(url).execute(NAMED, [application])]
    if not all(_is_here(pid) for pid in found):
        raise RuntimeError("PostgreSQL runs elsewhere: its processor time cannot be read. Set BENCH_POSTGRESQL.")
    return found


@cache  # kept for the run: to connect costs PostgreSQL more than to be asked
def _connection(url):
    return psycopg.connect(url, autocommit=True)


def _is_here(pid):
    named = Path(f"/proc/{pid}/cmdline")
    return named.exists() and named.read_bytes().startswith(b"postgres")
