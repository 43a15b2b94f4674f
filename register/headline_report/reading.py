"""Build a `Report` from the lines of a text."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from register.headline_report import actions, questions
from register.headline_report.dates import first_date
from register.headline_report.header import find_second_header, has_label, make_meeting, read_header
from register.headline_report.lines import Line, LineType, read_lines
from register.headline_report.report import (
    Bullet,
    MintedAction,
    NextMeeting,
    NotAReport,
    Note,
    Paragraph,
    Report,
    Section,
)
from register.headline_report.sentences import Speakers, split_sentences

LONGEST = 20_000_000
FINISHED = ".?!:;"
_ITEM = re.compile(r"(\d{1,2})[.)]\s+(\S.*)")


def read_report(
    text: str,
    *,
    topics: Mapping[str, Iterable[str]] | None = None,
    groups: Iterable[str] = (),
    bodies: Iterable[str] = (),
) -> Report:
    """Return the `Report` in the text of a headline report.

    `topics` maps topics' names to lists of keywords; `groups` are short names of groups whose meetings may be cited,
    besides the report's own; `bodies` are names of organisations that can own an action. Raises NotAReport, and
    nothing else, where the text is not one report.
    """
    if len(text) > LONGEST:
        raise NotAReport(f"Give a shorter text: this one has more than {LONGEST:,} characters.")
    if not text.strip():
        raise NotAReport("Give a report with text in it: this one is empty.")
    lines = read_lines(text)
    begin = _find_body_start(lines)
    number, group, values = read_header(lines[:begin])
    if again := find_second_header(lines, number, begin):
        raise NotAReport(f"Give one report at a time: a second one begins on line {again}.")
    body = "\n".join(line.text for line in lines[begin:])
    meeting, doubts = make_meeting(number, group, values, body)
    report = Report(meeting, synopsis=values.get("synopsis", ""), warnings=doubts)
    assembly = _Assembly(report)
    assembly.add_lines(_set_apart_header(lines[begin:], lines[:begin]))
    _note_header_leftovers(report, lines[:begin], values)
    report.actions = actions.find_minted_actions(assembly.markers, report, Speakers(meeting.group, bodies))
    report.mentions = actions.find_mentions(report, assembly.early)
    _interpret(report, topics or {}, {meeting.group, *groups})
    return report


def _set_apart_header(body: Sequence[Line], header: Sequence[Line]) -> list[Line]:
    """Return the body's lines, with those that repeat a line of the header typed as furniture."""
    repeated = {line.text for line in header if has_label(line.text)}
    return [replace(line, kind=LineType.FURNITURE) if line.text in repeated else line for line in body]


def _find_body_start(lines: Sequence[Line]) -> int:
    found = (n for n, line in enumerate(lines) if line.kind in (LineType.SECTION, LineType.PARAGRAPH))
    first = next(found, None)
    if first is None:
        raise NotAReport("Give a headline report: this text has no numbered paragraph.")
    while first and lines[first - 1].kind in (LineType.BLANK, LineType.HEADING) and not _is_title(lines[first - 1]):
        first -= 1
    return first


def _is_title(line: Line) -> bool:
    return "headline report" in line.text.lower()


