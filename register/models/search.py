"""Full-text search of questions, by the words of their titles and texts and by their references.

A word is a run of letters and digits, compared as `characters.fold_for_search` has it: case, accents and ligatures do
not matter. A word of three characters or more also matches the words that begin with it. `has_words` is the rule.
SQLite and PostgreSQL find the same rows by a full-text index of the words that are kept beside each question
(`SearchText`). These hold one blank between two words and nothing else, so that neither engine has to know what a word
is. Django can neither declare nor query such an index on both, so that it is written out here
(`make bench ARGS="--only search"` compares it with the usual filter).
"""

import re
from collections.abc import Callable, Collection
from functools import reduce
from operator import add
from typing import Any

from django.db import DatabaseError, connection, models, transaction
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from register.characters import fold_for_search
from register.headline_report.references import parse_marker

SHORTEST_BEGINNING = 3
MOST_WORDS = 50  # in a search: an expression of many more is too deep for SQLite's parser
LONGEST_WORD = 100  # what is beyond is not compared; an index takes no word of any length
BIG = models.BigIntegerField()
TITLE_FIRST = 2**40  # greater than any primary key, so that rows of the same rank stay in the order of their keys

TABLE, INDEX = "register_searchtext", "register_search_words"

# A meeting as minutes call it: a group and a number.
_MEETING = re.compile(r"[^\W\d_][\w &-]{0,20}?[ -]?\d{1,9}")
_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d]")
_ONE = r"(?:dsq\s?-?\s?\d{1,9}|\d{3,9})"
_REFERENCES = re.compile(rf"{_ONE}(?: {_ONE})*")


def parse_references(text: str) -> list[str]:
    """Return the questions' references that a text consists of (`DSQ-007` for `dsq 7`, `(DSQ–7).` or `007`), or []."""
    listed = " ".join(re.sub(r"[^\w\s/-]|\band\b", " ", _make_plain(text)).split())
    if not _REFERENCES.fullmatch(listed):
        return []
    return [f"DSQ-{int(number):03}" for number in re.findall(r"\d+", listed)]


def parse_action_references(text: str) -> list[str]:
    """Return the references of actions that a text consists of (`15/10` for `Action 15/10.`), or []."""
    plain = _make_plain(text).strip(" .,:;()[]")
    marker = parse_marker(plain if plain.startswith("action") else f"action {plain}")
    return marker[0].split(",") if marker and not marker[1] else []


def parse_meeting_name(text: str) -> str:
    """Return the name that a text consists of where it may be that of a meeting (`ccdg15`), or an empty string."""
    plain = _make_plain(text).strip(" .,:;()[]")
    return plain if _MEETING.fullmatch(plain) and not parse_references(text) else ""


def _make_plain(text: str) -> str:
    """Return text folded, with one kind of dash and of blank."""
    return " ".join(_DASHES.sub("-", fold_for_search(text)).split())


def split_words(text: str) -> list[str]:
    """Return the words of a text in order, folded."""
    return [word[:LONGEST_WORD] for word in re.findall(r"[^\W_]+", fold_for_search(text))]


def fold_words(text: str) -> str:
    """Return the words of a text with a blank before and after each."""
    return f" {' '.join(split_words(text))} "


def _matches_prefix(word: str) -> bool:
    return len(word) >= SHORTEST_BEGINNING


def _make_part(word: str) -> str:
    """Return what folded words contain where they have the word, or one that begins so."""
    return f" {word}" if _matches_prefix(word) else f" {word} "


def has_words(words: str, text: str) -> bool:
    """Return whether folded words (`fold_words`) have all words of a text."""
    return all(_make_part(word) in words for word in split_words(text))


def make_index_lookup(text: str) -> RawSQL | list[int]:
    """Return SQL for `pk__in`: the keys of the questions that have all words of a text, or are those that it names.

    A text without words matches no question.
    """
    words, references = split_words(text), parse_references(text)
    statement, parameters = _MAKE_LOOKUP[connection.vendor](words)
    if references:
        places = ", ".join(["%s"] * len(references))
        statement += f" UNION SELECT id FROM register_question WHERE reference IN ({places})"  # noqa: S608
        parameters = [*parameters, *references]
    return RawSQL(statement, parameters) if words else []  # noqa: S611 nothing but words goes in


def match_kept_title(word: str) -> Q:
    """Return the condition that the title of a question has a word, by what is kept of it."""
    return Q(search_text__title__contains=_make_part(word))


def make_relevance_expression(text: str, match_title: Callable[[str], Q] = match_kept_title) -> ExpressionWrapper:
    """Return what to order by: the questions of those references, then those with more of the words in their titles.

    Among equals the older comes first. It depends on the row alone, so that rows which a reader may not see cannot
    change the order of those that are visible. `match_title(word)` is the condition that a title has the word.
    """
    ranks = [(match_title(word), 0, TITLE_FIRST) for word in split_words(text)]
    if references := parse_references(text):
        ranks.append((Q(reference__in=references), -TITLE_FIRST * len(text), 0))
    return ExpressionWrapper(reduce(add, (_make_rank(*rank) for rank in ranks), Cast(F("id"), BIG)), BIG)


def _make_rank(condition: Q, rank: int, otherwise: int) -> Case:
    return Case(When(condition, then=Value(rank, BIG)), default=Value(otherwise, BIG))


