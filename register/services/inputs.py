"""Understand what a person gave with a move: names and references become rows, dates become dates."""

from datetime import date, datetime

from register.characters import ASK, is_printable
from register.models import Meeting, Organisation, Question
from register.workflow import LONGEST_REMARK, InputType


def understood(transition, given, by):
    """Return (inputs understood by name, {name: sentence} for those that were not).

    Rows may be given as instances or by what people call them (`DCC`, `DSQ-001`, `CCDG15`), dates as dates or ISO 8601
    text. Blank text counts as not given. A question that `by` may not see is as one that does not exist.
    """
    values, wrong = {}, {}
    inputs = {item.name: item for item in transition.inputs}
    for name, value in given.items():
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        if name not in inputs:
            wrong[name] = f"Leave out {name}: “{transition.label}” does not take it."
            continue
        try:
            values[name] = _UNDERSTAND[inputs[name].kind](inputs[name], value, by)
        except ValueError as error:
            wrong[name] = str(error)
    return values, wrong


def _text(item, value, by):
    if not isinstance(value, str):
        raise ValueError(f"Give {item.name} as text.")
    if len(value.strip()) > LONGEST_REMARK:
        raise ValueError(f"Shorten {item.name} to {LONGEST_REMARK:,} characters: history keeps every word for good.")
    if not is_printable(value):
        raise ValueError(ASK)
    return value.strip()


def _date(item, value, by):
    if isinstance(value, date):
        return value
    try:
        return datetime.strptime(value.strip(), "%Y-%m-%d").date()
    except (AttributeError, ValueError):
        raise ValueError(f"Give {item.name} as a date such as 2026-11-30, not “{value}”.") from None


def _choice(item, value, by):
    if value not in dict(item.choices):
        raise ValueError(f"Choose {item.name} from {', '.join(dict(item.choices))}: “{value}” is none of them.")
    return value


def _organisation(item, value, by):
    return _row(Organisation.objects.visible_to(by), value, "organisation", name__iexact=value)


def _question(item, value, by):
    return _row(Question.objects.visible_to(by), value, "question", reference__iexact=value)


def _meeting(item, value, by):
    found = Meeting.objects.visible_to(by)
    if isinstance(value, str) and found.find_by_name(value.strip()).count() > 1:
        raise ValueError(f"Choose the meeting by its date: more than one is called {value.strip()}.")
    return _row(found if isinstance(value, Meeting) else found.find_by_name(str(value).strip()), value, "meeting")


def _row(rows, value, noun, **called):
    if not isinstance(value, str):
        called = {"pk": getattr(value, "pk", None)}
    found = rows.filter(**{path: name.strip() if isinstance(name, str) else name for path, name in called.items()})
    for row in found.order_by()[:1]:
        return row
    raise ValueError(f"There is no {noun} called “{value}”.")


_UNDERSTAND = {
    InputType.TEXT: _text,
    InputType.DATE: _date,
    InputType.CHOICE: _choice,
    InputType.ORGANISATION: _organisation,
    InputType.QUESTION: _question,
    InputType.MEETING: _meeting,
}
