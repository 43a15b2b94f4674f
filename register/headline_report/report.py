"""The data classes that a headline report is read into."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from register.headline_report.references import References
from register.refusals import Refused

LONGEST_PLACE = 100  # characters of a paragraph's number, or of the name of an annex or area


class NotAReport(Refused):
    """The text is no headline report, or not one alone; the reason is one sentence."""


@dataclass(frozen=True)
class MeetingHeld:
    """The meeting that a report is of, as its header says.

    `classification` is a value of `vocabulary.Classification`; `held_on` is None where the header gives no date.
    `doubt` says where the text does not agree on the group. `held_with` are the (group, number) of a joint meeting's
    others.
    """

    group: str
    number: int
    held_on: date | None
    classification: str
    purpose: str
    doubt: str = ""
    held_with: tuple[tuple[str, int], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.group}{self.number}"

    @property
    def all(self) -> dict[str, int]:
        """{group: number} of this meeting and of those that it was held jointly with."""
        return {self.group: self.number, **dict(self.held_with)}


@dataclass(frozen=True)
class NextMeeting:
    """The next meeting as announced; `name` is None where the text gives only its date."""

    name: str | None
    held_on: date | None


@dataclass(frozen=True)
class Section:
    number: int
    title: str
    line: int


@dataclass
class Bullet:
    """An item of a list. `answer` is what a log of questions and answers has below it, or None."""

    number: int
    text: str
    line: int
    answer: "Bullet | None" = None


@dataclass
class Paragraph:
    """One numbered paragraph, or an annex or area of discussion, whose name is then its `number`.

    `heading` is the sub-heading it stands under, or ""; `bullets` are numbered from 1; `page` is None where there is
    none.
    """

    number: str
    text: str
    line: int
    heading: str = ""
    bullets: list[Bullet] = field(default_factory=list)
    page: int | None = None

    @property
    def full_text(self) -> str:
        """The text and the bullets, one a line, for comparing one edition of a report with another."""
        answered = [text for bullet in self.bullets for text in (bullet, bullet.answer) if text]
        return "\n".join([self.text, *(bullet.text for bullet in answered)])


@dataclass(frozen=True)
class MintedAction:
    """An action that the meeting created. `owner` and `due_as_written` are None where the text is not clear.

    `serves` is the number of the paragraph whose questions the action is about (“this list”), or None. `doubt` is a
    sentence where the text does not settle it. `group` is the other group of a joint meeting whose action it is, or "".
    """

    reference: str
    paragraph: str
    text: str
    owner: str | None
    due_as_written: str | None
    line: int
    serves: str | None = None
    doubt: str = ""
    group: str = ""
    page: int | None = None


@dataclass(frozen=True)
class LoggedAction:
    """What a log of actions, or the words behind a marker, says of an action: each text as written, "" where none is.

    `place` is the number of the paragraph or section, or the name of the area, where it stands.
    """

    reference: str
    text: str
    place: str
    line: int
    owner: str = ""
    due: str = ""
    status: str = ""
    update: str = ""
    page: int | None = None

    @property
    def full_text(self) -> str:
        """The row as one text."""
        return " – ".join(filter(None, [self.text, self.owner, self.due, self.status, self.update]))


@dataclass(frozen=True)
class Decision:
    """A decision that the meeting recorded under a reference of its own: `DAG-DEC42`."""

    reference: str
    text: str
    paragraph: str
    line: int


@dataclass(frozen=True)
class Mention:
    """A reference to an action that another meeting created, with the numbers of the paragraphs that have it."""

    reference: str
    paragraphs: tuple[str, ...]

    @property
    def paragraph(self) -> str:
        return self.paragraphs[0]


@dataclass(frozen=True)
class AskedQuestion:
    """A question as published. `bullet` is None for a sentence; `meetings` are those it cites; `topic` is suggested.

    `answer` is what a table has beside it, or ""; `doubt` is a sentence where the text does not settle it.
    """

    text: str
    paragraph: str
    bullet: int | None
    meetings: tuple[str, ...]
    topic: str | None
    line: int
    answer: str = ""
    doubt: str = ""
    page: int | None = None


@dataclass(frozen=True)
class Note:
    """A line for the triager to check: unplaced content, a commitment without a marker, a warning."""

    line: int
    text: str


def _is_own_title(text: str) -> bool:
    return text.strip(" #*").lower() == "headline report"


@dataclass
class Report:
    """A report as read. `left_out` are sentences on what its file has beside the text that a reader sees.

    `areas` are its annexes and the rows of a table of discussion; `references` find actions in its words;
    `unread_pages` have no text; `digest` is the SHA-256 of its file in hex, where it was read from one.
    """

    meeting: MeetingHeld
    synopsis: str = ""
    sections: list[Section] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    areas: list[Paragraph] = field(default_factory=list)
    log: list[LoggedAction] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    actions: list[MintedAction] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    meetings: list[str] = field(default_factory=list)
    questions: list[AskedQuestion] = field(default_factory=list)
    next_meeting: NextMeeting | None = None
    remarks: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    unplaced: list[Note] = field(default_factory=list)
    furniture: list[Note] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    references: References = field(default_factory=References)
    digest: str = ""
    unread_pages: list[int | None] = field(default_factory=list)

    @property
    def places(self) -> list[Paragraph]:
        """The paragraphs, and after them the areas."""
        return [*self.paragraphs, *self.areas]

    @property
    def doubtful_furniture(self) -> list[Note]:
        """The furniture that is more than a rule or the report's own title, for somebody to look over."""
        return [note for note in self.furniture if any(map(str.isalnum, note.text)) and not _is_own_title(note.text)]

    def paragraph(self, number: str) -> Paragraph | None:
        """Return the first paragraph or area of that number, or None. Call it on a complete report: it is cached."""
        return self._numbered.get(number)

    @cached_property
    def _numbered(self) -> dict[str, Paragraph]:
        return {paragraph.number: paragraph for paragraph in reversed(self.places)}
