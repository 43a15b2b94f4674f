"""Join headings that conversion wrapped over several lines: “… for a long time⏎(Action 19/03)”."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from register.headline_report.lines import FINISHED, NO_TITLE, Line, LineType

MOST_LINES = 4
LONGEST = 300  # characters


def join_wrapped_headings(lines: Sequence[Line], own: Collection[str]) -> list[Line]:
    """Return lines in which a heading over two to four lines, before a numbered paragraph, is one.

    `own` are the references of markers of this meeting: such a marker ends what stands before it.
    """
    joined: list[Line] = []
    place = 0
    while place < len(lines):
        length = _measure_heading(lines, place, own)
        joined.append(_join(lines[place : place + length]) if length > 1 else lines[place])
        place += max(length, 1)
    return joined


def _measure_heading(lines: Sequence[Line], start: int, own: Collection[str]) -> int:
    """Return how many lines a wrapped heading takes from a line on; 0 where none begins there."""
    before = lines[start - 1] if start else None
    if before is None or before.kind not in (LineType.BLANK, LineType.SECTION, LineType.HEADING):
        return 0
    if before.kind is LineType.BLANK and not _is_settled(lines, start):
        return 0
    end = start
    while end < len(lines) and end - start <= MOST_LINES and _may_be_of_heading(lines[end], own):
        end += 1
    after = next((line for line in lines[end : end + 3] if line.kind is not LineType.BLANK), None)
    text = " ".join(line.text for line in lines[start:end])
    follows = after is not None and after.kind in (LineType.PARAGRAPH, LineType.SECTION)
    is_title = text[:1].isupper() and text[-1] not in NO_TITLE and len(text) < LONGEST
    return end - start if 1 < end - start <= MOST_LINES and follows and is_title else 0


def _is_settled(lines: Sequence[Line], start: int) -> bool:
    """Return whether what stands before a blank line is complete: its sentence ended, or it is no sentence."""
    before = next(
        (line for line in reversed(lines[max(start - 5, 0) : start]) if line.kind is not LineType.BLANK), None
    )
    is_text = before is not None and before.kind in (LineType.PARAGRAPH, LineType.TEXT, LineType.BULLET)
    return not is_text or (before is not None and before.text[-1:] in FINISHED)


def _may_be_of_heading(line: Line, own: Collection[str]) -> bool:
    if line.kind is LineType.MARKER:
        return not line.rest and not set(line.label.split(",")) & set(own)
    return line.kind is LineType.TEXT and "\t" not in line.text


def _join(lines: Sequence[Line]) -> Line:
    return replace(lines[0], kind=LineType.HEADING, text=" ".join(line.text.strip() for line in lines))
