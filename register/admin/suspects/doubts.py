"""What a page shows of each mark that stands on its question, action or answer."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from register.admin.guarded import is_visible
from register.ledger.timeline import compare_words
from register.models import Answer, AnswerGround, HeadlineReport, Question, SuspectMark, User
from register.services.suspects.judging import get_state
from register.services.suspects.marks import annotate_beginning
from register.vocabulary import GroundState, SuspectCause

SHOWN_WITH = (
    "question",
    "action__group",
    "answer__question",
    "outcome__meeting__group",
    "update__meeting__group",
    "report__meeting__group",
    "ground__answer__question",
    "ground__rests_on_question",
    "ground__rests_on_answer__question",
)
# {the cause: what a paragraph was, or what it is that the answer rests on}
SAID = {
    SuspectCause.REWORDED: "was reworded",
    SuspectCause.REMOVED: "was removed",
    SuspectCause.GROUND_CHANGED: "was changed since",
    SuspectCause.GROUND_SUSPECT: "is suspect itself",
    SuspectCause.GROUND_HIDDEN: "not all its readers may see any more",
}


@dataclass(frozen=True)
class Doubt:
    """One mark as a person sees it: what the mark tells of is left out where they may not see that (any more)."""

    mark: SuspectMark
    viewer: User

    @property
    def cause_label(self) -> str:
        return SAID[SuspectCause(self.mark.cause)]

    @cached_property
    def report(self) -> HeadlineReport | None:
        return self._if_visible(self.mark.report)

    @cached_property
    def ground(self) -> AnswerGround | None:
        return self._if_visible(self.mark.ground)

    def _if_visible(self, row):
        return row if row and is_visible(row, self.viewer) else None

    @property
    def change(self):
        """The differences between the words before and now, for `word_differences.html`, or None."""
        return _compare(self.mark.was, self.mark.reads) if self.report else compare_ground(self.ground)

    @property
    def states(self):
        """How far the ground was when it was named, and how far it is now, or None where that is the same."""
        if self.ground is None or self.mark.cause != SuspectCause.GROUND_CHANGED:
            return None
        then, now = GroundState(self.ground.state), get_state(self.ground.ground)
        return (then.label, now.label) if then != now else None

    @property
    def follows(self) -> bool:
        """Whether it goes by itself once what the answer rests on is clear."""
        return self.mark.cause == SuspectCause.GROUND_SUSPECT

    @property
    def ground_address(self) -> str:
        return get_address(self.ground.ground) if self.ground else ""


def _compare(before: str, now: str):
    return {"pieces": compare_words(before, now)} if before or now else None


def compare_ground(ground: AnswerGround | None):
    """Return how what an answer rests on reads now against its words when it was named, or None where it is the same.

    For `word_differences.html`.
    """
    return _compare(ground.words, ground.ground.text) if ground and ground.words != ground.ground.text else None


def get_address(item) -> str:
    """Return the address of the page of a question, an action or an answer."""
    return reverse(f"admin:register_{item._meta.model_name}_change", args=[item.pk])


def get_item_address(mark: SuspectMark) -> str:
    """Return the address of the card on which a mark stands: of an answer's on the page of its question."""
    item = mark.item.question if isinstance(mark.item, Answer) else mark.item
    return f"{get_address(item)}#in-doubt"


def list_doubts(item, user: User) -> list[Doubt]:
    """Return the doubts about a question and its answers, or about an action or an answer, in one statement."""
    marks = SuspectMark.objects.visible_to(user)
    if isinstance(item, Question):
        marks = marks.standing_on(item)
    else:
        marks = marks.standing().filter(**{item._meta.model_name: item})
    marks = annotate_beginning(marks.select_related(*SHOWN_WITH)).order_by("pk")
    return [Doubt(mark, user) for mark in marks]
