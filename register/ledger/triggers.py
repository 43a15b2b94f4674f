"""Database triggers that refuse to rewrite history and ledger, whoever asks and by whatever client.

Reinstalled after every migrate: on SQLite a changed column rebuilds its table and drops the triggers silently.
"""

from collections.abc import Collection, Iterator

from django.db import connection, models, transaction

from register.ledger.audited_models import get_history_models
from register.models import LedgerEntry, LedgerHead

# Kept by a redaction although they are text: what a row is about, and who wrote it.
KEPT_TEXT = {"reference", "actor", "actor_organisation", "model", "snapshot_digest", "digest"}


def get_free_text_columns(model: type[models.Model]) -> list[str]:
    """Return the columns that a redaction empties: text that somebody typed, and the ledger's salt."""
    text = (models.CharField, models.TextField)
    return [
        str(f.column)
        for f in model._meta.concrete_fields
        if isinstance(f, text) and not f.choices and f.name not in KEPT_TEXT
    ]


def install() -> None:
    """Drop and create the triggers of every table that is there, in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for statement in [*drops(tables), *_creates(tables)]:
            cursor.execute(statement)


def missing() -> list[str]:
    """Return the names of triggers that should be there, enabled, and are not; none before the first migrate."""
    with connection.cursor() as cursor:
        if LedgerHead._meta.db_table not in connection.introspection.table_names(cursor):
            return []
        cursor.execute(_PRESENT[connection.vendor])
        present = {name for (name,) in cursor.fetchall()}
    return sorted(set(_wanted()) - present)


_PRESENT = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
}


def _guarded() -> Iterator[tuple[str, str, list[str]]]:
    """Yield (table, condition under which an UPDATE may pass, key that an INSERT may not meet again)."""
    for name, history in get_history_models().items():
        entry = f"e.model = '{name}' AND e.history_id = OLD.history_id"
        yield history._meta.db_table, _only_empties(history, entry), ["history_id = NEW.history_id"]
    yield (
        LedgerEntry._meta.db_table,
        _only_empties(LedgerEntry, "e.position = OLD.position"),
        ["position = NEW.position", "model = NEW.model AND history_id = NEW.history_id"],
    )
    # A savepoint that was rolled back without the unit of work's knowledge would leave a gap in the positions.
    led_to = (
        "SELECT COUNT(*) FROM register_ledgerentry e WHERE e.position > OLD.position AND e.position <= NEW.position"
    )
    moves_on = f"NEW.position > OLD.position AND ({led_to}) = NEW.position - OLD.position"
    yield LedgerHead._meta.db_table, moves_on, ["id = NEW.id"]


def _only_empties(model: type[models.Model], entry: str) -> str:
    """SQL that is true of an UPDATE which a redaction announced, and which empties the free text and nothing else."""
    emptied = get_free_text_columns(model)
    same = "IS" if connection.vendor == "sqlite" else "IS NOT DISTINCT FROM"
    kept = [f.column for f in model._meta.concrete_fields if f.column not in emptied]
    changes = [f"NEW.{column} IS NULL" for column in emptied] + [f"NEW.{column} {same} OLD.{column}" for column in kept]
    announced = (
        "EXISTS (SELECT 1 FROM register_redaction r JOIN register_ledgerentry e ON e.position = r.position "
        f"WHERE {entry})"
    )
    return " AND ".join([announced, *changes])


def _wanted() -> dict[str, tuple[str, str, str]]:
    """Return {trigger's name: (table, event, condition to refuse)}."""
    wanted = {}
    for table, may_update, keys in _guarded():
        wanted[f"{table}_no_update"] = (table, "UPDATE", f"NOT ({may_update})")
        wanted[f"{table}_no_delete"] = (table, "DELETE", "TRUE")
        if connection.vendor == "sqlite":
            # INSERT OR REPLACE deletes the row in its way without firing the DELETE trigger.
            met = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {key})" for key in keys)
            wanted[f"{table}_no_replace"] = (table, "INSERT", met)
        else:
            wanted[f"{table}_no_truncate"] = (table, "TRUNCATE", "TRUE")
    return wanted


def _refusal(table: str, event: str) -> str:
    return f"{table} keeps the past: {event} is refused"


def drops(tables: Collection[str]) -> Iterator[str]:
    """Yield the statements that drop the triggers of these tables."""
    for name, (table, *_) in _wanted().items():
        if table in tables:
            yield f"DROP TRIGGER IF EXISTS {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}")


def _creates(tables: Collection[str]) -> Iterator[str]:
    for name, (table, event, refuse_when) in _wanted().items():
        if table in tables:
            yield from _CREATE[connection.vendor](name, table, event, refuse_when)


def _create_on_sqlite(name: str, table: str, event: str, refuse_when: str) -> Iterator[str]:
    yield (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refuse_when} "
        f"BEGIN SELECT RAISE(ABORT, '{_refusal(table, event)}'); END"
    )


def _create_on_postgresql(name: str, table: str, event: str, refuse_when: str) -> Iterator[str]:
    yield (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {refuse_when} THEN RAISE EXCEPTION '{_refusal(table, event)}'; END IF; "
        "RETURN NEW; END $$"
    )
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    yield f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()"


_CREATE = {"sqlite": _create_on_sqlite, "postgresql": _create_on_postgresql}
