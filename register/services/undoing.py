"""Undo the last move of a question: its row, and the answers that the move changed, become what they were.

Both moves stay in the history. Whoever made the move may, within `workflow.UNDONE_WITHIN`, while nothing was recorded
of the question since.
"""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from register.ledger.unit_of_work import Actor, record
from register.models import Answer, LedgerEntry, Question, User
from register.vocabulary import Status
from register.workflow import UNDONE_WITHIN, LastMove

# What a question's row keeps that no move changes, or that is of the history row itself.
NOT_OF_THE_MOVE = ("id", "reference")


def get_move_row(question: Question) -> Any:
    """Return the history row in which a question came into its present status, or None, with `status_before`.

    There is none where it was raised in it, and once it is too late to undo the move.
    """
    if timezone.now() - question.status_since > UNDONE_WITHIN:
        return None
    history = question.history.model.objects
    earlier = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    rows = question.history.filter(status_since=question.status_since, status=question.status)
    last = LedgerEntry.objects.filter(question_id=OuterRef("id")).order_by("-position")
    rows = rows.annotate(
        status_before=Subquery(earlier.values("status")[:1]),
        last_model=Subquery(last.values("model")[:1]),
        last_id=Subquery(last.values("history_id")[:1]),
    )
    row = rows.order_by("history_id").first()
    return row if row and row.status_before else None


def get_last_move(question: Question, by: Actor) -> LastMove | None:
    """Return the last move of a question as the workflow table reads it, where `by` made it and may still undo it."""
    row = get_move_row(question) if isinstance(by, User) else None
    if row is None or by is None or row.history_user_id != by.pk:
        return None
    is_last = (row.last_model, row.last_id) == ("question", row.history_id)
    return LastMove(Status(row.status_before), is_last)


def _get_row_before(row: Any) -> Any:
    rows = type(row).objects.filter(id=row.id, history_id__lt=row.history_id)
    return rows.order_by("-history_id").first()


def undo_move(question: Question, *, by: Actor, reason: str) -> Question:
    """Record a question, and the answers that its last move changed, as they were before it. The caller permits it."""
    row = get_move_row(question)
    for answer, status in _get_answers_before(question, row):
        answer.status = status
        record(answer, by=by, reason=reason)
    before = _get_row_before(row)
    for field in before.tracked_fields:
        if field.name not in NOT_OF_THE_MOVE:
            setattr(question, field.attname, getattr(before, field.attname))
    return record(question, by=by, reason=reason)


def _get_answers_before(question: Question, row: Any) -> list[tuple[Answer, str]]:
    """Return [(answer, its status before)] of those that the move changed: they were recorded right before it."""
    move = LedgerEntry.objects.get(model="question", history_id=row.history_id)
    changed: list[tuple[Answer, str]] = []
    for entry in LedgerEntry.objects.filter(position__lt=move.position).order_by("-position").iterator(50):
        if entry.question_id != question.pk or entry.model == "question":
            return changed
        if entry.model == "answer":
            changed += _get_status_before(entry)
    return changed


def _get_status_before(entry: LedgerEntry) -> list[tuple[Answer, str]]:
    row = Answer.history.model.objects.get(history_id=entry.history_id)
    before = _get_row_before(row)
    changed = before is not None and before.status != row.status
    return [(Answer.objects.get(pk=row.id), before.status)] if changed else []
