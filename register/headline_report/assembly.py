"""Build the sections, paragraphs, lists and tables of a report from its typed lines."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from register.headline_report.lines import FINISHED, LIKE_A_MARKER, NO_TITLE, Line, LineType
from register.headline_report.references import References
from register.headline_report.report import (
    LONGEST_PLACE,
    Bullet,
    Decision,
    LoggedAction,
    Note,
    Paragraph,
    Report,
    Section,
)
from register.headline_report.tables import TableType, fill_down

_ITEM = re.compile(r"\(?(?:Q(?:uestion)?\s?)?(\d{1,2})[.):]\s+(\S.*)")
_ANSWER = re.compile(r"(?:A|Answer|Response|Reply)\s?\d{0,2}\s*[.:]\s+(\S.*)")
_ANNEX = re.compile(r"((?:annex|appendix|attachment)\s+\w{1,3})\b[\s:.–—-]*(.{0,150})", re.I)
_NUMBERED_ALONE = re.compile(r"\W{0,3}(?:new\s+)?action\s+(\d{1,2})\s*[:–—-]\s*(\S.*)", re.I)
_DECISION = re.compile(r"\W{0,3}decision\s+([A-Z][A-Z\d-]{2,20}\d)\W{0,3}\s*[:–—-]?\s*(.*)", re.I)
_CLOSES = re.compile(r"[.]\W{0,3}$")


@dataclass(frozen=True)
class AskedRow:
    """A row of a table of questions, or of comments, of which only some ask.

    `number` is its own number, or its place in the table from 1.
    """

    text: str
    number: int
    place: str
    line: int
    raised: str = ""
    answer: str = ""
    page: int | None = None
    is_comment: bool = False


@dataclass(frozen=True)
class Marked:
    """A marker that closes a paragraph. `task` is the text that it closes, where that is not the paragraph's own."""

    paragraph: Paragraph
    line: Line
    task: str = ""


@dataclass
class Found:
    """What an assembly leaves for the rules: markers and tables in their order.

    `early` are (number of the paragraph before or "", text) of references that close no paragraph.
    """

    markers: list[Marked] = field(default_factory=list)
    early: list[tuple[str, str]] = field(default_factory=list)
    asked: list[AskedRow] = field(default_factory=list)


