"""Full-text indexes of words that are kept in a table: FTS5 on SQLite, a GIN index on PostgreSQL.

Django can neither declare nor query such an index on both, so that it is written out here (`make bench ARGS="--only
search"` compares it with the usual filter). What is indexed is folded words with one blank between two of them and
nothing else, so that neither engine has to know what a word is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction

SHORTEST_BEGINNING = 3  # characters of a word that also finds the words that begin with it


def matches_prefix(word: str) -> bool:
    return len(word) >= SHORTEST_BEGINNING


@dataclass(frozen=True)
class WordIndex:
    """The index called `name` of the column `words` of a table, whose rows have the integer `key`."""

    name: str
    table: str
    key: str

    def make_condition(self, words: Iterable[str]) -> tuple[str, list[str]]:
        """Return (SQL that is true of the table's rows with all of these folded words, its parameters)."""
        return _MAKE_CONDITION[connection.vendor](self, words)

    def install(self) -> None:
        """Create the index and what keeps it up to date, where some of it is missing.

        It runs after every `migrate`: on SQLite, a migration that changes a column rebuilds the table and so drops its
        triggers.
        """
        with transaction.atomic(), connection.cursor() as cursor:
            if self._has_table(cursor) and not self._is_complete(cursor):
                for statement in _INSTALL[connection.vendor](self):
                    cursor.execute(statement)

    def is_installed(self) -> bool:
        """Return whether the index and what keeps it are there, or no table yet that it would be of."""
        with connection.cursor() as cursor:
            return not self._has_table(cursor) or self._is_complete(cursor)

    def is_right(self) -> bool:
        """Return whether the index holds the words of the table, and nothing else."""
        if connection.vendor != "sqlite":
            return True  # its column is computed by the database from the words
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO {self.name}({self.name}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
        except DatabaseError:
            return False
        return True

    def rebuild(self) -> None:
        """Make the index anew: SQLite keeps words that were taken out of it until parts are merged."""
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(_rebuild_on_sqlite(self))

    def _has_table(self, cursor: Any) -> bool:
        return self.table in connection.introspection.table_names(cursor)

    def _is_complete(self, cursor: Any) -> bool:
        statement, parts = _PARTS[connection.vendor]
        cursor.execute(statement, [f"{self.name}_%"])
        return cursor.fetchone()[0] == parts


def _make_condition_on_sqlite(index: WordIndex, words: Iterable[str]) -> tuple[str, list[str]]:
    query = " ".join(f'"{word}"' + "*" * matches_prefix(word) for word in words)
    return f"{index.key} IN (SELECT rowid FROM {index.name} WHERE {index.name} MATCH %s)", [query]  # noqa: S608 fixed names


def _make_condition_on_postgresql(index: WordIndex, words: Iterable[str]) -> tuple[str, list[str]]:
    # The words, which are letters and digits alone, stand in the statement and are no parameters, so that PostgreSQL
    # plans for how common they are: a plan for any word reads every row that has a common one.
    query = " & ".join(f"''{word}''" + ":*" * matches_prefix(word) for word in words)
    return f"lexemes @@ '{query}'::tsquery", []


def _rebuild_on_sqlite(index: WordIndex) -> str:
    return f"INSERT INTO {index.name}({index.name}) VALUES ('rebuild')"  # noqa: S608 fixed names


def _install_on_sqlite(index: WordIndex) -> list[str]:
    name, table, key = index.name, index.table, index.key
    add = f"INSERT INTO {name}(rowid, words) VALUES (NEW.{key}, NEW.words);"  # noqa: S608 fixed names
    drop = f"INSERT INTO {name}({name}, rowid, words) VALUES ('delete', OLD.{key}, OLD.words);"  # noqa: S608
    return [
        # To the tokenizer `ascii`, whatever is not ASCII is part of a word.
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5(words, content='{table}', content_rowid='{key}', "
        "tokenize='ascii', prefix='3 4 5')",
        *(f"DROP TRIGGER IF EXISTS {name}_{part}" for part in ("added", "changed", "gone")),
        f"CREATE TRIGGER {name}_added AFTER INSERT ON {table} BEGIN {add} END",
        # Most changes leave the words alone, and then there is nothing to index.
        f"CREATE TRIGGER {name}_changed AFTER UPDATE ON {table} WHEN OLD.words <> NEW.words BEGIN {drop} {add} END",
        f"CREATE TRIGGER {name}_gone AFTER DELETE ON {table} BEGIN {drop} END",
        _rebuild_on_sqlite(index),
    ]


def _install_on_postgresql(index: WordIndex) -> list[str]:
    return [
        # Not by `to_tsvector`, whose words are those of the database's locale.
        f"ALTER TABLE {index.table} ADD COLUMN IF NOT EXISTS lexemes tsvector "
        "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim(words), ' '))) STORED",
        f"CREATE INDEX IF NOT EXISTS {index.name}_gin ON {index.table} USING gin (lexemes)",
        f"ANALYZE {index.table}",
    ]


_MAKE_CONDITION = {"sqlite": _make_condition_on_sqlite, "postgresql": _make_condition_on_postgresql}
_INSTALL = {"sqlite": _install_on_sqlite, "postgresql": _install_on_postgresql}
# A statement that counts what keeps an index, and how much of it there is.
_PARTS = {
    "sqlite": ("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", 3),
    "postgresql": ("SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema() AND indexname LIKE %s", 1),
}
