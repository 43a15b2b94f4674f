"""Who may see what: by the classifications that a role is cleared for, as the query word `visible_to`."""

from functools import reduce
from typing import Any, Protocol, Self

from django.contrib.auth.models import AnonymousUser
from django.db.models import Manager, Model, Q

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
    """Return the classifications that a user may read, the least strict first.

    None for an anonymous or inactive user, or one without a role.
    """
    if user is None or isinstance(user, AnonymousUser) or not user.is_active:
        return ()
    return next((seen for role, seen in CLEARANCES if user.has_role(role)), ())


class ClassifiedQuerySet(AuditedQuerySet):
    """Rows that a reader may see who is cleared for all their classifications.

    `classified_by` are the look-ups of these: the row's own, and those of rows that it belongs to.
    """

    classified_by: tuple[str, ...] = ("classification",)

    def visible_to(self, user: Reader) -> Self:
        return self.filter_by_clearance(clearance(user))

    def filter_by_clearance(self, seen: tuple[str, ...]) -> Self:
        """Rows that may be read with a clearance, as `clearance` returns it."""
        if seen == EVERYTHING:
            return self.all()  # no condition, and no join for one
        return self.filter(*(_may_be_read(self.model, path, seen) for path in self.classified_by))

    @classmethod
    def make_manager(cls, *paths: str) -> Manager:
        """Return a manager with these look-ups as `classified_by`."""
        queryset_class: Any = type(cls.__name__, (cls,), {"classified_by": paths})
        return queryset_class.as_manager()


def _may_be_read(model: type[Model], path: str, seen: tuple[str, ...]) -> Q:
    """Return the condition of one look-up: what belongs to no such row is not hidden by it."""
    relation, _, _ = path.partition("__")
    known = Q(**{f"{path}__in": seen})
    return known | Q(**{relation: None}) if relation != path and model._meta.get_field(relation).null else known


class ReferenceQuerySet(AuditedQuerySet):
    """Rows of reference data: visible to whoever has a role."""

    classified_by = ()

    def visible_to(self, user: Reader) -> Self:
        return self.all() if clearance(user) else self.none()


def get_classification_paths(model: type[Model]) -> tuple[str, ...]:
    """Return a visible model's `classified_by`: the look-ups of what hides its rows; none for reference data."""
    return model._default_manager._queryset_class.classified_by  # type: ignore[attr-defined]


def get_classifications(row: Any) -> tuple[str, ...]:
    """Return the classifications that a reader must be cleared for to see a row of a visible model."""
    found = (_follow(row, path.split("__")) for path in get_classification_paths(type(row)))
    return tuple(classification for classification in found if classification is not None)


def _follow(row: Any, names: list[str]) -> Any:
    return reduce(lambda found, name: None if found is None else getattr(found, name), names, row)
