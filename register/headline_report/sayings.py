"""What the paragraphs of a report say became of actions and questions: closed, carried forward, deferred.

A saying is settled where its words leave nothing to decide: they say one thing, of one or more references, as done. A
condition, a proposal, a denial or two things at once leave it to a person.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from register.headline_report.references import References
from register.headline_report.report import LoggedAction, Paragraph, Report
from register.headline_report.sentences import LONGEST, split_sentences

_IS = r"(?:(?:is|are|was|were|be|been|being|as|now|therefore|considered|marked|[:(–—-])\s*){1,3}"
_OF_ACTIONS = {
    "superseded": re.compile(r"\bsuperseded\s+by\s+(?:new\s+)?(.{1,40})", re.I),
    "carried": re.compile(r"\bcarried\s+(?:forward|over)\b|\b(?:remains?|kept|stays?)\s+open\b|\bis\s+ongoing\b", re.I),
    "done": re.compile(rf"{_IS}(?:complete[d]?|closed|discharged)\b|\bcould\s+be\s+closed\b", re.I),
}
_OF_QUESTIONS = {
    "not_reached": re.compile(
        r"\bnot\s+(?:discussed|reached|considered|covered|taken)\b|\bran\s+out\s+of\s+time\b", re.I
    ),
    "deferred": re.compile(r"\b(?:deferred|put\s+off|postponed)(?:\s+(?:to|until)\s+(?P<to>[A-Z]{2,8}\s?-?\d{1,3}))?"),
    "withdrawn": re.compile(r"\bwithdrawn\s+from\s+the\s+agenda\b", re.I),
    "answer_presented": re.compile(r"\bpresented\b", re.I),
    "decided": re.compile(r"\bagreed\b(?!\s+to\b)|\bdecided\b(?!\s+to\b)|\bapproved\b", re.I),
    "discussed": re.compile(r"(?<!not\s)\bdiscussed\b", re.I),
}
_UNSETTLING = re.compile(
    r"\b(?:not|never|if|once|until|unless|when|whether|would|could|may|might|should|will|expect\w*|propos\w+|suggest\w*"
    r"|partly|partially|nearly|almost|subject\s+to|intend\w*|hope\w*|ask\w*|to\s+be)\b",
    re.I,
)
_CLAUSE = re.compile(r"(?:;|,?\s+(?:and|but|while|whereas)\s)\s*(?=(?:that\s+)?(?:Actions?\b|DSQ))")
_QUESTION = re.compile(r"\bDSQ[\s_-]{0,2}(\d{1,6})\b", re.I)
_ITS_ACTION = re.compile(r"\b(?:this|the)\s+action\b", re.I)


@dataclass(frozen=True)
class Saying:
    """One thing said of actions, or of questions: `says` is an update's kind or an outcome's result.

    `actions` and `questions` are references. `other` is the reference of the action that supersedes, or the name of the
    meeting that something was put off to.
    """

    paragraph: str
    text: str
    says: str
    is_settled: bool
    actions: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    other: str = ""


def find_sayings(report: Report) -> list[Saying]:
    """Return what a report says became of actions and questions, in its order, each once a paragraph."""
    found = [saying for paragraph in report.places for saying in _read_paragraph(paragraph, report.references)]
    found += [saying for row in report.log for saying in _read_row(row, report.references)]
    return list({(s.paragraph, s.says, s.actions, s.questions): s for s in found}.values())


def _read_row(row: LoggedAction, references: References) -> Iterator[Saying]:
    """Yield what the status of a row in a log of actions says: “Closed”, “Carried forward”, “Superseded by …”."""
    for says, words in _STATUSES.items():
        if match := words.match(row.status.strip()):
            other = next(iter(references.find(row.status)), "") if says == "superseded" else ""
            text = f"{row.reference}: {row.full_text}"
            yield Saying(
                row.place, text, says, not _unsettles(row.status, match), actions=(row.reference,), other=other
            )
            return


_STATUSES = {
    "superseded": re.compile(r"superseded\b", re.I),
    "carried": re.compile(r"(?:carried\s+(?:forward|over)|open|ongoing|on-going|in\s+progress)\b", re.I),
    "done": re.compile(r"(?:closed?|completed?|done|discharged)\b", re.I),
}


def split_clauses(paragraph: Paragraph) -> list[str]:
    """Return the clauses of a paragraph's sentences and bullets: each names what it speaks of anew."""
    lines = [paragraph.text, *(bullet.text for bullet in paragraph.bullets)]
    sentences = (sentence[:LONGEST] for line in lines for sentence in split_sentences(line))
    return [clause.strip() for sentence in sentences for clause in _CLAUSE.split(sentence) if clause.strip()]


def _read_paragraph(paragraph: Paragraph, references: References) -> Iterator[Saying]:
    under = references.find(paragraph.heading)
    for clause in split_clauses(paragraph):
        yield from _read_actions(paragraph, clause, under, references)
        yield from _read_questions(paragraph, clause)


def _read_actions(paragraph: Paragraph, clause: str, under: list[str], references: References) -> Iterator[Saying]:
    told = match_words(clause, _OF_ACTIONS)
    named = tuple(references.find(clause))
    if not named and len(under) == 1 and _ITS_ACTION.search(clause):
        named = (under[0],)
    if not told or not named:
        return
    says, match = told[0]
    other = next(iter(references.find(f"Action {match[1]}")), "") if says == "superseded" else ""
    subjects = tuple(reference for reference in named if reference != other)
    settled = len({name for name, _ in told}) == 1 and not _unsettles(clause, match)
    if subjects:
        yield Saying(paragraph.number, clause, says, settled, actions=subjects, other=other)


def _read_questions(paragraph: Paragraph, clause: str) -> Iterator[Saying]:
    named = tuple(dict.fromkeys(f"DSQ-{int(number):03}" for number in _QUESTION.findall(clause)))
    if named and (saying := read_outcome(clause)):
        says, settled, other = saying
        yield Saying(paragraph.number, clause, says, settled, questions=named, other=other)


def read_outcome(clause: str) -> tuple[str, bool, str] | None:
    """Return (result, whether it is settled, the meeting that it was put off to) that a clause tells of, or None."""
    told = match_words(clause, _OF_QUESTIONS)
    if not told:
        return None
    says, match = told[0]
    to = (match["to"] or "") if says == "deferred" else ""
    return says, not _unsettles(clause, match), re.sub(r"[\s-]", "", to)


def match_words(clause: str, words: dict[str, re.Pattern]) -> list[tuple[str, re.Match]]:
    """Return [(name, match)] of the patterns that a clause matches, in their order."""
    found = ((name, pattern.search(clause)) for name, pattern in words.items())
    return [(name, match) for name, match in found if match]


def _unsettles(clause: str, match: re.Match) -> bool:
    """Return whether anything beside the words that were matched puts them in doubt."""
    return bool(_UNSETTLING.search(clause[: match.start()] + " " + clause[match.end() :]))
