"""Marks that say that something is suspect: made, found, and brought to their end."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from register.ledger.unit_of_work import Actor, record
from register.models import Action, Answer, Question, SuspectMark
from register.models.visibility import get_classifications
from register.services.cleaning import clean_row
from register.vocabulary import Classification, SuspectCause, SuspectEnd, strictest

Item = Question | Action | Answer


def get_standing_marks(item: Item) -> QuerySet[SuspectMark]:
    """Return the marks on an item that nobody has cleared."""
    return SuspectMark.objects.filter(standing=True, **{str(item._meta.model_name): item})


def annotate_beginning(marks: QuerySet[SuspectMark]) -> QuerySet[SuspectMark]:
    """Return marks with `since` (aware) and `begun_by`: when they were made, and who did what made them."""
    made = SuspectMark.history.model.objects.filter(id=OuterRef("pk")).order_by("history_id")
    return marks.annotate(since=Subquery(made.values("history_date")[:1]), begun_by=Subquery(made.values("actor")[:1]))


def mark_suspect(item: Item, cause: SuspectCause, *, by: Actor, reason: str = "", **details: Any) -> SuspectMark:
    """Record that an item is suspect; return the mark. `details` are columns of it: the paragraph, the ground.

    Who may not read the item, or the report or ground that the mark tells of, does not read the mark. One that hides
    what an answer rests on is for those who may read everything.
    """
    classification = Classification.RESTRICTED if cause == SuspectCause.GROUND_HIDDEN else _classify(item, details)
    mark = SuspectMark(cause=cause, classification=classification, **{str(item._meta.model_name): item}, **details)
    return record(clean_row(mark), by=by, reason=reason)


def _classify(item: Item, details: dict[str, Any]) -> str:
    report, ground = details.get("report"), details.get("ground")
    hiding = [*get_classifications(item), *([report.classification] if report else [])]
    return strictest(*hiding, *(get_classifications(ground) if ground else ()))


def end_mark(mark: SuspectMark, end: SuspectEnd, *, by: Actor, reason: str) -> SuspectMark:
    """Record that a mark stands no longer, and how it ended; return it."""
    mark.standing, mark.ended_as = False, end
    return record(mark, by=by, reason=reason)
