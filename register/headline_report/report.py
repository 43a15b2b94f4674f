"""What a headline report says, as data."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from register.refusals import Refused


class NotAReport(Refused):
    """The text is no headline report, or not one alone; the reason is one sentence."""


@dataclass(frozen=True)
class MeetingHeld:
    """The meeting that a report is of, as its header says.

    `classification` is a value of `vocabulary.Classification`; `held_on` is None where the header gives no date.
    """

    group: str
    number: int
    held_on: date | None
    classification: str
    purpose: str

    @property
    def name(self) -> str:
        return f"{self.group}{self.number}"


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
    number: int
    text: str
    line: int


@dataclass
class Paragraph:
    """One numbered paragraph. `heading` is the sub-heading it stands under, or ""; `bullets` are numbered from 1."""

    number: str
    text: str
    line: int
    heading: str = ""
    bullets: list[Bullet] = field(default_factory=list)

    @property
    def full_text(self) -> str:
        """Its text with its bullets, for comparing one edition of a report with another."""
        return "\n".join([self.text, *(bullet.text for bullet in self.bullets)])


@dataclass(frozen=True)
class MintedAction:
    """An action that the meeting minted. `owner` and `due_as_written` are None where the text does not settle them.

    `serves` is the paragraph whose questions the action speaks of (“this list”), or None.
    """

    reference: str
    paragraph: str
    text: str
    owner: str | None
    due_as_written: str | None
    line: int
    serves: str | None = None


@dataclass(frozen=True)
class Mention:
    """An action that the report speaks of without minting it, and the paragraphs that do, in order."""

    reference: str
    paragraphs: tuple[str, ...]

    @property
    def paragraph(self) -> str:
        return self.paragraphs[0]


@dataclass(frozen=True)
class AskedQuestion:
    """A question as published. `bullet` is None for a sentence; `meetings` are those it cites; `topic` a suggestion."""

    text: str
    paragraph: str
    bullet: int | None
    meetings: tuple[str, ...]
    topic: str | None
    line: int


@dataclass(frozen=True)
class Note:
    """Something for the triager to look at: content without a place, a commitment without a marker, a doubt."""

    line: int
    text: str


def _is_own_title(text: str) -> bool:
    return text.strip(" #*").lower() == "headline report"


@dataclass
class Report:
    meeting: MeetingHeld
    synopsis: str = ""
    sections: list[Section] = field(default_factory=list)
    paragraphs: list[Paragraph] = field(default_factory=list)
    actions: list[MintedAction] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    meetings: list[str] = field(default_factory=list)
    questions: list[AskedQuestion] = field(default_factory=list)
    next_meeting: NextMeeting | None = None
    remarks: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    unplaced: list[Note] = field(default_factory=list)
    furniture: list[Note] = field(default_factory=list)

    @property
    def doubtful_furniture(self) -> list[Note]:
        """The furniture that is more than a rule or the report's own title, for somebody to look over."""
        return [note for note in self.furniture if any(map(str.isalnum, note.text)) and not _is_own_title(note.text)]

    def paragraph(self, number: str) -> Paragraph | None:
        """Return the first paragraph of that number, or None; to be asked once all are read."""
        return self._numbered.get(number)

    @cached_property
    def _numbered(self) -> dict[str, Paragraph]:
        return {paragraph.number: paragraph for paragraph in reversed(self.paragraphs)}
