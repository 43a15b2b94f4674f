"""The parts of a document as its file has them, before any rule reads them: between the formats and the rules.

Text, Markdown, Word, PDF, HTML and mail each make a `Document`; nothing after it knows which of them it was.
"""

from dataclasses import dataclass, field
from enum import Enum, auto


class BlockKind(Enum):
    """What a file itself says that a block is. What it means is the rules' to find."""

    BLANK = auto()
    TEXT = auto()  # a line of text or PDF, a paragraph of Word or HTML
    HEADING = auto()  # what is set as a heading
    ITEM = auto()  # an item of a list, its number or bullet in `label`
    TABLE = auto()  # its cells in `rows`
    PAGE_EDGE = auto()  # one page ends and another begins
    UNREAD_PAGE = auto()  # a page without text: a scan, or a picture


@dataclass(frozen=True)
class Block:
    """One part of a document, and where it stands.

    `line` counts from 1: lines of a text, blocks of anything else. `page` counts from 1, and is None where the format
    has no pages. `label` is the number or bullet that an item is drawn with: “1.”, “(a)”, “•”. `rows` are the cells of
    a table from its first row, each with its whole text: a cell over several columns stands once.
    """

    kind: BlockKind
    line: int
    text: str = ""
    page: int | None = None
    label: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass
class Document:
    """The blocks of a file in order, and sentences on what else is in it that its reader does not see as its text."""

    blocks: list[Block] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
