import sys
import time

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections

from register.documents.release import begin_release, hold_release_lock
from register.ledger.head_lock import lock_head_table
from register.models.columns import has_unapplied_migrations
from register.outages import BUSY, describe_outage

TRIES, PAUSE = 20, 1.0  # seconds


class Command(migrate.Command):
    """Django's own, beside running writers: it takes the head lock first, and tries again where it had to give way."""

    def handle(self, *args, **options):
        if options["plan"] or options["check_unapplied"]:
            return super().handle(*args, **options)
        connection = connections[options["database"]]
        connection.SchemaEditorClass = _lock_head_first(connection.SchemaEditorClass)
        try:
            with hold_release_lock():
                self._try_often(*args, **options)
        except OperationalError as error:
            if describe_outage(error) != BUSY:
                raise
            raise CommandError("Another release or a long write is in the way. Run migrate again.") from error

    def _try_often(self, *args, **options):
        for _ in range(TRIES - 1):
            try:
                return self._try(*args, **options)
            except OperationalError as error:
                if describe_outage(error) != BUSY:
                    raise
                self.stderr.write(f"A write is in the way; trying again in {PAUSE:g} s.")
                time.sleep(PAUSE)
        return self._try(*args, **options)

    def _try(self, *args, **options):
        if has_unapplied_migrations():
            begin_release()
        return super().handle(*args, **options)


def _lock_head_first(editor):
    """Return a schema editor whose transactions wait for writers before they lock any table that one may want."""
    if hasattr(editor, "locks_head_first"):
        return editor

    class LocksHeadFirst(editor):
        locks_head_first = True

        def __enter__(self):
            entered = super().__enter__()
            if self.atomic_migration:
                self._lock()
            return entered

        def _lock(self):
            try:
                lock_head_table()
            except BaseException:
                self.__exit__(*sys.exc_info())
                raise

    return LocksHeadFirst
