"""Record what a triager accepts of a plan, through the services and in one transaction."""

import hashlib
import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from register.headline_report import Report
from register.headline_report.due_dates import find_due
from register.ledger.unit_of_work import record, unit_of_work
from register.models import (
    Action,
    ActionLink,
    Group,
    HeadlineReport,
    Meeting,
    MeetingLink,
    Organisation,
    Origin,
    Question,
    System,
    Topic,
    User,
)
from register.refusals import Refused
from register.services.actions import Update, update_action
from register.services.cleaning import clean_row
from register.services.links import link_action, link_meeting
from register.services.meetings import GivenOutcome, note_discussion, note_item, record_outcomes
from register.services.permissions import require_role
from register.services.questions import edit_question, raise_question
from register.services.reference import get_or_new, keep
from register.services.reports.planning import (
    get_meeting,
    get_paragraph_digest,
    plan_report,
    split_name,
)
from register.services.reports.proposals import APPLIED_UNASKED, APPLIED_WHERE_ASKED, ItemType, Plan, Proposal
from register.services.reports.told import make_item_title
from register.services.titles import make_title
from register.vocabulary import LinkKind, OriginKind, Role

LONGEST_NOTE = 2_000  # characters

# {a proposal's key: {owner, topic or priority: the name that the triager chose; due: the day that they confirmed}}
Choices = Mapping[str, Mapping[str, str]]


def apply_report(
    plan: Plan,
    accepted: Collection[str],
    *,
    by: User | System,
    file_name: str,
    content: bytes,
    choices: Choices | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Proposal]:
    """Apply the proposals whose keys are accepted, and return those that were, in order.

    The register is compared again under the lock, so that what was recorded meanwhile is not recorded twice. `choices`
    maps keys to what the triager chose instead of what was read: `owner`, `topic`, `priority`, by name, and `due`,
    the day that was proposed and is confirmed. The file is kept once, when
    something of it is applied. Raises NotPermitted, Refused; nothing is then written.
    """
    require_role(by, Role.TRIAGE, to="import a report")
    with unit_of_work():
        fresh = plan_report(plan.report)
        can_be = (*APPLIED_UNASKED, *APPLIED_WHERE_ASKED)
        applied = [proposal for proposal in fresh.proposals if proposal.key in accepted and proposal.kind in can_be]
        if applied:
            work = _ReportApplication(plan.report, by, choices or {})
            work.begin(file_name, content)
            for done, proposal in enumerate(applied, 1):
                work.apply(proposal)
                progress(done, len(applied))
            work.link_served()
        return applied


def get_report_of_file(content: bytes) -> HeadlineReport | None:
    """Return the `HeadlineReport` that keeps this very file, or None."""
    return HeadlineReport.objects.filter(digest=hashlib.sha256(content).hexdigest()).first()


