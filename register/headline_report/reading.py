"""Assemble a report from its lines."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from register.headline_report import actions, questions
from register.headline_report.dates import first_date
from register.headline_report.header import has_label, meeting_of, read_header, second_header
from register.headline_report.lines import Kind, Line, lines_of
from register.headline_report.report import (
    Bullet,
    Minted,
    NextMeeting,
    NotAReport,
    Note,
    Paragraph,
    Report,
    Section,
)
from register.headline_report.sentences import Speakers, sentences

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
    """Read a headline report.

    `topics` maps topics' names to lists of keywords; `groups` are short names of groups whose meetings may be cited,
    besides the report's own; `bodies` are names of organisations that can own an action. Raises NotAReport, and
    nothing else, where the text is not one report.
    """
    if len(text) > LONGEST:
        raise NotAReport(f"Give a shorter text: this one has more than {LONGEST:,} characters.")
    if not text.strip():
        raise NotAReport("Give a report with text in it: this one is empty.")
    lines = lines_of(text)
    begin = _first_of_body(lines)
    number, group, values = read_header(lines[:begin])
    if again := second_header(lines, number, begin):
        raise NotAReport(f"Give one report at a time: a second one begins on line {again}.")
    body = "\n".join(line.text for line in lines[begin:])
    meeting, doubts = meeting_of(number, group, values, body)
    report = Report(meeting, synopsis=values.get("synopsis", ""), warnings=doubts)
    assembly = _Assembly(report)
    assembly.take(_without_header(lines[begin:], lines[:begin]))
    _header_leftovers(report, lines[:begin], values)
    report.actions = actions.minted(assembly.markers, report, Speakers(meeting.group, bodies))
    report.mentions = actions.mentions(report, assembly.early)
    _interpret(report, topics or {}, {meeting.group, *groups})
    return report


def _without_header(body: Sequence[Line], header: Sequence[Line]) -> list[Line]:
    """Return the body's lines with the header's, where pages repeat it, set apart as furniture."""
    repeated = {line.text for line in header if has_label(line.text)}
    return [replace(line, kind=Kind.FURNITURE) if line.text in repeated else line for line in body]


def _first_of_body(lines: Sequence[Line]) -> int:
    found = (n for n, line in enumerate(lines) if line.kind in (Kind.SECTION, Kind.PARAGRAPH))
    first = next(found, None)
    if first is None:
        raise NotAReport("Give a headline report: this text has no numbered paragraph.")
    while first and lines[first - 1].kind in (Kind.BLANK, Kind.HEADING) and not _is_title(lines[first - 1]):
        first -= 1
    return first


def _is_title(line: Line) -> bool:
    return "headline report" in line.text.lower()


class _Assembly:
    """Puts lines together, one after the other; what finds no place is noted with its line."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.heading = ""
        self.open: Paragraph | Bullet | None = None  # the paragraph or bullet that a continued line belongs to
        self.paragraph: Paragraph | None = None
        self.gap = False  # a blank line since
        self.headed = False  # a heading since the last paragraph
        self.markers: list[tuple[Paragraph, Line]] = []
        self.early: list[tuple[str, str]] = []
        self.seen: set[str] = set()
        self.section = 0
        self.loose: str | None = None  # the last text without a place since the last paragraph

    def take(self, lines: Iterable[Line]) -> None:
        for line in lines:
            getattr(self, f"_{line.kind.name.lower()}")(line)

    def _blank(self, line: Line) -> None:
        self.gap = True

    def _furniture(self, line: Line) -> None:
        self.report.furniture.append(Note(line.number, line.text))

    def _section(self, line: Line) -> None:
        self.section = int(line.label)
        self.report.sections.append(Section(self.section, line.text, line.number))
        self._new_heading("")

    def _heading(self, line: Line) -> None:
        self._new_heading(line.text)

    def _new_heading(self, title: str) -> None:
        self.heading, self.headed, self.open = title, True, None

    def _paragraph(self, line: Line) -> None:
        if not self._follows(line.label):
            self._text(replace(line, text=f"{line.label} {line.text}".strip()))
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

    def _bullet(self, line: Line) -> None:
        if self.paragraph is None or self.headed:
            self._unplaced(line)
            return
        self.open = Bullet(len(self.paragraph.bullets) + 1, line.text, line.number)
        self.paragraph.bullets.append(self.open)
        self.gap = False

    def _follows(self, label: str) -> bool:
        """True where a number can come next; a decimal at the head of a wrapped line mostly cannot."""
        major, minor = map(int, label.split(".")[:2])
        return not self.section or major == self.section or (0 < major - self.section <= 2 and minor <= 3)

    def _marker(self, line: Line) -> None:
        if line.rest and not self._is_own_marker(line):
            (self._heading if line.is_heading else self._text)(line)
            return
        if self.paragraph is None or self.headed:
            following = self.report.paragraphs[-1].number if self.report.paragraphs else ""
            self.early.append((following, line.text))
            self.report.warnings.append(Note(line.number, f"“{line.text}” follows no paragraph, so it mints nothing."))
            return
        self.markers.append((self._closing_paragraph(self.paragraph, line), line))
        self.open = None

    def _is_own_marker(self, line: Line) -> bool:
        """True of a marker with an owner or task behind it, where it begins a line and is numbered for this meeting."""
        numbered = {int(reference.split("/")[0]) for reference in line.label.split(",")}
        return numbered == {self.report.meeting.number} and (self.open is None or self.gap or self._is_finished())

    def _closing_paragraph(self, paragraph: Paragraph, line: Line) -> Paragraph:
        """Return the paragraph that a marker follows, or in its place the text without a number that stands between."""
        if self.loose is None:
            return paragraph
        doubt = f"Action {line.label} follows text without a number: it is given to paragraph {paragraph.number}."
        self.report.warnings.append(Note(line.number, doubt))
        return Paragraph(paragraph.number, self.loose, line.number, self.heading)

    def _text(self, line: Line) -> None:
        if not self.headed and (item := _ITEM.fullmatch(line.text)) and self._is_next(item[1]):
            self._bullet(replace(line, text=item[2]))
            return
        if re.match(r"(?:new\s+)?actions?\b.{0,20}\d", line.text, re.I) and len(line.text) < 120:
            self._doubtful_marker(line)
        if self.open is None or (self.gap and self._is_finished()):
            self._unplaced(line)
            return
        joint = "" if self.open.text.endswith("-") or not self.open.text else " "
        self.open.text += joint + line.text.strip()
        self.gap = False

    def _is_next(self, number: str) -> bool:
        bullets = self.paragraph.bullets if self.paragraph else None
        if bullets is None or int(number) != len(bullets) + 1:
            return False
        return self._is_finished() or bool(bullets)

    def _doubtful_marker(self, line: Line) -> None:
        if self.open is None or self.gap or self._is_finished():
            said = f"“{line.text}” looks like an action's marker, but is not one that is understood."
            self.report.warnings.append(Note(line.number, said))

    def _is_finished(self) -> bool:
        return self.open is None or self.open.text[-1:] in FINISHED

    def _unplaced(self, line: Line) -> None:
        self.loose = line.text.strip() if self.paragraph else None
        self.report.unplaced.append(Note(line.number, line.text.strip()))


