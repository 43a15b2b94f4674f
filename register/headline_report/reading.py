"""Build a `Report` from the blocks of a document."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from register.headline_report import actions, questions
from register.headline_report.assembly import Assembly, Found
from register.headline_report.blocks import Block, BlockKind, Document
from register.headline_report.header import find_second_header, has_label, make_meeting, read_header
from register.headline_report.lines import Line, LineType, type_blocks
from register.headline_report.next_meeting import find_next_meeting
from register.headline_report.references import References, ReferenceShape, infer_shape
from register.headline_report.report import MintedAction, NotAReport, Note, Report
from register.headline_report.sentences import Speakers
from register.headline_report.split_tables import join_split_tables
from register.headline_report.tables import TableType, find_head
from register.headline_report.wrapped_headings import join_wrapped_headings

LONGEST = 20_000_000


def read_report(
    document: Document,
    *,
    topics: Mapping[str, Iterable[str]] | None = None,
    groups: Iterable[str] = (),
    bodies: Iterable[str] = (),
    shapes: Mapping[str, ReferenceShape] | None = None,
) -> Report:
    """Return the `Report` in a headline report's document.

    `topics` maps topics' names to lists of keywords; `groups` are short names of groups whose meetings may be cited,
    besides the report's own; `bodies` are names of organisations that can own an action; `shapes` maps groups to how
    they write references, where they declared it. Raises NotAReport, and nothing else, where it is not one report.
    """
    _require_text(document.blocks)
    groups, blocks = list(groups), join_split_tables(document.blocks)
    references = References([*(shapes or {}).values(), *_infer_shapes(blocks)])
    lines = type_blocks(blocks, references)
    begin = _find_body_start(lines)
    number, group, values = read_header(lines[:begin])
    if again := find_second_header(lines, number, begin):
        raise NotAReport(f"Give one report at a time: a second one begins on line {again}.")
    body = "\n".join(line.text for line in lines[begin:])
    meeting, doubts = make_meeting(number, group, values, body, groups)
    references = _put_first(references, (shapes or {}).get(meeting.group))
    report = Report(
        meeting, synopsis=values.get("synopsis", ""), warnings=doubts, left_out=document.left_out, references=references
    )
    found = _assemble(report, lines, begin, references)
    _note_header_leftovers(report, lines[:begin], values)
    speakers = Speakers(meeting.group, bodies, {*groups, *meeting.all})
    report.actions = actions.find_actions(found, report, speakers, references)
    report.mentions = actions.find_mentions(report, found.early, references)
    _interpret(report, found, topics or {}, {*meeting.all, *groups})
    return report


def _require_text(blocks: Sequence[Block]) -> None:
    length = sum(len(block.text) for block in blocks)
    if length > LONGEST:
        raise NotAReport(f"Give a shorter text: this one has more than {LONGEST:,} characters.")
    if not any(block.text.strip() for block in blocks if block.kind is not BlockKind.UNREAD_PAGE):
        raise NotAReport("Give a report with text in it: this one is empty.")


def _infer_shapes(blocks: Sequence[Block]) -> list[ReferenceShape]:
    """Return the shapes of references that stand in the columns of action logs."""
    shapes = []
    for block in blocks:
        head = find_head(block.rows) if block.kind is BlockKind.TABLE else None
        if head and head.type is TableType.ACTIONS:
            found = (infer_shape(head.read(row).get("reference", "")) for row in block.rows[1:])
            shapes += [shape for shape in found if shape]
    return list(dict.fromkeys(shapes))


def _put_first(references: References, shape: ReferenceShape | None) -> References:
    return References([shape, *references.shapes]) if shape else references


def _assemble(report: Report, lines: Sequence[Line], begin: int, references: References) -> Found:
    meetings = set(report.meeting.all.values())
    own = {
        reference
        for line in lines
        if line.kind is LineType.MARKER
        for reference in line.label.split(",")
        if references.get_meeting_number(reference) in meetings
    }
    body = _set_apart_header(lines[begin:], lines[:begin])
    return Assembly(report, references).add_lines(join_wrapped_headings(body, own))


def _set_apart_header(body: Sequence[Line], header: Sequence[Line]) -> list[Line]:
    """Return the body's lines, with those that repeat a line of the header typed as furniture."""
    repeated = {line.text for line in header if has_label(line.text)}
    return [replace(line, kind=LineType.FURNITURE) if line.text in repeated else line for line in body]


def _find_body_start(lines: Sequence[Line]) -> int:
    body = (LineType.SECTION, LineType.PARAGRAPH, LineType.TABLE)
    first = next((n for n, line in enumerate(lines) if line.kind in body), None)
    if first is None:
        raise NotAReport("Give a headline report: this text has no numbered paragraph.")
    while first and lines[first - 1].kind in (LineType.BLANK, LineType.HEADING) and not _is_title(lines[first - 1]):
        first -= 1
    return first


def _is_title(line: Line) -> bool:
    return "headline report" in line.text.lower()


def _note_header_leftovers(report: Report, lines: Iterable[Line], values: Mapping[str, str]) -> None:
    """Add to `report.unplaced` the header's lines that are neither label nor value, such as a list of attendees."""
    used = {value for value in values.values() if value}
    for line in lines:
        if line.kind is LineType.FURNITURE or _is_title(line):
            report.furniture.append(Note(line.number, line.text))
        elif line.kind is not LineType.BLANK and not has_label(line.text) and line.text.strip(" |*") not in used:
            report.unplaced.append(Note(line.number, line.text.strip()))
    report.unplaced.sort(key=lambda note: note.line)


def _interpret(report: Report, found: Found, topics: Mapping[str, Iterable[str]], groups: Iterable[str]) -> None:
    named = re.compile(rf"\b({'|'.join(map(re.escape, sorted(groups, key=len, reverse=True)))})[ -]?(\d{{1,3}})\b")

    def find_meetings(text: str) -> list[str]:
        return list(dict.fromkeys(f"{match[1]}{int(match[2])}" for match in named.finditer(text)))

    report.meetings = [
        name
        for name in find_meetings(
            "\n".join(paragraph.heading + "\n" + paragraph.full_text for paragraph in report.places)
        )
        if name != report.meeting.name
    ]
    report.questions = questions.find_questions(report, found.asked, find_meetings, topics)
    report.actions = [replace(action, serves=_find_served_paragraph(action, report)) for action in report.actions]
    report.remarks = actions.find_unmarked_commitments(report)
    report.next_meeting = find_next_meeting(report, find_meetings)


_SPEAKS_OF_THEM = re.compile(r"\b(?:this list|the list|these questions|those questions|the questions)\b", re.I)


def _find_served_paragraph(action: MintedAction, report: Report) -> str | None:
    """Return the number of the paragraph, in the same section, whose questions the action is about, or None."""
    paragraph = report.paragraph(action.paragraph)
    if paragraph is None or not _SPEAKS_OF_THEM.search(paragraph.text):
        return None
    section = action.paragraph.split(".")[0]
    before = [q.paragraph for q in report.questions if q.line < action.line and q.paragraph.split(".")[0] == section]
    return before[-1] if before else None
