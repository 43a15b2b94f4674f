"""What the figures were taken on: never whose machine it is."""

import os
import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psycopg

from tests.benchmarks.registers import POSTGRESQL

PACKAGES = ("Django", "djangorestframework", "django-simple-history", "gunicorn", "psycopg")


def described(engines):
    """Return the machine, the versions and the day, as a dict."""
    versions = {"Python": platform.python_version()} | {name: version(name) for name in PACKAGES}
    if "sqlite" in engines:
        versions["SQLite"] = sqlite3.sqlite_version
    if "postgresql" in engines:
        versions |= _postgresql()
    return {"date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": _size(), "versions": versions}


def _size():
    memory = Path("/proc/meminfo").read_text().split("MemTotal:")[1].split()[0]
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(int(memory) / 1024**2),
        "processor": model[0].split(":")[1].strip() if model else platform.machine(),
    }


def _postgresql():
    with psycopg.connect(f"{POSTGRESQL.rstrip('/')}/postgres") as server:
        told = {"PostgreSQL": "server_version", "its shared_buffers": "shared_buffers"}
        return {name: server.execute(f"SHOW {setting}").fetchone()[0].split()[0] for name, setting in told.items()}
