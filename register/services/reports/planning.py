"""Compare a report with the register."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Any

from rapidfuzz import fuzz, process

from register.headline_report.due_dates import find_due
from register.headline_report.report import (
    AskedQuestion,
    MeetingHeld,
    Mention,
    MintedAction,
    Report,
)
from register.headline_report.sayings import find_sayings
from register.headline_report.sentences import split_sentences
from register.models import Action, Group, Meeting, Origin, Question
from register.services.reports.alike import load_alike, load_questions_of, sort_words, strip_wording
from register.services.reports.digests import get_paragraph_digest
from register.services.reports.dismissing import find_dismissed
from register.services.reports.editions import UNREAD, find_revision, get_editions, is_superseded, propose_edition
from register.services.reports.proposals import SUPERSEDED, ItemType, Plan, Proposal, ProposalKind
from register.services.reports.told import propose_decisions, propose_told
from register.vocabulary import OriginKind, Status

MUCH_THE_SAME = 90  # out of 100: the same question in other words
SAME_WITH_MEETING = 75  # enough where both cite one meeting
SAME_PLACE = 60  # enough in the same paragraph and bullet of the same meeting's report
YEARS_APART = 180  # days between two meetings of one number, in groups whose numbers restart


def get_meeting(group_name: str, number: int, held_on: date | None) -> Meeting | None:
    """Return the meeting of that number nearest to that date, or None; one held at another time altogether is none."""
    found = list(Meeting.objects.filter(group=Group.objects.get_called(group_name), number=number))
    near = [m for m in found if not (m.held_on and held_on) or abs((m.held_on - held_on).days) <= YEARS_APART]
    return next((m for m in near if m.held_on == held_on), near[0] if near else None)


def split_name(name: str) -> tuple[str, int]:
    """Return (group, number) of a meeting's name such as `CCDG15`."""
    group = name.rstrip("0123456789")
    return group, int(name.removeprefix(group))


def plan_report(report: Report) -> Plan:
    """Return the `Plan` of a report: what is new, changed, clashing, mentioned or held already. Nothing is written."""
    meeting = get_meeting(report.meeting.group, report.meeting.number, report.meeting.held_on)
    existing = _ExistingItems(report, meeting)
    proposals = [
        *_propose_meetings(report, meeting),
        *(_propose_action(minted, existing) for minted in report.actions),
        *(_propose_mention(mention, existing) for mention in report.mentions),
        *_propose_questions(report, existing),
        *propose_told(report, meeting, existing.actions, existing.revision),
        *propose_decisions(report, meeting),
        *propose_edition(existing.revision, report),
    ]
    dismissed = find_dismissed(proposals, meeting)
    gone = [SUPERSEDED] if is_superseded(report, existing.editions) else _find_gone(report, existing)
    return Plan(report, proposals, gone, dismissed, existing.revision)


