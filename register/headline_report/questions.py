"""Find the questions of a report: announced lists, sentences that end in “?”, and tables of questions."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from register.headline_report.assembly import AskedRow
from register.headline_report.report import AskedQuestion, Paragraph, Report
from register.headline_report.sentences import split_sentences

FindMeetings = Callable[[str], Iterable[str]]
_ANNOUNCES = re.compile(r"\b(?:questions?|queries)\b|\basked\s*:", re.I)
_TITLED = re.compile(r"^(?:annex \w+\W+)?(?:open |outstanding )?(?:questions?|queries)\b", re.I | re.M)
_ASKS = re.compile(r"\?[\"”’)\]]*\d{0,2}\.?(?:\s*\([^()]{0,120}\)\.?)?$")
_HALF_QUOTED = re.compile(r"[\"“‘]\s*[a-z][^\"“”‘’]*\?[\"”’]\W*$")
_INTRODUCED = re.compile(r"(?:questions?|query|queries)(?:\s+(?:raised|asked))?(?:\s+by\s+\w+)?\s*:\s*(?=\S)", re.I)
_CITATION, _WORDS = re.compile(r"\([^()]*\bsee\b[^()]*\)"), re.compile(r"\w+")


def find_questions(
    report: Report, asked: Sequence[AskedRow], find_meetings: FindMeetings, topics: Mapping[str, Iterable[str]]
) -> list[AskedQuestion]:
    """Return the questions of a report in order, one that an annex or a table repeats once.

    `asked` are the rows of its tables of questions; `find_meetings(text)` returns the names of the meetings that a text
    cites; `topics` maps each topic's name to its keywords.
    """
    titles = {str(section.number): section.title for section in report.sections}
    found = [
        question
        for paragraph in report.places
        for question in _find_in_paragraph(paragraph, titles.get(paragraph.number.split(".")[0], ""))
    ]
    found += [_read_row(row, find_meetings) for row in asked if _is_asked(row)]
    order = {paragraph.number: place for place, paragraph in enumerate(report.places)}
    found.sort(key=lambda question: (order.get(question.paragraph, len(order)), question.line))
    once = {_strip(question.text): question for question in reversed(found)}
    listed = {id(question) for question in once.values()}
    return [_complete(question, find_meetings, topics) for question in found if id(question) in listed]


def _find_in_paragraph(paragraph: Paragraph, title: str) -> Iterator[AskedQuestion]:
    page = paragraph.page
    for sentence in _find_asking(paragraph.text):
        yield AskedQuestion(sentence, paragraph.number, None, (), None, paragraph.line, page=page)
    announced = bool(paragraph.bullets) and _announces(paragraph, title)
    for bullet in paragraph.bullets:
        answer = bullet.answer.text if bullet.answer else ""
        for text in [bullet.text] if announced else _find_asking(bullet.text):
            yield AskedQuestion(text, paragraph.number, bullet.number, (), None, bullet.line, answer, page=page)


def _announces(paragraph: Paragraph, title: str) -> bool:
    """Return whether the sentence before a list, or the title above it, says that it is one of questions.

    `title` is that of its section. What ends in a full stop leads to no list.
    """
    said = split_sentences(paragraph.text)
    lead = " ".join(said[-2:] if said and len(said[-1]) < 30 else said[-1:])
    titled = _TITLED.search(f"{title}\n{paragraph.heading}")
    return bool(_ANNOUNCES.search(lead) or titled) and lead[-1:] not in ".?!"


def _find_asking(text: str) -> list[str]:
    """Return the sentences that ask; half a question in quotation marks is told of, not asked."""
    asking = (said for said in split_sentences(text) if _ASKS.search(said) and not _HALF_QUOTED.search(said))
    return [_INTRODUCED.sub("", said, count=1) if _INTRODUCED.match(said) else said for said in asking]


def _is_asked(row: AskedRow) -> bool:
    """Return whether a row asks: a comment has to say so, a question has to have a word."""
    return bool(_find_asking(row.text)) if row.is_comment else any(map(str.isalpha, row.text))


def _read_row(row: AskedRow, find_meetings: FindMeetings) -> AskedQuestion:
    meetings = tuple(dict.fromkeys([*find_meetings(row.text), *find_meetings(row.raised)]))
    return AskedQuestion(row.text, row.place, row.number, meetings, None, row.line, row.answer, page=row.page)


def _complete(
    question: AskedQuestion, find_meetings: FindMeetings, topics: Mapping[str, Iterable[str]]
) -> AskedQuestion:
    meetings = question.meetings or tuple(find_meetings(question.text))
    return replace(question, meetings=meetings, topic=suggest_topic(question.text, topics))


def _strip(text: str) -> str:
    return " ".join(_WORDS.findall(_CITATION.sub("", text).lower()))


def suggest_topic(text: str, topics: Mapping[str, Iterable[str]]) -> str | None:
    """Return the topic whose keywords the text uses most, or None where none or two do equally."""
    scores = {name: sum(_count_uses(text, keyword) for keyword in keywords) for name, keywords in topics.items()}
    best = max(scores.values(), default=0)
    leaders = [name for name, score in scores.items() if score == best]
    return leaders[0] if best and len(leaders) == 1 else None


def _count_uses(text: str, keyword: str) -> int:
    words = re.escape(keyword.strip()).replace(r"\ ", r"[\s-]+").replace(r"\-", r"[\s-]+")
    return len(re.findall(rf"\b{words}", text, re.I)) if words else 0
