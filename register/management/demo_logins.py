"""Logins to try the register with, all with one password."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import Group as RoleGroup
from django.core.management.base import CommandError

from register.models import Organisation, User
from register.services.reference import get_or_new, keep_roles, keep_user
from register.vocabulary import Role

PASSWORD = "half-hourly"  # noqa: S105 it guards nothing: the commands refuse to run in production
Login = tuple[str, str, list[Role]]  # (user name, organisation, roles)
LOGINS: tuple[Login, ...] = (
    ("ofgem.triage", "Ofgem", [Role.TRIAGE]),
    ("ofgem.approver", "Ofgem", [Role.TRIAGE, Role.APPROVER]),
    ("elexon.triage", "Elexon", [Role.TRIAGE]),
    ("member.one", "ENA", [Role.MEMBER]),
    ("member.two", "National Grid", [Role.MEMBER]),
    ("member.three", "RECCo", [Role.MEMBER]),
    ("dcc.feed", "DCC", [Role.FEED]),
)


def refuse_in_production() -> None:
    if not settings.DEBUG:
        raise CommandError("Set DEBUG=1 first: the demo has well-known passwords, so it is for development alone.")


def load_logins(logins: Iterable[Login]) -> None:
    """Add those logins that are not there yet."""
    for username, organisation, roles in logins:
        user = get_or_new(User, username=username)
        if user.pk is None:
            user.organisation = Organisation.objects.get(name=organisation)
            user.is_staff = Role.FEED not in roles
            user.set_password(PASSWORD)
            keep_user(user, by=None, reason="Demo login")
            keep_roles(user, RoleGroup.objects.filter(name__in=roles), by=None)


def describe_logins(logins: Iterable[Login]) -> Iterable[str]:
    """Yield a line for each."""
    for username, organisation, roles in logins:
        yield f"  {username:<15} {organisation}, {' and '.join(roles)}"
