"""What a report proposes, as data."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from register.headline_report import Report
from register.headline_report.due_dates import Due, find_due
from register.headline_report.editions import ChangeKind, ParagraphChange, find_change
from register.models import DismissedItem, HeadlineReport
from register.refusals import Invalid, Refused

SUPERSEDED = "A later edition of this report is kept, so nothing of this one is ticked."


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
    EDITION = "edition"


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

    @property
    def fingerprint(self) -> str:
        """What is the same as long as the proposal and what the register holds of it are."""
        key = self.target.pk if self.target else ""
        parts = (self.kind, self.what, self.label, self.published, self.held, self.note, key)
        return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:16]

    def get_due_day(self, held_on: date | None) -> date | None:
        """Return the day that an action is due on unless a triager chooses: stated, or as it is held.

        A day that only old words gave goes with them. `held_on` is the day of the report's meeting.
        """
        held, written = self.target and self.target.due_on, self.due_as_written
        before = find_due(self.target.due_as_written, held_on) if self.target else None
        if written and held and self.target.due_as_written != written and before and before.day == held:
            held = None
        return self.due.day if held is None and self.due and self.due.is_stated else held

    @property
    def raises(self) -> bool:
        """Whether accepting it raises a question; of a link, where the triager says so."""
        return self.key.startswith("question:") and (self.target is None or self.what == ItemType.LINK)


@dataclass(frozen=True)
class MadeItem:
    """An action or question that a triager makes of words which the reader takes for neither.

    `published` are these words; `name` tells one such line of the report from the others. `reference` is an action's.
    """

    name: str
    what: ItemType
    published: str
    paragraph: str = ""
    reference: str = ""

    def propose(self) -> Proposal:
        """Return it as a proposal, whose key begins as that of any action or question."""
        label = self.reference or self.paragraph
        key = f"{self.what}:{self.name}"
        return Proposal(key, ProposalKind.NEW, self.what, label, self.paragraph, self.published)


@dataclass(frozen=True)
class Decisions:
    """What a triager decided about a plan. Keys are those of its proposals.

    `accepted` are recorded, `dismissed` maps others to `DismissedAs`. `choices` maps keys to what was chosen instead of
    what was read: `owner`, `topic`, `priority` by name, `due` (a day, or nothing), `words`, `paragraph`, and `as` a
    question ("anew") where a link is proposed. `shown` maps keys to the fingerprints of the proposals as they were
    shown; without it none is compared.
    """

    accepted: Collection[str]
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    dismissed: Mapping[str, str] = field(default_factory=dict)
    made: Sequence[MadeItem] = ()
    shown: Mapping[str, str] | None = None

    @property
    def are_none(self) -> bool:
        return not (self.accepted or self.dismissed or self.made)


class ProposalRefused(Refused):
    """One proposal cannot be recorded, and so none is. `fields` maps names of `Decisions.choices`, or "", to why."""

    def __init__(self, key: str, refusal: Refused) -> None:
        super().__init__(*refusal.reasons)
        self.key = key
        given: Mapping[str, Iterable[str]] = refusal.fields if isinstance(refusal, Invalid) else {"": refusal.reasons}
        self.fields = {_CHOSEN.get(name, ""): list(sentences) for name, sentences in given.items()}


# {the column: what the triager chose for it}
_CHOSEN = {
    "text": "words",
    "title": "words",
    "note": "words",
    "due_on": "due",
    "reference": "reference",
    "paragraph": "paragraph",
}


@dataclass(frozen=True)
class Revision:
    """What a report changes against the edition before it, `before`."""

    before: HeadlineReport
    changes: list[ParagraphChange]

    def find_number(self, number: str) -> str:
        """Return the number that a paragraph of the edition before has now, or the same where it is gone."""
        change = find_change(self.changes, number)
        return change.now if change and change.now else number

    def describe(self) -> str:
        """Return how many paragraphs were added, removed, reworded and moved, in words."""
        counted = Counter(change.kind for change in self.changes)
        return ", ".join(f"{counted[kind]} {kind}" for kind in ChangeKind if counted[kind])


@dataclass
class Plan:
    """A report, and what it proposes for the register as it is now, in the report's order.

    `gone` are sentences on what an earlier edition of the report had and this one has not. `dismissed` are {key: what
    was said of it} of the proposals that a triager left out before. `revision` is what it changes against the edition
    before.
    """

    report: Report
    proposals: list[Proposal] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    dismissed: dict[str, DismissedItem] = field(default_factory=dict)
    revision: Revision | None = None

    def of(self, kind: ProposalKind) -> list[Proposal]:
        return [proposal for proposal in self.proposals if proposal.kind == kind]

    @property
    def unasked(self) -> set[str]:
        """The keys of what is applied unless a triager says otherwise.

        These are not clashes, doubts, what is held already, and what was left out before. Of a report whose group is in
        doubt, or of which a later edition is kept, there are none.
        """
        if self.report.meeting.doubt or SUPERSEDED in self.gone:
            return set()
        open_ones = (proposal for proposal in self.proposals if proposal.key not in self.dismissed)
        return {proposal.key for proposal in open_ones if proposal.kind in APPLIED_UNASKED}

    def find_undecided(self, decisions: Decisions) -> list[Proposal]:
        """Return what is for a person to decide, and is neither accepted nor left out."""
        decided = {*decisions.accepted, *decisions.dismissed, *self.dismissed}
        return [p for p in self.proposals if p.kind in APPLIED_WHERE_ASKED and p.key not in decided]
