"""The editions of a report: what one changes against the edition before, and what that does to whatever rests on it."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from register.headline_report import Report
from register.headline_report.editions import ChangeKind, ParagraphChange, compare_editions, find_change
from register.headline_report.report import NotAReport
from register.ledger.unit_of_work import Actor, record
from register.models import (
    Action,
    ActionUpdate,
    HeadlineReport,
    Meeting,
    MeetingLink,
    MeetingOutcome,
    Origin,
    Question,
    SuspectMark,
)
from register.services.reports.digests import get_paragraph_digest
from register.services.reports.moving import move_in_order
from register.services.reports.proposals import ItemType, Proposal, ProposalKind, Revision
from register.services.reports.reading import read_file
from register.services.suspects.marks import mark_suspect
from register.vocabulary import OriginKind, Status, SuspectCause

UNREAD = "Not all pages were read, so what seems to be gone may stand there."


def get_editions(meeting: Meeting | None) -> list[HeadlineReport]:
    """Return the reports of a meeting, the latest first, without their bytes; none where there is no meeting."""
    if meeting is None:
        return []
    rows = HeadlineReport.objects.filter(meeting=meeting).select_related("meeting__group", "imported_by")
    return list(rows.defer("content").order_by("-imported_at", "-pk"))


def find_revision(report: Report, editions: Sequence[HeadlineReport]) -> Revision | None:
    """Return what a report changes against the latest edition, or None where nothing is, or that cannot be read.

    There is nothing of the first, and of one that is kept already.
    """
    if any(edition.digest == report.digest for edition in editions):
        return None
    try:
        revision = compare_edition(report, editions)
    except NotAReport:
        return None
    return revision if revision and revision.changes else None


def compare_edition(report: Report, earlier: Sequence[HeadlineReport]) -> Revision | None:
    """Return what an edition changes against the latest of the earlier ones whose file is kept; None without any.

    `earlier` have the latest first. Raises NotAReport where that one cannot be read any more.
    """
    before = next((row for row in earlier if not row.is_file_redacted), None)
    return Revision(before, compare_editions(read_file(bytes(before.content)), report)) if before else None


def is_superseded(report: Report, editions: Sequence[HeadlineReport]) -> bool:
    """Return whether this very file is kept, and a later edition as well."""
    return any(edition.digest == report.digest for edition in editions[1:])


def propose_edition(revision: Revision | None, report: Report) -> Iterator[Proposal]:
    """Yield the proposal to keep a report as the next edition, whatever else is taken of it.

    It is in doubt where pages were not read: what seems to be gone may stand there.
    """
    if revision:
        kind = ProposalKind.DOUBT if report.unread_pages else ProposalKind.CHANGED
        held = f"The edition of {revision.before.imported_at:%-d %B %Y}, {revision.before.file_name}."
        note = "What rests on a paragraph that was reworded or removed is marked; what only moved is followed."
        note = f"{UNREAD} {note}" if report.unread_pages else note
        label = revision.before.meeting.name
        yield Proposal("edition", kind, ItemType.EDITION, label, "", revision.describe(), held=held, note=note)


class EditionFollower:
    """Lets whatever rests on the paragraphs of a meeting's report follow its new edition, or marks it as suspect."""

    def __init__(self, revision: Revision, report: Report, file: HeadlineReport, *, by: Actor, reason: str) -> None:
        self.revision, self.report, self.file, self.by, self.reason = revision, report, file, by, reason
        self.found: list[tuple[Any, ParagraphChange]] = []

    def follow(self) -> None:
        """Point what rests on the edition before at the numbers of this one.

        Call it before anything of this edition is recorded, which has its numbers already.
        """
        resting = list(self._list_resting())
        self.found = [(row, change) for row in resting if (change := self._find_change(row))]
        moves = [(row, change.now) for row, change in self.found if change.now and change.now != row.paragraph]
        move_in_order(resting, moves, self._point)

    def mark(self) -> None:
        """Mark what rested on words that changed. What took its words from this edition is left alone."""
        taken = {_get_key(row) for row in Origin.objects.filter(report=self.file)}
        for row, change in self.found:
            took = isinstance(row, Origin) and _get_key(row) in taken
            if change.kind is not ChangeKind.MOVED and not took and self._is_in_doubt(row, change):
                self._mark(row, change)

    def _find_change(self, row: Any) -> ParagraphChange | None:
        """Return what became of the paragraph of a row, or None where it did not change, or was gone before."""
        change = find_change(self.revision.changes, row.paragraph)
        return change if change and not self._is_gone(row) else None

    def _point(self, row: Any, number: str) -> None:
        row.paragraph = number
        if isinstance(row, Origin):
            row.paragraph_digest = get_paragraph_digest(self.report.paragraph(number))
        record(row, by=self.by, reason=f"{self.reason}: the paragraph is {number} in this edition")

    def _list_resting(self) -> Iterator[Any]:
        """Yield the rows that point at a paragraph of the report, but for those that this edition itself gave."""
        meeting = self.file.meeting
        latest = {_get_key(row): row for row in self._origins}
        yield from (row for row in latest.values() if row.report_id != self.file.pk)
        pointing: list[Any] = [MeetingOutcome.objects.filter(struck_out=False), ActionUpdate.objects.all()]
        pointing += [MeetingLink.objects.filter(struck_out=False), Action.objects.all()]
        for rows in pointing:
            yield from rows.filter(meeting=meeting).exclude(paragraph="").order_by("pk")

    @cached_property
    def _origins(self) -> list[Origin]:
        rows = Origin.objects.filter(report__meeting=self.file.meeting)
        return list(rows.select_related("question", "action").order_by("pk"))

    @cached_property
    def _removed(self) -> set[tuple[int | None, int | None, str]]:
        marks = SuspectMark.objects.filter(report__meeting=self.file.meeting, cause=SuspectCause.REMOVED)
        return set(marks.values_list("question", "action", "paragraph"))

    def _is_gone(self, row: Any) -> bool:
        """Return whether an earlier edition took the row's paragraph away: its number may be another's by now."""
        item = _get_item(row)
        is_question = isinstance(item, Question)
        return (item.pk if is_question else None, None if is_question else item.pk, row.paragraph) in self._removed

    def _is_in_doubt(self, row: Any, change: ParagraphChange) -> bool:
        """Return whether a row rests on the words that changed: links and actions do so by their origins alone.

        A question among others in a list rests on its own item, and on the sentence that leads to it.
        """
        if isinstance(row, MeetingLink | Action) or (isinstance(row, Origin) and row.kind == OriginKind.MENTIONED):
            return False
        item = _get_item(row)
        if isinstance(item, Question) and item.status in (Status.WITHDRAWN, Status.MERGED):
            return False
        is_item = isinstance(row, Origin) and row.bullet is not None
        return not (is_item and _keeps_item(row.published, change))

    def _mark(self, row: Any, change: ParagraphChange) -> None:
        cause = SuspectCause.REWORDED if change.is_reworded else SuspectCause.REMOVED
        of = {MeetingOutcome: "outcome", ActionUpdate: "update"}.get(type(row))
        details = {of: row} if of else {}
        words = {"was": change.was, "reads": change.reads, "new_words": self._find_new_words(row, change)}
        where = {"report": self.file, "paragraph": change.before}
        mark_suspect(_get_item(row), cause, by=self.by, reason=self.reason, **where, **words, **details)

    def _find_new_words(self, row: Any, change: ParagraphChange) -> str:
        """Return the words that the item itself has in the new edition, where it can be told, and they are others."""
        if not isinstance(row, Origin):
            return ""
        if row.kind == OriginKind.MINTED and row.action:
            found = [minted.text for minted in self.report.actions if minted.reference == row.action.reference]
        else:
            asked = [question for question in self.report.questions if question.paragraph == change.now]
            found = [question.text for question in asked if question.bullet == row.bullet]
        return found[0] if len(found) == 1 and found[0] != row.published else ""


def _get_key(origin: Origin) -> tuple[Any, ...]:
    """Return of what the last origin counts: of an item that was asked or given, and of each place that mentions it."""
    place = origin.paragraph if origin.kind == OriginKind.MENTIONED else ""
    return origin.kind, origin.question_id, origin.action_id, place


def _get_item(row: Any) -> Question | Action:
    """Return the question or the action that a row is of."""
    if isinstance(row, Action):
        return row
    return getattr(row, "question", None) or row.action


def _keeps_item(published: str, change: ParagraphChange) -> bool:
    """Return whether an item of a list stands as it did, under the sentence that led to it before."""
    (lead_before, *_), (lead_now, *items) = change.was.split("\n"), change.reads.split("\n")
    return lead_before == lead_now and published in items
