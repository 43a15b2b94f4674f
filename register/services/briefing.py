"""What a page shows a person before a transition."""

from dataclasses import dataclass
from typing import Any

from register.models import Answer, Question, User, clearance
from register.services.questions import get_facts
from register.services.review_round import get_positions
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
    """One part of a briefing under a heading: a text, lines, or reviews."""

    heading: str
    text: str = ""
    lines: tuple = ()
    reviews: tuple = ()


def get_move_briefing(question: Question, by: User) -> list[Passage]:
    """Return the passages to read before a transition: the question, and each open answer with its positions.

    Only answers and positions that `by` may see are among them.
    """
    answers = Answer.objects.visible_to(by).filter(question=question, status__in=IN_HAND)
    passages = [passage for answer in answers for passage in _make_answer_passages(answer, by)]
    return [*_make_asked_passages(question, by), _make_question_passage(question), *passages]


def _make_asked_passages(question: Question, by: User) -> list[Passage]:
    """Return what was asked of the body that is waited on, as far as `by` may see it."""
    if question.status != Status.AWAITING_INPUT:
        return []
    versions = question.history.filter(status=Status.AWAITING_INPUT, status_since=question.status_since)
    asked = versions.filter(classification__in=clearance(by)).order_by("history_id").first()
    words = asked.history_change_reason if asked else None
    return [Passage(f"What {question.waiting_on} was asked", words)] if words else []


def _make_question_passage(question: Question) -> Passage:
    return Passage(question.reference, question.text)


def _make_answer_passages(answer: Answer, by: User) -> list[Passage]:
    text = Passage(f"Answer {answer.number}, {answer.get_status_display()}", answer.text)
    return [text, *_make_position_passages(answer, by)]


def _make_position_passages(answer: Answer, by: User) -> list[Passage]:
    reviews = tuple(get_positions(answer, by))
    return [Passage("Positions so far", reviews=reviews)] if reviews else []


def get_settling_agreement(answer: Answer) -> Any:
    """Return the history row that agreed an answer in spite of a Disagree position, or None where there is none.

    Its reason says how the disagreement was dealt with.
    """
    disagreed = answer.reviews.filter(position=Position.DISAGREE).exists()
    return answer.history.filter(status=AnswerStatus.AGREED).first() if disagreed else None


def get_feed_preview(question: Question, transition: Transition, by: User) -> list[tuple[str, str]]:
    """Return [(name, description)] of what the feed will publish of a transition, and to which readers."""
    target = transition.get_target(get_facts(question, by))
    preview = [
        ("Who sees it", WHO_READS[question.classification]),
        ("Status", f"{question.get_status_display()} → {target.label if target else 'the status before'}"),
        ("Made by", _format_signature(by)),
    ]
    for item in transition.inputs:
        optional = "" if item.required else ", where you give it"
        word = "word for word" if item.kind == InputType.TEXT else "what you choose"
        preview.append((item.name.replace("_", " ").capitalize(), f"{word}{optional}"))
    return preview + _get_answer_preview(question, transition, by)


def get_split_feed_preview(question: Question) -> list[tuple[str, str]]:
    """Return [(name, description)] of what the feed will publish of a split, and to which readers."""
    return [
        ("Who sees it", WHO_READS[question.classification]),
        ("This question", "its title and text, word for word"),
        ("The new question", "its title and text, word for word, with the owner, topic and meetings of this one"),
        ("Reason", "word for word"),
    ]


def _format_signature(by: User) -> str:
    return f"{by.display_name} of {by.organisation}" if by.organisation_id else by.display_name


def _get_answer_preview(question: Question, transition: Transition, by: User) -> list[tuple[str, str]]:
    """Return the same for the answer that goes to review or is agreed: its text, and to which readers."""
    if transition.target not in (Status.IN_REVIEW, Status.AGREED):
        return []
    answers = Answer.objects.visible_to(by).filter(question=question, status__in=IN_HAND)
    readers = {answer: WHO_READS[strictest(answer.classification, question.classification)] for answer in answers}
    return [(f"Answer {answer.number}", f"word for word. {who}") for answer, who in readers.items()]
