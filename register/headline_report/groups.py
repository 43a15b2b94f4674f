"""Which group a report is of: what its header, its title and its body say is weighed, and told where they disagree."""

import re
from collections import Counter
from collections.abc import Iterable

SAID = 4  # points: the title, the number or brackets in the name give the short name itself
NUMBERED = 3  # the body names this meeting: CCDG15
RELATED = 2  # the body names the next meeting, or the group's members; or the name's initials are these
KNOWN = 1  # the register has a group of that name

_SHORT = r"[A-Z]{2,10}"


def choose_group(said: str, name: str, number: int, body: str, groups: Iterable[str] = ()) -> tuple[str, str]:
    """Return (the group's short name or "", a sentence where what names it disagrees or "").

    `said` is what the title or the meeting's number gives, `name` the header's, `groups` are those that are known.
    """
    initials = get_initials(name)
    points = _weigh(said, name, initials, number, body)
    for group in groups:
        if group in points:
            points[group] += KNOWN
    if not points:
        return initials, ""
    (best, most), *others = points.most_common()
    rival = next((other for other, weight in others if weight >= SAID or weight * 2 > most), None)
    if rival is None or best.startswith(rival):
        return best, ""
    return best, f"The report names {best} as its group, and {rival} as well: say which before anything is recorded."


def _weigh(said: str, name: str, initials: str, number: int, body: str) -> Counter[str]:
    points: Counter[str] = Counter()
    written = said or next(iter(re.findall(rf"\(({_SHORT})\)", name)), "")
    written = written or (name.strip() if re.fullmatch(_SHORT, name.strip()) else "")
    points[written] += SAID if written else 0
    if len(initials) > 1 and re.search(rf"\b{initials}\b|\b{initials}(?=\d)", body):
        points[initials] += RELATED
    named = Counter(re.findall(rf"\b({_SHORT})[ -]?0?{number}\b(?!\s*/)", body))
    for group, _ in named.most_common(1):
        points[group] += NUMBERED
    for pattern in (rf"\b({_SHORT})[ -]?0?{number + 1}\b(?!\s*/)", rf"\b({_SHORT})\s+members\b"):
        for group in set(re.findall(pattern, body)) & points.keys():
            points[group] += RELATED
    return +points


def get_initials(name: str) -> str:
    """Return the capitals that begin the words of a name, up to a dash or bracket: AWG."""
    return "".join(re.findall(r"\b([A-Z])", re.split(r"\s[–—-]\s|\(", name)[0]))
