"""Propose what a report says became of actions and of the questions scheduled for its meeting, and its decisions."""

from collections.abc import Iterator
from typing import Any

from rapidfuzz import fuzz

from register.headline_report.report import Report
from register.headline_report.sayings import Saying, find_sayings, read_outcome, split_clauses
from register.models import Action, ActionUpdate, AgendaItem, Meeting, MeetingOutcome, Question
from register.services.actions import GIVES
from register.services.reports.proposals import ItemType, Proposal, ProposalKind, Revision
from register.vocabulary import ActionStatus, MeetingResult, UpdateKind

RESEMBLES = 85  # out of 100: a clause that has most of a question's words

UNNUMBERED = "Decision"  # what one without a reference is called
LONGEST_TITLE = 200  # characters of an agenda's item

AN_APPROVERS = "An agreement is an approver's to make, with the move Agree or Agree as amended."


def propose_told(
    report: Report, meeting: Meeting | None, actions: dict[str, Action], revision: Revision | None
) -> Iterator[Proposal]:
    """Yield proposals of updates and outcomes. `actions` are those of the group that the register holds, by reference.

    `revision` is what the report changes against the edition before, whose numbers updates have. Of a meeting without a
    date nothing is proposed: what is not known to be held has no outcome.
    """
    if not (report.meeting.held_on or (meeting and meeting.held_on)):
        return
    sayings = find_sayings(report)
    for saying in sayings:
        for reference in saying.actions:
            yield _propose_update(saying, reference, actions.get(reference), meeting, revision)
    yield from _propose_withdrawn_closings(sayings, meeting, report)
    yield from _propose_outcomes(report, sayings, meeting)


def _propose_update(
    saying: Saying, reference: str, held: Action | None, meeting: Meeting | None, revision: Revision | None
) -> Proposal:
    kind, note = _judge_update(saying, held, meeting, revision)
    return Proposal(
        f"update:{reference}:{saying.paragraph}:{saying.says}",
        kind,
        ItemType.UPDATE,
        f"{reference}: {_describe(saying)}",
        saying.paragraph,
        saying.text,
        held=f"{held.text} ({held.get_status_display()})" if held else "",
        note=note,
        says=saying.says,
        other=saying.other,
        target=held,
    )


def _describe(saying: Saying) -> str:
    label = UpdateKind(saying.says).label
    return f"{label} by {saying.other}" if saying.other else label


def _judge_update(
    saying: Saying, held: Action | None, meeting: Meeting | None, revision: Revision | None
) -> tuple[ProposalKind, str]:
    if held is None:
        return _settle(saying, "Not held yet: a stub is made.")
    told = ActionUpdate.objects.filter(action=held, meeting=meeting, kind=saying.says) if meeting else ()
    numbers = (revision.find_number(row.paragraph) if revision else row.paragraph for row in told)
    if saying.paragraph in numbers:
        return ProposalKind.UNCHANGED, ""
    if saying.says in GIVES and held.status != ActionStatus.OPEN:
        last = held.updates.order_by("pk").last()
        return ProposalKind.CLASH, f"It is {held.get_status_display()} already{f' ({last})' if last else ''}."
    if held.status != ActionStatus.OPEN:
        return ProposalKind.CLASH, f"It is {held.get_status_display()}: open it again first."
    return _settle(saying)


def _settle(saying: Saying, note: str = "") -> tuple[ProposalKind, str]:
    if saying.is_settled:
        return ProposalKind.TOLD, note
    return ProposalKind.DOUBT, " ".join(filter(None, ["The words leave it open: read the paragraph.", note]))


def _propose_withdrawn_closings(sayings: list[Saying], meeting: Meeting | None, report: Report) -> Iterator[Proposal]:
    """Yield a clash for each closing that rests on a paragraph of an earlier edition, which this one has no more."""
    said = {(reference, saying.says) for saying in sayings for reference in saying.actions}
    closing = [kind for kind, status in GIVES.items() if status != ActionStatus.OPEN]
    rows: list[Any] = []
    if meeting:
        cited = ActionUpdate.objects.filter(meeting=meeting, kind__in=closing).exclude(paragraph="")
        rows = list(cited.select_related("action"))
    for row in rows:
        action = row.action
        if action.status == GIVES[row.kind] and (action.reference, row.kind) not in said:
            yield Proposal(
                f"update:{action.reference}:{row.paragraph}:{UpdateKind.REOPENED}",
                ProposalKind.CLASH,
                ItemType.UPDATE,
                f"{action.reference}: {UpdateKind.REOPENED.label}",
                row.paragraph,
                _get_words(report, row.paragraph),
                held=f"{row}",
                note=f"That it is {row.get_kind_display()} rests on {row.paragraph}, which does not say so here.",
                says=UpdateKind.REOPENED,
                target=action,
            )


def _get_words(report: Report, number: str) -> str:
    paragraph = report.paragraph(number)
    return paragraph.text if paragraph else ""


