"""Find actions that a sentence names itself: “Elexon will … (Action 12/03 – Elexon)”, “Action 12/03: DCC to …”."""

import re
from collections.abc import Iterator

from register.headline_report.commitments import Task, read_behind
from register.headline_report.references import References
from register.headline_report.report import MintedAction, Paragraph, Report
from register.headline_report.sentences import Speakers, find_due_text, split_sentences


def find_inline_actions(report: Report, speakers: Speakers, references: References) -> Iterator[MintedAction]:
    """Yield the actions of this meeting that sentences of paragraphs and lists name as their own."""
    bracketed = re.compile(
        rf"\s*[(\[]\s*(?:new\s+)?actions?\s*({references.one})\s*(?:[-–—:,]\s*([^()\[\]]*))?[)\]]\s*\.?$", re.I
    )
    leading = re.compile(rf"[(\[]?\s*(?:new\s+)?action\s*({references.one})\s*[:–—-]\s*(\S.*?)[)\]]?$", re.I)
    for paragraph in report.paragraphs:
        lead, before = paragraph.text if paragraph.text.endswith(":") else "", ""
        for sentence in _split(paragraph):
            match = leading.match(sentence) or bracketed.search(sentence)
            if match and references.get_meeting_number(_clean(match[1])) in report.meeting.all.values():
                bare = sentence[: match.start()].strip() or before
                if task := _find_task(bare, match[2] or "", speakers, lead):
                    yield _make_action(_clean(match[1]), task, paragraph)
            before = sentence


def _split(paragraph: Paragraph) -> Iterator[str]:
    yield from split_sentences(paragraph.text)
    for bullet in paragraph.bullets:
        yield from split_sentences(bullet.text)


def _clean(reference: str) -> str:
    return re.sub(r"\s*/\s*", "/", reference)


def _find_task(sentence: str, rest: str, speakers: Speakers, lead: str) -> Task | None:
    """Return the task of a sentence that commits, or whose action's words name an owner; else None.

    `lead` is what introduces a list: who commits there commits to each of its items.
    """
    committed = speakers.find_committed_bodies(sentence) or speakers.find_committed_bodies(lead)
    bodies = list(dict.fromkeys(committed))
    task = Task(bodies[0] if len(bodies) == 1 else None, find_due_text(sentence), sentence)
    if rest:
        return read_behind(rest, task)
    return task if bodies else None


def _make_action(reference: str, task: Task, paragraph: Paragraph) -> MintedAction:
    return MintedAction(
        reference,
        paragraph.number,
        task.text,
        task.owner,
        task.due,
        paragraph.line,
        doubt=task.doubt,
        page=paragraph.page,
    )
