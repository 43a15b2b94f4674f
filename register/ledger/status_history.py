"""The status changes of one question, read from its history and the ledger."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from register import clock
from register.ledger.versions import annotate_entries
from register.models import Answer, Meeting, Question, clearance
from register.models.visibility import Reader
from register.vocabulary import Status


@dataclass(frozen=True)
class StatusChange:
    """One status change, from status `source` to `target`.

    `source` is None where the question was raised. `at` is aware and in UTC; `position` is that of the ledger entry.
    `days` are the working days that the question then spent in `target`, up to now where it is the present status.
    Of an agreement, `answer` is the number of the agreed answer where the reader may see it, and `meeting` the name of
    the meeting that agreed it; of a closing, `disposition` says where the answer landed.
    """

    at: datetime
    by: str
    organisation: str
    source: str | None
    target: str
    reason: str
    position: int
    redacted: bool
    days: int = 0
    answer: int | None = None
    meeting: str | None = None
    disposition: str | None = None

    @property
    def source_label(self) -> str:
        return Status(self.source).label if self.source else ""

    @property
    def target_label(self) -> str:
        return Status(self.target).label


COLUMNS = (
    "history_date",
    "actor",
    "actor_organisation",
    "status",
    "classification",
    "history_change_reason",
    "agreed_answer_id",
    "decided_at_id",
    "disposition",
    "entry_position",
    "entry_salt",
)


def get_status_history(question: Question, *, seen_by: Reader, versions: list[Any] | None = None) -> list[StatusChange]:
    """Return the `StatusChange`s of a question that `seen_by` may see, the oldest first.

    A past version is visible to those cleared for its classification then and now; that of now the caller checks.
    `versions` are the question's own history rows as `annotate_entries` gives them, oldest first, where the caller has
    them already.
    """
    if versions is None:
        versions = _load_versions(question)
    return _add_decisions(_get_changes(versions, clearance(seen_by)), versions, question, seen_by)


def _load_versions(question: Question) -> list[Any]:
    versions = annotate_entries(Question.history.filter(id=question.pk), "question").order_by("history_id")
    return list(versions.values_list(*COLUMNS, named=True))


def _get_changes(versions: list[Any], seen: tuple[str, ...]) -> list[StatusChange]:
    shown = [version for version in versions if version.classification in seen]
    before = [None, *(version.status for version in shown)]
    moves = (pair for pair in zip(before, shown, strict=False) if pair[0] != pair[1].status)
    changes = [_make_change(source, version) for source, version in moves]
    if shown and shown[0] is not versions[0]:
        changes[0] = _hide_beginning(changes[0])
    ends = [*(change.at for change in changes[1:]), timezone.now()]
    return [replace(change, days=_count_days(change.at, end)) for change, end in zip(changes, ends, strict=False)]


def _add_decisions(
    changes: list[StatusChange], versions: list[Any], question: Question, seen_by: Reader
) -> list[StatusChange]:
    """Return the changes with what each agreement agreed, and where, and what each closing came to."""
    decided = {v.entry_position: v for v in versions if v.status in (Status.AGREED, Status.CLOSED)}
    if not decided:
        return changes
    numbers = dict(Answer.objects.visible_to(seen_by).filter(question=question.pk).values_list("pk", "number"))
    rows = Meeting.objects.filter(pk__in={v.decided_at_id for v in decided.values()}).select_related("group")
    meetings = {meeting.pk: meeting.name for meeting in rows}
    return [
        replace(
            change,
            answer=numbers.get(version.agreed_answer_id),
            meeting=meetings.get(version.decided_at_id),
            disposition=version.disposition or None,
        )
        if (version := decided.get(change.position))
        else change
        for change in changes
    ]


def _count_days(begin: datetime, end: datetime) -> int:
    return clock.working_days(clock.london_date(begin), clock.london_date(end))


def _hide_beginning(change: StatusChange) -> StatusChange:
    """Return the first change that a reader sees without its actor and reason, where earlier versions are hidden."""
    return replace(change, by="", organisation="", reason="What came before is not shown to you.")


def _make_change(source: str | None, version: Any) -> StatusChange:
    return StatusChange(
        at=version.history_date,
        by=version.actor,
        organisation=version.actor_organisation,
        source=source,
        target=version.status,
        reason=version.history_change_reason or "",
        position=version.entry_position,
        redacted=version.entry_salt is None,
    )