def _header_leftovers(report: Report, lines: Iterable[Line], values: Mapping[str, str]) -> None:
    """Note the header's lines in which no label stands and that are no label's value: who attended, say."""
    used = {value for value in values.values() if value}
    for line in lines:
        if line.kind is Kind.FURNITURE or _is_title(line):
            report.furniture.append(Note(line.number, line.text))
        elif line.kind is not Kind.BLANK and not has_label(line.text) and line.text.strip(" |*") not in used:
            report.unplaced.append(Note(line.number, line.text.strip()))
    report.unplaced.sort(key=lambda note: note.line)


def _interpret(report: Report, topics: Mapping[str, Iterable[str]], groups: Iterable[str]) -> None:
    named = re.compile(rf"\b({'|'.join(map(re.escape, sorted(groups, key=len, reverse=True)))})[ -]?(\d{{1,3}})\b")

    def cited(text: str) -> list[str]:
        return list(dict.fromkeys(f"{match[1]}{int(match[2])}" for match in named.finditer(text)))

    report.meetings = [
        name
        for name in cited("\n".join(paragraph.heading + "\n" + paragraph.whole for paragraph in report.paragraphs))
        if name != report.meeting.name
    ]
    report.questions = questions.asked(report, cited, topics)
    report.actions = [replace(action, serves=_served(action, report)) for action in report.actions]
    report.remarks = actions.commitments(report)
    report.next_meeting = _next_meeting(report, cited)


_SPEAKS_OF_THEM = re.compile(r"\b(?:this list|the list|these questions|those questions|the questions)\b", re.I)


def _served(action: Minted, report: Report) -> str | None:
    """Return the paragraph of the same section whose questions the action's paragraph speaks of, or None."""
    paragraph = report.paragraph(action.paragraph)
    if paragraph is None or not _SPEAKS_OF_THEM.search(paragraph.text):
        return None
    section = action.paragraph.split(".")[0]
    before = [q.paragraph for q in report.questions if q.line < action.line and q.paragraph.split(".")[0] == section]
    return before[-1] if before else None


def _next_meeting(report: Report, cited: Callable[[str], Iterable[str]]) -> NextMeeting | None:
    """Return the next meeting as the last text that speaks of it announces it; another body's next meeting is none."""
    group, held_on = re.escape(report.meeting.group), report.meeting.held_on
    announces = re.compile(rf"\bnext\s+(?:full\s+|scheduled\s+)?(?:{group}\s+)?(?:meeting|{group})", re.I)
    texts = [note.text for note in report.unplaced]
    texts += [sentence for paragraph in report.paragraphs for sentence in sentences(paragraph.whole)]
    for text in reversed(texts):
        if announces.search(text) and (day := first_date(text, year=held_on.year if held_on else None)):
            names = [
                name for name in cited(text) if name != report.meeting.name and name.startswith(report.meeting.group)
            ]
            return NextMeeting(names[0] if names else None, _to_come(day, held_on, text))
    return None


def _to_come(day: date, held_on: date | None, text: str) -> date:
    """Return a day announced without its year in the year after, where it would else lie before the meeting."""
    is_past = held_on and day < held_on and str(day.year) not in text
    return day.replace(year=day.year + 1) if is_past and (day.month, day.day) != (2, 29) else day