class _ExistingItems:
    """What the register holds that this report may speak of, fetched once."""

    def __init__(self, report: Report, meeting: Meeting | None) -> None:
        self.report, self.meeting = report, meeting
        self.editions = get_editions(meeting)
        self.revision = find_revision(report, self.editions)
        group = Group.objects.get_called(report.meeting.group)
        named = {minted.reference for minted in report.actions} | {mention.reference for mention in report.mentions}
        named |= {reference for saying in find_sayings(report) for reference in saying.actions}
        actions = Action.objects.filter(group=group, reference__in=named) if group else Action.objects.none()
        self.actions = {action.reference: action for action in actions.select_related("owner", "owner_group")}
        origins = Origin.objects.filter(report__meeting=meeting) if meeting else Origin.objects.none()
        self.origins = list(origins.select_related("question", "action").order_by("id"))

    def get_action(self, minted: MintedAction) -> Action | None:
        """Return the action held of a minted one's reference, in the group whose it is, or None."""
        if not minted.group:
            return self.actions.get(minted.reference)
        return Action.objects.filter(group__name=minted.group, reference=minted.reference).first()

    @cached_property
    def matched(self) -> dict[int, Origin]:
        """{id of an asked question: the origin of the held one that it is}: same words first, then the likeliest."""
        same = self._match_same_words()
        return same | self._match_reworded(same)

    def load_texts(self, asked: AskedQuestion, bare: str) -> dict[int, str]:
        """Return {key: its words in order} of held questions, of no match, that may resemble one of the report's.

        They share the beginnings of words with it, or a meeting that it cites: without that `MUCH_THE_SAME` is asked.
        """
        taken = {origin.question_id for origin in self.matched.values()}
        found = load_alike(bare, taken) | load_questions_of(self._get_cited(asked), taken)
        return dict(sorted(found.items()))  # of equals the older

    def _get_cited(self, asked: AskedQuestion) -> list[Meeting]:
        return [meeting for name in asked.meetings for meeting in Meeting.objects.find_by_name(name)]

    def get_latest(self, kind: str, item: str) -> dict[int, Origin]:
        """Return {item's key: its latest origin of that kind} for this meeting's reports."""
        return {getattr(origin, item): origin for origin in self.origins if origin.kind == kind}

    def _match_same_words(self) -> dict[int, Origin]:
        by_words = {origin.published: origin for origin in self.get_latest(OriginKind.ASKED, "question_id").values()}
        asked_of_all = self.report.questions
        return {id(asked): by_words.pop(asked.text) for asked in asked_of_all if asked.text in by_words}

    def _match_reworded(self, same: dict[int, Origin]) -> dict[int, Origin]:
        taken = {origin.question_id for origin in same.values()}
        held = [o for o in self.get_latest(OriginKind.ASKED, "question_id").values() if o.question_id not in taken]
        pairs = [
            (fuzz.token_sort_ratio(strip_wording(asked.text), strip_wording(origin.published)), n, asked, origin)
            for n, asked in enumerate(self.report.questions)
            if id(asked) not in same
            for origin in held
            if self.find_number(origin) == asked.paragraph
        ]
        return _pair_one_to_one(pairs)

    def get_note(self, origin: Origin) -> str:
        """Say where an unchanged item rests on a paragraph that reads differently now."""
        number = self.find_number(origin)
        now = get_paragraph_digest(self.report.paragraph(number))
        return "" if now == origin.paragraph_digest else f"Paragraph {number} reads differently now."

    def find_number(self, origin: Origin) -> str:
        """Return the number that the paragraph of an origin has in this edition."""
        return self.revision.find_number(origin.paragraph) if self.revision else origin.paragraph


def _pair_one_to_one(pairs: Iterable[tuple[float, int, AskedQuestion, Origin]]) -> dict[int, Origin]:
    """Pair the likeliest first, each asked and each held question once, down to `SAME_PLACE`."""
    matched: dict[int, Origin] = {}
    used = set()
    for score, _, asked, origin in sorted(pairs, key=lambda pair: (-pair[0], pair[1])):
        if score >= SAME_PLACE and id(asked) not in matched and origin.question_id not in used:
            matched[id(asked)] = origin
            used.add(origin.question_id)
    return matched


def _propose_meetings(report: Report, held: Meeting | None) -> Iterator[Proposal]:
    header = report.meeting
    yield _propose_own_meeting(header, held)
    announced = report.next_meeting
    days: dict[str, date | None] = {announced.name: announced.held_on} if announced and announced.name else {}
    for name in dict.fromkeys([*report.meetings, *days]):
        yield _propose_other_meeting(name, days.get(name))


def _propose_own_meeting(header: MeetingHeld, held: Meeting | None) -> Proposal:
    common: dict[str, Any] = {
        "what": ItemType.MEETING,
        "label": header.name,
        "paragraph": "",
        "published": _format_day(header.held_on),
    }
    key = f"meeting:{header.name}"
    if held is None:
        return Proposal(key, ProposalKind.NEW, **common)
    if held.held_on is None and header.held_on:
        return Proposal(key, ProposalKind.CHANGED, **common, held=_format_day(None), target=held)
    if header.held_on and held.held_on != header.held_on:
        note = "The register has it on another day; its items are linked to the meeting that is held."
        return Proposal(key, ProposalKind.CLASH, **common, held=_format_day(held.held_on), note=note, target=held)
    return Proposal(key, ProposalKind.UNCHANGED, **common, held=_format_day(held.held_on), target=held)


def _propose_other_meeting(name: str, held_on: date | None) -> Proposal:
    held = get_meeting(*split_name(name), held_on)
    kind = (
        ProposalKind.NEW
        if held is None
        else ProposalKind.CHANGED
        if held_on and held.held_on is None
        else ProposalKind.UNCHANGED
    )
    if held and held_on and held.held_on not in (None, held_on):
        kind = ProposalKind.CLASH
    note = "The next meeting, as announced." if held_on else "Mentioned."
    described = _format_day(held.held_on) if held else ""
    return Proposal(
        f"meeting:{name}",
        kind,
        ItemType.MEETING,
        name,
        "",
        _format_day(held_on),
        held=described,
        note=note,
        target=held,
    )


