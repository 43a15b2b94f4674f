"""What the database cannot do just now, though nothing is wrong with what was asked: which errors say so."""

import time

from django.db import Error, InterfaceError, OperationalError

from register.sqlite_file import OldLog

GONE = "The database does not answer."
READ_ONLY = "The database takes no writes: it is read-only."
FULL = "The database has no room left to write."
DISK = "The database cannot write to its disk."
BUSY = "The database is busy: another write takes long."
DAMAGED = "The database's file is damaged."

# By SQLSTATE or its class (PostgreSQL's manual, appendix A), and by SQLite's primary result code.
BY_SQLSTATE = {
    "25006": READ_ONLY,
    "53100": FULL,
    "40001": BUSY,
    "40P01": BUSY,
    "55P03": BUSY,
    "57014": BUSY,
    "08": GONE,
    "53": GONE,
    "57": GONE,
    "58030": DISK,
    "58": GONE,
}
BY_RESULT_CODE = {5: BUSY, 6: BUSY, 8: READ_ONLY, 10: DISK, 11: DAMAGED, 13: FULL, 14: GONE, 15: BUSY, 26: DAMAGED}

REMEMBERED_FOR = 30  # seconds
_failures: dict[str, float] = {}  # of this process: when a write last failed, by what was in its way


def describe_outage(error: BaseException | None) -> str:
    """Return what the database cannot do just now, or an empty string where an error is of another kind."""
    while error is not None:
        if isinstance(error, Error) and (said := _describe(error)):
            return said
        error = error.__cause__
    return ""


def _describe(error: Error) -> str:
    cause = error.__cause__
    if isinstance(cause, OldLog):
        return str(cause)
    if (code := getattr(cause, "sqlite_errorcode", None)) is not None:
        return BY_RESULT_CODE.get(code & 0xFF, "")
    state = getattr(cause, "sqlstate", "")
    if state is None:  # no server said it: the connection broke, or there is none to be had
        state = "08" if isinstance(error, OperationalError | InterfaceError) else ""
    return BY_SQLSTATE.get(state) or BY_SQLSTATE.get(state[:2], "")


def remember_outage(said: str) -> None:
    """Note that a write found no room, which nothing but a write shows."""
    if said in (FULL, DISK):
        _failures[said] = time.monotonic()


def forget_outages(*_: object) -> None:
    """Note that a write was recorded: there is room again."""
    _failures.clear()


def get_remembered_outages() -> list[str]:
    """Return what was in the way of this process's writes a moment ago, and may be so still."""
    return [said for said, at in _failures.items() if time.monotonic() - at < REMEMBERED_FOR]
