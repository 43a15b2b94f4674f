"""Join a table that the edge of a page parts."""

from collections.abc import Iterable
from dataclasses import replace

from register.headline_report.blocks import Block, BlockKind
from register.headline_report.formats.columns import join_wrapped
from register.headline_report.tables import find_head

MOST_BETWEEN = 4  # running heads and feet that stand between the parts


def join_split_tables(blocks: Iterable[Block]) -> list[Block]:
    """Return blocks in which the rows of a table that goes on behind the edge of a page belong to its first part.

    Such a part has no head row of its own, or repeats the first one's, and as many columns.
    """
    joined: list[Block] = []
    table = crossed = between = 0  # the place of the last table from 1, edges and texts since
    for block in blocks:
        if block.kind is BlockKind.TABLE and table and crossed and _goes_on(joined[table - 1], block):
            joined[table - 1] = _join(joined[table - 1], block)
            crossed = between = 0
            continue
        joined.append(block)
        if block.kind is BlockKind.TABLE:
            table, crossed, between = len(joined), 0, 0
        crossed += block.kind is BlockKind.PAGE_EDGE
        between += block.kind not in (BlockKind.PAGE_EDGE, BlockKind.BLANK, BlockKind.TABLE)
        table = 0 if between > MOST_BETWEEN or block.kind is BlockKind.UNREAD_PAGE else table
    return joined


def _goes_on(first: Block, second: Block) -> bool:
    is_same_width = bool(first.rows and second.rows) and len(first.rows[0]) == len(second.rows[0])
    repeats = is_same_width and second.rows[0] == first.rows[0]
    return is_same_width and find_head(first.rows) is not None and (repeats or find_head(second.rows) is None)


def _join(first: Block, second: Block) -> Block:
    more = second.rows[1:] if second.rows[0] == first.rows[0] else second.rows
    text = "\n".join(filter(None, [first.text, second.text]))
    return replace(first, rows=join_wrapped([*first.rows, *more]), text=text)
