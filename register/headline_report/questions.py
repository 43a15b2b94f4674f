"""Find the questions of a report: bullets under a sentence that announces questions, and sentences that end in “?”."""

import re
from collections.abc import Callable, Iterable, Mapping

from register.headline_report.report import AskedQuestion, Report
from register.headline_report.sentences import split_sentences

_ANNOUNCES = re.compile(r"\b(?:questions?|queries)\b|\basked\s*:", re.I)
_ASKS = re.compile(r"\?[\"”’)\]]*\d{0,2}\.?(?:\s*\([^()]{0,120}\)\.?)?$")


def find_questions(
    report: Report, find_meetings: Callable[[str], Iterable[str]], topics: Mapping[str, Iterable[str]]
) -> list[AskedQuestion]:
    """Return the questions of a report, in order.

    `find_meetings(text)` returns the names of the meetings that a text cites; `topics` maps each topic's name to its
    keywords.
    """
    found: list[AskedQuestion] = []
    for paragraph in report.paragraphs:
        said = split_sentences(paragraph.text)
        lead = " ".join(said[-2:] if said and len(said[-1]) < 30 else said[-1:])
        announced = bool(paragraph.bullets) and bool(_ANNOUNCES.search(lead)) and lead[-1:] not in ".?!"
        candidates: list[tuple[str, int | None, int]] = [
            (s, None, paragraph.line) for s in split_sentences(paragraph.text) if _ASKS.search(s)
        ]
        for bullet in paragraph.bullets:
            if announced:
                candidates.append((bullet.text, bullet.number, bullet.line))
            else:
                candidates += [(s, bullet.number, bullet.line) for s in split_sentences(bullet.text) if _ASKS.search(s)]
        found += [
            AskedQuestion(text, paragraph.number, bullet, tuple(find_meetings(text)), suggest_topic(text, topics), line)
            for text, bullet, line in candidates
        ]
    return found


def suggest_topic(text: str, topics: Mapping[str, Iterable[str]]) -> str | None:
    """Return the topic whose keywords the text uses most, or None where none or two do equally."""
    scores = {name: sum(_count_uses(text, keyword) for keyword in keywords) for name, keywords in topics.items()}
    best = max(scores.values(), default=0)
    leaders = [name for name, score in scores.items() if score == best]
    return leaders[0] if best and len(leaders) == 1 else None


def _count_uses(text: str, keyword: str) -> int:
    words = re.escape(keyword.strip()).replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]+")
    return len(re.findall(rf"\b{words}", text, re.I)) if words else 0
