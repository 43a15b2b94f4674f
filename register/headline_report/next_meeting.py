"""Find the next meeting of a report's group, as its last text with a date announces it."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from register.headline_report.dates import first_date
from register.headline_report.report import NextMeeting, Report
from register.headline_report.sentences import split_sentences

_TITLE = re.compile(r"(?:date\s+of\s+)?next\s+meetings?\b|future\s+meetings\b", re.I)


def find_next_meeting(report: Report, find_meetings: Callable[[str], Iterable[str]]) -> NextMeeting | None:
    """Return the next meeting of this group, or None. `find_meetings(text)` returns the names that a text cites."""
    held_on = report.meeting.held_on
    announces = _make_announcement(report)
    for text, is_titled in reversed(list(_find_texts(report))):
        match = announces.search(text)
        if not match and not is_titled:
            continue
        told = text[match.start() :] if match else text
        if day := first_date(told, year=held_on.year if held_on else None):
            names = [name for name in find_meetings(told) if _is_of_group(name, report)]
            return NextMeeting(names[0] if names else None, _move_to_future(day, held_on, text))
    return None


def _make_announcement(report: Report) -> re.Pattern[str]:
    """Return what announces: “the next meeting”, or the next meeting's name and that it meets."""
    group, number = re.escape(report.meeting.group), report.meeting.number + 1
    return re.compile(
        rf"\b(?i:next\s+(?:full\s+|scheduled\s+)?(?:{group}\s+)?(?:meeting|{group}))"
        rf"|\b{group}[ -]?0?{number}\b.{{0,20}}?\b(?:meets?|will|is|takes|on|:)"
    )


def _find_texts(report: Report) -> Iterator[tuple[str, bool]]:
    """Yield (sentence, whether it stands under the title “Next meeting”)."""
    titled = {str(section.number) for section in report.sections if _TITLE.match(section.title)}
    lines = [section.line for section in report.sections if _TITLE.match(section.title)]
    for note in report.unplaced:
        yield note.text, any(line < note.line < line + 5 for line in lines)
    for paragraph in report.places:
        under = paragraph.number.split(".")[0] in titled or bool(
            _TITLE.match(paragraph.heading) or _TITLE.match(paragraph.number)
        )
        for sentence in split_sentences(paragraph.full_text):
            yield sentence, under


def _is_of_group(name: str, report: Report) -> bool:
    return name != report.meeting.name and re.fullmatch(rf"{re.escape(report.meeting.group)}\d+", name) is not None


def _move_to_future(day: date, held_on: date | None, text: str) -> date:
    """Return `day`, a year later where the text gives no year and it would lie before this meeting."""
    is_past = held_on and day < held_on and str(day.year) not in text
    return day.replace(year=day.year + 1) if is_past and (day.month, day.day) != (2, 29) else day