class _ReportApplication:
    """One application of one report."""

    def __init__(self, report: Report, by: User | System, choices: Choices) -> None:
        self.report, self.by, self.choices = report, by, choices
        header = report.meeting
        self.group = Group.objects.get_called(header.group) or Group(name=header.group)
        if self.group.pk is None:
            keep(self.group, by=by, reason=f"Named by the {header.name} Headline Report")
        self.source = f"{header.name} Headline Report"

    def begin(self, file_name: str, content: bytes) -> None:
        """Find or make the meeting, and keep the file."""
        header = self.report.meeting
        self.meeting = get_meeting(header.group, header.number, header.held_on) or keep(
            Meeting(group=self.group, number=header.number, held_on=header.held_on), by=self.by, reason=self.source
        )
        self.file = get_report_of_file(content) or self._record_file(file_name, content)
        if self.file.is_file_redacted:
            raise Refused("Import an edition without the words that had to go: this very file was redacted.")

    def _record_file(self, file_name: str, content: bytes) -> HeadlineReport:
        file = HeadlineReport(
            meeting=self.meeting,
            file_name=file_name[:255],
            digest=hashlib.sha256(content).hexdigest(),
            content=content,
            classification=self.report.meeting.classification,
            imported_by=self.by if self.by.pk else None,
            imported_at=timezone.now(),
        )
        return record(clean_row(file), by=self.by, reason=self.source)

    def apply(self, proposal: Proposal) -> None:
        _APPLY[proposal.key.split(":")[0]](self, proposal)

    def get_reason(self, paragraph: str) -> str:
        return f"{self.source}, {paragraph}" if paragraph else self.source

    def get_chosen(self, model: Any, proposal: Proposal, name: str) -> Any:
        """Return the row that the triager chose, else the one that was read; None where the register has none."""
        called = self.choices.get(proposal.key, {}).get(name, getattr(proposal, name))
        return model.objects.get_called(called) if called else None

    def get_or_make_meeting(self, name: str, held_on: date | None = None) -> Meeting:
        group_name, number = split_name(name)
        found = get_meeting(group_name, number, held_on)
        group = Group.objects.get_called(group_name) or Group(name=group_name)
        if group.pk is None:
            keep(group, by=self.by, reason=self.source)
        return found or keep(Meeting(group=group, number=number, held_on=held_on), by=self.by, reason=self.source)

    # Meetings

    def apply_meeting(self, proposal: Proposal) -> None:
        announced = self.report.next_meeting
        is_own = proposal.label == self.report.meeting.name
        day = (
            self.report.meeting.held_on
            if is_own
            else announced.held_on
            if announced and announced.name == proposal.label
            else None
        )
        meeting = self.meeting if is_own else self.get_or_make_meeting(proposal.label, day)
        if day and meeting.held_on != day:
            meeting.held_on = day
            keep(meeting, by=self.by, reason=self.source)

    # Actions

    def apply_action(self, proposal: Proposal) -> None:
        meeting = self._get_minting_meeting(proposal)
        action = get_or_new(Action, group=meeting.group, reference=proposal.label)
        is_new = action.pk is None
        action.text, action.paragraph = proposal.published, proposal.paragraph
        action.meeting = meeting
        self._set_due(action, proposal)
        self._set_owner(action, proposal)
        if is_new:
            action.classification = self.report.meeting.classification
        keep(action, by=self.by, reason=self.get_reason(proposal.paragraph))
        self.record_origin(OriginKind.MINTED, proposal, action=action)

    def _get_minting_meeting(self, proposal: Proposal) -> Meeting:
        """Return the meeting that minted an action: the report's, or the one that it was held jointly with."""
        numbers = dict(self.report.meeting.held_with)
        if proposal.group not in numbers:
            return self.meeting
        return self.get_or_make_meeting(f"{proposal.group}{numbers[proposal.group]}", self.report.meeting.held_on)

    def _set_due(self, action: Action, proposal: Proposal) -> None:
        """Keep the words; set the day that they state, or that was confirmed. A day that only old words gave goes."""
        if not proposal.due_as_written:
            return
        before = find_due(action.due_as_written, self.report.meeting.held_on)
        is_of_old_words = before is not None and before.day == action.due_on
        if action.due_on and action.due_as_written != proposal.due_as_written and is_of_old_words:
            action.due_on = None
        action.due_as_written = proposal.due_as_written
        if proposal.due and action.due_on is None and (proposal.due.is_stated or self._is_due_confirmed(proposal)):
            action.due_on = proposal.due.day

    def _is_due_confirmed(self, proposal: Proposal) -> bool:
        confirmed = self.choices.get(proposal.key, {}).get("due")
        return proposal.due is not None and confirmed == proposal.due.day.isoformat()

    def _set_owner(self, action: Action, proposal: Proposal) -> None:
        called = self.choices.get(proposal.key, {}).get("owner", proposal.owner)
        members_of = re.fullmatch(r"(\w+) members", called or "")
        group = Group.objects.get_called(members_of[1]) if members_of else None
        group = group or (Group.objects.get_called(called) if called else None)
        organisation = Organisation.objects.get_called(called) if called else None
        if organisation or group:
            action.owner, action.owner_group = organisation, None if organisation else group

    def apply_mention(self, proposal: Proposal) -> None:
        action = self._get_or_make_action(proposal.label, " and ".join(proposal.paragraphs), proposal.published)
        for paragraph in proposal.paragraphs:
            self.record_origin(OriginKind.MENTIONED, proposal, paragraph=paragraph, action=action)

    def _get_or_make_action(self, reference: str, places: str, published: str) -> Action:
        """Return the action of a reference; one that the register does not hold is made as a stub."""
        action = get_or_new(Action, group=self.group, reference=reference)
        if action.pk is None:
            action.text = f"Mentioned at {self.report.meeting.name}, {places}: {published}"[:2_000]
            action.meeting = get_meeting(self.group.name, self.report.references.get_meeting_number(reference), None)
            action.classification = self.report.meeting.classification
            keep(action, by=self.by, reason=self.get_reason(places))
        return action

    def apply_update(self, proposal: Proposal) -> None:
        place, words = proposal.paragraph, proposal.published
        reference = proposal.key.split(":")[1]
        heir = self._get_or_make_action(proposal.other, place, words) if proposal.other else None
        update = Update(proposal.says, self.meeting, place, words[:LONGEST_NOTE], superseded_by=heir)
        update_action(self._get_or_make_action(reference, place, words), update, by=self.by)

    # What became of questions, and decisions

    def apply_decision(self, proposal: Proposal) -> None:
        decisions = {decision.reference or "Decision": decision for decision in self.report.decisions}
        title = make_item_title(decisions[proposal.label])
        note_item(self.meeting, title, by=self.by, reason=self.get_reason(proposal.paragraph))

    def apply_outcome(self, proposal: Proposal) -> None:
        to = self.get_or_make_meeting(proposal.other) if proposal.other else None
        outcome = GivenOutcome(
            proposal.target, proposal.says, to, proposal.paragraph, proposal.published[:LONGEST_NOTE]
        )
        record_outcomes(self.meeting, [outcome], by=self.by)

    # Questions

    def apply_question(self, proposal: Proposal) -> None:
        if proposal.what == ItemType.LINK:
            question = proposal.target
        elif proposal.target:
            question = self._reword(proposal)
        else:
            question = self._raise(proposal)
        self._link(question, proposal)
        for name in proposal.meetings:
            if name != self.report.meeting.name:
                meeting, reason = self.get_or_make_meeting(name), self.get_reason(proposal.paragraph)
                note_discussion(question, meeting, by=self.by, reason=reason)
        self.record_origin(OriginKind.ASKED, proposal, question=question)

    def _raise(self, proposal: Proposal) -> Question:
        topic = self.get_chosen(Topic, proposal, "topic")
        given = {"owner": self.get_chosen(Organisation, proposal, "owner"), "topic": topic}
        if priority := self.choices.get(proposal.key, {}).get("priority"):
            given["priority"] = priority
        return raise_question(
            by=self.by,
            title=make_title(proposal.published),
            text=proposal.published,
            classification=self.report.meeting.classification,
            raised_on=self.report.meeting.held_on,
            reason=self.get_reason(proposal.paragraph),
            **{name: value for name, value in given.items() if value},
        )

    def _reword(self, proposal: Proposal) -> Question:
        text, title = proposal.published, make_title(proposal.published)
        reason = self.get_reason(proposal.paragraph)
        return edit_question(proposal.target, by=self.by, reason=reason, text=text, title=title)

    def _link(self, question: Question, proposal: Proposal) -> None:
        listed = MeetingLink.objects.filter(question=question, meeting=self.meeting, kind=LinkKind.LISTED)
        if not listed.filter(struck_out=False).exists():
            where, reason = proposal.paragraph, self.get_reason(proposal.paragraph)
            link_meeting(question, self.meeting, LinkKind.LISTED, paragraph=where, by=self.by, reason=reason)

    def record_origin(self, kind: str, proposal: Proposal, paragraph: str | None = None, **item: Any) -> None:
        """Record where the item came from, in the published words."""
        paragraph = paragraph or proposal.paragraph
        whole = self.report.paragraph(paragraph)
        origin = Origin(
            report=self.file,
            kind=kind,
            paragraph=paragraph,
            bullet=proposal.bullet,
            answer=proposal.answer,
            published=whole.full_text if whole and kind == OriginKind.MENTIONED else proposal.published,
            paragraph_digest=get_paragraph_digest(whole),
            **item,
        )
        record(origin, by=self.by, reason=self.get_reason(paragraph))

    def link_served(self) -> None:
        """Link each action that speaks of a paragraph's questions to those questions, where both are held."""
        for minted in (action for action in self.report.actions if action.serves):
            action = Action.objects.filter(group=self.group, reference=minted.reference).first()
            asked = Origin.objects.filter(report__meeting=self.meeting, kind=OriginKind.ASKED, paragraph=minted.serves)
            for question in [origin.question for origin in asked.select_related("question")]:
                if action and question and not ActionLink.objects.filter(action=action, question=question).exists():
                    link_action(action, question, by=self.by, reason=self.get_reason(minted.paragraph))


_APPLY = {
    "meeting": _ReportApplication.apply_meeting,
    "action": _ReportApplication.apply_action,
    "mention": _ReportApplication.apply_mention,
    "question": _ReportApplication.apply_question,
    "update": _ReportApplication.apply_update,
    "outcome": _ReportApplication.apply_outcome,
    "decision": _ReportApplication.apply_decision,
}
