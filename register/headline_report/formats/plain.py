"""Plain text and Markdown as blocks."""

import re
from collections.abc import Iterator, Sequence

from register.headline_report.blocks import Block, BlockKind, Document
from register.headline_report.formats.columns import find_table
from register.headline_report.formats.repairs import remove_markdown, repair_text

_HEADING = re.compile(r"\s{0,3}(#{1,6})(.*)$")
_ITEM = re.compile(r"\s*(?P<label>[-*+•▪‣●◦·o–]|\(?[a-z]\)|\(?[ivx]{1,4}\))\s+(?P<text>\S.*)$")
_RULE = re.compile(r"\s*(?:[-*_=]\s*){3,}$|\s*\|[\s|:-]+$")
_FIELD = re.compile(
    r"\W{0,3}(From|To|Cc|Subject|Sent|Date|Reply-To|Received|Message-ID|MIME-Version|Content-Type)\s*:", re.I
)
_LONE_BULLET = re.compile(r"\s*([•▪‣●◦])\s*$")

LONGEST_RULE = 200  # characters


def read_text(text: str) -> Document:
    """Return the `Document` of a text, Markdown or not."""
    lines = [line.rstrip(" ") for line in repair_text(text).split("\n")]
    head = _count_mail_head(lines)
    left_out = [f"The head of a mail stands above the report, not read: “{lines[head - 1].strip()}”."] if head else []
    return Document(list(_make_blocks(lines, head)), left_out)


def _make_blocks(lines: Sequence[str], taken: int) -> Iterator[Block]:
    """Yield the blocks of lines, without the first ones that are taken already."""
    for place, line in enumerate(lines):
        if place < taken:
            continue
        if table := find_table(lines, place):
            taken = place + table.length
            rows = tuple(tuple(map(remove_markdown, row)) for row in table.rows)
            yield Block(BlockKind.TABLE, place + 1, "\n".join(lines[place:taken]), rows=rows)
        else:
            yield make_block(place + 1, line)


def make_block(number: int, line: str, page: int | None = None) -> Block:
    """Return the block of one line of text."""
    if not line.strip():
        return Block(BlockKind.BLANK, number, page=page)
    if len(line) < LONGEST_RULE and _RULE.match(line):
        return Block(BlockKind.PAGE_EDGE, number, line.strip(), page)
    if heading := _HEADING.match(line):
        title = remove_markdown(heading[2]).strip().rstrip("#").strip()
        return Block(BlockKind.HEADING, number, title, page)
    bare = remove_markdown(line)
    if not bare.strip():
        return Block(BlockKind.BLANK, number, page=page)
    if item := _ITEM.match(bare):
        return Block(BlockKind.ITEM, number, item["text"].strip(), page, item["label"])
    if lone := _LONE_BULLET.match(bare):
        return Block(BlockKind.ITEM, number, "", page, lone[1])
    return Block(BlockKind.TEXT, number, bare.strip(" "), page)


def _count_mail_head(lines: Sequence[str]) -> int:
    """Return how many lines at the top of a text are the head of a mail that was copied with it."""
    begin = next((n for n, line in enumerate(lines) if line.strip()), 0)
    end = begin
    while end < len(lines) and _FIELD.match(lines[end]):
        end += 1
    fields = {match[1].lower() for line in lines[begin:end] if (match := _FIELD.match(line))}
    return end if "from" in fields and fields & {"to", "subject", "sent"} else 0
