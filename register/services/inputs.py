"""Parse the inputs of a transition: names and references become rows, ISO 8601 texts become dates."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from register.characters import ASK, is_printable, shows_something, unify_line_ends
from register.clock import get_day_refusal
from register.ledger.unit_of_work import Actor
from register.models import Meeting, Organisation, Question
from register.models.search import parse_references
from register.workflow import LONGEST_REMARK, Input, InputType, Transition


def parse_inputs(transition: Transition, given: Mapping[str, Any], by: Actor) -> tuple[dict[str, Any], dict[str, str]]:
    """Return ({name: parsed value}, {name: sentence} for the inputs that could not be parsed).

    Rows may be given as instances or by what people call them (`DCC`, `DSQ-001`, `CCDG15`), dates as dates or ISO 8601
    text. Text that shows nothing counts as not given. A row that `by` may not see is refused like one that does not
    exist.
    """
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    inputs = {item.name: item for item in transition.inputs}
    for name, value in given.items():
        if value is None or (isinstance(value, str) and not shows_something(value)):
            continue
        if name not in inputs:
            wrong[name] = f"Leave out {name}: “{transition.label}” does not take it."
            continue
        try:
            values[name] = _PARSERS[inputs[name].kind](inputs[name], value, by)
        except ValueError as error:
            wrong[name] = str(error)
    return values, wrong


def _parse_text(item: Input, value: Any, by: Actor) -> str:
    if not isinstance(value, str):
        raise ValueError(f"Give {item.name} as text.")
    value = unify_line_ends(value).strip()
    if len(value) > LONGEST_REMARK:
        raise ValueError(f"Shorten {item.name} to {LONGEST_REMARK:,} characters: history keeps every word for good.")
    if not is_printable(value):
        raise ValueError(ASK)
    return value


def _parse_date(item: Input, value: Any, by: Actor) -> date:
    try:
        day = value if isinstance(value, date) else datetime.strptime(value.strip(), "%Y-%m-%d").date()
    except (AttributeError, ValueError):
        raise ValueError(f"Give {item.name} as a date such as 2026-11-30, not “{value}”.") from None
    if refused := get_day_refusal(day):
        raise ValueError(refused)
    return day


def _parse_choice(item: Input, value: Any, by: Actor) -> str:
    if value not in dict(item.choices):
        raise ValueError(f"Choose {item.name} from {', '.join(dict(item.choices))}: “{value}” is none of them.")
    return value


def _find_organisation(item: Input, value: Any, by: Actor) -> Organisation:
    found = Organisation.objects.visible_to(by)
    if isinstance(value, str) and (row := found.get_called(value.strip())):
        return row
    return _find_row(found.none() if isinstance(value, str) else found, value, "organisation")


def _find_question(item: Input, value: Any, by: Actor) -> Question:
    references = parse_references(value) if isinstance(value, str) else []
    return _find_row(Question.objects.visible_to(by), value, "question", reference__in=references[:1])


def _find_meeting(item: Input, value: Any, by: Actor) -> Meeting:
    found = Meeting.objects.visible_to(by)
    if isinstance(value, str) and found.find_by_name(value.strip()).count() > 1:
        raise ValueError(f"Choose the meeting by its date: more than one is called {value.strip()}.")
    return _find_row(found if isinstance(value, Meeting) else found.find_by_name(str(value).strip()), value, "meeting")


def _find_row(rows: QuerySet, value: Any, noun: str, **called: Any) -> Any:
    if not isinstance(value, str):
        called = {"pk": getattr(value, "pk", None)}
    found = rows.filter(**{path: name.strip() if isinstance(name, str) else name for path, name in called.items()})
    for row in found.order_by()[:1]:
        return row
    raise ValueError(f"There is no {noun} called “{value}”.")


_PARSERS: dict[InputType, Callable[[Input, Any, Actor], Any]] = {
    InputType.TEXT: _parse_text,
    InputType.DATE: _parse_date,
    InputType.CHOICE: _parse_choice,
    InputType.ORGANISATION: _find_organisation,
    InputType.QUESTION: _find_question,
    InputType.MEETING: _find_meeting,
}
