"""Questions by the words of their titles and texts, found by an index of the database's own.

A word is letters and digits, in any case. One of three characters or more also finds the words that begin with it. Both
engines find what `says` finds by reading every row, which is the rule; the index only finds it sooner.
"""

import re
from functools import reduce
from operator import add, and_

from django.db import connection, models
from django.db.models import Case, F, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

SHORTEST_BEGINNING = 3
BIG = models.BigIntegerField()
TITLE_FIRST = 2**40  # above every key: what orders by relevance orders by key within it

TABLE, INDEX = "register_question", "register_question_words"
_TSVECTOR = "to_tsvector('simple', regexp_replace(lower(title || ' ' || text), '[^[:alnum:]]+', ' ', 'g'))"


_REFERENCE = re.compile(r"\s*DSQ-0*(\d{1,9})\s*", re.IGNORECASE)


def referred_to(text):
    """Return the reference that a search is, as questions bear it (`dsq-7` is DSQ-007), or an empty string."""
    match = _REFERENCE.fullmatch(text)
    return f"DSQ-{int(match[1]):03}" if match else ""


def words_of(text):
    """Return the words of a text in order, in lower case."""
    return re.findall(r"[^\W_]+", text.lower())


def _begins(word):
    return len(word) >= SHORTEST_BEGINNING


def _pattern(word):
    """Return a regular expression that both engines read alike and that meets the word in a text."""
    return rf"(^|\W|_){word}" + ("" if _begins(word) else r"($|\W|_)")


def says(text):
    """Return the condition that a question says all these words or bears this reference; no words say nothing."""
    met = [Q(title__iregex=_pattern(word)) | Q(text__iregex=_pattern(word)) for word in words_of(text)]
    return Q(reference=referred_to(text)) | reduce(and_, met) if met else Q(pk__in=[])


def saying(text):
    """Return the keys of what `says` finds among all questions, as SQL for `pk__in`, by way of the index."""
    words, reference = words_of(text), referred_to(text)
    find, given = _FIND[connection.vendor], [_QUERY[connection.vendor](words)]
    if reference:
        find, given = f"{find} UNION SELECT id FROM {TABLE} WHERE reference = %s", [*given, reference]  # noqa: S608
    return RawSQL(find, given) if words else []  # noqa: S611 nothing but words goes in, and as parameters


def relevance(text):
    """Return what to order by: the reference first, then rows with more of these words in their titles, then the older.

    It looks at the row alone, so that rows which a reader may not see cannot move those that are seen.
    """
    ranks = [(Q(title__iregex=_pattern(word)), 0, TITLE_FIRST) for word in words_of(text)]
    ranks.append((Q(reference=referred_to(text)), -TITLE_FIRST * len(text), 0))
    return reduce(add, (_rank(*rank) for rank in ranks), Cast(F("id"), BIG))


def _rank(condition, met, unmet):
    return Case(When(condition, then=Value(met, BIG)), default=Value(unmet, BIG))


_FIND = {
    "sqlite": f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s",  # noqa: S608 fixed names
    "postgresql": f"SELECT id FROM {TABLE} WHERE {_TSVECTOR} @@ to_tsquery('simple', %s)",  # noqa: S608 fixed names
}
_QUERY = {
    "sqlite": lambda words: " ".join(f'"{word}"' + "*" * _begins(word) for word in words),
    "postgresql": lambda words: " & ".join(f"'{word}'" + ":*" * _begins(word) for word in words),
}


def install():
    """Make the index where it is missing. On SQLite its triggers too, which go unsaid when their table is rebuilt."""
    with connection.cursor() as cursor:
        if TABLE in connection.introspection.table_names(cursor):
            _INSTALL[connection.vendor](cursor)


def _install_on_postgresql(cursor):
    cursor.execute(f"CREATE INDEX IF NOT EXISTS {INDEX} ON {TABLE} USING gin (({_TSVECTOR}))")


def _install_on_sqlite(cursor):
    cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{INDEX}_%"])
    if cursor.fetchone()[0] == len(_TRIGGERS):
        return
    cursor.execute(
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5(title, text, content='{TABLE}', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 0', prefix='3 4 5')"
    )
    for name, when in _TRIGGERS.items():
        cursor.execute(f"DROP TRIGGER IF EXISTS {INDEX}_{name}")
        cursor.execute(f"CREATE TRIGGER {INDEX}_{name} AFTER {when} END")
    cursor.execute(f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')")  # noqa: S608 fixed names


_ADD = f"INSERT INTO {INDEX}(rowid, title, text) VALUES (NEW.id, NEW.title, NEW.text);"  # noqa: S608 fixed names
_DROP = f"INSERT INTO {INDEX}({INDEX}, rowid, title, text) VALUES ('delete', OLD.id, OLD.title, OLD.text);"  # noqa: S608
_TRIGGERS = {
    "added": f"INSERT ON {TABLE} BEGIN {_ADD}",
    "gone": f"DELETE ON {TABLE} BEGIN {_DROP}",
    # Most moves leave the words as they are.
    "said": f"UPDATE ON {TABLE} WHEN OLD.title <> NEW.title OR OLD.text <> NEW.text BEGIN {_DROP} {_ADD}",
}
_INSTALL = {"sqlite": _install_on_sqlite, "postgresql": _install_on_postgresql}
