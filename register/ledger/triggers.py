"""Database triggers that refuse to change or delete rows of history and ledger, whichever client tries to.

They are put right after every `migrate`: on SQLite, a migration that changes a column rebuilds the table and so drops
its triggers. Django has no way to declare triggers, so their SQL is written out here.
"""

from collections.abc import Collection, Iterator

from django.db import connection, models, transaction

from register.ledger.audited_models import get_history_models
from register.ledger.head_lock import lock_head_table
from register.models import LedgerEntry, LedgerHead

# Text that a redaction leaves: what a row is about, who wrote it and what that person may do, and digests that
# verification needs.
UNREDACTED_TEXT = {
    "reference",
    "actor",
    "actor_organisation",
    "roles",
    "model",
    "snapshot_digest",
    "digest",
    "remains",
}


def get_free_text_columns(model: type[models.Model]) -> list[str]:
    """Return the names of the columns that a redaction empties: text that somebody typed, and an entry's salt."""
    text = (models.CharField, models.TextField)
    return [
        str(f.column)
        for f in model._meta.concrete_fields
        if isinstance(f, text) and not f.choices and f.name not in UNREDACTED_TEXT
    ]


def install_triggers() -> None:
    """Put right, in one transaction with writers held off, the triggers of tables that exist; leave alone what stands.

    Raises OperationalError where a writer does not give way.
    """
    if not find_wrong_triggers():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        lock_head_table()
        for name in find_wrong_triggers():
            table, *_ = _get_triggers()[name]
            cursor.execute(_make_drop_statement(name, table))
            for statement in _make_create_statements(name):
                cursor.execute(statement)


def find_missing_triggers() -> list[str]:
    """Return the names of triggers that are missing from the database or disabled; none before the first `migrate`."""
    with connection.cursor() as cursor:
        if LedgerHead._meta.db_table not in connection.introspection.table_names(cursor):
            return []
    return sorted(set(_get_triggers()) - set(_load_triggers()))


def find_wrong_triggers() -> list[str]:
    """Return the names of triggers of tables that exist which are missing, disabled, or not as they are made here."""
    present = _load_triggers()
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    return [
        name
        for name, (table, *_) in _get_triggers().items()
        if table in tables and present.get(name) != _DEFINE[connection.vendor](name)
    ]


def _load_triggers() -> dict[str, tuple[str, ...]]:
    """Return {trigger's name: how the database defines it}, of those that are enabled."""
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT[connection.vendor])
        return {name: tuple(definition) for name, *definition in cursor.fetchall()}


_PRESENT = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT t.tgname, pg_get_triggerdef(t.oid, true), f.prosrc "
        "FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(t.tgrelid)"
    ),
}


def _get_protected_tables() -> Iterator[tuple[str, str, list[str]]]:
    """Yield (table, the condition under which an UPDATE is allowed, the conditions that a row has the same key)."""
    for name, history in get_history_models().items():
        entry = f"e.model = '{name}' AND e.history_id = OLD.history_id"
        yield history._meta.db_table, _make_redaction_condition(history, entry), ["history_id = NEW.history_id"]
    yield (
        LedgerEntry._meta.db_table,
        _make_redaction_condition(LedgerEntry, "e.position = OLD.position"),
        ["position = NEW.position", "model = NEW.model AND history_id = NEW.history_id"],
    )
    # A savepoint rolled back without `UnitOfWork.part` would leave a gap in the positions, so they are counted.
    led_to = (
        "SELECT COUNT(*) FROM register_ledgerentry e WHERE e.position > OLD.position AND e.position <= NEW.position"
    )
    moves_on = f"NEW.position > OLD.position AND ({led_to}) = NEW.position - OLD.position"
    yield LedgerHead._meta.db_table, moves_on, ["id = NEW.id"]


def _make_redaction_condition(model: type[models.Model], entry: str) -> str:
    """Return SQL that is true of an UPDATE that sets the free text to NULL, changes nothing else, and is announced.

    A row of `Redaction` announces it; `entry` is SQL that is true of the ledger entry `e` that the row is about.
    """
    emptied = get_free_text_columns(model)
    same = "IS" if connection.vendor == "sqlite" else "IS NOT DISTINCT FROM"
    kept = [f.column for f in model._meta.concrete_fields if f.column not in emptied]
    changes = [f"NEW.{column} IS NULL" for column in emptied] + [f"NEW.{column} {same} OLD.{column}" for column in kept]
    announced = (
        "EXISTS (SELECT 1 FROM register_redaction r JOIN register_ledgerentry e ON e.position = r.position "
        f"WHERE {entry})"
    )
    return " AND ".join([announced, *changes])


def _get_triggers() -> dict[str, tuple[str, str, str]]:
    """Return {trigger's name: (table, event, the condition under which it refuses)}."""
    triggers = {}
    for table, may_update, keys in _get_protected_tables():
        triggers[f"{table}_no_update"] = (table, "UPDATE", f"NOT ({may_update})")
        triggers[f"{table}_no_delete"] = (table, "DELETE", "TRUE")
        if connection.vendor == "sqlite":
            # INSERT OR REPLACE deletes the row in its way without firing the DELETE trigger.
            exists = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {key})" for key in keys)
            triggers[f"{table}_no_replace"] = (table, "INSERT", exists)
        else:
            triggers[f"{table}_no_truncate"] = (table, "TRUNCATE", "TRUE")
    return triggers


def _make_message(table: str, event: str) -> str:
    return f"{table} keeps the past: {event} is refused"


def make_drop_statements(tables: Collection[str]) -> Iterator[str]:
    """Yield the statements that drop the triggers of those tables among these that have any."""
    for name, (table, *_) in _get_triggers().items():
        if table in tables:
            yield _make_drop_statement(name, table)


def _make_drop_statement(name: str, table: str) -> str:
    return f"DROP TRIGGER IF EXISTS {name}" + ("" if connection.vendor == "sqlite" else f" ON {table}")


def _make_create_statements(name: str) -> list[str]:
    trigger, *body = _DEFINE[connection.vendor](name)
    functions = [f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${text}$$" for text in body]
    return [*functions, trigger]


def _define_on_sqlite(name: str) -> tuple[str, ...]:
    table, event, refuse_when = _get_triggers()[name]
    return (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {refuse_when} "
        f"BEGIN SELECT RAISE(ABORT, '{_make_message(table, event)}'); END",
    )


def _define_on_postgresql(name: str) -> tuple[str, ...]:
    """Return (the trigger's statement as `pg_get_triggerdef` writes it, the body of its function)."""
    table, event, refuse_when = _get_triggers()[name]
    each = "STATEMENT" if event == "TRUNCATE" else "ROW"
    return (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {name}()",
        f" BEGIN IF {refuse_when} THEN RAISE EXCEPTION '{_make_message(table, event)}'; END IF; RETURN NEW; END ",
    )


_DEFINE = {"sqlite": _define_on_sqlite, "postgresql": _define_on_postgresql}
