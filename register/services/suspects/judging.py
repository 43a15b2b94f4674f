"""Judge whether what an answer rests on still stands as it was when it was named."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Q

from register.models import Answer, AnswerGround, Question, SuspectMark
from register.models.visibility import get_classifications
from register.vocabulary import AnswerStatus, GroundState, Status, SuspectCause, strictest, strictness

SETTLED = (Status.AGREED, Status.CLOSED)
ENDED = (Status.WITHDRAWN, Status.MERGED)


def get_state(ground: Question | Answer) -> GroundState:
    """Return how far a question or an answer is, as whatever rests on it sees it."""
    if isinstance(ground, Answer):
        return GroundState.ENDED if ground.status == AnswerStatus.SUPERSEDED else GroundState.LIVE
    if ground.status in ENDED:
        return GroundState.ENDED
    return GroundState.SETTLED if ground.status in SETTLED else GroundState.LIVE


def get_readers(row: Question | Answer) -> str:
    """Return the classification that a reader of a row must be cleared for."""
    return strictest(*get_classifications(row))


def find_grounds(touched: Collection[tuple[type[Any], int]]) -> list[AnswerGround]:
    """Return the grounds that rows concern, {(model, key)}: that rest on them, or on what a mark is on."""
    keys: dict[type[Any], list[int]] = defaultdict(list)
    for model, key in touched:
        keys[model].append(key)
    questions, answers, marks = keys[Question], keys[Answer], keys[SuspectMark]
    concerned = (
        Q(pk__in=keys[AnswerGround])
        | Q(rests_on_question__in=questions)
        | Q(rests_on_answer__in=answers)
        | Q(rests_on_answer__question__in=questions)
        | Q(answer__in=answers)
    )
    if marks:
        of_marks = SuspectMark.objects.filter(pk__in=marks)
        suspect = of_marks.filter(answer__isnull=False).values("answer")
        concerned |= Q(rests_on_question__in=of_marks.filter(question__isnull=False).values("question"))
        concerned |= Q(rests_on_answer__in=suspect) | Q(rests_on_question__agreed_answer__in=suspect)
    related = ("answer__question", "rests_on_question__agreed_answer", "rests_on_answer__question")
    return list(AnswerGround.objects.filter(concerned).select_related(*related).order_by("pk"))


def find_causes(ground: AnswerGround) -> set[SuspectCause]:
    """Return why an answer is suspect for one of its grounds; nothing of one that it rests on no more."""
    if ground.struck_out or ground.answer.status == AnswerStatus.SUPERSEDED:
        return set()
    found = {
        SuspectCause.GROUND_CHANGED: _has_changed(ground),
        SuspectCause.GROUND_SUSPECT: _is_suspect(ground.ground),
        SuspectCause.GROUND_HIDDEN: _is_hidden(ground),
    }
    return {cause for cause, holds in found.items() if holds}


def _has_changed(ground: AnswerGround) -> bool:
    """Return whether the words are others, or what was agreed is reopened, or what stood has ended."""
    state = get_state(ground.ground)
    reopened = ground.state == GroundState.SETTLED and state == GroundState.LIVE
    ended = state == GroundState.ENDED and ground.state != GroundState.ENDED
    return ground.ground.text != ground.words or reopened or ended


def _is_suspect(ground: Question | Answer) -> bool:
    """Return whether a mark stands on a question, or on the answer that it is agreed with, or on an answer."""
    if isinstance(ground, Answer):
        on = Q(answer=ground)
    else:
        on = Q(question=ground) | Q(answer=ground.agreed_answer_id) if ground.agreed_answer_id else Q(question=ground)
    return SuspectMark.objects.filter(on, standing=True).exclude(cause=SuspectCause.GROUND_HIDDEN).exists()


def _is_hidden(ground: AnswerGround) -> bool:
    """Return whether what an answer rests on became stricter than the answer is itself."""
    now = strictness(get_readers(ground.ground))
    return now > strictness(ground.read_by) and now > strictness(get_readers(ground.answer))
