"""Find who commits to what in the text that a marker closes, or in the words behind it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from register.headline_report.assembly import Marked
from register.headline_report.sentences import Speakers, find_due_text, split_sentences

_OWNER_BEHIND = re.compile(r"(?:owner:?\s*)?([A-Z][\w&'’.-]*(?:\s+[A-Z][\w&'’.-]*){0,3})\s*(?:$|[-–—,;:)]|to\s)")
_ABOUT_ITSELF = re.compile(
    r"(?:supersed\w+|replac\w+|clos\w+|complete\w*|done|withdrawn|carried|open|ongoing|new|see|raised|discharged)\b",
    re.I,
)
_ENDED = re.compile(r"(?:clos|complet|done|withdrawn|discharg)\w*", re.I)


@dataclass(frozen=True)
class Task:
    """Who is to do what, by when as written; `doubt` is a sentence where the text does not settle it."""

    owner: str | None
    due: str | None
    text: str
    doubt: str = ""


def find_tasks(marked: Marked, count: int, speakers: Speakers) -> list[Task]:
    """Return each of the `count` tasks that a marker closes."""
    tasks = _read_text(_get_closed_text(marked), count, speakers)
    rest = marked.line.rest.strip("()[] ")
    if not rest or rest in speakers.groups:
        return tasks
    if _ABOUT_ITSELF.match(rest):
        doubt = f"Its marker says “{rest}”." if _ENDED.match(rest) else ""
        return [replace(task, doubt=" ".join(filter(None, [task.doubt, doubt]))) for task in tasks]
    return [read_behind(rest, task) for task in tasks]


def _get_closed_text(marked: Marked) -> str:
    """Return the text that a marker closes: after a list, its items with the sentence that leads to them."""
    paragraph = marked.paragraph
    if not marked.task or not paragraph.text.endswith(":"):
        return marked.task or paragraph.text
    items = "; ".join(bullet.text.rstrip(" ;.,") for bullet in paragraph.bullets)
    return f"{paragraph.text} {items}." if marked.task == paragraph.bullets[-1].text else marked.task


def read_behind(rest: str, task: Task) -> Task:
    """Return the task of a marker with words behind it: “Action 15/03 - Elexon”, “Action 15/03: DCC to report”.

    What they leave open is as in `task`, that of the text before.
    """
    owner = _OWNER_BEHIND.match(rest)
    name = owner[1].rstrip(" .-") if owner else None
    is_sentence = len(rest.split()) > 4
    due = find_due_text(rest) or _find_bare_due(rest) or (None if is_sentence else task.due)
    text = _take_task(rest, name) if is_sentence else task.text or rest
    return Task(name or (None if is_sentence else task.owner), due, text)


def _find_bare_due(rest: str) -> str | None:
    """Return the due date that stands alone between dashes: “DCC – write – 4 June 2021”."""
    parts = [part.strip() for part in re.split(r"\s+[–—-]\s+", rest)]
    return next((part for part in parts if find_due_text(f"by {part}") == part), None)


def _take_task(rest: str, owner: str | None) -> str:
    """Return what is to be done of “DCC – put the daily file in writing – 31 August 2021”; a sentence stays whole."""
    parts = re.split(r"\s+[–—-]\s+", rest)
    if len(parts) < 2 or parts[0] != owner:
        return rest
    return next((part for part in parts[1:] if len(part.split()) > 1 and not find_due_text(f"by {part}")), rest)


def _read_text(text: str, count: int, speakers: Speakers) -> list[Task]:
    said = split_sentences(text)
    committed = [n for n in range(len(said)) if speakers.find_committed_bodies(said[n])]
    if not committed:
        return [Task(None, None, said[-1] if said else "")] * count
    last = committed[-1]
    first = _find_first_of_same(said, last, speakers)
    owner, joined = _find_owner(said, last, speakers), " ".join(said[first : last + 1])
    if count == 1:
        doubt = _tell_of_others(said, [n for n in committed if n < first], speakers, owner)
        return [Task(owner, find_due_text(said[last]), joined, doubt)]
    shares = _split_task(owner, said[last], speakers)
    return [Task(*share, joined) for share in shares] if len(shares) == count else [Task(None, None, joined)] * count


def _find_first_of_same(said: Sequence[str], last: int, speakers: Speakers) -> int:
    """Return the first of the sentences just before the last one in which the same bodies commit."""
    first = last
    while first and speakers.find_committed_bodies(said[first - 1]) == speakers.find_committed_bodies(said[last]):
        first -= 1
    return first


def _tell_of_others(said: Sequence[str], others: Sequence[int], speakers: Speakers, owner: str | None) -> str:
    """Say that another body commits before the last one under the same marker: which one it is for is not settled."""
    bodies = {body for n in others for body in speakers.find_agreeing_bodies(said[n])} - {
        owner,
        "It",
        *speakers.groups,
        speakers.members,
    }
    return f"{' and '.join(sorted(bodies))} commits as well before this marker." if bodies else ""


def _split_task(owner: str | None, sentence: str, speakers: Speakers) -> list[tuple[str | None, str | None]]:
    """Return [(owner, due date as written)]: the task of the sentence's own body, then the one it delegates."""
    on = speakers.find_delegated_task(sentence)
    if not on:
        return [(owner, find_due_text(sentence))]
    return [(owner, find_due_text(sentence.removesuffix(on[1]))), (on[0], find_due_text(on[1]))]


def _find_owner(said: Sequence[str], committed: int, speakers: Speakers) -> str | None:
    """Return the one body that commits itself; None where there are two, or where “It” could mean either of two."""
    bodies = dict.fromkeys(speakers.find_committed_bodies(said[committed]))
    if "It" in bodies:
        del bodies["It"]
        bodies |= dict.fromkeys(
            body for sentence in said[:committed] for body in speakers.find_speaking_bodies(sentence)
        )
    return next(iter(bodies)) if len(bodies) == 1 else None
