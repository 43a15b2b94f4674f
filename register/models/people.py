from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Concat
from knox.models import AbstractAuthToken

from register.models.audited import Audited, AuditHistory, HistoryRow
from register.models.names import MergeableQuerySet, NamedQuerySet, NameKeyField, make_merge_constraint
from register.vocabulary import SYSTEM, Role


class Organisation(Audited):
    """A body that can own a question or be waited on."""

    name = models.CharField(max_length=80, unique=True, help_text="Short name, as minutes use it: DCC.")
    name_key = NameKeyField()
    full_name = models.CharField(max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged_names"
    )

    objects: ClassVar = MergeableQuerySet.as_manager()
    history = AuditHistory(excluded_fields=["name_key"])

    class Meta:
        ordering = ["name"]
        constraints = [make_merge_constraint("organisation")]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(NamedQuerySet):
    def assignable(self) -> Self:
        """Those whom a question can be assigned to: active, in role Triage or Approver, and no feed client."""
        clears = _in_group(Role.TRIAGE, Role.APPROVER) | Q(is_superuser=True)
        return self.filter(clears, ~_in_group(Role.FEED), is_active=True)

    def reviewing(self) -> Self:
        """Those whose position on an answer is waited for: active members who are no feed client."""
        return self.filter(_in_group(Role.MEMBER), ~_in_group(Role.FEED), is_active=True)


def make_assignee_label(relation: str = "") -> Case:
    """Return what an assignee is called, as an expression on users, or on rows that a relation to one leads from.

    Somebody whom nothing could be assigned to any more has left, and is shown so.
    """
    path = f"{relation}__" if relation else ""
    deals = When(**{f"{path}pk__in": User.objects.assignable()}, then=F(f"{path}username"))
    left = When(**{f"{path}pk__isnull": False}, then=Concat(f"{path}username", Value(" (left)")))
    return Case(deals, left, output_field=models.CharField())


def _in_group(*names: str) -> Q:
    # By key, not by a join, which would return whoever is in two of the groups twice.
    members: Any = User.groups.through
    return Q(pk__in=members._default_manager.filter(group__name__in=names).values("user"))


class People(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # the plugin wants a name for the base
    """The manager of `User`. The first migration names this class."""


class UserHistoryRow(HistoryRow):
    """A history row of a login, with the names of its groups at that time (`register.ledger.roles`).

    `roles` is NULL in rows that are older than the column.
    """

    roles = models.TextField(null=True, editable=False)

    class Meta:
        abstract = True


class User(AbstractUser, Audited):  # type: ignore[django-manager-missing]
    """A login, for a person or for a machine that reads feeds."""

    name_key = NameKeyField("username")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="users")

    objects: ClassVar = People()
    history = AuditHistory(row=UserHistoryRow, excluded_fields=["password", "last_login", "name_key"])

    class Meta:
        ordering = ["username"]

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username

    def has_role(self, role: str) -> bool:
        """Return whether the user is a member of the group of that name; a superuser is in Triage and Approver too."""
        if self.is_superuser and role in (Role.TRIAGE, Role.APPROVER):
            return True
        return role in self._get_role_names()

    def set_role_names(self, names: Iterable[str]) -> None:
        """Set the names of the user's groups, where a statement has fetched them together with the user."""
        self._role_names = set(names)

    def _get_role_names(self) -> set[str]:
        if not hasattr(self, "_role_names"):
            self._role_names = set(self.groups.values_list("name", flat=True)) if self.pk else set()
        return self._role_names

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.pop("_role_names", None)
        super().refresh_from_db(*args, **kwargs)


class Token(AbstractAuthToken):
    """An API token, of which only the hash is stored: a lost token can be replaced, but not read."""

    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.token_key}… of {self.user}"


class System:
    """The actor of what an operator's command does without naming a person: the register itself, in role Triage."""

    pk = organisation = organisation_id = None
    is_active, is_superuser = True, False
    display_name = SYSTEM

    def has_role(self, role: str) -> bool:
        return role == Role.TRIAGE


class RaisedOnce(models.Model):
    """A question that was raised under an Idempotency-Key: repeating the request returns it and raises no other."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64, help_text="SHA-256 of what was asked.")
    question_id = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="raised_once_a_key")]

    def __str__(self) -> str:
        return f"{self.key} of {self.user}"


class FormUse(models.Model):
    """A form of the admin that was sent and made something: sent again, it leads there and makes no other."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    token = models.CharField(max_length=64, help_text="The random text that the form carried.")
    address = models.CharField(max_length=200, help_text="The path of the page of what was made.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "token"], name="form_used_once")]

    def __str__(self) -> str:
        return f"{self.address} by {self.user}"


class Preferences(models.Model):
    """What a person set for themselves; no part of the record."""

    user = models.OneToOneField(User, models.CASCADE, related_name="preferences")
    last_visit = models.DateTimeField(null=True, help_text="What changed since is new to them.")
    keys = models.BooleanField(default=True, help_text="Whether single keys do something on a page.")

    class Meta:
        verbose_name_plural = "preferences"

    def __str__(self) -> str:
        return f"Preferences of {self.user}"


class AtomAddress(models.Model):
    """The secret address of a person's Atom feed, of which only the hash is stored. A new one replaces the old."""

    user = models.OneToOneField(User, models.CASCADE, related_name="atom_address")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret in the address.")
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"Atom address of {self.user}"