def find_in_rows(text: str, rows: Collection[tuple[int, str, str, str]]) -> tuple[list[int], Callable[[str], Q]]:
    """Return (keys of the rows that a text finds, `match_title` for them), of rows (key, reference, title, text).

    It is for rows that no index has: questions as they were.
    """
    references = parse_references(text)
    titles = {key: fold_words(title) for key, _, title, _ in rows}
    found = [
        key
        for key, reference, _, body in rows
        if reference in references or (split_words(text) and has_words(f"{titles[key]}{fold_words(body)}", text))
    ]
    return found, lambda word: Q(id__in=[key for key in found if _make_part(word) in titles[key]])


def _make_lookup_on_sqlite(words: list[str]) -> tuple[str, list[str]]:
    query = " ".join(f'"{word}"' + "*" * _matches_prefix(word) for word in words)
    return f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s", [query]  # noqa: S608 fixed names


def _make_lookup_on_postgresql(words: list[str]) -> tuple[str, list[str]]:
    # The words, which are letters and digits alone, stand in the statement and are no parameters, so that PostgreSQL
    # plans for how common they are: a plan for any word reads every row that has a common one.
    query = " & ".join(f"''{word}''" + ":*" * _matches_prefix(word) for word in words)
    return f"SELECT question_id FROM {TABLE} WHERE lexemes @@ '{query}'::tsquery", []  # noqa: S608


# Each makes (a statement that finds the keys of the rows with all words, its parameters).
_MAKE_LOOKUP = {"sqlite": _make_lookup_on_sqlite, "postgresql": _make_lookup_on_postgresql}


def install_search_index() -> None:
    """Create the index and what keeps it up to date, where some of it is missing.

    It runs after every `migrate`: on SQLite, a migration that changes a column rebuilds the table and so drops its
    triggers.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if TABLE in connection.introspection.table_names(cursor) and not _is_installed(cursor):
            for statement in _INSTALL[connection.vendor]:
                cursor.execute(statement)


def is_search_index_installed() -> bool:
    """Return whether the index and what keeps it are there, or no table yet that it would be of."""
    with connection.cursor() as cursor:
        return TABLE not in connection.introspection.table_names(cursor) or _is_installed(cursor)


def is_search_index_right() -> bool:
    """Return whether the index holds the words that are kept of every question, and nothing else."""
    return _IS_RIGHT[connection.vendor]()


def _is_right_on_sqlite() -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {INDEX}({INDEX}, rank) VALUES ('integrity-check', 1)")  # noqa: S608
    except DatabaseError:
        return False
    return True


def _is_right_on_postgresql() -> bool:
    return True  # its column is computed by the database from the words


_IS_RIGHT = {"sqlite": _is_right_on_sqlite, "postgresql": _is_right_on_postgresql}


def _is_installed(cursor: Any) -> bool:
    statement, parts = _PARTS[connection.vendor]
    cursor.execute(statement, [f"{INDEX}_%"])
    return cursor.fetchone()[0] == parts


def rebuild_search_index() -> None:
    """Make the index anew from the questions: SQLite keeps words that were taken out of it until parts are merged."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(_REBUILD_ON_SQLITE)


_REBUILD_ON_SQLITE = f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')"  # noqa: S608 fixed names
# A statement that counts what keeps the index, and how much of it there is.
_PARTS = {
    "sqlite": ("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", 3),
    "postgresql": ("SELECT count(*) FROM pg_indexes WHERE schemaname = current_schema() AND indexname LIKE %s", 1),
}
_ADD = f"INSERT INTO {INDEX}(rowid, words) VALUES (NEW.question_id, NEW.words);"  # noqa: S608 fixed names
_DROP = f"INSERT INTO {INDEX}({INDEX}, rowid, words) VALUES ('delete', OLD.question_id, OLD.words);"  # noqa: S608
_INSTALL_ON_SQLITE = (
    # To the tokenizer `ascii`, whatever is not ASCII is part of a word.
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5(words, content='{TABLE}', content_rowid='question_id', "
    "tokenize='ascii', prefix='3 4 5')",
    *(f"DROP TRIGGER IF EXISTS {INDEX}_{name}" for name in ("added", "changed", "gone")),
    f"CREATE TRIGGER {INDEX}_added AFTER INSERT ON {TABLE} BEGIN {_ADD} END",
    # Most changes of a question leave its words alone, and then there is nothing to index.
    f"CREATE TRIGGER {INDEX}_changed AFTER UPDATE ON {TABLE} WHEN OLD.words <> NEW.words BEGIN {_DROP} {_ADD} END",
    f"CREATE TRIGGER {INDEX}_gone AFTER DELETE ON {TABLE} BEGIN {_DROP} END",
    _REBUILD_ON_SQLITE,
)
_INSTALL_ON_POSTGRESQL = (
    # Not by `to_tsvector`, whose words are those of the database's locale.
    f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS lexemes tsvector "
    "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim(words), ' '))) STORED",
    f"CREATE INDEX IF NOT EXISTS {INDEX}_gin ON {TABLE} USING gin (lexemes)",
    f"ANALYZE {TABLE}",
)
_INSTALL = {"sqlite": _INSTALL_ON_SQLITE, "postgresql": _INSTALL_ON_POSTGRESQL}
