"""What follows a release: triggers, index, recorded roles, documents and counts are brought to what the code asks.

Each step leaves alone what stands, and does again what was cut off. A mark in the database says that a release is under
way, and a lock that somebody is at it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from register.documents.former_links import move_former_links
from register.documents.search_texts import rebuild_search_texts
from register.documents.updating import rebuild_documents
from register.ledger.head_lock import lock_head_table
from register.ledger.roles import record_roles
from register.ledger.triggers import install_triggers
from register.models import UnfinishedRelease, search
from register.models.columns import has_unapplied_migrations

LOCK = 2021_03_16  # the key of an advisory lock of PostgreSQL; any number that nothing else in the database uses
LONGEST_WAIT = "60s"


def begin_release() -> None:
    """Leave the mark, before anything is changed. A release that is the first to know of it leaves it by migration."""
    if UnfinishedRelease._meta.db_table in connection.introspection.table_names():
        UnfinishedRelease.objects.get_or_create(pk=1)


def complete_release() -> int:
    """Do what is left to do, and take the mark away; return how many documents changed.

    Documents wait where migrations have not been applied, as after `migrate register 0012`: the tables are not those of
    the models.
    """
    install_triggers()
    if not search.are_search_indexes_installed():
        with transaction.atomic():
            lock_head_table()
            search.install_search_indexes()
    if has_unapplied_migrations():
        return 0
    record_roles()
    rebuild_search_texts()
    move_former_links()
    changed = rebuild_documents(before_first_change=begin_release)
    UnfinishedRelease.objects.filter(pk=1).delete()
    return changed


def is_broken_off() -> bool:
    """Return whether a release was begun and nobody is at it. On SQLite nobody can tell: it is, once it was begun."""
    if UnfinishedRelease._meta.db_table not in connection.introspection.table_names():
        return False
    return UnfinishedRelease.objects.exists() and _is_release_lock_free()


def _is_release_lock_free() -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return cursor.fetchone()[0]


@contextmanager
def hold_release_lock() -> Iterator[None]:
    """Be the only one at a release, however that ends. Raises OperationalError where another is, for a minute.

    The lock is held by a transaction on a connection of its own, for those of the release come and go.
    """
    if connection.vendor != "postgresql":
        yield
        return
    holder = connection.copy()
    holder.settings_dict["OPTIONS"].pop("pool", None)
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield
    finally:
        holder.close()
