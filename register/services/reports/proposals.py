"""What a report proposes, as data."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from register.headline_report import Report
from register.headline_report.due_dates import Due


class ProposalKind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    CLASH = "clash"
    MENTION = "mention"
    TOLD = "told"
    DOUBT = "doubt"
    UNCHANGED = "unchanged"


APPLIED_UNASKED = (ProposalKind.NEW, ProposalKind.CHANGED, ProposalKind.MENTION, ProposalKind.TOLD)
APPLIED_WHERE_ASKED = (ProposalKind.CLASH, ProposalKind.DOUBT)


class ItemType(StrEnum):
    MEETING = "meeting"
    ACTION = "action"
    QUESTION = "question"
    LINK = "link"
    UPDATE = "update"
    OUTCOME = "outcome"
    DECISION = "decision"


@dataclass(frozen=True)
class Proposal:
    """One thing to record. `key` names it within its report; `held` is the wording that the register has now.

    `due` is the day that an action's `due_as_written` means: recorded where it is stated, else once it is confirmed.
    `note` is a sentence for the triager; `score` says out of 100 how much a question resembles the one held. `says` is
    the kind of an update of an action, or the result of an outcome, and `other` the reference of the action or the name
    of the meeting that belongs to it. `group` is the other group of a joint meeting whose action it is, or "". `answer`
    is what the report has beside a question. `page` is that of the file, where there are pages.
    """

    key: str
    kind: ProposalKind
    what: ItemType
    label: str
    paragraph: str
    published: str
    held: str = ""
    note: str = ""
    bullet: int | None = None
    owner: str | None = None
    topic: str | None = None
    due_as_written: str | None = None
    due: Due | None = None
    meetings: tuple[str, ...] = ()
    paragraphs: tuple[str, ...] = ()
    score: int | None = None
    says: str = ""
    other: str = ""
    group: str = ""
    answer: str = ""
    page: int | None = None
    target: Any = None  # the Meeting, Action or Question that the register has


@dataclass
class Plan:
    """A report, and what it proposes for the register as it is now, in the report's order.

    `gone` are sentences on what an earlier edition of the report had and this one has not.
    """

    report: Report
    proposals: list[Proposal] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def of(self, kind: ProposalKind) -> list[Proposal]:
        return [proposal for proposal in self.proposals if proposal.kind == kind]

    @property
    def unasked(self) -> set[str]:
        """The keys of what is applied unless a triager says otherwise: not clashes, doubts and what is held already.

        Of a report whose group is in doubt there are none.
        """
        if self.report.meeting.doubt:
            return set()
        return {proposal.key for proposal in self.proposals if proposal.kind in APPLIED_UNASKED}
