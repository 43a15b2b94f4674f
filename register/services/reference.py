"""Save the rows that questions refer to: organisations, topics, groups, meetings, actions, changes and logins."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from django.contrib.auth.models import Group as RoleGroup

from register.ledger.unit_of_work import Actor, record, unit_of_work
from register.models import Action, Audited, Change, Group, Meeting, Organisation, Topic, User
from register.refusals import NotPermitted, Refused
from register.services.cleaning import clean_remark, clean_row
from register.services.permissions import require_role
from register.services.questions import check_reclassification
from register.services.rows import check_not_stale
from register.vocabulary import Role

Row = TypeVar("Row", bound=Audited)
ABLE = {"is_active": True, "is_staff": True, "is_superuser": True}  # a superuser who can sign in to the admin
LAST_SIGNS_IN = "Leave it a password: no other superuser can sign in."
KEPT_BY_TRIAGE = (Action, Change, Group, Meeting, Organisation, Topic)


def keep(row: Row, *, by: Actor, seen: int | None = None, reason: str = "") -> Row:
    """Save a new or changed row of a model of `KEPT_BY_TRIAGE`; return it. `by` None is the system loading fixtures.

    `seen` is the version that the row was changed from: raises Stale, with who changed what, where it was changed after
    it. Raises TypeError for another model, NotPermitted, Refused, Invalid.
    """
    if not isinstance(row, KEPT_BY_TRIAGE):
        raise TypeError(f"{type(row).__name__} has a service of its own.")
    with unit_of_work():
        if by is not None:
            require_role(by, Role.TRIAGE, to=f"keep {row._meta.verbose_name_plural}")
            check_not_stale(row, seen)
            _check_action(row, by, reason)
        return record(clean_row(row), by=by, reason=clean_remark(reason))


def _check_action(row: Audited, by: Actor, reason: str) -> None:
    """Refuse an action that is made looser by whoever may not, or whose status changes without an update."""
    if isinstance(row, Action) and (before := Action.objects.filter(pk=row.pk).first()):
        check_reclassification(before, row.classification, by, reason)
        if row.status != before.status:
            raise Refused("Record what became of the action: an update changes its status.")


def keep_user(user: User, *, by: Actor, seen: int | None = None, reason: str = "") -> User:
    """Save a login; return it. `by` is a superuser, or None for the system. `seen` is as in `keep`.

    A password that was set meanwhile stays, unless this login sets another. Raises NotPermitted, Refused, Invalid.
    """
    if by is not None and not by.is_superuser:
        raise NotPermitted("Only a superuser may keep logins.")
    with unit_of_work():
        check_not_stale(user, seen)
        if before := User.objects.filter(pk=user.pk).first():
            _check_superuser_remains(before, user)
            _keep_credentials(before, user)
        return record(clean_row(user), by=by, reason=clean_remark(reason))


def _check_superuser_remains(before: User, after: User) -> None:
    """Raise Refused where the change takes from the register the last superuser who can sign in to the admin."""
    if not all(getattr(after, flag) for flag in ABLE) and is_last_superuser(before):
        raise Refused(f"Make somebody else a superuser first: {before.username} is the last who can sign in.")


def is_last_superuser(user: User) -> bool:
    """Return whether nobody but this login is a superuser who can sign in to the admin."""
    able = User.objects.filter(**ABLE)
    return able.filter(pk=user.pk).exists() and not able.exclude(pk=user.pk).exists()


def _keep_credentials(before: User, after: User) -> None:
    """Take over what no form of a login holds, as it is now: the whole row is saved, and was read earlier."""
    after.last_login = before.last_login
    if after._password is None:  # type: ignore[attr-defined]  # Django's: the raw password that was set on this object
        after.password = before.password


def set_password(user: User, password: str | None, *, by: Actor) -> User:
    """Give a login another password, or with None one that nobody can use; return the login as it is now.

    Nothing else of it changes. `by` is a superuser, or None for the system. Raises NotPermitted, and Refused where the
    last superuser would be left without a password.
    """
    if by is not None and not by.is_superuser:
        raise NotPermitted("Only a superuser may set a password.")
    with unit_of_work():
        if password is None and is_last_superuser(user):
            raise Refused(LAST_SIGNS_IN)
        fresh = User.objects.get(pk=user.pk)
        fresh.set_password(password)
        return record(fresh, by=by)


def keep_roles(user: User, groups: Iterable[RoleGroup], *, by: Actor) -> None:
    """Set the groups (roles) of a login, and record a change of them in its history. Raises NotPermitted."""
    if by is not None and not by.is_superuser:
        raise NotPermitted("Only a superuser may give roles.")
    with unit_of_work():
        before, after = (sorted(group.name for group in held) for held in (user.groups.all(), groups))
        user.groups.set(groups)
        if before != after:
            record(user, by=by, reason=f"Roles: {', '.join(before) or 'none'} → {', '.join(after) or 'none'}")


def get_or_new(model: type[Row], **called: Any) -> Row:
    """Return the row with these column values, or an unsaved one that has them."""
    found: Any = model._default_manager.filter(**called).first()
    return found or model(**called)


def load_reference(folder: Path) -> None:
    """Save those organisations, groups and topics of a folder's JSON files whose names are not there yet."""
    with unit_of_work():
        for model, name in ((Organisation, "organisations"), (Group, "groups"), (Topic, "topics")):
            for details in json.loads((folder / f"{name}.json").read_text(encoding="utf-8")):
                if model.objects.get_called(details["name"]) is None:
                    keep(model(**details), by=None, reason="Reference data")
