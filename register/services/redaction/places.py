"""The places that can hold words, what each is called, and what a redaction can do there."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group as RoleGroup
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models

from register.clock import london_date
from register.ledger.audited_models import get_audited_models, get_history_models, get_model_name
from register.ledger.stored_files import KEEPING_FILES
from register.ledger.triggers import UNREDACTED_TEXT
from register.models import (
    Action,
    Change,
    Document,
    Group,
    LedgerEntry,
    LedgerHead,
    Organisation,
    PendingUpload,
    Question,
    RaisedOnce,
    Tally,
    Topic,
    User,
)
from register.vocabulary import Status

# What nobody typed (names that the code gives, digests), and what every write makes anew of the rows that it shows.
NOT_SEARCHED = {ContentType, Permission, RoleGroup, LedgerEntry, LedgerHead, Document, Tally}
# What ends by itself within days, and is deleted whole; so are the failed sign-ins of axes.
SHORT_LIVED = {PendingUpload, RaisedOnce, Session}
# Whoever keeps these has a page to edit them on. All other rows of the register are marked by a redaction.
EDITED_IN_ADMIN: dict[type[models.Model], set[str] | None] = {
    Question: {"title", "text"},
    **dict.fromkeys((Action, Change, Group, Organisation, Topic, User)),
}
EDIT_FIRST = "edit it in the admin, then redact its history"
HOLDING_TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField)
CALLED = {
    "content": "its file",
    "file_name": "the name of its file",
    "published": "the words as published",
    "history_change_reason": "the reason given",
}


@dataclass(frozen=True)
class Place:
    """A place that holds words. `id` is what a redaction takes, `what` says what it is in words.

    `advice` is what a person has to do, where a redaction cannot do it; empty elsewhere.
    """

    id: str
    what: str
    advice: str = ""


def get_searched_models() -> list[type[models.Model]]:
    """Return the models whose rows can hold what somebody typed: of every app, so that none has to be named here."""
    return [model for model in apps.get_models(include_auto_created=True) if model not in NOT_SEARCHED]


def get_searched_fields(model: type[models.Model]) -> list[models.Field]:
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, HOLDING_TEXT) and not field.choices and field.name not in UNREDACTED_TEXT
    ]


def is_history(model: type[models.Model]) -> bool:
    return model in get_history_models().values()


def is_audited(model: type[models.Model]) -> bool:
    return model in get_audited_models().values()


def is_short_lived(model: type[models.Model]) -> bool:
    return model in SHORT_LIVED or model._meta.app_label == "axes"


def get_advice(model: type[models.Model], column: str) -> str:
    """Return what a person has to do about a column of a row that a redaction leaves alone, or nothing."""
    if model not in EDITED_IN_ADMIN:
        return ""
    columns = EDITED_IN_ADMIN[model]
    return EDIT_FIRST if columns is None or column in columns else ""


def make_places(row: Any, columns: list[str], doubt: str = "") -> list[Place]:
    """Return the places of a row that these columns are: a snapshot is emptied as one, a short-lived row goes whole."""
    model = type(row)
    if is_history(model):
        entry = LedgerEntry.objects.get(model=get_model_name(model), history_id=row.history_id)
        return [Place(str(entry.position), _describe_snapshot(row, columns), doubt)]
    if is_short_lived(model):
        named = "session" if model is Session else f"{model._meta.verbose_name} {row}"  # its key would sign one in
        return [Place(make_id(row, columns[0]), f"{named}, to be deleted whole", doubt)]
    name = _name_item(row)
    return [
        Place(make_id(row, column), f"{name}, {_call(row, column)} today", doubt or get_advice(model, column))
        for column in columns
    ]


def make_id(row: models.Model, column: str) -> str:
    """Return `origin:5:published`, or with the app's name where it is not the register's: `sessions.session:…`."""
    return f"{_get_label(type(row))}:{row.pk}:{column}"


def _get_label(model: type[models.Model]) -> str:
    return model._meta.label_lower.removeprefix("register.")


def _name_item(row: Any) -> str:
    if not is_audited(type(row)):
        return f"{row._meta.verbose_name} {row.pk}"
    return row.reference if isinstance(row, Question) else str(row)


def _call(row: models.Model, column: str) -> str:
    return CALLED.get(column) or f"its {row._meta.get_field(column).verbose_name}"  # type: ignore[union-attr]


def _describe_snapshot(row: Any, columns: list[str]) -> str:
    """Return what a snapshot is of: `DSQ-002, the reason of the move to Open on 3 March 2021`."""
    live = row.instance_type._base_manager.filter(pk=row.id).first()
    named = _name_item(live) if live else f"{row.instance_type._meta.verbose_name} {row.id}"
    called = [_call_reason(row) if column == "history_change_reason" else _call(row, column) for column in columns]
    day = london_date(row.history_date)
    return f"{named}, {' and '.join(called)} on {day.day} {day:%B %Y}"


def _call_reason(row: Any) -> str:
    if row.instance_type is not Question:
        return CALLED["history_change_reason"]
    before = type(row)._base_manager.filter(id=row.id, history_id__lt=row.history_id).order_by("-history_id").first()
    moved = before is None or before.status != row.status
    return f"the reason of the move to {Status(row.status).label}" if moved else CALLED["history_change_reason"]


def parse_id(place: str) -> tuple[type[models.Model], str, str] | None:
    """Return (model, primary key, column) of a place that is no snapshot, or None where there is no such place."""
    label, _, rest = place.partition(":")
    key, _, column = rest.rpartition(":")
    for model in get_searched_models():
        columns = [field.name for field in get_searched_fields(model)]
        if _get_label(model) == label and not is_history(model) and column in columns:
            return model, key, column
    return None


def is_file(model: type[models.Model], column: str) -> bool:
    return model in KEEPING_FILES and column == "content"
