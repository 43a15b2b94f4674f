from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from knox.models import AbstractAuthToken

from register.models.audited import Audited, AuditedQuerySet, Records
from register.models.visibility import ReferenceQuerySet
from register.vocabulary import SYSTEM, Role


class Organisation(Audited):
    """A body that can own a question or be waited on."""

    name = models.CharField(max_length=80, unique=True, help_text="Short name, as minutes use it: DCC.")
    full_name = models.CharField(max_length=200, blank=True)

    objects: ClassVar = ReferenceQuerySet.as_manager()
    history = Records()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class UserQuerySet(AuditedQuerySet):
    def triaging(self) -> Self:
        """Active logins in Triage: those whom a question can be assigned to."""
        return self.filter(is_active=True, groups__name=Role.TRIAGE)


class People(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]  # the plugin wants a name for the base
    pass


class User(AbstractUser, Audited):  # type: ignore[django-manager-missing]
    """A login, for a person or for a machine that reads feeds."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="users")

    objects: ClassVar = People()
    history = Records(excluded_fields=["password", "last_login"])

    class Meta:
        ordering = ["username"]

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username

    def has_role(self, role: str) -> bool:
        """True for a member of that group. A superuser counts as Triage and Approver, and nothing more."""
        if self.is_superuser and role in (Role.TRIAGE, Role.APPROVER):
            return True
        return role in self._roles()

    def know_roles(self, names: Iterable[str]) -> None:
        """Take the names of the user's groups from a statement that fetched them with the user."""
        self._known_roles = set(names)

    def _roles(self) -> set[str]:
        if not hasattr(self, "_known_roles"):
            self._known_roles = set(self.groups.values_list("name", flat=True)) if self.pk else set()
        return self._known_roles

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.pop("_known_roles", None)
        super().refresh_from_db(*args, **kwargs)


class Token(AbstractAuthToken):
    """An API token: only its hash is stored. The key is the hash, so a lost token can be replaced, not read."""

    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.token_key}… of {self.user}"


class System:
    """Stands for the register itself, where an operator's command acts without naming a person."""

    pk = organisation = organisation_id = None
    is_active, is_superuser = True, False
    display_name = SYSTEM

    def has_role(self, role: str) -> bool:
        return role == Role.TRIAGE


class RaisedOnce(models.Model):
    """A question raised under an Idempotency-Key: the same request again finds it instead of raising another."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64, help_text="SHA-256 of what was asked.")
    question_id = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="raised_once_a_key")]

    def __str__(self) -> str:
        return f"{self.key} of {self.user}"


class AtomAddress(models.Model):
    """The private address at which a person's feed reader asks; only its hash is kept. A new one replaces it."""

    user = models.OneToOneField(User, models.CASCADE, related_name="atom_address")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret in the address.")
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"Atom address of {self.user}"
