"""Full-text search of questions, by the words of their titles and texts and by their references.

A word is a run of letters and digits; case does not matter. A word of three characters or more also matches the words
that begin with it. `make_search_condition` is the rule, and works by reading every row. SQLite and PostgreSQL find the
same rows by a full-text index, which Django can neither declare nor query on both, so that its tables, triggers and
look-ups are written out here (`make bench ARGS="--only search"` compares it with the usual filter).
"""

import re
from functools import reduce
from operator import add, and_
from typing import Any

from django.db import DatabaseError, connection, models, transaction
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

SHORTEST_BEGINNING = 3
BIG = models.BigIntegerField()
TITLE_FIRST = 2**40  # greater than any primary key, so that rows of the same rank stay in the order of their keys

TABLE, INDEX = "register_question", "register_question_words"
_VECTOR = "to_tsvector('simple', regexp_replace(lower(NEW.title || ' ' || NEW.text), '[^[:alnum:]]+', ' ', 'g'))"

_REFERENCE = re.compile(r"\s*DSQ-0*(\d{1,9})\s*", re.IGNORECASE)


def parse_reference(text: str) -> str:
    """Return the question's reference that a text consists of (`DSQ-007` for `dsq-7`), or an empty string."""
    match = _REFERENCE.fullmatch(text)
    return f"DSQ-{int(match[1]):03}" if match else ""


def split_words(text: str) -> list[str]:
    """Return the words of a text in order, in lower case."""
    return re.findall(r"[^\W_]+", text.lower())


def _matches_prefix(word: str) -> bool:
    return len(word) >= SHORTEST_BEGINNING


def _make_pattern(word: str) -> str:
    """Return a regular expression that finds the word in a text, and that means the same to both engines."""
    return rf"(^|\W|_){word}" + ("" if _matches_prefix(word) else r"($|\W|_)")


def make_search_condition(text: str) -> Q:
    """Return the condition that a question has all words of a text, or the reference that the text consists of.

    A text without words matches no question.
    """
    conditions = [
        Q(title__iregex=_make_pattern(word)) | Q(text__iregex=_make_pattern(word)) for word in split_words(text)
    ]
    return Q(reference=parse_reference(text)) | reduce(and_, conditions) if conditions else Q(pk__in=[])


def make_index_lookup(text: str) -> RawSQL | list[int]:
    """Return SQL for `pk__in`: the keys of what `make_search_condition` finds, found by way of the index."""
    words, reference = split_words(text), parse_reference(text)
    statement, parameters = _MAKE_LOOKUP[connection.vendor](words)
    if reference:
        statement += f" UNION SELECT id FROM {TABLE} WHERE reference = %s"  # noqa: S608
        parameters = [*parameters, reference]
    return RawSQL(statement, parameters) if words else []  # noqa: S611 nothing but words goes in


def make_relevance_expression(text: str) -> ExpressionWrapper:
    """Return what to order by: the question of that reference, then those with more of the words in their titles.

    Among equals the older comes first. It depends on the row alone, so that rows which a reader may not see cannot
    change the order of those that are visible.
    """
    ranks = [(Q(title__iregex=_make_pattern(word)), 0, TITLE_FIRST) for word in split_words(text)]
    ranks.append((Q(reference=parse_reference(text)), -TITLE_FIRST * len(text), 0))
    return ExpressionWrapper(reduce(add, (_make_rank(*rank) for rank in ranks), Cast(F("id"), BIG)), BIG)


def _make_rank(condition: Q, rank: int, otherwise: int) -> Case:
    return Case(When(condition, then=Value(rank, BIG)), default=Value(otherwise, BIG))


def _make_lookup_on_sqlite(words: list[str]) -> tuple[str, list[str]]:
    query = " ".join(f'"{word}"' + "*" * _matches_prefix(word) for word in words)
    return f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s", [query]  # noqa: S608 fixed names


def _make_lookup_on_postgresql(words: list[str]) -> tuple[str, list[str]]:
    # The words, which are letters and digits alone, stand in the statement and are no parameters, so that PostgreSQL
    # plans for how common they are: a plan for any word reads every row that has a common one.
    query = " & ".join(f"''{word}''" + ":*" * _matches_prefix(word) for word in words)
    return f"SELECT id FROM {INDEX} WHERE words @@ to_tsquery('simple', '{query}')", []  # noqa: S608


# Each makes (a statement that finds the keys of the rows with all words, its parameters).
_MAKE_LOOKUP = {"sqlite": _make_lookup_on_sqlite, "postgresql": _make_lookup_on_postgresql}


