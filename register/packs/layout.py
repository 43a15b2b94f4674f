"""What a pack says, in its order, from its facts."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from register.clock import LONDON, london_date
from register.documents.differences import Document, describe_difference
from register.ledger.timeline import compare_words
from register.packs.blocks import Block, Change, Heading, Paper, Table, Text
from register.packs.facts import Facts
from register.vocabulary import STANDING_ANSWERS, AnswerStatus, Classification, Position, Status


def make_paper(facts: Facts) -> Paper:
    """Return the whole paper of these facts."""
    name, held_on = facts.meeting["name"], facts.meeting["held_on"]
    moment = facts.as_at.astimezone(LONDON)
    classification = Classification(facts.classification).label
    return Paper(
        title=f"{name}: papers",
        subtitle=f"{facts.group}, {_format_day(held_on) if held_on else 'date not known yet'}. "
        f"As at {_format_moment(moment)}.",
        foot=f"{classification} · {name} · ledger {facts.position}, {facts.digest[:16]}",
        blocks=tuple(_make_blocks(facts)),
    )


def _make_blocks(facts: Facts) -> Iterator[Block]:
    yield from _tell_changes(facts)
    yield from _tell_agenda(facts)
    yield from _tell_reviews(facts)
    yield from _tell_waiting(facts)
    yield from _tell_actions(facts)
    yield from _tell_agreed(facts)


def _make_table(
    heading: str, headings: tuple[str, ...], widths: tuple[int, ...], rows: Sequence[tuple[str, ...]], quiet: str
) -> Iterator[Block]:
    yield Heading(heading)
    yield Table(headings, tuple(rows), widths) if rows else Text(quiet, "quiet")


def _tell_changes(facts: Facts) -> Iterator[Block]:
    heading = f"Since {facts.last_meeting}" if facts.last_meeting else "What changed so far"
    changes = ((facts.questions[reference], facts.before.get(reference)) for reference in facts.changed)
    rows = [
        (now["reference"], now["title"], said) for now, before in changes if (said := describe_difference(before, now))
    ]
    yield from _make_table(heading, ("Question", "Title", "What changed"), (2, 6, 5), rows, "Nothing changed.")


def _tell_agenda(facts: Facts) -> Iterator[Block]:
    yield Heading("Agenda")
    items = sorted(facts.meeting["agenda"], key=lambda item: item["place"])
    if not items:
        yield Text("Nothing is on the agenda.", "quiet")
    elif not any(item["question"] for item in items):
        yield Text("No question is on the agenda.", "quiet")
    for number, item in enumerate(items, 1):
        yield from _tell_item(facts, number, item)


def _tell_item(facts: Facts, number: int, item: Document) -> Iterator[Block]:
    how = [f"{item['minutes']} minutes" if item["minutes"] else "", item["presenter"] or "", item["paper"] or ""]
    question = facts.questions.get(item["question"])
    action = next((action for action in facts.actions if action["reference"] == item["action"]), None)
    called = f"{question['reference']} {question['title']}" if question else item["title"] or item["action"] or ""
    yield Heading(f"{number}. {called}", 2)
    if told := ", ".join(filter(None, how)):
        yield Text(told, "quiet")
    if question:
        yield from _tell_question(question)
    elif action:
        yield Text(action["text"])


def _tell_question(question: Document) -> Iterator[Block]:
    since = _format_since(question)
    move = f" The move is with {question['holder']}." if question["holder"] else ""
    owner = f" Owner: {question['owner']}." if question["owner"] else ""
    yield Text(f"{Status(question['status']).label.capitalize()} since {since}.{move}{owner}", "strong")
    yield Text(question["text"])
    if answer := find_standing_answer(question):
        yield from _tell_answer(question, answer)


def find_standing_answer(question: Document) -> Document | None:
    """Return the answer in review, else the one agreed, else the draft."""
    standing = [answer for answer in question["answers"] if answer["status"] in STANDING_ANSWERS]
    return min(standing, key=lambda answer: STANDING_ANSWERS.index(answer["status"]), default=None)


def _tell_answer(question: Document, answer: Document) -> Iterator[Block]:
    amended = f", as amended at {answer['amended_at']}" if answer["amended_at"] else ""
    yield Heading(f"Answer {answer['number']}, {AnswerStatus(answer['status']).label}{amended}", 3)
    yield Text(answer["text"])
    if before := next((a for a in question["answers"] if a["number"] == answer["number"] - 1), None):
        yield Heading(f"What is different from answer {before['number']}", 3)
        yield Change(tuple(compare_words(before["text"], answer["text"])))
    if answer["reviews"]:
        yield Text(f"Positions: {_count_positions(answer)}.", "strong")


def _count_positions(answer: Document) -> str:
    return ", ".join(f"{count} {Position(position).label}" for position, count in answer["reviews"].items())


def _choose(facts: Facts, status: str) -> list[Document]:
    found = (question for question in facts.questions.values() if question["status"] == status)
    return sorted(found, key=lambda question: question["status_since"])


def _tell_reviews(facts: Facts) -> Iterator[Block]:
    rows = []
    for question in _choose(facts, Status.IN_REVIEW):
        answer = find_standing_answer(question)
        said = (_count_positions(answer) or "nobody has answered") if answer else "its answer is not shown here"
        ended = date.fromisoformat(question["review_by"]) < facts.day
        ends = f"{'ended' if ended else 'ends'} {_format_day(question['review_by'])}"
        rows.append((question["reference"], question["title"], ends, said))
    headings = ("Question", "Title", "Review", "Positions")
    yield from _make_table("Answers in review", headings, (2, 5, 3, 4), rows, "No answer is in review.")


def _tell_waiting(facts: Facts) -> Iterator[Block]:
    rows = [
        (q["waiting_on"] or "", q["reference"], q["title"], _format_since(q))
        for q in _choose(facts, Status.AWAITING_INPUT)
    ]
    headings = ("On whom", "Question", "Title", "Since")
    yield from _make_table("What waits for facts", headings, (3, 2, 5, 3), rows, "Nobody is waited on.")


def _tell_actions(facts: Facts) -> Iterator[Block]:
    rows = [
        (action["reference"], action["text"], action["owner"] or "nobody", _describe_due(action, facts.day))
        for action in facts.actions
    ]
    headings = ("Action", "What", "Owner", "Due")
    yield from _make_table("Actions open", headings, (2, 6, 2, 3), rows, "No action is open.")


def _describe_due(action: Document, day: date) -> str:
    carried = sum(update["kind"] == "carried" for update in action["updates"])
    told = action["due_as_written"] or "no day given"
    if action["due_on"]:
        late = date.fromisoformat(action["due_on"]) < day
        told = f"{'overdue since' if late else 'by'} {_format_day(action['due_on'])}"
    return f"{told}; carried {carried} time{'' if carried == 1 else 's'}" if carried else told


def _tell_agreed(facts: Facts) -> Iterator[Block]:
    rows = [
        (q["reference"], q["title"], q["decided_at"] or "", _format_since(q)) for q in _choose(facts, Status.AGREED)
    ]
    headings = ("Question", "Title", "Agreed at", "On")
    quiet = "Every agreed answer has landed."
    yield from _make_table("Agreed, and carried by no change yet", headings, (2, 6, 2, 3), rows, quiet)


def _format_day(day: Any) -> str:
    """Return an ISO 8601 day as people write it: 15 April 2021."""
    parsed = date.fromisoformat(day)
    return f"{parsed.day} {parsed:%B %Y}"


def _format_since(question: Document) -> str:
    """Return the day in London since which a question has stood in its status."""
    return _format_day(london_date(datetime.fromisoformat(question["status_since"])).isoformat())


def _format_moment(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M}"
