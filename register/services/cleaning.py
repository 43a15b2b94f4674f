"""Clean what people give: texts, and rows before they are saved."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from register.characters import ASK, is_printable
from register.refusals import Invalid, Refused
from register.workflow import LONGEST_REMARK

Row = TypeVar("Row", bound=models.Model)


def clean_remark(text: str | None) -> str:
    """Return text without surrounding blanks. Raises Refused where it is too long to keep for good."""
    stripped = (text or "").strip()
    if not is_printable(stripped):
        raise Refused(ASK)
    if len(stripped) > LONGEST_REMARK:
        raise Refused(f"Shorten it to {LONGEST_REMARK:,} characters: history keeps every word for good.")
    return stripped


def require_text(text: str | None, ask: str) -> str:
    """Return what `clean_remark` does. Raises Refused with `ask` where nothing is left."""
    stripped = clean_remark(text)
    if not stripped:
        raise Refused(ask)
    return stripped


def clean_row(row: Row) -> Row:
    """Clean a row's own columns and return it. Raises Invalid.

    The rows that it refers to came from the database, and its constraints are the database's to check
    (`unit_of_work.record`), so that neither costs a query.
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
    """Set attributes and return the names of those that really changed."""
    changed = [name for name, value in changes.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, changes[name])
    return changed
