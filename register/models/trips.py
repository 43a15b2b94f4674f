"""Trips to the database: on PostgreSQL, what need not wait for an answer shares one."""

from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

from django.db import DatabaseError, connection

_trip = ContextVar("trip", default=None)


@contextmanager
def one_trip():
    """Send the statements made meanwhile without waiting for what each finds, until that is fetched or this ends.

    A wrong one raises then. How many rows were changed is not known meanwhile, so nothing may be saved by Django's
    `Model.save`. SQLite, which is no way off, is asked one by one.
    """
    if connection.vendor != "postgresql" or _trip.get():
        yield
        return
    connection.ensure_connection()
    trip = ExitStack()
    token = _trip.set(trip)
    try:
        with connection.wrap_database_errors, trip:
            trip.enter_context(connection.connection.pipeline())
            yield
    except DatabaseError:
        _forget_what_was_prepared()
        raise
    finally:
        _trip.reset(token)


def _forget_what_was_prepared():
    """End a connection that may hold a statement for prepared which was skipped; a rollback clears that up as well."""
    if not connection.in_atomic_block:
        connection.connection.close()
        connection.close()


@contextmanager
def apart():
    """Do meanwhile what cannot share a trip, as COPY cannot: one that is under way ends before, and goes on after."""
    trip = _trip.get()
    if trip:
        trip.close()
    yield
    if trip:
        trip.enter_context(connection.connection.pipeline())


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
