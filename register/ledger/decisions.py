"""Who decided what between two moments: the moves that settle a question, or open it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from register.ledger.versions import annotate_entries
from register.models import Answer, Meeting, Question, clearance
from register.models.visibility import Reader
from register.vocabulary import Outcome, Status
from register.workflow import TRANSITIONS, Part

SETTLED = (Status.AGREED, Status.CLOSED, Status.WITHDRAWN, Status.MERGED, Status.DEFERRED)
MOST = 1_000


@dataclass(frozen=True)
class Decision:
    """One decision. `at` is aware and in UTC, `position` that of its ledger entry.

    `by` and `organisation` are the names as they were then. `answer` is the agreed answer where the reader may see it,
    `meeting` the name of the meeting that agreed it, `came_to` where it landed or why it was withdrawn.
    """

    at: datetime
    position: int
    question_id: int
    reference: str
    title: str
    by: str
    organisation: str
    source: str
    target: str
    reason: str
    answer: Any
    meeting: str
    came_to: str

    @property
    def what(self) -> str:
        return f"{Status(self.source).label} → {Status(self.target).label}"

    @property
    def role(self) -> str:
        """Whose move it is by the workflow table; of a move that took another back, whoever had made that."""
        moves = (transition for transition in TRANSITIONS.values() if transition.target == self.target)
        parts = {part for move in moves for part in move.sources.get(Status(self.source), ())}
        return " or ".join(sorted(parts or {Part.MOVER}))


def get_decisions(since: datetime, until: datetime, user: Reader) -> list[Decision]:
    """Return the decisions from one aware moment to another that a user may see, in their order, at most `MOST`.

    Each is seen by whoever may see the question now, and might see it under its classification then.
    """
    rows = list(_find_moves(since, until, user)[:MOST])
    answers = Answer.objects.visible_to(user).in_bulk({row.agreed_answer_id for row in rows} - {None})
    meetings = Meeting.objects.select_related("group").in_bulk({row.decided_at_id for row in rows} - {None})
    return [_make_decision(row, answers, meetings) for row in rows]


def _find_moves(since: datetime, until: datetime, user: Reader) -> Any:
    history: Any = Question.history
    earlier = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    visible = Question.objects.visible_to(user).values("pk")
    rows = annotate_entries(
        history.filter(history_date__gte=since, history_date__lte=until, id__in=visible), "question"
    )
    rows = rows.filter(classification__in=clearance(user)).annotate(source=Subquery(earlier.values("status")[:1]))
    settles = Q(status__in=SETTLED) | Q(source__in=SETTLED, status=Status.OPEN)
    return rows.filter(settles).exclude(source=F("status")).exclude(source=None).order_by("history_id")


def _make_decision(row: Any, answers: dict[int, Answer], meetings: dict[int, Meeting]) -> Decision:
    meeting = meetings.get(row.decided_at_id)
    is_agreed = row.status == Status.AGREED
    outcome = Outcome(row.outcome).label if row.outcome else ""
    return Decision(
        at=row.history_date,
        position=row.entry_position,
        question_id=row.id,
        reference=row.reference,
        title=row.title or "",
        by=row.actor,
        organisation=row.actor_organisation or "",
        source=row.source,
        target=row.status,
        reason=row.history_change_reason or "",
        answer=answers.get(row.agreed_answer_id) if is_agreed else None,
        meeting=meeting.name if meeting and is_agreed else "",
        came_to=row.disposition or outcome,
    )
