"""Find the actions of a report: a marker line after a paragraph mints one, any other reference mentions one."""

import re
from collections.abc import Iterable, Iterator, Sequence

from register.headline_report.lines import Line
from register.headline_report.references import find_references
from register.headline_report.report import Mention, MintedAction, NotAReport, Note, Paragraph, Report
from register.headline_report.sentences import Speakers, find_due_text, split_sentences

_COMMITTED = re.compile(r"\bagreed\s+to\b", re.I)
_Task = tuple[str | None, str | None, str]  # owner, due date as written, text
_OWNER_BEHIND = re.compile(r"(?:owner:?\s*)?([A-Z][\w&'’.-]*(?:\s+[A-Z][\w&'’.-]*){0,3})\s*(?:$|[-–—,;:)]|to\s)")


def find_minted_actions(
    markers: Iterable[tuple[Paragraph, Line]], report: Report, speakers: Speakers
) -> list[MintedAction]:
    """Return the actions that markers mint. Raises NotAReport where one is given twice, after different paragraphs."""
    found: dict[str, MintedAction] = {}
    for paragraph, line in markers:
        listed = list(dict.fromkeys(line.label.split(",")))
        tasks = _find_tasks(paragraph, line, len(listed), speakers)
        for reference, (owner, due, text) in zip(listed, tasks, strict=True):
            _warn_of_other_meeting(reference, line, report)
            action = MintedAction(reference, paragraph.number, text, owner, due, line.number)
            _require_same_paragraph(found.get(reference), action)
            found.setdefault(reference, action)
    return list(found.values())


def _warn_of_other_meeting(reference: str, line: Line, report: Report) -> None:
    if int(reference.split("/")[0]) != report.meeting.number:
        report.warnings.append(Note(line.number, f"Action {reference} is numbered for another meeting."))


def _require_same_paragraph(before: MintedAction | None, action: MintedAction) -> None:
    if before and before.paragraph != action.paragraph:
        raise NotAReport(
            f"Correct the report first: action {action.reference} is given twice, "
            f"after paragraph {before.paragraph} and after {action.paragraph}."
        )


def _find_tasks(paragraph: Paragraph, line: Line, count: int, speakers: Speakers) -> list[_Task]:
    """Return (owner, due as written, text) of each of the `count` tasks that a marker closes."""
    said = split_sentences(paragraph.text)
    if line.rest:
        return [_find_task_after_marker(line.rest, said)] * count
    committed = next((n for n in reversed(range(len(said))) if speakers.find_committed_bodies(said[n])), None)
    if committed is None:
        return [(None, None, said[-1] if said else "")] * count
    owner, text = _find_owner(said, committed, speakers), _join_commitment(said, committed, speakers)
    if count == 1:
        return [(owner, find_due_text(said[committed]), text)]
    shares = _split_task(owner, said[committed], speakers)
    return [(*share, text) for share in shares] if len(shares) == count else [(None, None, text)] * count


def _find_task_after_marker(rest: str, said: Sequence[str]) -> _Task:
    """Return the task of a marker with words behind it: “Action 15/03 - Elexon”, “Action 15/03: DCC to report”."""
    owner = _OWNER_BEHIND.match(rest)
    is_sentence = len(rest.split()) > 4
    return owner and owner[1].rstrip(" .-"), find_due_text(rest), rest if is_sentence or not said else said[-1]


def _join_commitment(said: Sequence[str], committed: int, speakers: Speakers) -> str:
    """Return the committing sentence, with the sentences just before it in which the same bodies commit."""
    first = committed
    while first and speakers.find_committed_bodies(said[first - 1]) == speakers.find_committed_bodies(said[committed]):
        first -= 1
    return " ".join(said[first : committed + 1])


def _split_task(owner: str | None, sentence: str, speakers: Speakers) -> list[tuple[str | None, str | None]]:
    """Return [(owner, due date as written)]: the task of the sentence's own body, then the one it delegates."""
    on = speakers.find_delegated_task(sentence)
    if not on:
        return [(owner, find_due_text(sentence))]
    return [(owner, find_due_text(sentence.removesuffix(on[1]))), (on[0], find_due_text(on[1]))]


def _find_owner(said: Sequence[str], committed: int, speakers: Speakers) -> str | None:
    """Return the one body that commits itself; None where there are two, or where “It” could mean either of two."""
    bodies = dict.fromkeys(speakers.find_committed_bodies(said[committed]))
    if "It" in bodies:
        del bodies["It"]
        bodies |= dict.fromkeys(
            body for sentence in said[:committed] for body in speakers.find_speaking_bodies(sentence)
        )
    return next(iter(bodies)) if len(bodies) == 1 else None


def find_mentions(report: Report, early: Iterable[tuple[str, str]]) -> list[Mention]:
    """Return the actions that headings and paragraphs refer to and that the report does not mint, each once.

    `early` are (number of the paragraph before, or "", text) of markers that close no paragraph. Adds a warning to the
    report for each action that is numbered for this meeting.
    """
    found: dict[str, list[str]] = {}
    for paragraph, text in [*early, *_find_places(report)]:
        for reference in find_references(text):
            found.setdefault(reference, []).append(paragraph)
    own = {action.reference for action in report.actions}
    others = {reference: at for reference, at in found.items() if reference not in own}
    for reference, at in others.items():
        if int(reference.split("/")[0]) == report.meeting.number:
            said = f"Action {reference} is numbered for this meeting, but no marker of its own mints it."
            report.warnings.append(Note(_get_line_number(report, at[0]), said))
    return [Mention(reference, tuple(dict.fromkeys(at))) for reference, at in others.items()]


def _get_line_number(report: Report, number: str) -> int:
    paragraph = report.paragraph(number)
    return paragraph.line if paragraph else 1


def _find_places(report: Report) -> Iterator[tuple[str, str]]:
    """Yield (paragraph number, text) of every heading and paragraph, in order."""
    heading = ""
    for paragraph in report.paragraphs:
        if paragraph.heading != heading:
            heading = paragraph.heading
            yield paragraph.number, heading
        yield paragraph.number, paragraph.full_text


def find_unmarked_commitments(report: Report) -> list[Note]:
    """Return a note for each commitment that no marker follows."""
    owned = {action.paragraph for action in report.actions}
    return [
        Note(paragraph.line, f"{paragraph.number}: {sentence}")
        for paragraph in report.paragraphs
        if paragraph.number not in owned
        for sentence in split_sentences(paragraph.text)
        if _COMMITTED.search(sentence)
    ]
