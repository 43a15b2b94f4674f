"""Names by which people call a row: no two of a table read the same, and a row is found however its name is written."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import F, Q

from register.characters import LONGEST_NAME_KEY, fold_name, is_printable
from register.models.audited import AuditedQuerySet
from register.models.visibility import ReferenceQuerySet

# Before the number of a later row of a name that an earlier one had before names were told apart; no key holds it.
TWIN = "\t"


class NameKeyField(models.CharField):
    """`fold_name` of the row's name, kept up to date with every save, and unique.

    A twin from before keys were kept has a number behind its key for as long as it is called the same.
    """

    def __init__(self, source: str = "name", **options: Any) -> None:
        self.source = source
        options |= {"max_length": LONGEST_NAME_KEY + 20, "unique": True, "editable": False}
        options["error_messages"] = {"unique": "Choose another name: there is one that reads the same."}
        super().__init__(**options)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for implied in ("max_length", "unique", "editable", "error_messages"):
            kwargs.pop(implied, None)
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        if not self.is_current(model_instance):
            setattr(model_instance, self.attname, fold_name(getattr(model_instance, self.source)))
        return getattr(model_instance, self.attname)

    def is_current(self, row: models.Model) -> bool:
        """Return whether a row's key is that of its name: it has not been given another since it was saved."""
        key, _, _ = getattr(row, self.attname).partition(TWIN)
        return bool(key) and key == fold_name(getattr(row, self.source))


def get_name_key_field(model: Any) -> NameKeyField | None:
    """Return the field of a model that keeps the key of its rows' names, or None."""
    return next((field for field in model._meta.fields if isinstance(field, NameKeyField)), None)


class NamedQuerySet(AuditedQuerySet):
    """Rows of a model with a `name_key`."""

    def called(self, name: str) -> Self:
        """Rows that a name may mean: those that bear it and those that read the same, but for numbered twins."""
        if not is_printable(name):  # what some databases cannot even be asked for
            return self.none()
        return self.filter(Q(name_key=fold_name(name)) | Q(**{self._get_source(): name}))

    def get_called(self, name: str) -> Any:
        """Return the row of exactly that name, or else the one whose name reads the same, or None."""
        rows: list[Any] = list(self.called(name))
        return min(rows, key=lambda row: getattr(row, self._get_source()) != name, default=None)

    def twins(self) -> Self:
        """Rows whose names read like that of an earlier row, from before names were told apart."""
        return self.filter(name_key__contains=TWIN)

    def _get_source(self) -> str:
        return self.model._meta.get_field("name_key").source  # type: ignore[union-attr]


class NamedReferenceQuerySet(NamedQuerySet, ReferenceQuerySet):  # type: ignore[override]  # the plugin's as_manager
    """Reference data that is called by its name."""


def make_merge_constraint(name: str) -> models.CheckConstraint:
    """Return the constraint that no row of a model is merged into itself."""
    return models.CheckConstraint(
        condition=Q(merged_into=None) | ~Q(merged_into=F("pk")),
        name=f"{name}_merged_into_another",
        violation_error_message="Choose another: it cannot be merged into itself.",
    )


class MergeableQuerySet(NamedReferenceQuerySet):  # type: ignore[override]  # the plugin's as_manager
    """Reference data of which two rows can be merged: `merged_into` is where the name of a merged row leads."""

    def current(self) -> Self:
        """Rows that were not merged into another: those to choose from."""
        return self.filter(merged_into=None)

    def called(self, name: str) -> Self:
        """Rows that a name may mean; the name of a merged row means the one that it was merged into."""
        found = super().called(name)
        merged = found.filter(merged_into__isnull=False)
        ends = self.filter(pk__in=merged.order_by().values("merged_into"))
        return found.filter(merged_into=None) | ends

    def twins(self) -> Self:
        return super().twins().filter(merged_into=None)


def get_named_models() -> list[Any]:
    return [model for model in apps.get_app_config("register").get_models() if get_name_key_field(model)]


def describe_twins() -> list[str]:
    """Return a sentence on each row of any table whose name reads like that of an earlier row."""
    return [
        f"The {model._meta.verbose_name} “{row}” (id {row.pk}) has a name that reads like that of another."
        for model in get_named_models()
        for row in model._default_manager.twins().order_by("pk")
    ]