def _propose_outcomes(report: Report, sayings: list[Saying], meeting: Meeting | None) -> Iterator[Proposal]:
    items = AgendaItem.objects.scheduling().filter(meeting=meeting) if meeting else AgendaItem.objects.none()
    questions = [item.question for item in items.select_related("question") if item.question]
    scheduled = {question.reference: question for question in questions}
    named = {reference for saying in sayings for reference in saying.questions}
    known = {q.reference: q for q in Question.objects.filter(reference__in=named)} | scheduled
    for saying in sayings:
        for reference in saying.questions:
            if reference in known:
                yield _propose_outcome(saying, known[reference], meeting, is_scheduled=reference in scheduled)
    unnamed = [question for reference, question in scheduled.items() if reference not in named]
    found = list(_find_alike(report, unnamed, meeting))
    yield from found
    settled = {proposal.target.pk for proposal in found} | _get_settled(meeting)
    yield from (_propose_not_reached(question) for question in unnamed if question.pk not in settled)


def _get_settled(meeting: Meeting | None) -> set[int]:
    return {row.question_id for row in _get_told(meeting)}


def _get_told(meeting: Meeting | None) -> list[MeetingOutcome]:
    return list(MeetingOutcome.objects.filter(meeting=meeting, struck_out=False)) if meeting else []


def _propose_outcome(
    saying: Saying, question: Question, meeting: Meeting | None, *, is_scheduled: bool, score: int | None = None
) -> Proposal:
    kind, note = _judge_outcome(saying, question, meeting)
    notes = [note, "" if is_scheduled else "It was not on the agenda."]
    if score is not None:
        kind = ProposalKind.DOUBT if kind == ProposalKind.TOLD else kind
        notes.append(f"It resembles {question.reference} ({score} of 100), which the report does not name.")
    label = MeetingResult(saying.says).label + (f" to {saying.other}" if saying.other else "")
    return Proposal(
        f"outcome:{question.reference}:{saying.paragraph}:{saying.says}",
        kind,
        ItemType.OUTCOME,
        f"{question.reference}: {label}",
        saying.paragraph,
        saying.text,
        held=question.title,
        note=" ".join(filter(None, notes)),
        says=saying.says,
        other=saying.other,
        score=score,
        target=question,
    )


def _judge_outcome(saying: Saying, question: Question, meeting: Meeting | None) -> tuple[ProposalKind, str]:
    results = {row.result for row in _get_told(meeting) if row.question_id == question.pk}
    if saying.says in results:
        return ProposalKind.UNCHANGED, ""
    if results:
        labels = ", ".join(MeetingResult(result).label for result in sorted(results))
        return ProposalKind.CLASH, f"Recorded of it is: {labels}."
    if saying.says == MeetingResult.DECIDED:
        return ProposalKind.DOUBT, AN_APPROVERS
    return _settle(saying)


def _find_alike(report: Report, questions: list[Question], meeting: Meeting | None) -> Iterator[Proposal]:
    """Yield a proposal for each scheduled question that the report tells of in its words, but not by its reference."""
    clauses = ((paragraph, clause) for paragraph in report.paragraphs for clause in split_clauses(paragraph))
    telling = [(paragraph, clause, told) for paragraph, clause in clauses if (told := read_outcome(clause))]
    for question in questions if telling else ():
        scores = [fuzz.token_set_ratio(question.title, clause, processor=str.casefold) for _, clause, _ in telling]
        score, place = max(zip(scores, range(len(scores)), strict=True), key=lambda found: found[0])
        if score >= RESEMBLES:
            paragraph, clause, (says, settled, other) = telling[place]
            saying = Saying(paragraph.number, clause, says, settled, questions=(question.reference,), other=other)
            yield _propose_outcome(saying, question, meeting, is_scheduled=True, score=round(score))


def _propose_not_reached(question: Question) -> Proposal:
    return Proposal(
        f"outcome:{question.reference}::{MeetingResult.NOT_REACHED}",
        ProposalKind.DOUBT,
        ItemType.OUTCOME,
        f"{question.reference}: not mentioned",
        "",
        "",
        held=question.title,
        note="It was on the agenda, and the report does not mention it: not reached?",
        says=MeetingResult.NOT_REACHED,
        target=question,
    )


def propose_decisions(report: Report, meeting: Meeting | None) -> Iterator[Proposal]:
    """Propose each decision under a reference of its own as an item of the meeting's agenda, with its words."""
    held = set(AgendaItem.objects.standing().filter(meeting=meeting).values_list("title", flat=True))
    for place, decision in enumerate(report.decisions, 1):
        title = make_item_title(decision.reference or UNNUMBERED, decision.text)
        kind = ProposalKind.UNCHANGED if title in held else ProposalKind.NEW
        key, label = f"decision:{decision.reference or place}", decision.reference or UNNUMBERED
        yield Proposal(key, kind, ItemType.DECISION, label, decision.paragraph, decision.text)


def make_item_title(label: str, text: str) -> str:
    """Return the title of the agenda's item that records a decision, of what it is called and says."""
    title = f"{label}: {text}"
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"
