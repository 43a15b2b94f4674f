"""What a pack is made of. Each block is plain data, which goes into a file as text and never as markup."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Heading:
    text: str
    level: int = 1
    kind: str = "heading"


@dataclass(frozen=True)
class Text:
    """A text of one or more paragraphs; `style` is "body", "quiet" or "strong"."""

    text: str
    style: str = "body"
    kind: str = "text"


@dataclass(frozen=True)
class Change:
    """The differences between two texts, as pieces ("kept", "removed" or "added", words)."""

    pieces: tuple[tuple[str, str], ...]
    kind: str = "change"


@dataclass(frozen=True)
class Table:
    """Rows under headings. `widths` are the columns' shares of the page."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    kind: str = "table"


Block = Heading | Text | Change | Table


@dataclass(frozen=True)
class Paper:
    """A whole pack: its title, what stands at the foot of each page, and its blocks."""

    title: str
    subtitle: str
    foot: str
    blocks: tuple[Block, ...] = field(default=())

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)
