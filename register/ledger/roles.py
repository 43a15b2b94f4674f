"""Who is in which role, as part of the record: each history row of a login has the names of its groups."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery

from register.ledger.problems import Problem
from register.ledger.unit_of_work import record, unit_of_work
from register.models import LedgerEntry, User

BEGINNING = "Roles as they stood when they began to be recorded"


def note_roles(sender: Any, instance: User, history_instance: Model, **_: Any) -> None:
    """Receive simple-history's signal, and put the roles of a login into the history row that is about to be saved."""
    history_instance.roles = _get_roles([instance.pk])[instance.pk]  # type: ignore[attr-defined]


def record_roles() -> None:
    """Record each login once more whose last history row is older than the record of roles."""
    for user in _with_recorded_roles().filter(recorded=None):
        with unit_of_work():
            record(User.objects.get(pk=user.pk), by=None, reason=BEGINNING)


def find_differing_roles() -> Iterator[Problem]:
    """Yield a problem for each login whose roles are not those that were recorded last."""
    if _find_differing():
        with unit_of_work():  # again with every writer held off: the first look may have met a change half way
            for pk, recorded, live in _find_differing():
                yield Problem(_get_position(pk), _describe(pk, recorded, live))


def _describe(pk: int, recorded: str | None, live: str) -> str:
    if recorded is None:
        return f"the roles of user {pk} were never recorded: run migrate"
    return f"the roles of user {pk} were changed behind the register's back: {recorded or 'none'} to {live or 'none'}"


def _find_differing() -> list[tuple[int, str | None, str]]:
    """Return [(key, recorded roles, roles)] of the logins where the two differ."""
    recorded = dict(_with_recorded_roles().values_list("pk", "recorded"))
    live = _get_roles(recorded)
    return [(pk, recorded[pk], live[pk]) for pk in recorded if recorded[pk] != live[pk]]


def _with_recorded_roles() -> QuerySet:
    """Return all logins that have history, in order, with `recorded`: the roles in their last history row."""
    rows = User.history.filter(id=OuterRef("pk")).order_by("-history_id")
    users = User._base_manager.filter(pk__in=User.history.values("id")).order_by("pk")
    return users.annotate(recorded=Subquery(rows.values("roles")[:1]))


def _get_roles(keys: Any) -> dict[int, str]:
    """Return {key of a login: the names of its groups, sorted}; empty where it has none."""
    held = defaultdict(list)
    members = User.groups.through.objects.order_by("group__name").values_list("user_id", "group__name")
    for pk, name in members.filter(user_id__in=keys) if len(keys) == 1 else members:
        held[pk].append(name)
    return {pk: ", ".join(held[pk]) for pk in keys}


def _get_position(pk: int) -> int | None:
    last = User.history.filter(id=pk).order_by("-history_id").values_list("history_id", flat=True).first()
    return LedgerEntry.objects.filter(model="user", history_id=last).values_list("position", flat=True).first()
