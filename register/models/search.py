"""Questions by the words of their titles and texts, found by an index of the database's own.

A word is letters and digits, in any case. One of three characters or more also finds the words that begin with it. Both
engines find what `says` finds by reading every row, which is the rule; the index only finds it sooner.
"""

import re
from functools import reduce
from operator import add, and_
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

SHORTEST_BEGINNING = 3
BIG = models.BigIntegerField()
TITLE_FIRST = 2**40  # above every key: what orders by relevance orders by key within it

TABLE, INDEX = "register_question", "register_question_words"
_VECTOR = "to_tsvector('simple', regexp_replace(lower(NEW.title || ' ' || NEW.text), '[^[:alnum:]]+', ' ', 'g'))"


_REFERENCE = re.compile(r"\s*DSQ-0*(\d{1,9})\s*", re.IGNORECASE)


def referred_to(text: str) -> str:
    """Return the reference that a search is, as questions bear it (`dsq-7` is DSQ-007), or an empty string."""
    match = _REFERENCE.fullmatch(text)
    return f"DSQ-{int(match[1]):03}" if match else ""


def words_of(text: str) -> list[str]:
    """Return the words of a text in order, in lower case."""
    return re.findall(r"[^\W_]+", text.lower())


def _begins(word: str) -> bool:
    return len(word) >= SHORTEST_BEGINNING


def _pattern(word: str) -> str:
    """Return a regular expression that both engines read alike and that meets the word in a text."""
    return rf"(^|\W|_){word}" + ("" if _begins(word) else r"($|\W|_)")


def says(text: str) -> Q:
    """Return the condition that a question says all these words or bears this reference; no words say nothing."""
    met = [Q(title__iregex=_pattern(word)) | Q(text__iregex=_pattern(word)) for word in words_of(text)]
    return Q(reference=referred_to(text)) | reduce(and_, met) if met else Q(pk__in=[])


def saying(text: str) -> RawSQL | list[int]:
    """Return the keys of what `says` finds among all questions, as SQL for `pk__in`, by way of the index."""
    words, reference = words_of(text), referred_to(text)
    find, given = _FINDING[connection.vendor](words)
    if reference:
        find, given = f"{find} UNION SELECT id FROM {TABLE} WHERE reference = %s", [*given, reference]  # noqa: S608
    return RawSQL(find, given) if words else []  # noqa: S611 nothing but words goes in


def relevance(text: str) -> ExpressionWrapper:
    """Return what to order by: the reference first, then rows with more of these words in their titles, then the older.

    It looks at the row alone, so that rows which a reader may not see cannot move those that are seen.
    """
    ranks = [(Q(title__iregex=_pattern(word)), 0, TITLE_FIRST) for word in words_of(text)]
    ranks.append((Q(reference=referred_to(text)), -TITLE_FIRST * len(text), 0))
    return ExpressionWrapper(reduce(add, (_rank(*rank) for rank in ranks), Cast(F("id"), BIG)), BIG)


def _rank(condition: Q, met: int, unmet: int) -> Case:
    return Case(When(condition, then=Value(met, BIG)), default=Value(unmet, BIG))


def _on_sqlite(words: list[str]) -> tuple[str, list[str]]:
    sought = " ".join(f'"{word}"' + "*" * _begins(word) for word in words)
    return f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s", [sought]  # noqa: S608 fixed names


def _on_postgresql(words: list[str]) -> tuple[str, list[str]]:
    # The words, of letters and digits alone, stand in the statement, so that it is planned for them: planned for any,
    # a search for a common word reads every row that has it.
    sought = " & ".join(f"''{word}''" + ":*" * _begins(word) for word in words)
    return f"SELECT id FROM {INDEX} WHERE words @@ to_tsquery('simple', '{sought}')", []  # noqa: S608


# From words to (SQL that finds the keys of the rows with all of them, what it is given).
_FINDING = {"sqlite": _on_sqlite, "postgresql": _on_postgresql}


def install() -> None:
    """Make the index and the triggers that keep it, where any is missing, and index what is there.

    Asked after every migrate: on SQLite a changed column rebuilds its table and drops the triggers silently.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if TABLE in connection.introspection.table_names(cursor) and not _installed(cursor):
            for statement in _INSTALL[connection.vendor]:
                cursor.execute(statement)


def _installed(cursor: Any) -> bool:
    cursor.execute(_TRIGGERS[connection.vendor], [f"{INDEX}_%"])
    return cursor.fetchone()[0] == 3


_TRIGGERS = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s",
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE %s",
}
_SAID = "OLD.title <> NEW.title OR OLD.text <> NEW.text"  # most moves leave the words as they are
_ADD = f"INSERT INTO {INDEX}(rowid, title, text) VALUES (NEW.id, NEW.title, NEW.text);"  # noqa: S608 fixed names
_DROP = f"INSERT INTO {INDEX}({INDEX}, rowid, title, text) VALUES ('delete', OLD.id, OLD.title, OLD.text);"  # noqa: S608
_ON_SQLITE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5(title, text, content='{TABLE}', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 0', prefix='3 4 5')",
    *(f"DROP TRIGGER IF EXISTS {INDEX}_{name}" for name in ("added", "said", "gone")),
    f"CREATE TRIGGER {INDEX}_added AFTER INSERT ON {TABLE} BEGIN {_ADD} END",
    f"CREATE TRIGGER {INDEX}_said AFTER UPDATE ON {TABLE} WHEN {_SAID} BEGIN {_DROP} {_ADD} END",
    f"CREATE TRIGGER {INDEX}_gone AFTER DELETE ON {TABLE} BEGIN {_DROP} END",
    f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')",  # noqa: S608 fixed names
)
_KEEP = f"EXECUTE FUNCTION {INDEX}_keep()"
_ON_POSTGRESQL = (
    # Vectors stand in a table of their own: a search reads them and not the texts, and a list reads neither.
    f"CREATE TABLE IF NOT EXISTS {INDEX} (id bigint PRIMARY KEY, words tsvector NOT NULL)",
    f"CREATE OR REPLACE FUNCTION {INDEX}_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "  # noqa: S608
    f"IF TG_OP = 'DELETE' THEN DELETE FROM {INDEX} WHERE id = OLD.id; RETURN NULL; END IF; "
    f"INSERT INTO {INDEX} VALUES (NEW.id, {_VECTOR}) ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words; "
    "RETURN NULL; END $$",
    *(f"DROP TRIGGER IF EXISTS {INDEX}_{name} ON {TABLE}" for name in ("added", "said", "gone")),
    f"CREATE TRIGGER {INDEX}_added AFTER INSERT ON {TABLE} FOR EACH ROW {_KEEP}",
    f"CREATE TRIGGER {INDEX}_said AFTER UPDATE ON {TABLE} FOR EACH ROW WHEN ({_SAID}) {_KEEP}",
    f"CREATE TRIGGER {INDEX}_gone AFTER DELETE ON {TABLE} FOR EACH ROW {_KEEP}",
    f"DELETE FROM {INDEX}",  # noqa: S608 fixed names
    f"INSERT INTO {INDEX} SELECT id, {_VECTOR} FROM {TABLE} AS NEW",  # noqa: S608 fixed names
    f"CREATE INDEX IF NOT EXISTS {INDEX}_gin ON {INDEX} USING gin (words)",
    f"ANALYZE {INDEX}",
)
_INSTALL = {"sqlite": _ON_SQLITE, "postgresql": _ON_POSTGRESQL}
