"""Keep what is searched: the words of questions and passages are folded anew at the end of each unit of work."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Model, QuerySet

from register.ledger.unit_of_work import UnitOfWork, unit_of_work
from register.models import Audited, Question
from register.models.search_passages import SEARCHED, SearchPassage
from register.models.search_texts import SearchText

BATCH = 500
Key = tuple[str, int]  # a model's name and a row's key

# Every model whose words are kept, with what makes them of a row.
KEPT: dict[str, tuple[type[Model], Callable[[Any], SearchText | SearchPassage]]] = {
    "question": (Question, SearchText.of),
    **{name: (model, SearchPassage.of) for name, (model, _) in SEARCHED.items()},
}


class SearchTextUpdater:
    """Observes one unit of work: notes the words of rows that are recorded, and keeps them before the commit.

    What other observers record after that is as it stands already.
    """

    def __init__(self, unit: UnitOfWork) -> None:
        self.waiting: dict[Key, SearchText | SearchPassage | None] = {}
        self.is_done = False

    def on_record(self, position: int, instance: Audited) -> None:
        name = instance._meta.model_name or ""
        if name in KEPT and not self.is_done:
            self.waiting[name, instance.pk] = KEPT[name][1](instance)
            if len(self.waiting) >= BATCH:  # memory stays flat however many are recorded
                self._keep()

    def on_undo(self, position: int) -> None:
        self.waiting = dict.fromkeys(self.waiting)  # to be read again: nothing tells which state is left

    def before_commit(self) -> None:
        self._keep()
        self.is_done = True

    def _keep(self) -> None:
        undone = [key for key, words in self.waiting.items() if words is None]
        keep([words for words in self.waiting.values() if words] + list(_read_again(undone)))
        self.waiting = {}


def _read_again(keys: list[Key]) -> Iterator[SearchText | SearchPassage]:
    for name, (model, make) in KEPT.items():
        wanted = [key for called, key in keys if called == name]
        for row in model._default_manager.filter(pk__in=wanted) if wanted else ():
            yield make(row)


def keep(texts: list[SearchText | SearchPassage]) -> None:
    """Save words, those of each table in one statement, whether some of them were kept before or not."""
    if questions := [text for text in texts if isinstance(text, SearchText)]:
        SearchText.objects.keep(questions)
    if passages := [text for text in texts if isinstance(text, SearchPassage)]:
        SearchPassage.objects.keep(passages)


def rebuild_search_texts() -> int:
    """Fold all words anew that are not those of their rows; return how many. Locks a batch at a time."""
    changed = 0
    for name, keys in iterate_stale_words():
        with unit_of_work():  # under the head lock, for another write may have been under way before
            keep(list(_read_again([(name, key) for key in keys])))
        changed += len(keys)
    return changed


def iterate_stale_words() -> Iterator[tuple[str, list[int]]]:
    """Yield (a model's name, keys of rows whose kept words are not theirs), some at a time."""
    for name, (model, make) in KEPT.items():
        for rows in _iterate_batches(model._default_manager.all()):
            due = {row.pk: make(row) for row in rows}
            kept = _load_kept(name, list(due))
            if stale := [key for key, words in due.items() if _is_stale(words, kept.get(key))]:
                yield name, stale


def _iterate_batches(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _load_kept(name: str, keys: list[int]) -> dict[int, SearchText | SearchPassage]:
    if name == "question":
        return dict(SearchText.objects.in_bulk(keys))
    return {words.object_id: words for words in SearchPassage.objects.filter(kind=name, object_id__in=keys)}


def _is_stale(due: SearchText | SearchPassage, kept: SearchText | SearchPassage | None) -> bool:
    if kept is None:
        return isinstance(due, SearchText) or due.has_words
    return kept.compared != due.compared
