"""What a person is shown before they decide: a member before a position, anybody before a move."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from register.ledger.timeline import compare_words
from register.models import Answer, MeetingLink, Question, Review, User
from register.vocabulary import AnswerStatus, Classification, Position, Status, strictest
from register.workflow import InputType, Transition

IN_HAND = (AnswerStatus.DRAFT, AnswerStatus.IN_REVIEW)
WHO_READS: dict[str, str] = {
    Classification.PUBLIC: "Every feed client.",
    Classification.MEMBERS: "Feed clients that are cleared for Members; to all others the question does not exist.",
    Classification.RESTRICTED: "No feed client: the question is Restricted, and does not exist outside Triage.",
}


@dataclass(frozen=True)
class Passage:
    """One thing to read: a text, or its words beside those of an earlier one, or lines, or positions."""

    heading: str
    text: str = ""
    pieces: tuple = ()
    lines: tuple = ()
    reviews: tuple = ()


def before_a_move(question: Question, by: User) -> list[Passage]:
    """Return the passages to read before moving a question: what it asks, and the answer in hand with its positions."""
    answers = Answer.objects.visible_to(by).filter(question=question, status__in=IN_HAND)
    return [_asked(question), *(passage for answer in answers for passage in _said(answer, by))]


def before_a_position(answer: Answer, by: User) -> list[Passage]:
    """Return the passages to read before giving a position on an answer, as far as `by` may see."""
    passages = [_asked(answer.question), Passage(f"Answer {answer.number}", answer.text)]
    before = Answer.objects.visible_to(by).filter(question=answer.question, number__lt=answer.number).last()
    if before:
        pieces = tuple(compare_words(before.text, answer.text))
        passages.append(Passage(f"What changed from answer {before.number}", pieces=pieces))
    passages.append(Passage("Where it came up", lines=tuple(_came_up(answer.question, by)) or ("At no meeting yet.",)))
    return [*passages, *_positions(answer, by)]


def _asked(question: Question) -> Passage:
    return Passage(question.reference, question.text)


def _said(answer: Answer, by: User) -> list[Passage]:
    return [Passage(f"Answer {answer.number}, {answer.get_status_display()}", answer.text), *_positions(answer, by)]


def _positions(answer: Answer, by: User) -> list[Passage]:
    reviews = tuple(Review.objects.visible_to(by).filter(answer=answer).select_related("organisation"))
    return [Passage("Positions so far", reviews=reviews)] if reviews else []


def _came_up(question: Question, by: User) -> Iterator[str]:
    links = MeetingLink.objects.visible_to(by).filter(question=question, struck_out=False)
    for link in links.select_related("meeting__group"):
        held = link.meeting.held_on
        on = f", {held.day} {held:%B %Y}" if held else ""
        paragraph = f", paragraph {link.paragraph}" if link.paragraph else ""
        yield f"{link.meeting}{on}: {link.get_kind_display()}{paragraph}"


def dealt_with(answer: Answer) -> Any:
    """Return the history row of the agreement that dealt with an answer's standing disagreements, or None."""
    disagreed = answer.reviews.filter(position=Position.DISAGREE).exists()
    return answer.history.filter(status=AnswerStatus.AGREED).first() if disagreed else None


def told_by_feed(question: Question, transition: Transition, by: User) -> list[tuple[str, str]]:
    """Return [(what, how it will read)]: what readers of the feed will see of a move, and which readers."""
    told = [
        ("Who sees it", WHO_READS[question.classification]),
        ("Status", f"{question.get_status_display()} → {transition.target.label}"),
        ("Made by", _signed(by)),
    ]
    for item in transition.inputs:
        optional = "" if item.required else ", where you give it"
        word = "word for word" if item.kind == InputType.TEXT else "as you choose it"
        told.append((item.name.replace("_", " ").capitalize(), f"{word}{optional}"))
    return told + _answer_told(question, transition, by)


def told_of_split(question: Question) -> list[tuple[str, str]]:
    """Return the same for a question that is split."""
    return [
        ("Who sees it", WHO_READS[question.classification]),
        ("This question", "its title and text, word for word"),
        ("The new question", "its title and text, word for word, with the owner, topic and meetings of this one"),
        ("Reason", "word for word"),
    ]


def _signed(by: User) -> str:
    return f"{by.display_name} of {by.organisation}" if by.organisation_id else by.display_name


def _answer_told(question: Question, transition: Transition, by: User) -> list[tuple[str, str]]:
    """Return who sees the answer that the move presents or agrees."""
    if transition.target not in (Status.IN_REVIEW, Status.AGREED):
        return []
    answers = Answer.objects.visible_to(by).filter(question=question, status__in=IN_HAND)
    readers = {answer: WHO_READS[strictest(answer.classification, question.classification)] for answer in answers}
    return [(f"Answer {answer.number}", f"word for word. {who}") for answer, who in readers.items()]
