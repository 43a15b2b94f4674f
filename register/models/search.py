"""Full-text search: of questions by the words of their titles and texts and by their references, and of passages.

Passages are the texts that stand beside a question: answers, comments on positions, and actions. A word is a run of
letters and digits, compared as `characters.fold_for_search` has it: case, accents and ligatures do not matter. A word
of three characters or more also matches the words that begin with it. `has_words` is the rule. SQLite and PostgreSQL
find the same rows by full-text indexes (`word_index`) of the words that are kept beside each row (`SearchText`,
`SearchPassage`).
"""

import re
from collections.abc import Callable, Collection
from functools import reduce
from operator import add

from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from register.characters import fold_for_search
from register.headline_report.references import get_default_references
from register.models.word_index import WordIndex, matches_prefix

MOST_WORDS = 50  # in a search: an expression of many more is too deep for SQLite's parser
LONGEST_WORD = 100  # what is beyond is not compared; an index takes no word of any length
BIG = models.BigIntegerField()
TITLE_FIRST = 2**40  # greater than any primary key, so that rows of the same rank stay in the order of their keys

QUESTIONS = WordIndex("register_search_words", "register_searchtext", "question_id")
PASSAGES = WordIndex("register_passage_words", "register_searchpassage", "id")
INDEXES = (QUESTIONS, PASSAGES)

# A meeting as minutes call it: a group and a number.
_MEETING = re.compile(r"[^\W\d_][\w &-]{0,20}?[ -]?\d{1,9}")
# A reference of another shape than 15/10, with letters and two numbers.
_SHAPED = re.compile(r"[A-Z]{2,8}[ _-]?\d{1,3}[/_.-]\d{1,3}")
# A change to a code as its register calls it, behind the code's name or not.
_CHANGE = re.compile(r"(?:(sec|bsc|rec) )?([a-z]{1,8}[ -]?\d{1,7})")
_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d]")
_DSQ = r"dsq[ -]{0,3}\d{1,9}"
# What follows a first that is named in full may be its number alone: "DSQ 1 & 2", "DSQ-1/2".
_REFERENCES = re.compile(rf"{_DSQ}(?:[ /](?:{_DSQ}|\d{{1,9}}))*|\d{{3,9}}(?: (?:{_DSQ}|\d{{3,9}}))*")
_BETWEEN = re.compile(r"[^\w\s/-]|_|\b(?:and|nos?|numbers?|questions?)\b")


def parse_references(text: str) -> list[str]:
    """Return the questions' references that a text consists of (`DSQ-007` for `dsq 7`, `(DSQ–7).` or `007`), or []."""
    listed = " ".join(_BETWEEN.sub(" ", _make_plain(text)).split())
    if not _REFERENCES.fullmatch(listed):
        return []
    return [f"DSQ-{int(number):03}" for number in re.findall(r"\d+", listed)]


def parse_action_references(text: str) -> list[str]:
    """Return the references of actions that a text consists of (`15/10` for `Action 15/10.`), or [].

    One in a group's own shape stands alone, with its letters: `DAG14-01`.
    """
    plain = _make_plain(text).strip(" .,:;()[]")
    marker = get_default_references().parse_marker(plain if plain.startswith("action") else f"action {plain}")
    if marker and not marker[1]:
        return marker[0].split(",")
    bare = plain.removeprefix("action ").upper()
    return [bare] if _SHAPED.fullmatch(bare) else []


def parse_meeting_name(text: str) -> str:
    """Return the name that a text consists of where it may be that of a meeting (`ccdg15`), or an empty string."""
    plain = _make_plain(text).strip(" .,:;()[]")
    return plain if _MEETING.fullmatch(plain) and not parse_references(text) else ""


def parse_change_reference(text: str) -> tuple[str, str]:
    """Return (code, reference) of the change that a text may name, or empty strings.

    The code is empty where none is named: `("sec", "mp162")` for `SEC MP162`, `("", "p415")` for `P415.`.
    """
    named = _CHANGE.fullmatch(_make_plain(text).strip(" .,:;()[]"))
    return (named[1] or "", named[2]) if named and not parse_references(text) else ("", "")


def _make_plain(text: str) -> str:
    """Return text folded, with one kind of dash and of blank."""
    return " ".join(_DASHES.sub("-", fold_for_search(text)).split())


def split_words(text: str) -> list[str]:
    """Return the words of a text in order, folded."""
    return [word[:LONGEST_WORD] for word in re.findall(r"[^\W_]+", fold_for_search(text))]


def fold_words(text: str) -> str:
    """Return the words of a text with a blank before and after each."""
    return f" {' '.join(split_words(text))} "


def _make_part(word: str) -> str:
    """Return what folded words contain where they have the word, or one that begins so."""
    return f" {word}" if matches_prefix(word) else f" {word} "


def has_words(words: str, text: str) -> bool:
    """Return whether folded words (`fold_words`) have all words of a text."""
    return all(_make_part(word) in words for word in split_words(text))


def make_index_lookup(text: str) -> RawSQL | list[int]:
    """Return SQL for `pk__in`: the keys of the questions that have all words of a text, or are those that it names.

    A text without words matches no question.
    """
    words, references = split_words(text), parse_references(text)
    condition, parameters = QUESTIONS.make_condition(words)
    statement = f"SELECT question_id FROM {QUESTIONS.table} WHERE {condition}"  # noqa: S608 fixed names
    if references:
        places = ", ".join(["%s"] * len(references))
        statement += f" UNION SELECT id FROM register_question WHERE reference IN ({places})"  # noqa: S608
        parameters = [*parameters, *references]
    return RawSQL(statement, parameters) if words else []  # noqa: S611 nothing but words goes in


def make_passage_lookup(kind: str, text: str) -> RawSQL | list[int]:
    """Return SQL for `pk__in`: the keys of the rows of a kind of passage that have all words of a text."""
    words = split_words(text)
    condition, parameters = PASSAGES.make_condition(words)
    statement = f"SELECT object_id FROM {PASSAGES.table} WHERE kind = %s AND {condition}"  # noqa: S608 fixed names
    return RawSQL(statement, [kind, *parameters]) if words else []  # noqa: S611 nothing but words goes in


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


def install_search_indexes() -> None:
    """Create the indexes, and what keeps them up to date, where some of it is missing: `WordIndex.install`."""
    for index in INDEXES:
        index.install()


def are_search_indexes_installed() -> bool:
    """Return whether the indexes and what keeps them are there, as far as their tables are."""
    return all(index.is_installed() for index in INDEXES)


def are_search_indexes_right() -> bool:
    """Return whether the indexes hold the words that are kept, and nothing else."""
    return all(index.is_right() for index in INDEXES)


def rebuild_search_indexes() -> None:
    """Make the indexes anew from the words that are kept."""
    for index in INDEXES:
        index.rebuild()
