"""Assemble a report from its lines."""

import re
from dataclasses import replace

from register.headline_report import actions, questions
from register.headline_report.dates import first_date
from register.headline_report.header import meeting_of, read_header, second_header
from register.headline_report.lines import Kind, lines_of
from register.headline_report.report import (
    Bullet,
    NextMeeting,
    NotAReport,
    Note,
    Paragraph,
    Report,
    Section,
)
from register.headline_report.sentences import sentences

LONGEST = 20_000_000
FINISHED = ".?!:;"


def read_report(text, *, topics=None, groups=()):
    """Read a headline report.

    `topics` maps topics' names to lists of keywords; `groups` are short names of groups whose meetings may be cited,
    besides the report's own. Raises NotAReport, and nothing else, where the text is not one report.
    """
    if len(text) > LONGEST:
        raise NotAReport(f"Give a shorter text: this one has more than {LONGEST:,} characters.")
    if not text.strip():
        raise NotAReport("Give a report with text in it: this one is empty.")
    lines = lines_of(text)
    begin = _first_of_body(lines)
    number, group, values = read_header(lines[:begin])
    if again := second_header(lines, number):
        raise NotAReport(f"Give one report at a time: a second one begins on line {again}.")
    body = "\n".join(line.text for line in lines[begin:])
    meeting, doubts = meeting_of(number, group, values, body)
    report = Report(meeting, synopsis=values.get("synopsis", ""), warnings=doubts)
    _Assembly(report).take(lines[begin:])
    _header_leftovers(report, lines[:begin])
    _interpret(report, topics or {}, {meeting.group, *groups})
    return report


def _first_of_body(lines):
    found = (n for n, line in enumerate(lines) if line.kind in (Kind.SECTION, Kind.PARAGRAPH))
    first = next(found, None)
    if first is None:
        raise NotAReport("Give a headline report: this text has no numbered paragraph.")
    while first and lines[first - 1].kind in (Kind.BLANK, Kind.HEADING) and not _is_title(lines[first - 1]):
        first -= 1
    return first


def _is_title(line):
    return "headline report" in line.text.lower()


class _Assembly:
    """Puts lines together, one after the other; what finds no place is noted with its line."""

    def __init__(self, report):
        self.report = report
        self.heading = ""
        self.open = None  # the paragraph or bullet that a continued line belongs to
        self.paragraph = None
        self.gap = False  # a blank line since
        self.headed = False  # a heading since the last paragraph
        self.markers = []
        self.early = []
        self.seen = set()

    def take(self, lines):
        for line in lines:
            getattr(self, f"_{line.kind.name.lower()}")(line)
        self.report.actions = actions.minted(self.markers, self.report)
        self.report.mentions = actions.mentions(self.report, self.early)

    def _blank(self, line):
        self.gap = True

    def _furniture(self, line):
        self.report.furniture.append(Note(line.number, line.text))

    def _section(self, line):
        self.report.sections.append(Section(int(line.label), line.text, line.number))
        self._new_heading("")

    def _heading(self, line):
        self._new_heading(line.text)

    def _new_heading(self, title):
        self.heading, self.headed, self.open = title, True, None

    def _paragraph(self, line):
        if line.label in self.seen:
            self.report.warnings.append(
                Note(line.number, f"Paragraph {line.label} stands twice: the second is left out.")
            )
            self.report.unplaced.append(Note(line.number, f"{line.label} {line.text}"))
            self.open = self.paragraph = None
            return
        self.seen.add(line.label)
        self.paragraph = self.open = Paragraph(line.label, line.text, line.number, self.heading)
        self.report.paragraphs.append(self.paragraph)
        self.headed = self.gap = False

    def _bullet(self, line):
        if self.paragraph is None or self.headed:
            self._unplaced(line)
            return
        self.open = Bullet(len(self.paragraph.bullets) + 1, line.text, line.number)
        self.paragraph.bullets.append(self.open)
        self.gap = False

    def _marker(self, line):
        if self.paragraph is None or self.headed:
            following = self.report.paragraphs[-1].number if self.report.paragraphs else ""
            self.early.append((following, line.text))
            self.report.warnings.append(Note(line.number, f"“{line.text}” follows no paragraph, so it mints nothing."))
            return
        self.markers.append((self.paragraph, line))
        self.open = None

    def _text(self, line):
        if self.open is None or (self.gap and self._is_finished()):
            self._unplaced(line)
            return
        joint = "" if self.open.text.endswith("-") or not self.open.text else " "
        self.open.text += joint + line.text.strip()
        self.gap = False

    def _is_finished(self):
        return self.open.text[-1:] in FINISHED

    def _unplaced(self, line):
        self.report.unplaced.append(Note(line.number, line.text.strip()))


def _header_leftovers(report, lines):
    """Note the header's lines in which no label stands: a list of who attended, say."""
    known = re.compile(r"meeting|date|purpose|classification|synopsis|venue|location|group", re.I)
    for line in lines:
        if line.kind is Kind.FURNITURE:
            report.furniture.append(Note(line.number, line.text))
        elif line.kind is not Kind.BLANK and not known.search(line.text):
            report.unplaced.append(Note(line.number, line.text.strip()))


def _interpret(report, topics, groups):
    named = re.compile(rf"\b({'|'.join(map(re.escape, sorted(groups, key=len, reverse=True)))})[ -]?(\d{{1,3}})\b")

    def cited(text):
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


def _served(action, report):
    """Return the paragraph of the same section whose questions the action's paragraph speaks of, or None."""
    paragraph = report.paragraph(action.paragraph)
    if not _SPEAKS_OF_THEM.search(paragraph.text):
        return None
    section = action.paragraph.split(".")[0]
    before = [q.paragraph for q in report.questions if q.line < action.line and q.paragraph.split(".")[0] == section]
    return before[-1] if before else None


def _next_meeting(report, cited):
    """Return the next meeting as the last sentence that speaks of it announces it."""
    year = report.meeting.held_on and report.meeting.held_on.year
    for paragraph in reversed(report.paragraphs):
        for sentence in sentences(paragraph.text):
            names = [name for name in cited(sentence) if name != report.meeting.name]
            held_on = first_date(sentence, year=year)
            if (
                re.search(r"\bnext\b", sentence, re.I)
                and held_on
                and (names or re.search(r"\bmeeting\b", sentence, re.I))
            ):
                return NextMeeting(names[0] if names else None, held_on)
    return None
