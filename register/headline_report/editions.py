"""Compare two editions of a report: which paragraphs were added, removed, reworded or moved."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from register.headline_report.report import Paragraph, Report

ALIKE = 70  # out of 100: one paragraph in other words, at another number
MOST_COMPARED = 10_000  # pairs of paragraphs


class ChangeKind(StrEnum):
    """What became of a paragraph from one edition to the next."""

    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    MOVED = "moved"
    MOVED_AND_REWORDED = "moved and reworded"


@dataclass(frozen=True)
class ParagraphChange:
    """What became of one paragraph: its number and words before, and now; "" of what was added, or is gone."""

    kind: ChangeKind
    before: str
    now: str
    was: str
    reads: str

    @property
    def is_reworded(self) -> bool:
        return self.kind in (ChangeKind.REWORDED, ChangeKind.MOVED_AND_REWORDED)


def compare_editions(before: Report, now: Report) -> list[ParagraphChange]:
    """Return what changed from one edition of a report to the next, in the order of the later one, removals last.

    A paragraph is the one of the same number and words; else of the same words, wherever it stands; else the one that
    reads most alike; else of the same number. What did not change is left out.
    """
    matching = _Matching(before.places, now.places)
    changes = [_describe(matching.pairs.get(paragraph.number), paragraph) for paragraph in now.places]
    gone = matching.old.values()
    removed = [ParagraphChange(ChangeKind.REMOVED, old.number, "", old.full_text, "") for old in gone]
    return [change for change in changes if change] + removed


def _get_words(paragraph: Paragraph) -> str:
    return " ".join(paragraph.full_text.split())


class _Matching:
    """Pairs paragraphs: `pairs` is {number now: the paragraph before}; `old` and `new` hold what has no pair."""

    def __init__(self, before: Iterable[Paragraph], now: Iterable[Paragraph]) -> None:
        self.old = {paragraph.number: paragraph for paragraph in before}
        self.new = {paragraph.number: paragraph for paragraph in now}
        self.words = {id(p): _get_words(p) for p in [*self.old.values(), *self.new.values()]}
        self.pairs: dict[str, Paragraph] = {}
        self._take_same_number(also_same_words=True)
        self._take_same_words()
        self._take_alike()
        self._take_same_number(also_same_words=False)

    def _pair(self, before: Paragraph, now: Paragraph) -> None:
        self.pairs[now.number] = self.old.pop(before.number)
        del self.new[now.number]

    def _take_same_number(self, *, also_same_words: bool) -> None:
        for number, paragraph in list(self.new.items()):
            before = self.old.get(number)
            if before and (not also_same_words or self.words[id(before)] == self.words[id(paragraph)]):
                self._pair(before, paragraph)

    def _take_same_words(self) -> None:
        by_words: dict[str, list[Paragraph]] = {}
        for paragraph in self.old.values():
            by_words.setdefault(self.words[id(paragraph)], []).append(paragraph)
        for paragraph in list(self.new.values()):
            if found := by_words.get(self.words[id(paragraph)]):
                self._pair(found.pop(0), paragraph)

    def _take_alike(self) -> None:
        """Pair what reads alike, the likeliest first, of equals what kept its number; of very many none is guessed."""
        if len(self.old) * len(self.new) > MOST_COMPARED:
            return
        scores = [(self._compare(one, other), one, other) for one in self.old.values() for other in self.new.values()]
        for score, one, other in sorted(scores, key=_rank):
            if score >= ALIKE and one.number in self.old and other.number in self.new:
                self._pair(one, other)

    def _compare(self, one: Paragraph, other: Paragraph) -> float:
        return fuzz.ratio(self.words[id(one)], self.words[id(other)])


def _rank(scored: tuple[float, Paragraph, Paragraph]) -> tuple[float, bool]:
    score, before, now = scored
    return -score, before.number != now.number


def _describe(before: Paragraph | None, now: Paragraph) -> ParagraphChange | None:
    if before is None:
        return ParagraphChange(ChangeKind.ADDED, "", now.number, "", now.full_text)
    kind = _KINDS.get((before.number != now.number, _get_words(before) != _get_words(now)))
    if kind is None:
        return None
    return ParagraphChange(kind, before.number, now.number, before.full_text, now.full_text)


# {(has it moved, is it reworded): what that is called}
_KINDS = {
    (True, True): ChangeKind.MOVED_AND_REWORDED,
    (True, False): ChangeKind.MOVED,
    (False, True): ChangeKind.REWORDED,
}


def find_change(changes: Sequence[ParagraphChange], number: str) -> ParagraphChange | None:
    """Return what became of the paragraph that had a number before, or None where it did not change."""
    return next((change for change in changes if change.before == number), None)
