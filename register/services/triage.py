"""Triage: what a raised question lacks and what becomes of it, in one write."""

from collections.abc import Iterable, Mapping
from typing import Any

from register.ledger.unit_of_work import unit_of_work
from register.models import Question, User
from register.services.questions import change_status, edit_question

Move = tuple[str, Mapping[str, Any]]  # a transition's name, and its inputs


def triage_question(
    question: Question, moves: Iterable[Move], *, by: User, seen: int | None = None, **changes: Any
) -> Question:
    """Edit a question and make these moves, all or nothing; return it.

    `changes` and `seen` are as in `edit_question`. Raises what that and `change_status` raise.
    """
    with unit_of_work():
        question = edit_question(question, by=by, seen=seen, **changes)
        for name, given in moves:
            question = change_status(question, name, by=by, **given)
        return question
