"""Verifies what is kept beside the record: documents, positions and tombstones of the feed, counts, the index."""

from collections.abc import Iterator

from register.documents.feed_positions import find_wrong_feed_rows
from register.documents.kinds import Kind, get_documented_kinds
from register.documents.search_texts import iterate_stale_words
from register.documents.tallies import find_wrong_tallies
from register.documents.updating import find_stale_documents, iterate_keys
from register.ledger.problems import Problem
from register.ledger.unit_of_work import unit_of_work
from register.models import search


def find_wrong_documents() -> Iterator[Problem]:
    """Yield a problem for each thing that is kept and is not what the register and its history say."""
    for name, key in find_stale_documents():
        yield Problem(None, f"the document of {name} {key}, which the API shows, is not what the register holds")
    for kind in get_documented_kinds().values():
        if kind.in_feed:
            for keys in iterate_keys(kind.name):
                yield from _find_wrong_feed_rows(kind, keys)
    yield from _find_wrong_counts()
    yield from _find_wrong_search_texts()


def _find_wrong_search_texts() -> Iterator[Problem]:
    for name, keys in iterate_stale_words():
        for key in keys:
            yield Problem(None, f"the words by which {name} {key} is found are not those of the register")
    if not search.are_search_indexes_right():
        yield Problem(None, "the search index does not hold the words that are kept")


def _find_wrong_feed_rows(kind: Kind, keys: list[int]) -> Iterator[Problem]:
    if any(find_wrong_feed_rows(kind, keys)):
        with unit_of_work():  # again with every writer held off: the first look may have met a change half way
            yield from list(find_wrong_feed_rows(kind, keys))


def _find_wrong_counts() -> Iterator[Problem]:
    for (by, status, key, classification), kept, right in find_wrong_tallies():
        what = f"{classification} questions {status} by {by} {key}".rstrip()
        yield Problem(None, f"the count of {what} is {kept}, and there are {right}")
