"""Record what a triager accepts of a plan, through the services and in one transaction."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import timezone

from register.headline_report import Report
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
from register.refusals import Invalid, Refused
from register.services.actions import Update, update_action
from register.services.cleaning import clean_paragraph, clean_row
from register.services.links import link_action, link_meeting
from register.services.meetings import GivenOutcome, note_discussion, note_item, record_outcomes
from register.services.permissions import require_role
from register.services.questions import edit_question, raise_question
from register.services.reference import get_or_new, keep
from register.services.reports.digests import get_paragraph_digest
from register.services.reports.dismissing import dismiss
from register.services.reports.editions import EditionFollower
from register.services.reports.planning import get_meeting, plan_report, split_name
from register.services.reports.proposals import (
    APPLIED_UNASKED,
    APPLIED_WHERE_ASKED,
    Decisions,
    ItemType,
    MadeItem,
    Plan,
    Proposal,
    ProposalRefused,
    Revision,
)
from register.services.reports.told import make_item_title
from register.services.titles import make_title
from register.vocabulary import LinkKind, OriginKind, Role

LONGEST_NOTE = 2_000  # characters
ANEW = "anew"  # what is chosen where a question is raised instead of the link that is proposed
ASK_REFERENCE = "Give the action a reference, as the meeting would: 15/10."

SHOWN_BEFORE = "changed in the register since this was shown, so nothing was recorded: look again."


def apply_report(
    plan: Plan,
    accepted: Collection[str],
    *,
    by: User | System,
    file_name: str,
    content: bytes,
    choices: Mapping[str, Mapping[str, str]] | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Proposal]:
    """Apply the proposals whose keys are accepted, and return those that were, in order; as `apply_decisions`."""
    decisions = Decisions(accepted, choices or {})
    return apply_decisions(plan, decisions, by=by, file_name=file_name, content=content, progress=progress)


def apply_decisions(
    plan: Plan,
    decisions: Decisions,
    *,
    by: User | System,
    file_name: str,
    content: bytes,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Proposal]:
    """Record what a triager decided about a report, and return the proposals that were applied, in order.

    The register is compared again under the lock, so that what was recorded meanwhile is not recorded twice. The file
    is kept once, when something is decided. Raises NotPermitted, Refused, ProposalRefused; nothing is then written.
    """
    require_role(by, Role.TRIAGE, to="import a report")
    with unit_of_work():
        fresh = plan_report(plan.report)
        can_be = (*APPLIED_UNASKED, *APPLIED_WHERE_ASKED)
        open_ones = [p for p in fresh.proposals if p.kind in can_be and p.key not in fresh.dismissed]
        applied = [proposal for proposal in open_ones if proposal.key in decisions.accepted]
        _require_as_shown(applied, decisions.shown)
        applied += [made.propose() for made in decisions.made]
        dismissed = [proposal for proposal in open_ones if proposal.key in decisions.dismissed]
        if applied or dismissed:
            work = _ReportApplication(plan.report, by, decisions.choices)
            work.begin(file_name, content)
            work.follow_edition(fresh.revision)
            work.require_free([made for made in decisions.made if made.what == ItemType.ACTION])
            for done, proposal in enumerate(applied, 1):
                work.apply(proposal)
                progress(done, len(applied))
            work.link_served()
            work.mark_suspect()
            for proposal in dismissed:
                dismiss(proposal, decisions.dismissed[proposal.key], work.file, by=by, reason=work.source)
        return applied


def _require_as_shown(applied: list[Proposal], shown: Mapping[str, str] | None) -> None:
    changed = [p.label for p in applied if shown is not None and shown.get(p.key) != p.fingerprint]
    if changed:
        raise Refused(f"{', '.join(changed)} {SHOWN_BEFORE}")


def get_report_of_file(content: bytes) -> HeadlineReport | None:
    """Return the `HeadlineReport` that keeps this very file, or None."""
    return HeadlineReport.objects.filter(digest=hashlib.sha256(content).hexdigest()).first()


class _ReportApplication:
    """One application of one report."""

    def __init__(self, report: Report, by: User | System, choices: Mapping[str, Mapping[str, str]]) -> None:
        self.report, self.by, self.choices = report, by, choices
        header = report.meeting
        self.group = Group.objects.get_called(header.group) or Group(name=header.group)
        if self.group.pk is None:
            keep(self.group, by=by, reason=f"Named by the {header.name} Headline Report")
        self.source = f"{header.name} Headline Report"
        self.follower: EditionFollower | None = None

    def begin(self, file_name: str, content: bytes) -> None:
        """Find or make the meeting, and keep the file."""
        header = self.report.meeting
        self.meeting = get_meeting(header.group, header.number, header.held_on) or keep(
            Meeting(group=self.group, number=header.number, held_on=header.held_on), by=self.by, reason=self.source
        )
        kept = get_report_of_file(content)
        self.file, self.is_new = kept or self._record_file(file_name, content), kept is None
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
        """Record one proposal. Raises ProposalRefused."""
        try:
            paragraph = clean_paragraph(self.get_choice(proposal, "paragraph")) or proposal.paragraph
            _APPLY[proposal.key.split(":")[0]](self, replace(proposal, paragraph=paragraph))
        except Refused as refusal:
            raise ProposalRefused(proposal.key, refusal) from refusal

    def require_free(self, made: Iterable[MadeItem]) -> None:
        """Raise ProposalRefused where an action that is made has the reference of another."""
        taken = {minted.reference for minted in self.report.actions}
        for item in made:
            held = Action.objects.filter(group=self.group, reference=item.reference).exists()
            if not item.reference or held or item.reference in taken:
                ask = (
                    f"{item.reference} is another action's: give the next free one."
                    if item.reference
                    else ASK_REFERENCE
                )
                raise ProposalRefused(item.propose().key, Invalid({"reference": [ask]}))
            taken.add(item.reference)

    def get_choice(self, proposal: Proposal, name: str) -> str | None:
        """Return what the triager chose, or None where that was left to the report."""
        return self.choices.get(proposal.key, {}).get(name)

    def get_words(self, proposal: Proposal) -> str:
        return self.get_choice(proposal, "words") or proposal.published

    def get_reason(self, paragraph: str) -> str:
        return f"{self.source}, {paragraph}" if paragraph else self.source

    def get_chosen(self, model: Any, proposal: Proposal, name: str) -> Any:
        """Return the row that the triager chose, else the one that was read; None where the register has none."""
        chosen = self.get_choice(proposal, name)
        called = getattr(proposal, name) if chosen is None else chosen
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
        action.text, action.paragraph = self.get_words(proposal), proposal.paragraph
        action.meeting = meeting
        self._set_due(action, proposal)
        self._set_owner(action, proposal)
        if is_new:
            action.classification = self.report.meeting.classification
        keep(action, by=self.by, reason=self.get_reason(proposal.paragraph))
        # What no marker mints is only mentioned there: a later edition may mint it.
        kind = OriginKind.MENTIONED if proposal.key.startswith("action:note") else OriginKind.MINTED
        self.record_origin(kind, proposal, action=action)

    def _get_minting_meeting(self, proposal: Proposal) -> Meeting:
        """Return the meeting that minted an action: the report's, or the one that it was held jointly with."""
        numbers = dict(self.report.meeting.held_with)
        if proposal.group not in numbers:
            return self.meeting
        return self.get_or_make_meeting(f"{proposal.group}{numbers[proposal.group]}", self.report.meeting.held_on)

    def _set_due(self, action: Action, proposal: Proposal) -> None:
        """Keep the words; set the day that was chosen, else the one that they state."""
        day = proposal.get_due_day(self.report.meeting.held_on)
        if (chosen := self.get_choice(proposal, "due")) is not None:
            day = date.fromisoformat(chosen) if chosen else None
        action.due_on = day
        action.due_as_written = proposal.due_as_written or action.due_as_written

    def _set_owner(self, action: Action, proposal: Proposal) -> None:
        chosen = self.get_choice(proposal, "owner")
        called = proposal.owner if chosen is None else chosen
        members_of = re.fullmatch(r"(\w+) members", called or "")
        group = Group.objects.get_called(members_of[1]) if members_of else None
        group = group or (Group.objects.get_called(called) if called else None)
        organisation = Organisation.objects.get_called(called) if called else None
        if organisation or group:
            action.owner, action.owner_group = organisation, None if organisation else group

    def apply_mention(self, proposal: Proposal) -> None:
        action = self._get_or_make_action(proposal.label, " and ".join(proposal.paragraphs), proposal.published)
        for number in proposal.paragraphs:
            whole = self.report.paragraph(number)
            words = whole.full_text if whole else proposal.published
            told = replace(proposal, paragraph=number, published=words)
            self.record_origin(OriginKind.MENTIONED, told, action=action)

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
        place, words = proposal.paragraph, self.get_words(proposal)
        reference = proposal.key.split(":")[1]
        heir = self._get_or_make_action(proposal.other, place, words) if proposal.other else None
        update = Update(proposal.says, self.meeting, place, words[:LONGEST_NOTE], superseded_by=heir)
        update_action(self._get_or_make_action(reference, place, words), update, by=self.by)

    # What became of questions, and decisions

    def apply_decision(self, proposal: Proposal) -> None:
        title = make_item_title(proposal.label, proposal.published)
        note_item(self.meeting, title, by=self.by, reason=self.get_reason(proposal.paragraph))

    def apply_outcome(self, proposal: Proposal) -> None:
        to = self.get_or_make_meeting(proposal.other) if proposal.other else None
        outcome = GivenOutcome(
            proposal.target, proposal.says, to, proposal.paragraph, self.get_words(proposal)[:LONGEST_NOTE]
        )
        record_outcomes(self.meeting, [outcome], by=self.by)

    # Questions

    def apply_question(self, proposal: Proposal) -> None:
        if proposal.what == ItemType.LINK and self.get_choice(proposal, "as") != ANEW:
            question = proposal.target
        elif proposal.target and proposal.what != ItemType.LINK:
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
        if priority := self.get_choice(proposal, "priority"):
            given["priority"] = priority
        return raise_question(
            by=self.by,
            title=make_title(self.get_words(proposal)),
            text=self.get_words(proposal),
            classification=self.report.meeting.classification,
            raised_on=self.report.meeting.held_on,
            reason=self.get_reason(proposal.paragraph),
            **{name: value for name, value in given.items() if value},
        )

    def _reword(self, proposal: Proposal) -> Question:
        text, title = self.get_words(proposal), make_title(self.get_words(proposal))
        reason = self.get_reason(proposal.paragraph)
        return edit_question(proposal.target, by=self.by, reason=reason, text=text, title=title)

    def _link(self, question: Question, proposal: Proposal) -> None:
        listed = MeetingLink.objects.filter(question=question, meeting=self.meeting, kind=LinkKind.LISTED)
        if not listed.filter(struck_out=False).exists():
            where, reason = proposal.paragraph, self.get_reason(proposal.paragraph)
            link_meeting(question, self.meeting, LinkKind.LISTED, paragraph=where, by=self.by, reason=reason)

    def record_origin(self, kind: str, proposal: Proposal, **item: Any) -> None:
        """Record where the item came from, in the published words."""
        origin = Origin(
            report=self.file,
            kind=kind,
            paragraph=proposal.paragraph,
            bullet=proposal.bullet,
            answer=proposal.answer,
            published=proposal.published,
            paragraph_digest=get_paragraph_digest(self.report.paragraph(proposal.paragraph)),
            **item,
        )
        record(origin, by=self.by, reason=self.get_reason(proposal.paragraph))

    def apply_edition(self, proposal: Proposal) -> None:
        """Do nothing more: that the file is kept makes it the next edition, which `follow_edition` sees to."""

    def follow_edition(self, revision: Revision | None) -> None:
        """Let what rests on the edition before follow this one, where it is kept just now."""
        if revision and self.is_new:
            self.follower = EditionFollower(revision, self.report, self.file, by=self.by, reason=self.source)
            self.follower.follow()

    def mark_suspect(self) -> None:
        """Mark what rests on words that this edition changed, once all that was accepted of it is applied."""
        if self.follower:
            self.follower.mark()

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
    "edition": _ReportApplication.apply_edition,
}
