"""Dates in the ways that British minutes write them."""

import re
from datetime import date

from register.clock import get_day_refusal

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_SHAPES = tuple(
    re.compile(shape, re.I)
    for shape in (
        r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:\s*(?:-|–|and|to)\s*\d{1,2}(?:st|nd|rd|th)?)?"
        rf"(?:[\s-]+(?:of\s+)?|(?=[A-Za-z])){_MONTH},?(?:[\s-]*(?P<year>\d{{4}}|'?\d{{2}}(?!\d)))?",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d),?(?:\s+(?P<year>\d{{4}}))?",
        r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b",
        r"\b(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})\b",
    )
)
ANY_DATE = "(?i:" + "|".join(re.sub(r"\?P<\w+>", "?:", shape.pattern) for shape in _SHAPES[:3]) + ")"


def first_date(text: str, *, year: int | None = None) -> date | None:
    """Return the first date in a text, or None. A date without a year takes `year`; without either it is no date.

    Nor is one outside the years of `clock.get_day_refusal`.
    """
    found = [match for shape in _SHAPES for match in [shape.search(text)] if match]
    for match in sorted(found, key=lambda match: match.start()):
        if day := _make_date(match, year):
            return day
    return None


def parse_whole_date(text: str, *, year: int | None = None) -> date | None:
    """Return the one date that a text is, all of it, or None; `year` is as in `first_date`, for dates without one."""
    for shape in _SHAPES:
        if (match := shape.fullmatch(text.strip())) and not (year and match["year"]):
            is_range = not match["month"].isdigit() and len(re.findall(r"\d+", text)) > 1 + bool(match["year"])
            return None if is_range else _make_date(match, year)
    return None


def _make_date(parts: re.Match[str], year: int | None) -> date | None:
    written = (parts["year"] or "").strip("'")
    year = int(written) + (2000 if len(written) == 2 else 0) if written else year
    name = parts["month"]
    month = int(name) if name.isdigit() else MONTHS.index(name[:3].lower()) + 1
    try:
        day = date(year, month, int(parts["day"])) if year else None
    except ValueError:
        return None
    return None if get_day_refusal(day) else day
