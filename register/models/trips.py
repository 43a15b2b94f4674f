"""Trips to the database: on PostgreSQL, what need not wait for an answer shares one."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

_sharing = ContextVar("sharing", default=False)


@contextmanager
def one_trip():
    """Send the statements made meanwhile without waiting for what each finds, until that is fetched or this ends.

    A wrong one raises then. SQLite, which is no way off, is asked one by one. Nothing can be copied (COPY) meanwhile,
    and no count of rows is known.
    """
    if connection.vendor != "postgresql" or _sharing.get():
        yield
        return
    connection.ensure_connection()
    token = _sharing.set(True)
    try:
        with connection.wrap_database_errors, connection.connection.pipeline():
            yield
    finally:
        _sharing.reset(token)


def is_sharing():
    """True within `one_trip`, where that makes a difference."""
    return _sharing.get()


def executed(statement, given):
    """Return the cursor of a statement that was sent."""
    cursor = connection.cursor()
    cursor.execute(statement, given)
    return cursor


def found_by(*statements):
    """Return the rows that each (statement, what it is given) finds, in one trip."""
    if len(statements) < 2:  # alone, a statement is faster without
        return [executed(*one).fetchall() for one in statements]
    with one_trip():
        return [cursor.fetchall() for cursor in [executed(*one) for one in statements]]
