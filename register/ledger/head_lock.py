"""The head lock of whoever changes tables, not rows: taken first, as every write takes the row's, so none deadlock."""

from django.db import connection

from register.models import LedgerHead

# Longer than PostgreSQL takes to send its own vacuum out of the way, shorter than readers bear to queue behind.
LONGEST_WAIT = "3s"


def lock_head_table() -> None:
    """Hold writers off until the transaction ends; readers go on. Raises OperationalError where one holds on.

    On SQLite a transaction that writes has every other writer held off already.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        if LedgerHead._meta.db_table in connection.introspection.table_names(cursor):
            cursor.execute(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'")
            cursor.execute(f"LOCK TABLE {LedgerHead._meta.db_table} IN EXCLUSIVE MODE")