class Assembly:
    """Adds lines to a report in order: `add_lines` calls the method `_add_<line's kind>`.

    A line that belongs to nothing is added to `report.unplaced`.
    """

    def __init__(self, report: Report, references: References) -> None:
        self.report, self.references = report, references
        self.found = Found()
        self.numbers = set(report.meeting.all.values())
        self.heading = ""
        self.open: Paragraph | Bullet | None = None  # the paragraph or bullet that a continued line belongs to
        self.paragraph: Paragraph | None = None
        self.gap = False  # a blank line since the last text
        self.headed = False  # a heading since the last paragraph
        self.wraps: Section | None = None  # a section's title that the next line may continue
        self.seen: set[str] = set()
        self.section = 0
        self.is_after_unread = False
        self.loose: str | None = None  # the last text without a place since the last paragraph

    def add_lines(self, lines: Iterable[Line]) -> Found:
        for line in lines:
            getattr(self, f"_add_{line.kind.name.lower()}")(line)
            if line.kind is not LineType.SECTION:
                self.wraps = self.wraps if line.kind is LineType.TEXT else None
        return self.found

    def _add_blank(self, line: Line) -> None:
        self.gap = True

    def _add_furniture(self, line: Line) -> None:
        self.report.furniture.append(Note(line.number, line.text))

    def _add_unread(self, line: Line) -> None:
        """Close everything: what stands on both sides of a page without text does not belong together."""
        told = f"Page {line.page} has no text: nothing is taken across it."
        self.report.warnings.append(Note(line.number, told))
        self.report.unread_pages.append(line.page)
        self.open = self.paragraph = None
        self.is_after_unread = True

    def _add_section(self, line: Line) -> None:
        self.section, self.gap = int(line.label), False
        self.wraps = Section(self.section, line.text, line.number)
        self.report.sections.append(self.wraps)
        self._start_heading("")

    def _add_heading(self, line: Line) -> None:
        if annex := _ANNEX.fullmatch(line.text):
            self._start_annex(annex[1].capitalize() if annex[1].isupper() else annex[1], line)
        else:
            self._start_heading(line.text)

    def _start_heading(self, title: str) -> None:
        self.heading, self.headed, self.open = title, True, None

    def _start_annex(self, name: str, line: Line) -> None:
        self.heading, self.headed, self.gap = line.text, False, False
        self.paragraph = self.open = Paragraph(name, "", line.number, line.text, page=line.page)
        self.report.areas.append(self.paragraph)

    def _add_paragraph(self, line: Line) -> None:
        if not self._is_in_sequence(line.label):
            self._add_text(replace(line, text=f"{line.label} {line.text}".strip()))
            return
        if line.label in self.seen:
            self._refuse_second(line)
            return
        self._warn_of_leap(line)
        self.seen.add(line.label)
        self.section = _split_label(line.label)[0]
        self.loose, self.is_after_unread = None, False
        self.paragraph = self.open = Paragraph(line.label, line.text, line.number, self.heading, page=line.page)
        self.report.paragraphs.append(self.paragraph)
        self.headed = self.gap = False

    def _refuse_second(self, line: Line) -> None:
        said = f"Paragraph {line.label} stands twice: the second is left out."
        self.report.warnings.append(Note(line.number, said))
        self.report.unplaced.append(Note(line.number, f"{line.label} {line.text}"))
        self.open = self.paragraph = None

    def _is_in_sequence(self, label: str) -> bool:
        """Return whether a paragraph's number can come next; a decimal that begins a wrapped line mostly cannot."""
        major, minor = _split_label(label)
        if self.is_after_unread:
            return major >= self.section
        return not self.section or major == self.section or (0 < major - self.section <= 2 and minor <= 3)

    def _warn_of_leap(self, line: Line) -> None:
        """Say where a paragraph's number is not the next one: a page may be missing."""
        major, minor = _split_label(line.label)
        last = self.report.paragraphs[-1].number if self.report.paragraphs else ""
        before = _split_label(last)[1] if last and _split_label(last)[0] == major else 0
        if last and minor > before + 1:
            self.report.warnings.append(Note(line.number, f"Paragraph {line.label} follows {last}: one is missing."))

    def _add_bullet(self, line: Line) -> None:
        if self.paragraph is None or self.headed:
            self._add_unplaced(line)
            return
        self.open = Bullet(len(self.paragraph.bullets) + 1, line.text, line.number)
        self.paragraph.bullets.append(self.open)
        self.gap = False

    def _add_marker(self, line: Line) -> None:
        if not self._is_own(line):
            self._add_reference(line)
        elif self._continues_sentence() and (line.rest or _CLOSES.search(line.text)):
            self._add_text(line)
        elif self.paragraph is None or self.headed:
            self._add_late_marker(line)
        else:
            self.found.markers.append(self._close(self.paragraph, line))
            self.open = None

    def _is_own(self, line: Line) -> bool:
        """Return whether a marker's references are all numbered for this meeting: any other is a mention."""
        meetings = {self.references.get_meeting_number(reference) for reference in line.label.split(",")}
        return meetings <= self.numbers

    def _continues_sentence(self) -> bool:
        return self.open is not None and not self.gap and not self._is_finished()

    def _add_reference(self, line: Line) -> None:
        """Add a line that begins with the reference of another meeting's action: a heading, a sentence, or an item."""
        if line.is_heading:
            self._add_heading(line)
        elif self._continues_sentence():
            self._add_text(line)
        elif self.paragraph is None or self.headed:
            self._add_early(line)
            self._add_unplaced(line)
        else:
            self._add_bullet(replace(line, text=line.text.lstrip("-*•[( ")))

    def _add_early(self, line: Line) -> None:
        following = self.report.paragraphs[-1].number if self.report.paragraphs else ""
        self.found.early.append((following, line.text))

    def _add_late_marker(self, line: Line) -> None:
        """Add a marker under a heading or section without a paragraph: one of a closing list says its task itself."""
        if line.rest:
            place = self.heading[:LONGEST_PLACE] or str(self.section or "")
            paragraph = Paragraph(place, "", line.number, self.heading, page=line.page)
            self.found.markers.append(Marked(paragraph, line))
            return
        self._add_early(line)
        self.report.warnings.append(Note(line.number, f"“{line.text}” follows no paragraph, so it mints nothing."))

    def _close(self, paragraph: Paragraph, line: Line) -> Marked:
        """Return what a marker closes: the unnumbered text or the bullets just before it, or the paragraph."""
        if self.loose is not None:
            doubt = f"Action {line.label} follows text without a number: it is given to paragraph {paragraph.number}."
            self.report.warnings.append(Note(line.number, doubt))
            return Marked(paragraph, line, self.loose)
        return Marked(paragraph, line, self.open.text if isinstance(self.open, Bullet) else "")

    def _add_text(self, line: Line) -> None:
        if self.wraps and not self.gap:
            self._continue_title(line)
        elif not self._add_special(line):
            self._warn_of_doubtful_marker(line)
            self._continue_text(line)

    def _continue_title(self, line: Line) -> None:
        section = self.report.sections[-1]
        self.wraps = Section(section.number, f"{section.title} {line.text.strip()}", section.line)
        self.report.sections[-1] = self.wraps

    def _add_special(self, line: Line) -> bool:
        """Add a line of text that is an item of a numbered list, an annex's title, or an action or a decision."""
        if not self.headed and (item := _ITEM.fullmatch(line.text)) and self._is_next(item[1]):
            self._add_bullet(replace(line, text=item[2]))
        elif (answer := _ANSWER.fullmatch(line.text)) and (asked := self._get_unanswered()):
            asked.answer = self.open = Bullet(asked.number, answer[1], line.number)
            self.gap = False
        elif self.gap and len(line.text) < 150 and _ANNEX.fullmatch(line.text) and line.text[-1] not in NO_TITLE:
            self._add_heading(line)
        elif (marker := self._read_numbered_alone(line)) and not self._continues_sentence():
            self._add_marker(marker)
        elif (decided := _DECISION.fullmatch(line.text)) and not self._continues_sentence():
            self._add_decision(decided[1], decided[2], line)
        else:
            return False
        return True

    def _read_numbered_alone(self, line: Line) -> Line | None:
        """Return the marker that `ACTION 3: …` is, numbered for this meeting, or None."""
        alone = _NUMBERED_ALONE.fullmatch(line.text)
        label = alone and self.references.make(self.report.meeting.number, int(alone[1]))
        return replace(line, label=label, rest=alone[2], kind=LineType.MARKER) if alone and label else None

    def _get_unanswered(self) -> Bullet | None:
        """Return the last item of the list, where it has no answer below it yet."""
        bullets = self.paragraph.bullets if self.paragraph and not self.headed else []
        return bullets[-1] if bullets and bullets[-1].answer is None else None

    def _add_decision(self, reference: str, text: str, line: Line) -> None:
        text = text or (self.paragraph.text if self.paragraph and not self.headed else self.heading)
        self.report.decisions.append(Decision(reference, text, self._get_place(), line.number))
        self.open = None

    def _continue_text(self, line: Line) -> None:
        if self.open is None or (self.gap and (self._is_finished() or self._begins_anew(line))):
            self._add_unplaced(line)
            return
        joint = "" if self.open.text.endswith("-") or not self.open.text else " "
        self.open.text += joint + line.text.strip()
        self.gap = False

    def _begins_anew(self, line: Line) -> bool:
        """Return whether text behind a blank line is no more of the item before it: items often lack a full stop."""
        return isinstance(self.open, Bullet) and line.text[:1].isupper()

    def _is_next(self, number: str) -> bool:
        """Return whether a number is that of the next item of a list."""
        bullets = self.paragraph.bullets if self.paragraph else None
        if bullets is None or int(number) != len(bullets) + 1:
            return False
        return self._is_finished() or self.gap or bool(bullets)

    def _warn_of_doubtful_marker(self, line: Line) -> None:
        if LIKE_A_MARKER.match(line.text) and len(line.text) < 120 and not self._continues_sentence():
            said = f"“{line.text}” looks like an action's marker, but is not one that is understood."
            self.report.warnings.append(Note(line.number, said))

    def _is_finished(self) -> bool:
        return self.open is None or self.open.text[-1:] in FINISHED

    def _add_unplaced(self, line: Line) -> None:
        self.loose = line.text.strip() if self.paragraph else None
        self.report.unplaced.append(Note(line.number, line.text.strip()))

    def _get_place(self) -> str:
        """Return where a table stands: its paragraph, or the section or heading without one."""
        if self.paragraph and not self.headed:
            return self.paragraph.number
        return str(self.section) if self.section else self.heading[:LONGEST_PLACE]

    def _add_table(self, line: Line) -> None:
        head = line.head
        if head is None:
            return
        rows = [head.read(row) for row in line.rows[1:]]
        areas = fill_down([row.get("area", "") for row in rows])
        for number, (row, area) in enumerate(zip(rows, areas, strict=True), 1):
            if any(row.values()):
                place = (area or self._get_place())[:LONGEST_PLACE]
                _ADD_ROW[head.type](self, row, place, replace(line, label=str(number)))
        self.gap = True

    def _add_action_row(self, row: dict[str, str], place: str, line: Line) -> None:
        reference = self._read_reference(row)
        names = {name: row.get(name, "") for name in ("owner", "due", "status", "update")}
        text = row.get("action", "")
        if reference is None:
            self.report.unplaced.append(Note(line.number, " – ".join(filter(None, row.values()))))
            return
        self.report.log.append(LoggedAction(reference, text, place, line.number, **names, page=line.page))

    def _read_reference(self, row: dict[str, str]) -> str | None:
        cell = row.get("reference", "")
        if found := self.references.parse_one(cell) or next(iter(self.references.find(f"Action {cell}")), None):
            return found
        number = re.fullmatch(r"\D{0,8}(\d{1,2})", cell)
        return self.references.make(self.report.meeting.number, int(number[1])) if number else None

    def _add_question_row(self, row: dict[str, str], place: str, line: Line) -> None:
        number = re.search(r"\d{1,3}", row.get("reference", ""))
        place = self._get_place() or place
        is_comment = "question" not in row
        text = row["comment" if is_comment else "question"]
        asked = AskedRow(text, int(number[0] if number else line.label), place, line.number)
        self.found.asked.append(
            replace(
                asked,
                raised=row.get("raised", ""),
                answer=row.get("answer", ""),
                page=line.page,
                is_comment=is_comment,
            )
        )

    def _add_decision_row(self, row: dict[str, str], place: str, line: Line) -> None:
        self.report.decisions.append(Decision(row.get("reference", ""), row["decision"], place, line.number))

    def _add_discussion_row(self, row: dict[str, str], place: str, line: Line) -> None:
        known = next((area for area in self.report.areas if area.number == place), None)
        if known:
            known.text += f" {row['discussion']}"
        else:
            self.report.areas.append(Paragraph(place, row["discussion"], line.number, page=line.page))


_ADD_ROW = {
    TableType.ACTIONS: Assembly._add_action_row,
    TableType.QUESTIONS: Assembly._add_question_row,
    TableType.DECISIONS: Assembly._add_decision_row,
    TableType.DISCUSSION: Assembly._add_discussion_row,
}


def _split_label(label: str) -> tuple[int, int]:
    """Return the first two numbers of a paragraph's label: (2, 2) of `2.2A.1`."""
    major, minor = re.findall(r"\d+", label)[:2]
    return int(major), int(minor)
