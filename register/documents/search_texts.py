"""Keep what questions are found by: their words are folded anew at the end of each unit of work."""

from collections.abc import Iterator

from register.ledger.unit_of_work import UnitOfWork, unit_of_work
from register.models import Audited, Question
from register.models.search_texts import SearchText

BATCH = 500


class SearchTextUpdater:
    """Observes one unit of work: notes the words of questions that are recorded, and keeps them before the commit.

    What other observers record after that is as it stands already.
    """

    def __init__(self, unit: UnitOfWork) -> None:
        self.waiting: dict[int, SearchText | None] = {}
        self.is_done = False

    def on_record(self, position: int, instance: Audited) -> None:
        if isinstance(instance, Question) and not self.is_done:
            self.waiting[instance.pk] = SearchText.of(instance)
            if len(self.waiting) >= BATCH:  # memory stays flat however many are recorded
                self._keep()

    def on_undo(self, position: int) -> None:
        self.waiting = dict.fromkeys(self.waiting)  # to be read again: nothing tells which state is left

    def before_commit(self) -> None:
        self._keep()
        self.is_done = True

    def _keep(self) -> None:
        undone = [key for key, words in self.waiting.items() if words is None]
        again = Question.objects.filter(pk__in=undone) if undone else ()
        words = [words for words in self.waiting.values() if words] + [SearchText.of(question) for question in again]
        if words:
            SearchText.objects.keep(words)
        self.waiting = {}


def rebuild_search_texts() -> int:
    """Fold the words of every question whose kept words are not those; return how many. Locks a batch at a time."""
    changed = 0
    for keys in iterate_stale_search_keys():
        with unit_of_work():  # under the head lock, for another write may have been under way before
            SearchText.objects.keep([SearchText.of(question) for question in Question.objects.filter(pk__in=keys)])
        changed += len(keys)
    return changed


def iterate_stale_search_keys() -> Iterator[list[int]]:
    """Yield the keys of questions whose kept words are not those of their titles and texts, some at a time."""
    last = 0
    while rows := list(_load_batch(last)):
        if stale := [row.pk for row in rows if _is_stale(row)]:
            yield stale
        last = rows[-1].pk


def _load_batch(last: int) -> Iterator[Question]:
    rows = Question.objects.filter(pk__gt=last).select_related("search_text").only(*_READ).order_by("pk")
    yield from rows[:BATCH]


_READ = ("title", "text", "search_text__title", "search_text__words")


def _is_stale(question: Question) -> bool:
    kept, due = getattr(question, "search_text", None), SearchText.of(question)
    return kept is None or (kept.title, kept.words) != (due.title, due.words)
