"""Clean the texts that a person gives, and rows before they are saved."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from register.characters import ASK, get_name_refusal, is_printable, shows_something, strip_unseen, unify_line_ends
from register.clock import get_day_refusal
from register.models.names import get_name_key_field
from register.refusals import Invalid, Refused
from register.workflow import LONGEST_REMARK

Row = TypeVar("Row", bound=models.Model)
_PARAGRAPH = re.compile(r"[A-Za-z]{0,3}\d[\w.()/-]*|[A-Z][\w ,.:&'’()/–-]{2,}")


def clean_remark(text: str | None) -> str:
    """Return text without surrounding blanks, its lines ending in `\n` alone; None or what shows nothing gives "".

    Raises Refused where it holds an unprintable character or more than `LONGEST_REMARK` characters.
    """
    stripped = strip_unseen(unify_line_ends(text or ""))
    if not is_printable(stripped):
        raise Refused(ASK)
    if len(stripped) > LONGEST_REMARK:
        raise Refused(f"Shorten it to {LONGEST_REMARK:,} characters: history keeps every word for good.")
    return stripped


def clean_paragraph(text: str | None) -> str:
    """Return where it stands in a report, without blanks: a paragraph's number, or the name of an annex or an area.

    Raises Refused for what is neither: 2.1, 2.2A, Annex A.
    """
    number = strip_unseen(text or "")
    if number and not _PARAGRAPH.fullmatch(number):
        raise Refused("Give the paragraph by its number in the report, such as 2.1, or its name, such as Annex A.")
    return number


def require_text(text: str | None, ask: str) -> str:
    """Return what `clean_remark` does. Raises Refused as that does, and with `ask` where it shows nothing."""
    stripped = clean_remark(text)
    if not stripped:
        raise Refused(ask)
    return stripped


def clean_row(row: Row) -> Row:
    """Clean a row's own columns by Django's rules and the register's; return the row. Raises Invalid.

    Lines end in `\n` alone, a text that shows nothing is none, texts hold no unprintable character, and days lie within
    `clock.get_day_refusal`'s years.
    Foreign keys and constraints are left to the database, which checks them in `unit_of_work.record`: to check them
    here too would cost a query each.
    """
    for name in _get_text_names(row):
        if isinstance(text := getattr(row, name), str):
            setattr(row, name, unify_line_ends(text) if shows_something(text) else "")
    refused = _refuse_unprintable(row)
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields if field.is_relation})
    except ValidationError as error:
        refused = error.message_dict | refused
    if refused := _refuse_days(row) | _refuse_name(row) | refused:
        raise Invalid(refused)
    return row


def _get_text_names(row: models.Model) -> list[str]:
    return [field.name for field in row._meta.fields if isinstance(field, models.CharField | models.TextField)]


def _refuse_unprintable(row: models.Model) -> dict[str, list[str]]:
    texts = {name: text for name in _get_text_names(row) if isinstance(text := getattr(row, name), str)}
    return {name: [ASK] for name, text in texts.items() if not is_printable(text)}


def _refuse_days(row: models.Model) -> dict[str, list[str]]:
    names = [field.name for field in row._meta.fields if type(field) is models.DateField]
    days = {name: day for name in names if isinstance(day := getattr(row, name), date)}
    return {name: [refusal] for name, day in days.items() if (refusal := get_day_refusal(day))}


def _refuse_name(row: models.Model) -> dict[str, list[str]]:
    """Refuse a new name that cannot be told from others; one that was taken before there were such rules stays."""
    field = get_name_key_field(type(row))
    if field is None or field.is_current(row) or not (refusal := get_name_refusal(getattr(row, field.source))):
        return {}
    return {field.source: [refusal]}


def is_same(held: Any, given: Any) -> bool:
    """Return whether two values are the same, but for the kind of line ends of a text."""
    if isinstance(held, str) and isinstance(given, str):
        return unify_line_ends(held) == unify_line_ends(given)
    return bool(held == given)


def apply_changes(row: models.Model, changes: Mapping[str, Any]) -> list[str]:
    """Set attributes of a row; return the names of those whose values changed, as `is_same` compares them."""
    changed = [name for name, value in changes.items() if not is_same(getattr(row, name), value)]
    for name in changed:
        setattr(row, name, changes[name])
    return changed
