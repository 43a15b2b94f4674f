"""Whether what is being done may be recorded: what an answer may say of a write that ended in an error."""

from contextvars import ContextVar

from django.db import DatabaseError, connection, transaction

from register.outages import DISK, GONE, describe_outage

_may_be_recorded: ContextVar[bool] = ContextVar("may_be_recorded", default=False)


def forget_commits() -> None:
    """Begin anew, as each request does."""
    _may_be_recorded.set(False)


def may_be_recorded() -> bool:
    """Return whether a unit of work was committed since `forget_commits`, or its COMMIT was sent and not answered."""
    return _may_be_recorded.get()


class Commit:
    """The COMMIT of one unit of work."""

    def __init__(self) -> None:
        self.before, self.sent_over, self.is_done = may_be_recorded(), None, False

    def send(self) -> None:
        """Note that COMMIT comes next, so that from here on the work may be recorded."""
        self.sent_over = connection.connection
        _may_be_recorded.set(True)
        transaction.on_commit(self._finish)

    def _finish(self) -> None:
        self.is_done = True

    def take_back(self, error: DatabaseError) -> None:
        """Note that the database refused the COMMIT, where it was the database that said so.

        A connection that breaks, or a disk that fails, leaves it open; Django then drops the connection.
        """
        is_answered = self.sent_over is connection.connection and describe_outage(error) not in (GONE, DISK)
        if is_answered and not self.is_done:
            _may_be_recorded.set(self.before)