class _Assembly:
    """Builds sections, paragraphs and bullets from lines in order.

    `add_lines` calls the method `_add_<line's kind>`. A line that belongs to nothing is added to `report.unplaced`.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        self.heading = ""
        self.open: Paragraph | Bullet | None = None  # the paragraph or bullet that a continued line belongs to
        self.paragraph: Paragraph | None = None
        self.gap = False  # a blank line since the last text
        self.headed = False  # a heading since the last paragraph
        self.markers: list[tuple[Paragraph, Line]] = []
        self.early: list[tuple[str, str]] = []
        self.seen: set[str] = set()
        self.section = 0
        self.loose: str | None = None  # the last text without a place since the last paragraph

    def add_lines(self, lines: Iterable[Line]) -> None:
        for line in lines:
            getattr(self, f"_add_{line.kind.name.lower()}")(line)

    def _add_blank(self, line: Line) -> None:
        self.gap = True

    def _add_furniture(self, line: Line) -> None:
        self.report.furniture.append(Note(line.number, line.text))

    def _add_section(self, line: Line) -> None:
        self.section = int(line.label)
        self.report.sections.append(Section(self.section, line.text, line.number))
        self._start_heading("")

    def _add_heading(self, line: Line) -> None:
        self._start_heading(line.text)

    def _start_heading(self, title: str) -> None:
        self.heading, self.headed, self.open = title, True, None

    def _add_paragraph(self, line: Line) -> None:
        if not self._is_in_sequence(line.label):
            self._add_text(replace(line, text=f"{line.label} {line.text}".strip()))
            return
        if line.label in self.seen:
            self.report.warnings.append(
                Note(line.number, f"Paragraph {line.label} stands twice: the second is left out.")
            )
            self.report.unplaced.append(Note(line.number, f"{line.label} {line.text}"))
            self.open = self.paragraph = None
            return
        self.seen.add(line.label)
        self.section = int(line.label.split(".")[0])
        self.loose = None
        self.paragraph = self.open = Paragraph(line.label, line.text, line.number, self.heading)
        self.report.paragraphs.append(self.paragraph)
        self.headed = self.gap = False

    def _add_bullet(self, line: Line) -> None:
        if self.paragraph is None or self.headed:
            self._add_unplaced(line)
            return
        self.open = Bullet(len(self.paragraph.bullets) + 1, line.text, line.number)
        self.paragraph.bullets.append(self.open)
        self.gap = False

    def _is_in_sequence(self, label: str) -> bool:
        """Return whether a paragraph's number can come next; a decimal that begins a wrapped line mostly cannot."""
        major, minor = map(int, label.split(".")[:2])
        return not self.section or major == self.section or (0 < major - self.section <= 2 and minor <= 3)

    def _add_marker(self, line: Line) -> None:
        if line.rest and not self._is_own_marker(line):
            (self._add_heading if line.is_heading else self._add_text)(line)
            return
        if self.paragraph is None or self.headed:
            following = self.report.paragraphs[-1].number if self.report.paragraphs else ""
            self.early.append((following, line.text))
            self.report.warnings.append(Note(line.number, f"“{line.text}” follows no paragraph, so it mints nothing."))
            return
        self.markers.append((self._get_closed_paragraph(self.paragraph, line), line))
        self.open = None

    def _is_own_marker(self, line: Line) -> bool:
        """Return whether a marker with text after it mints: it is of this meeting, and continues no sentence."""
        numbered = {int(reference.split("/")[0]) for reference in line.label.split(",")}
        return numbered == {self.report.meeting.number} and (self.open is None or self.gap or self._is_finished())

    def _get_closed_paragraph(self, paragraph: Paragraph, line: Line) -> Paragraph:
        """Return the paragraph that a marker closes, or a copy whose text is the unnumbered text between them."""
        if self.loose is None:
            return paragraph
        doubt = f"Action {line.label} follows text without a number: it is given to paragraph {paragraph.number}."
        self.report.warnings.append(Note(line.number, doubt))
        return Paragraph(paragraph.number, self.loose, line.number, self.heading)

    def _add_text(self, line: Line) -> None:
        if not self.headed and (item := _ITEM.fullmatch(line.text)) and self._is_next(item[1]):
            self._add_bullet(replace(line, text=item[2]))
            return
        if re.match(r"(?:new\s+)?actions?\b.{0,20}\d", line.text, re.I) and len(line.text) < 120:
            self._warn_of_doubtful_marker(line)
        if self.open is None or (self.gap and self._is_finished()):
            self._add_unplaced(line)
            return
        joint = "" if self.open.text.endswith("-") or not self.open.text else " "
        self.open.text += joint + line.text.strip()
        self.gap = False

    def _is_next(self, number: str) -> bool:
        bullets = self.paragraph.bullets if self.paragraph else None
        if bullets is None or int(number) != len(bullets) + 1:
            return False
        return self._is_finished() or bool(bullets)

    def _warn_of_doubtful_marker(self, line: Line) -> None:
        if self.open is None or self.gap or self._is_finished():
            said = f"“{line.text}” looks like an action's marker, but is not one that is understood."
            self.report.warnings.append(Note(line.number, said))

    def _is_finished(self) -> bool:
        return self.open is None or self.open.text[-1:] in FINISHED

    def _add_unplaced(self, line: Line) -> None:
        self.loose = line.text.strip() if self.paragraph else None
        self.report.unplaced.append(Note(line.number, line.text.strip()))


