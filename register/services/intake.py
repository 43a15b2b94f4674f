"""Raise many questions at once: from a spreadsheet, or when a register is filled from another."""

from collections.abc import Iterable

from register.ledger.bulk import record_many
from register.ledger.unit_of_work import Actor, unit_of_work
from register.models import Question
from register.services.cleaning import clean_remark, clean_row
from register.services.permissions import require_role
from register.services.questions import get_next_number, start_question
from register.vocabulary import Role


def raise_questions(questions: Iterable[Question], *, by: Actor, reason: str = "") -> int:
    """Raise unsaved questions in order, each with the next reference, in one transaction; return how many.

    `questions` may be a generator: it is read as it is written, so that memory stays flat. Raises NotPermitted, and
    Refused or Invalid for the first that cannot be raised; none is then.
    """
    require_role(by, Role.TRIAGE, to="raise many questions")
    with unit_of_work():
        numbered = enumerate(questions, get_next_number())
        return record_many(
            (_give_reference(question, number, by) for number, question in numbered), by=by, reason=clean_remark(reason)
        )


def _give_reference(question: Question, number: int, by: Actor) -> Question:
    question.reference = f"DSQ-{number:03}"
    return prepare_question(question, by)


def prepare_question(question: Question, by: Actor) -> Question:
    """Return a new question ready to be saved. Raises Refused."""
    return start_question(clean_row(question), by)