def _format_day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "date not existing"


def _propose_action(minted: MintedAction, existing: _ExistingItems) -> Proposal:
    held = existing.get_action(minted)
    origin = existing.get_latest(OriginKind.MINTED, "action_id").get(held.pk) if held else None
    kind, note = _doubt(minted.doubt, *_compare_action(minted, held, origin, existing))
    serves = f"It serves the questions of {minted.serves}." if minted.serves else ""
    return Proposal(
        f"action:{minted.reference}",
        kind,
        ItemType.ACTION,
        minted.reference,
        minted.paragraph,
        minted.text,
        held=held.text if held else "",
        note=" ".join(filter(None, [note, serves])),
        owner=minted.owner,
        due_as_written=minted.due_as_written,
        due=find_due(minted.due_as_written, existing.report.meeting.held_on),
        group=minted.group,
        page=minted.page,
        target=held,
    )


def _doubt(doubt: str, kind: ProposalKind, note: str) -> tuple[ProposalKind, str]:
    """Return a proposal's kind and note, where the text leaves it in doubt: a person then has to tick it."""
    is_to_apply = kind in (ProposalKind.NEW, ProposalKind.CHANGED)
    return (ProposalKind.DOUBT, f"{doubt} {note}".strip()) if doubt and is_to_apply else (kind, note)


def _compare_action(
    minted: MintedAction, held: Action | None, origin: Origin | None, existing: _ExistingItems
) -> tuple[ProposalKind, str]:
    if held is None:
        return ProposalKind.NEW, ""
    if origin and origin.published == minted.text:
        return ProposalKind.UNCHANGED, existing.get_note(origin)
    if origin and held.text == origin.published:
        return ProposalKind.CHANGED, "The report was revised."
    if origin:
        return ProposalKind.CLASH, "The report was revised, and a triager had reworded the action."
    if held.meeting_id is None or held.origins.filter(kind=OriginKind.MENTIONED).exists():
        return ProposalKind.CHANGED, "Known so far from mentions alone."
    return ProposalKind.CLASH, "The register has an action of this reference that came from no report."


def _propose_mention(mention: Mention, existing: _ExistingItems) -> Proposal:
    held = existing.actions.get(mention.reference)
    mentions = (o for o in existing.origins if o.kind == OriginKind.MENTIONED and held and o.action_id == held.pk)
    told = {existing.find_number(origin) for origin in mentions}
    untold = tuple(paragraph for paragraph in mention.paragraphs if paragraph not in told)
    return Proposal(
        f"mention:{mention.reference}",
        ProposalKind.MENTION if untold else ProposalKind.UNCHANGED,
        ItemType.ACTION,
        mention.reference,
        ", ".join(mention.paragraphs),
        _get_mentioning_words(mention, existing.report),
        held=held.text if held else "",
        note="" if held else "Not existing yet: a stub is made.",
        paragraphs=untold,
        target=held,
    )


def _get_mentioning_words(mention: Mention, report: Report) -> str:
    """Return the words that mention an action: a row of a log, a heading, or a sentence of its first paragraph."""
    logged = next((row for row in report.log if row.reference == mention.reference and row.full_text), None)
    if logged:
        return logged.full_text
    paragraph = report.paragraph(mention.paragraph)
    if paragraph is None or mention.reference in report.references.find(paragraph.heading):
        return paragraph.heading if paragraph else ""
    return next(
        (said for said in split_sentences(paragraph.full_text) if mention.reference in report.references.find(said)),
        paragraph.text,
    )


def _propose_questions(report: Report, existing: _ExistingItems) -> Iterator[Proposal]:
    """Propose for each question asked: held in the same words, reworded, resembling one held, or new.

    A held question answers to one asked question at most: same words first, then the likeliest in the same paragraph.
    """
    keys = _make_keys(report.questions)
    for asked, key in zip(report.questions, keys, strict=True):
        common: dict[str, Any] = {
            "label": f"{asked.paragraph}, bullet {asked.bullet}" if asked.bullet else asked.paragraph,
            "paragraph": asked.paragraph,
            "published": asked.text,
            "bullet": asked.bullet,
            "topic": asked.topic,
            "meetings": asked.meetings,
            "answer": asked.answer,
            "page": asked.page,
        }
        if origin := existing.matched.get(id(asked)):
            yield _propose_existing(key, asked, origin, existing, common)
        else:
            yield _propose_link(key, asked, existing, common) or _propose_new(key, asked, common)


