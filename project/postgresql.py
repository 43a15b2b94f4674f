"""The connections of PostgreSQL's pool: none waits for ever for a server that has fallen silent."""

from contextvars import ContextVar

import psycopg

CHECK = 1.0  # seconds that a connection has to answer in before it is handed out
REQUEST = 20.0  # seconds that a statement of a request has; PostgreSQL gives up waiting for a lock before

# Commands, such as a migration of a long table, take the time that they take.
patience: ContextVar[float | None] = ContextVar("patience", default=None)


class Connection(psycopg.Connection):
    """Closes itself and raises OperationalError when the server says nothing for as long as `patience` has it.

    A server that has gone is noticed by the system. One that is stopped, or behind a firewall that drops what is sent,
    is not: its socket stays open.
    """

    def execute(self, *args, **kwargs):
        """Ask within `CHECK`: Django asks by cursors, and psycopg's pool by this when it checks a connection.

        What broke this connection has broken those beside it, which the pool would look at a second apart.
        """
        before = patience.set(CHECK)
        try:
            return super().execute(*args, **kwargs)
        except psycopg.OperationalError:
            if self._pool:
                self._pool.drain()
            raise
        finally:
            patience.reset(before)

    def wait(self, gen, *args, **kwargs):
        try:
            return super().wait(gen, *args, **{"timeout": patience.get(), **kwargs})
        except psycopg.errors._WaitTimeout as error:
            self.close()
            raise psycopg.OperationalError("the server has fallen silent") from error