def install_search_index() -> None:
    """Create the index and the triggers that keep it up to date, where a trigger is missing, and index every question.

    It runs after every `migrate`: on SQLite, a migration that changes a column rebuilds the table and so drops its
    triggers.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if TABLE in connection.introspection.table_names(cursor) and not _is_installed(cursor):
            for statement in _INSTALL[connection.vendor]:
                cursor.execute(statement)


def is_search_index_installed() -> bool:
    """Return whether the index and its triggers are there, or no table yet that it would be of."""
    with connection.cursor() as cursor:
        return TABLE not in connection.introspection.table_names(cursor) or _is_installed(cursor)


def is_search_index_right() -> bool:
    """Return whether the index holds the words of every question, and nothing else."""
    return _IS_RIGHT[connection.vendor]()


def _is_right_on_sqlite() -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {INDEX}({INDEX}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
    except DatabaseError:
        return False
    return True


def _is_right_on_postgresql() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT 1 FROM {TABLE} AS NEW FULL JOIN {INDEX} i ON i.id = NEW.id "  # noqa: S608
            f"WHERE i.words IS DISTINCT FROM {_VECTOR})"
        )
        return not cursor.fetchone()[0]


_IS_RIGHT = {"sqlite": _is_right_on_sqlite, "postgresql": _is_right_on_postgresql}


def _is_installed(cursor: Any) -> bool:
    cursor.execute(_TRIGGERS[connection.vendor], [f"{INDEX}_%"])
    return cursor.fetchone()[0] == 3


def rebuild_search_index() -> None:
    """Make the index anew from the questions: SQLite keeps words that were taken out of it until parts are merged."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(_REBUILD_ON_SQLITE)


_REBUILD_ON_SQLITE = f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')"  # noqa: S608 fixed names
_TRIGGERS = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE %s",
}
# Most changes of a question leave its words alone, and then there is nothing to index.
_WORDS_CHANGED = "OLD.title <> NEW.title OR OLD.text <> NEW.text"
_ADD = f"INSERT INTO {INDEX}(rowid, title, text) VALUES (NEW.id, NEW.title, NEW.text);"  # noqa: S608 fixed names
_DROP = f"INSERT INTO {INDEX}({INDEX}, rowid, title, text) VALUES ('delete', OLD.id, OLD.title, OLD.text);"  # noqa: S608
_INSTALL_ON_SQLITE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5(title, text, content='{TABLE}', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 0', prefix='3 4 5')",
    *(f"DROP TRIGGER IF EXISTS {INDEX}_{name}" for name in ("added", "said", "gone")),
    f"CREATE TRIGGER {INDEX}_added AFTER INSERT ON {TABLE} BEGIN {_ADD} END",
    f"CREATE TRIGGER {INDEX}_said AFTER UPDATE ON {TABLE} WHEN {_WORDS_CHANGED} BEGIN {_DROP} {_ADD} END",
    f"CREATE TRIGGER {INDEX}_gone AFTER DELETE ON {TABLE} BEGIN {_DROP} END",
    _REBUILD_ON_SQLITE,
)
_KEEP = f"EXECUTE FUNCTION {INDEX}_keep()"
_INSTALL_ON_POSTGRESQL = (
    # The vectors have a table of their own: a search reads them without the texts, and a list reads neither.
    f"CREATE TABLE IF NOT EXISTS {INDEX} (id bigint PRIMARY KEY, words tsvector NOT NULL)",
    f"CREATE OR REPLACE FUNCTION {INDEX}_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608
    f"IF TG_OP = 'DELETE' THEN DELETE FROM {INDEX} WHERE id = OLD.id; RETURN NULL; END IF; "
    f"INSERT INTO {INDEX} VALUES (NEW.id, {_VECTOR}) ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words; "
    "RETURN NULL; END $$",
    *(f"DROP TRIGGER IF EXISTS {INDEX}_{name} ON {TABLE}" for name in ("added", "said", "gone")),
    f"CREATE TRIGGER {INDEX}_added AFTER INSERT ON {TABLE} FOR EACH ROW {_KEEP}",
    f"CREATE TRIGGER {INDEX}_said AFTER UPDATE ON {TABLE} FOR EACH ROW WHEN ({_WORDS_CHANGED}) {_KEEP}",
    f"CREATE TRIGGER {INDEX}_gone AFTER DELETE ON {TABLE} FOR EACH ROW {_KEEP}",
    f"DELETE FROM {INDEX}",  # noqa: S608 fixed names
    f"INSERT INTO {INDEX} SELECT id, {_VECTOR} FROM {TABLE} AS NEW",  # noqa: S608 fixed names
    f"CREATE INDEX IF NOT EXISTS {INDEX}_gin ON {INDEX} USING gin (words)",
    f"ANALYZE {INDEX}",
)
_INSTALL = {"sqlite": _INSTALL_ON_SQLITE, "postgresql": _INSTALL_ON_POSTGRESQL}
