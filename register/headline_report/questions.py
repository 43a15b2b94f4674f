"""Questions: the bullets under a sentence that announces them, and sentences that ask."""

import re
from collections.abc import Callable, Iterable, Mapping

from register.headline_report.report import Asked, Report
from register.headline_report.sentences import sentences

_ANNOUNCES = re.compile(r"\b(?:questions?|queries)\b|\basked\s*:", re.I)
_ASKS = re.compile(r"\?[\"”’)\]]*\d{0,2}\.?(?:\s*\([^()]{0,120}\)\.?)?$")


def asked(report: Report, cited: Callable[[str], Iterable[str]], topics: Mapping[str, Iterable[str]]) -> list[Asked]:
    """Return the questions of a report. `cited(text)` finds the meetings in a text; `topics` maps names to keywords."""
    found: list[Asked] = []
    for paragraph in report.paragraphs:
        said = sentences(paragraph.text)
        lead = " ".join(said[-2:] if said and len(said[-1]) < 30 else said[-1:])
        announced = bool(paragraph.bullets) and bool(_ANNOUNCES.search(lead)) and lead[-1:] not in ".?!"
        told: list[tuple[str, int | None, int]] = [
            (s, None, paragraph.line) for s in sentences(paragraph.text) if _ASKS.search(s)
        ]
        for bullet in paragraph.bullets:
            if announced:
                told.append((bullet.text, bullet.number, bullet.line))
            else:
                told += [(s, bullet.number, bullet.line) for s in sentences(bullet.text) if _ASKS.search(s)]
        found += [
            Asked(text, paragraph.number, bullet, tuple(cited(text)), suggested_topic(text, topics), line)
            for text, bullet, line in told
        ]
    return found


def suggested_topic(text: str, topics: Mapping[str, Iterable[str]]) -> str | None:
    """Return the topic whose keywords the text uses most, or None where none or two do equally."""
    scores = {name: sum(_uses(text, keyword) for keyword in keywords) for name, keywords in topics.items()}
    best = max(scores.values(), default=0)
    leaders = [name for name, score in scores.items() if score == best]
    return leaders[0] if best and len(leaders) == 1 else None


def _uses(text: str, keyword: str) -> int:
    words = re.escape(keyword.strip()).replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]+")
    return len(re.findall(rf"\b{words}", text, re.I)) if words else 0
