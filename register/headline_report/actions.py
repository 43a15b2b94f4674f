"""Actions: minted by a marker that follows a paragraph, mentioned anywhere else."""

import re

from register.headline_report.lines import REFERENCE
from register.headline_report.report import Mention, Minted, NotAReport, Note
from register.headline_report.sentences import due_as_written, handed_on, sentences, subjects

_MENTIONED = re.compile(
    rf"\bactions?\s{{0,3}}({REFERENCE}(?:\s{{0,3}}(?:,|&|\band\b|,\s*and\b)\s{{0,3}}(?:actions?\s{{0,3}})?{REFERENCE})*)",
    re.I,
)
_COMMITTED = re.compile(r"\bagreed\s+to\b", re.I)


def references(text):
    """Return the references in a text that stand after the word Action or Actions, as `15/10`."""
    return [re.sub(r"\s", "", ref) for match in _MENTIONED.finditer(text) for ref in re.findall(REFERENCE, match[1])]


def minted(markers, report):
    """Return the actions that markers mint. Raises NotAReport where one is minted twice, after different paragraphs."""
    found = {}
    for paragraph, line in markers:
        listed = list(dict.fromkeys(line.label.split(",")))
        for place, reference in enumerate(listed):
            action = _action(reference, paragraph, place, len(listed), line, report)
            _once(found.get(reference), action)
            found.setdefault(reference, action)
    return list(found.values())


def _once(before, action):
    if before and before.paragraph != action.paragraph:
        raise NotAReport(
            f"Correct the report first: action {action.reference} is minted twice, "
            f"after paragraph {before.paragraph} and after {action.paragraph}."
        )


def _action(reference, paragraph, place, of, line, report):
    owner, due, text = _task(paragraph, place, of, report.meeting.group)
    if int(reference.split("/")[0]) != report.meeting.number:
        report.warnings.append(Note(line.number, f"Action {reference} is numbered for another meeting."))
    return Minted(reference, paragraph.number, text, owner, due, line.number)


def _task(paragraph, place, of, group):
    """Return (owner, due as written, text) of one of the tasks that a paragraph's closing commitment sets."""
    said = sentences(paragraph.text)
    committed = next((n for n in reversed(range(len(said))) if subjects(said[n], group)), None)
    if committed is None:
        return None, None, said[-1] if said else ""
    sentence = said[committed]
    owner = _owner(said, committed, group)
    if of == 1:
        return owner, due_as_written(sentence), _all_of_it(said, committed, group)
    tasks = _tasks(owner, sentence, group)
    return (*tasks[place], sentence) if len(tasks) == of else (None, None, sentence)


def _all_of_it(said, committed, group):
    """Return the closing commitment with those just before it that the same body makes."""
    first = committed
    while first and subjects(said[first - 1], group) == subjects(said[committed], group):
        first -= 1
    return " ".join(said[first : committed + 1])


def _tasks(owner, sentence, group):
    """Return [(owner, due as written)]: what the sentence's own body takes on, then what it hands on."""
    on = handed_on(sentence, group)
    if not on:
        return [(owner, due_as_written(sentence))]
    return [(owner, due_as_written(sentence.removesuffix(on[1]))), (on[0], due_as_written(on[1]))]


def _owner(said, committed, group):
    """Return the one body that commits itself; None where two do, or where “It” could be two."""
    bodies = dict.fromkeys(subjects(said[committed], group))
    if "It" in bodies:
        del bodies["It"]
        spoken_of = dict.fromkeys(body for sentence in said[:committed] for body in _spoken_of(sentence, group))
        bodies |= spoken_of
    return next(iter(bodies)) if len(bodies) == 1 else None


_SPEAKS = re.compile(
    r"(?:^|[,;]\s+)(?:[Tt]he\s+)?([A-Z][\w&'’-]*(?:\s+[A-Z][\w&'’-]*){0,3})(?:\s+\([^()]{1,60}\))?\s+(?:also\s+|then\s+)?[a-z]+(?:ed|s|t)\b"
)


def _spoken_of(sentence, group):
    """Return the bodies that a sentence has as its subject: “DCC confirmed …”."""
    names = [match[1] for match in _SPEAKS.finditer(sentence)]
    return [
        name for name in names if name.split()[0] not in ("It", "They", "This", "That", "A", "An", "There", "Chair")
    ]


def mentions(report, markers_before):
    """Return the actions that headings and prose speak of and that the report does not mint, each once."""
    found = {}
    for paragraph, text in [*markers_before, *_places(report)]:
        for reference in references(text):
            found.setdefault(reference, []).append(paragraph)
    own = {action.reference for action in report.actions}
    return [Mention(ref, tuple(dict.fromkeys(at))) for ref, at in found.items() if ref not in own]


def _places(report):
    """Yield (paragraph number, text) of every place that can mention, in order."""
    heading = ""
    for paragraph in report.paragraphs:
        if paragraph.heading != heading:
            heading = paragraph.heading
            yield paragraph.number, heading
        yield paragraph.number, paragraph.whole


def commitments(report):
    """Return a note for each commitment that no marker follows."""
    owned = {action.paragraph for action in report.actions}
    return [
        Note(paragraph.line, f"{paragraph.number}: {sentence}")
        for paragraph in report.paragraphs
        if paragraph.number not in owned
        for sentence in sentences(paragraph.text)
        if _COMMITTED.search(sentence)
    ]