def _note_header_leftovers(report: Report, lines: Iterable[Line], values: Mapping[str, str]) -> None:
    """Add to `report.unplaced` the header's lines that are neither label nor value, such as a list of attendees."""
    used = {value for value in values.values() if value}
    for line in lines:
        if line.kind is LineType.FURNITURE or _is_title(line):
            report.furniture.append(Note(line.number, line.text))
        elif line.kind is not LineType.BLANK and not has_label(line.text) and line.text.strip(" |*") not in used:
            report.unplaced.append(Note(line.number, line.text.strip()))
    report.unplaced.sort(key=lambda note: note.line)


def _interpret(report: Report, topics: Mapping[str, Iterable[str]], groups: Iterable[str]) -> None:
    named = re.compile(rf"\b({'|'.join(map(re.escape, sorted(groups, key=len, reverse=True)))})[ -]?(\d{{1,3}})\b")

    def find_meetings(text: str) -> list[str]:
        return list(dict.fromkeys(f"{match[1]}{int(match[2])}" for match in named.finditer(text)))

    report.meetings = [
        name
        for name in find_meetings(
            "\n".join(paragraph.heading + "\n" + paragraph.full_text for paragraph in report.paragraphs)
        )
        if name != report.meeting.name
    ]
    report.questions = questions.find_questions(report, find_meetings, topics)
    report.actions = [replace(action, serves=_find_served_paragraph(action, report)) for action in report.actions]
    report.remarks = actions.find_unmarked_commitments(report)
    report.next_meeting = _find_next_meeting(report, find_meetings)


_SPEAKS_OF_THEM = re.compile(r"\b(?:this list|the list|these questions|those questions|the questions)\b", re.I)


def _find_served_paragraph(action: MintedAction, report: Report) -> str | None:
    """Return the number of the paragraph, in the same section, whose questions the action is about, or None."""
    paragraph = report.paragraph(action.paragraph)
    if paragraph is None or not _SPEAKS_OF_THEM.search(paragraph.text):
        return None
    section = action.paragraph.split(".")[0]
    before = [q.paragraph for q in report.questions if q.line < action.line and q.paragraph.split(".")[0] == section]
    return before[-1] if before else None


def _find_next_meeting(report: Report, find_meetings: Callable[[str], Iterable[str]]) -> NextMeeting | None:
    """Return the next meeting of this group, as the last text with a date announces it, or None."""
    group, held_on = re.escape(report.meeting.group), report.meeting.held_on
    announces = re.compile(rf"\bnext\s+(?:full\s+|scheduled\s+)?(?:{group}\s+)?(?:meeting|{group})", re.I)
    texts = [note.text for note in report.unplaced]
    texts += [sentence for paragraph in report.paragraphs for sentence in split_sentences(paragraph.full_text)]
    for text in reversed(texts):
        if announces.search(text) and (day := first_date(text, year=held_on.year if held_on else None)):
            names = [
                name
                for name in find_meetings(text)
                if name != report.meeting.name and name.startswith(report.meeting.group)
            ]
            return NextMeeting(names[0] if names else None, _move_to_future(day, held_on, text))
    return None


def _move_to_future(day: date, held_on: date | None, text: str) -> date:
    """Return `day`, a year later where the text gives no year and it would lie before this meeting."""
    is_past = held_on and day < held_on and str(day.year) not in text
    return day.replace(year=day.year + 1) if is_past and (day.month, day.day) != (2, 29) else day
