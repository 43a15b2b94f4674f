"""Finds columns that the models have and the database lacks.

Django does not run a migration again that was edited after it had run. The tables then stay without the new columns:
`migrate` reports nothing, and every write fails.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

COLUMNS = {
    "sqlite": "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table'",
    "postgresql": (
        "SELECT table_name, column_name FROM information_schema.columns "
        "WHERE table_schema = ANY (current_schemas(false))"
    ),
}


def find_missing_columns() -> list[str]:
    """Return the columns, as `table.column`, that tables of the register should have and lack.

    A table that is not there at all is left out: its migration has not run, which Django reports itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS[connection.vendor])
        present = set(cursor.fetchall())
    tables = {table for table, _ in present}
    return [
        f"{table}.{column}" for table, column in _get_columns() if table in tables and (table, column) not in present
    ]


def _get_columns() -> Iterator[tuple[str, str]]:
    for model in apps.get_app_config("register").get_models():
        yield from ((model._meta.db_table, str(field.column)) for field in model._meta.concrete_fields)


def has_unapplied_migrations() -> bool:
    """Return whether any migration has not run on this database yet; one of them may add the missing columns."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
