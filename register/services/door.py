"""What every service does at the door: look again under the lock, ask who is there, and clean what they bring."""

from contextlib import contextmanager
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from register.characters import ASK, is_printable
from register.clock import london_date
from register.documents.keeping import read_documents, writing
from register.ledger.chain import is_writing
from register.models import clearance
from register.models.ahead import reading_ahead
from register.models.statements import row_within
from register.refusals import Invalid, NotPermitted, NotVisible, Refused
from register.words import Role
from register.workflow import LONGEST_REMARK, Part


def today():
    """Return the date in London now."""
    return london_date(timezone.now())


def seen(model, by, **key):
    """Return the row of that key as it is now. Raises NotVisible where there is none that `by` may see."""
    row = row_within(model, clearance(by), **key)
    if row is None:
        raise NotVisible(f"There is no such {model._meta.verbose_name}.")
    return row


def seen_again(instance, by):
    """Return a fresh copy of what the caller holds. Raises NotVisible as `seen` does."""
    return seen(type(instance), by, pk=instance.pk)


def let_pass(row):
    """Check nothing: what a service does where its caller gives no `check` of its own."""


@contextmanager
def writing_to(instance, by, check=let_pass):
    """Open a write to a question or an answer that the caller holds; yield it as it reads under the head lock.

    `check(row)` is asked about it first, and raises where nothing is to be written. Raises NotVisible as `seen` does.
    """
    with writing(None if is_writing() else _read_ahead(instance, by, check)):
        row = seen_again(instance, by)
        check(row)
        yield row


def _read_ahead(instance, by, check):
    with reading_ahead() as ahead:
        row = seen_again(instance, by)
        check(row)
        read_documents(row)
    return ahead


def require_role(by, *roles, to):
    """Raise NotPermitted unless an active user has one of the roles. `to` completes “Only … may …”."""
    if not (by and by.is_active and any(by.has_role(role) for role in roles)):
        raise NotPermitted(f"Only {' or '.join(roles)} may {to}.")


def require_part(question, by, *parts, to):
    if not parts_of(question, by) & set(parts):
        raise NotPermitted(f"Only {' or '.join(parts)} may {to}.")


def parts_of(question, by):
    """Return the set of parts that a user plays towards a question."""
    if not by.is_active:
        return frozenset()
    takes_part = by.has_role(Role.TRIAGE) or by.has_role(Role.MEMBER)
    owns = question.owner_id is not None and question.owner_id == by.organisation_id
    played = {
        Part.TRIAGE: by.has_role(Role.TRIAGE),
        Part.APPROVER: by.has_role(Role.APPROVER),
        Part.OWNER: owns and takes_part and not by.has_role(Role.FEED),
        Part.RAISER: takes_part and question.raised_by_id == by.pk,
    }
    return frozenset(part for part, plays in played.items() if plays)


def said(text):
    """Return text without surrounding blanks. Raises Refused where it is too long to keep for good."""
    stripped = (text or "").strip()
    if not is_printable(stripped):
        raise Refused(ASK)
    if len(stripped) > LONGEST_REMARK:
        raise Refused(f"Shorten it to {LONGEST_REMARK:,} characters: history keeps every word for good.")
    return stripped


def needed(text, ask):
    """Return what `said` does. Raises Refused with `ask` where nothing is left."""
    stripped = said(text)
    if not stripped:
        raise Refused(ask)
    return stripped


def cleaned(instance):
    """Clean an instance's own columns and return it. Raises Invalid.

    What rows refer to came from the database, and its constraints are the database's to check (`chain.record`): asking
    it beforehand took most of the time of a write.
    """
    try:
        instance.clean_fields(exclude={field.name for field in instance._meta.fields if field.is_relation})
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
    texts = (field.name for field in instance._meta.fields if isinstance(field, models.CharField | models.TextField))
    if unprintable := [name for name in texts if not is_printable(getattr(instance, name) or "")]:
        raise Invalid({name: [ASK] for name in unprintable})
    return instance


def change(instance, changes):
    """Set attributes and return the names of those that really changed."""
    changed = [name for name, value in changes.items() if getattr(instance, name) != value]
    for name in changed:
        setattr(instance, name, changes[name])
    return changed


def at_london(moment: datetime):
    """Return a moment as people say it: `14:03 on 23 November 2026`, in London."""
    local = timezone.localtime(moment)
    return f"{local:%H:%M} on {local.day} {local:%B %Y}"