def _propose_new(key: str, asked: AskedQuestion, common: dict[str, Any]) -> Proposal:
    beside = "The answer beside it is offered to whoever proposes one." if asked.answer else ""
    kind, note = _doubt(asked.doubt, ProposalKind.NEW, beside)
    return Proposal(key, kind, ItemType.QUESTION, note=note, **common)


def _make_keys(questions: list[AskedQuestion]) -> list[str]:
    """Return a key for each question: its paragraph and bullet, and a count where one place asks several."""
    keys: list[str] = []
    for asked in questions:
        place = f"question:{asked.paragraph}:{asked.bullet or 's'}"
        taken = sum(key == place or key.startswith(f"{place}:") for key in keys)
        keys.append(f"{place}:{taken + 1}" if taken else place)
    return keys


def _propose_existing(
    key: str, asked: AskedQuestion, origin: Origin, existing: _ExistingItems, common: dict[str, Any]
) -> Proposal:
    held: Any = origin.question
    if origin.published == asked.text:
        note = existing.get_note(origin)
        return Proposal(
            key, ProposalKind.UNCHANGED, ItemType.QUESTION, held=held.text, note=note, target=held, **common
        )
    settled = held.text != origin.published or held.status not in (Status.RAISED, Status.OPEN)
    note = "The report was revised" + (", and the question has moved on or was reworded." if settled else ".")
    kind = ProposalKind.CLASH if settled else ProposalKind.CHANGED
    return Proposal(key, kind, ItemType.QUESTION, held=held.text, note=note, target=held, **common)


def _propose_link(key: str, asked: AskedQuestion, existing: _ExistingItems, common: dict[str, Any]) -> Proposal | None:
    """Propose a link to a question already held that asks much the same, with the score; a person decides a “not”."""
    bare = strip_wording(asked.text)
    texts = existing.load_texts(asked, bare)
    best = process.extractOne(sort_words(bare), texts, scorer=fuzz.ratio, score_cutoff=SAME_WITH_MEETING)
    if best is None:
        return None
    held, score = Question.objects.get(pk=best[2]), round(best[1])
    if score < MUCH_THE_SAME and not _list_meetings(held) & set(asked.meetings):
        return None
    note = f"It resembles {held.reference} ({score} of 100): a link to it is proposed, not a second question."
    denied = bool(_DENIES.search(bare)) != bool(_DENIES.search(strip_wording(held.text)))
    kind, note = (ProposalKind.CLASH, f"{note} But one of the two says “not”.") if denied else (ProposalKind.NEW, note)
    kind, note = _doubt(asked.doubt, kind, note)
    return Proposal(key, kind, ItemType.LINK, held=held.text, note=note, score=score, target=held, **common)


def _list_meetings(held: Question) -> set[str]:
    """Return the names of the meetings that listed or discussed a question."""
    related = (held.meeting_links, held.meeting_outcomes)
    return {str(row.meeting) for rows in related for row in rows.filter(struck_out=False)}


_DENIES = re.compile(r"\b(?:not|no|never|without|cannot|isn|doesn|won|can t)\b")


def _find_gone(report: Report, existing: _ExistingItems) -> list[str]:
    """Return a sentence for each item that an earlier edition of this report had and this one has not.

    Of a report with pages that were not read it cannot be told.
    """
    if report.unread_pages:
        return [UNREAD]
    actions = {minted.reference for minted in report.actions}
    held = {origin.question_id for origin in existing.matched.values()}
    gone = [
        f"Action {origin.action.reference} ({origin.paragraph}) is no longer in the report."
        for origin in existing.get_latest(OriginKind.MINTED, "action_id").values()
        if origin.action and origin.action.reference not in actions
    ]
    return gone + [
        f"{origin.question.reference} ({origin.paragraph}) is no longer in the report."
        for origin in existing.get_latest(OriginKind.ASKED, "question_id").values()
        if origin.question and origin.question_id not in held and not _still_says(report, origin)
    ]


def _still_says(report: Report, origin: Origin) -> bool:
    """Return whether a triager made the question of words that the reader takes for none, and that still stand."""
    return any(note.text.endswith(origin.published) for note in (*report.remarks, *report.unplaced))
