"""Clean the texts that a person gives, and rows before they are saved."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from register.characters import ASK, is_printable
from register.refusals import Invalid, Refused
from register.workflow import LONGEST_REMARK

Row = TypeVar("Row", bound=models.Model)


def clean_remark(text: str | None) -> str:
    """Return text without surrounding blanks; None gives "".

    Raises Refused where it holds an unprintable character or more than `LONGEST_REMARK` characters.
    """
    stripped = (text or "").strip()
    if not is_printable(stripped):
        raise Refused(ASK)
    if len(stripped) > LONGEST_REMARK:
        raise Refused(f"Shorten it to {LONGEST_REMARK:,} characters: history keeps every word for good.")
    return stripped


def require_text(text: str | None, ask: str) -> str:
    """Return what `clean_remark` does. Raises Refused as that does, and with `ask` where the text is blank."""
    stripped = clean_remark(text)
    if not stripped:
        raise Refused(ask)
    return stripped


def clean_row(row: Row) -> Row:
    """Run Django's field cleaning on a row's own columns; return the row. Raises Invalid.

    Foreign keys and constraints are left to the database, which checks them in `unit_of_work.record`: to check them
    here too would cost a query each.
    """
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields if field.is_relation})
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
    texts = (field.name for field in row._meta.fields if isinstance(field, models.CharField | models.TextField))
    if unprintable := [name for name in texts if not is_printable(getattr(row, name) or "")]:
        raise Invalid({name: [ASK] for name in unprintable})
    return row


def apply_changes(row: models.Model, changes: Mapping[str, Any]) -> list[str]:
    """Set attributes of a row; return the names of those whose values changed."""
    changed = [name for name, value in changes.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, changes[name])
    return changed
