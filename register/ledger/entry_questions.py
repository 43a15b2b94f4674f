"""Compares the question that each ledger entry names with the one that its history row belongs to."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from register.ledger.audited_models import get_audited_models
from register.ledger.problems import Problem
from register.models import Audited, LedgerEntry, Question

# The ways from a row to its question, by the foreign key that each begins with; the first that leads to one counts.
LOOKUPS = {"question": "question_id", "answer": "answer__question_id"}


def find_differing_questions() -> Iterator[Problem]:
    """Yield a problem for each entry that names another question than its history row does."""
    for name, model in get_audited_models().items():
        for position in _find_positions(LedgerEntry.objects.filter(model=name), model):
            yield Problem(position, "the question that it names is not that of its history row")


def _find_positions(entries: QuerySet, model: Any) -> Iterator[int]:
    if lookup := _get_lookup(model):
        rows = model.history.model.objects.filter(history_id=OuterRef("history_id"))
        entries = entries.annotate(recorded=Subquery(rows.order_by().annotate(asked=lookup).values("asked")[:1]))
        wrong = entries.exclude(question_id=F("recorded")).exclude(question_id=None, recorded=None)
    else:
        wrong = entries.exclude(question_id=None)
    yield from wrong.order_by().values_list("position", flat=True).iterator()


def _get_lookup(model: Any) -> F | Coalesce | None:
    """Return the look-up from a history row to its question, or None where rows of the model belong to none."""
    if model is Question:
        return F("id")
    if model.get_question_id is Audited.get_question_id:
        return None
    names = {field.name for field in model._meta.fields if field.is_relation}
    lookups = [F(lookup) for name, lookup in LOOKUPS.items() if name in names]
    return Coalesce(*lookups) if len(lookups) > 1 else lookups[0]
