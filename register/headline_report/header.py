"""The header of a report: label and value pairs, split by tabs, columns or lines as the conversion left them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from register.headline_report.dates import first_date
from register.headline_report.groups import choose_group
from register.headline_report.labels import LABELS
from register.headline_report.lines import Line
from register.headline_report.report import MeetingHeld, NotAReport, Note
from register.vocabulary import Classification

_WORDS_OF_VALUES = {"group", "date", "purpose", "venue", "location"}  # labels only where a line or column begins
_ANYWHERE = [label for label in LABELS if label not in _WORDS_OF_VALUES]


def _make_alternatives(labels: Iterable[str]) -> str:
    return "|".join(label.replace(" ", r"\s+") for label in sorted(labels, key=len, reverse=True))


_LABEL = re.compile(
    rf"(?:(?:^|(?<=[\t|]))[*_ ]*(?P<first>{_make_alternatives(LABELS)})"
    rf"|(?<=\s)[*_]*(?P<inner>{_make_alternatives(_ANYWHERE)}))"
    r"\b\.?[*_]*\s*(?:[:\t|]|(?=\s)|$)",
    re.I | re.M,
)
_NAMED = re.compile(r"\b([A-Z][A-Za-z]{1,9})[ -]?(\d{1,3})\b")
MOST_LINES = 200


def read_header(lines: Sequence[Line]) -> tuple[int, str, dict[str, str]]:
    """Return (meeting's number, group's short name or "", {column: value}) of a header's lines.

    Raises NotAReport where there is no meeting number.
    """
    text = "\n".join(line.text for line in lines[:MOST_LINES])
    values = _parse_values(text)
    title = _NAMED.search(_find_title(text)) if "number" not in values else None
    number = re.search(r"\d{1,4}", values.get("number", "")) or (title and re.match(r"\d+", title[2]))
    if not number:
        raise NotAReport("Give a headline report: this text has no meeting number.")
    beside = re.match(r"([A-Z]{2,10})\b", values.get("number", ""))
    in_title = re.search(r"\(([A-Z]{2,10})\)", _find_title(text))
    group = next((found[1].upper() for found in (title, beside, in_title) if found), "")
    return int(number[0]), group, values


def _find_title(text: str) -> str:
    return next((line for line in text.split("\n") if "headline report" in line.lower()), "")


def _parse_values(text: str) -> dict[str, str]:
    """Return {column: value} of the header; the first value that a label has counts."""
    found = list(_find_labels(text))
    values: dict[str, str] = {}
    for (label, _, end), (_, following, _) in zip(found, [*found[1:], ("", len(text), 0)], strict=False):
        value = text[end:following].strip(" \t\n|:*_")
        values.setdefault(LABELS[label], re.sub(r"\s*[|\t]\s*", " ", value.split("\n\n")[0].split("\n")[0]).strip())
    return values


def _find_labels(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (label in lower case, index of the label, index after it); labels begin with a capital letter."""
    for match in _LABEL.finditer(text):
        label = match["first"] or match["inner"]
        if label[0].isupper():
            yield re.sub(r"\s+", " ", label.lower()), match.start(), match.end()


def make_meeting(
    number: int, group: str, values: Mapping[str, str], body: str, groups: Iterable[str] = ()
) -> tuple[MeetingHeld, list[Note]]:
    """Return (the meeting, warnings) from a header's values and the text of the body.

    `group` is what the title or the number says; `groups` are those that are known. Raises NotAReport where nothing
    names the group.
    """
    notes = []
    held_on = first_date(values.get("date", ""))
    if held_on is None:
        written = values.get("date", "")
        told = f"no date that can be: “{written[:40]}”." if written else "no date for the meeting."
        notes.append(Note(1, f"The header gives {told}"))
    classification = values.get("classification", "").lower()
    if classification not in Classification.values:
        notes.append(Note(1, "The header gives no classification that the register knows: Members is assumed."))
        classification = Classification.MEMBERS.value
    chosen, doubt = choose_group(group, values.get("name", ""), number, body, groups)
    if not chosen:
        raise NotAReport("Give a headline report that names its group: this one has no meeting name.")
    others = tuple(other for other in _find_joint(values.get("number", "")) if other != (chosen, number))
    if doubt:
        notes.append(Note(1, doubt))
    return MeetingHeld(chosen, number, held_on, classification, values.get("purpose", ""), doubt, others), notes


def _find_joint(written: str) -> list[tuple[str, int]]:
    """Return the (group, number) of each meeting that a joint meeting's number names: `CCDG18 / AWG10`."""
    found = [(group, int(number)) for group, number in re.findall(r"\b([A-Z]{2,10})[ -]?(\d{1,3})\b", written)]
    return found if len(found) > 1 else []


def has_label(text: str) -> bool:
    return any(True for _ in _find_labels(text))


def find_second_header(lines: Sequence[Line], number: int, begin: int) -> int | None:
    """Return the number of the line where a second report begins, the same or another one, or None.

    `begin` is the place where the first one's body begins. A header that is repeated on every page is no second one,
    unless the body begins again behind it: with its first paragraph, or with a table of the same columns.
    """
    bodies: set[object] = set()
    again_at = None
    for line in lines[begin:]:
        named = _TITLED.fullmatch(line.text.strip()) if len(line.text) < 60 else None
        named = named or _NUMBERED.match(line.text)
        if named and int(named["number"]) != number:
            return line.number
        again_at = again_at or (line.number if named and bodies else None)
        body = "1.1" if line.label == "1.1" else line.head and (line.head.type, *line.head.columns)
        if body and body in bodies and again_at:
            return again_at
        bodies |= {body} if body else set()
    return None


_TITLED = re.compile(r"[A-Z]{2,10}[ -]?(?P<number>\d{1,3})\s+headline\s+report", re.I)
_NUMBERED = re.compile(r"[*_\s]*meeting\s+(?:number|no)\b\W*(?:[A-Z]{2,10}\W*)?(?P<number>\d{1,4})", re.I)
