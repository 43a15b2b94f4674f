"""Who may see what: one rule, as a query word."""

from functools import reduce
from typing import Any, Protocol, Self

from django.contrib.auth.models import AnonymousUser
from django.db.models import Manager, Model

from register.models.audited import AuditedQuerySet
from register.vocabulary import Classification, Role

EVERYTHING = tuple(Classification)
CLEARANCES = (
    (Role.TRIAGE, EVERYTHING),
    (Role.APPROVER, EVERYTHING),
    (Role.MEMBER, (Classification.PUBLIC, Classification.MEMBERS)),
    (Role.FEED, (Classification.PUBLIC,)),
)


class RoleHolder(Protocol):
    """A `User`, or the `System`."""

    @property
    def is_active(self) -> bool: ...

    def has_role(self, role: str) -> bool:
        """Return whether this user is a member of the group of that name (`Role`)."""


Reader = RoleHolder | AnonymousUser | None  # whoever asks; None is nobody


def clearance(user: Reader) -> tuple[str, ...]:
    """Return the classifications that a user may read; none for nobody, for an inactive user or one without a role."""
    if user is None or isinstance(user, AnonymousUser) or not user.is_active:
        return ()
    return next((seen for role, seen in CLEARANCES if user.has_role(role)), ())


class ClassifiedQuerySet(AuditedQuerySet):
    """A queryset whose rows are shown by classification: each path in `classified_by` must be cleared."""

    classified_by: tuple[str, ...] = ("classification",)

    def visible_to(self, user: Reader) -> Self:
        return self.within(clearance(user))

    def within(self, seen: tuple[str, ...]) -> Self:
        """Keep what may be read with a clearance (`clearance`)."""
        if seen == EVERYTHING:
            return self.all()  # no condition, and no join for one
        return self.filter(**{f"{path}__in": seen for path in self.classified_by})

    @classmethod
    def by(cls, *paths: str) -> Manager:
        """Return a manager whose rows are visible where the classifications at all these paths are."""
        queryset_class: Any = type(cls.__name__, (cls,), {"classified_by": paths})
        return queryset_class.as_manager()


class ReferenceQuerySet(AuditedQuerySet):
    """Reference data: seen by whoever has a role."""

    classified_by = ()

    def visible_to(self, user: Reader) -> Self:
        return self.all() if clearance(user) else self.none()


def get_classification_paths(model: type[Model]) -> tuple[str, ...]:
    """Return the look-ups of the classifications that hide a row of a model; none for reference data."""
    return model._default_manager._queryset_class.classified_by  # type: ignore[attr-defined]


def get_classifications(row: Any) -> tuple[str, ...]:
    """Return the classifications that a reader must be cleared for to see a row of a visible model."""
    return tuple(reduce(getattr, path.split("__"), row) for path in get_classification_paths(type(row)))
