"""What a kind of item declares; everything else about kinds is made from it."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Q
from rest_framework.serializers import Serializer

from register.documents.kinds.lookups import Relations, get_relations

API = "/api/v1/"


class Kind:
    """One kind of item: its model, its documents, and its words in a question's timeline.

    A subclass that is defined is registered in `KINDS`, under the name of its model.
    """

    model: ClassVar[Any]
    serializer_class: ClassVar[type[Serializer] | None] = None  # None: it shows in documents of other kinds alone
    in_feed: ClassVar[bool] = False
    lookup_field: ClassVar[str] = "pk"  # what its address is made of
    reference_field: ClassVar[str] = "reference"  # what its documents are called
    shown_where: ClassVar[Q] = Q()  # the rows that show in documents

    def __init_subclass__(cls) -> None:
        KINDS[cls.model._meta.model_name] = cls()

    @property
    def name(self) -> str:
        return str(self.model._meta.model_name)

    @property
    def plural(self) -> str:
        return f"{self.name}s"

    def describe(self, row: Any, *, is_new: bool) -> str:
        """Return what a recorded change is called in the timeline of the question that the row belongs to."""
        raise NotImplementedError(f"Say how a {self.name} reads in a timeline.")

    def get_url(self, row: Any) -> str:
        return f"{API}{self.plural}/{getattr(row, self.lookup_field)}/"

    def get_reference(self, row: Any) -> str:
        return str(getattr(row, self.reference_field))

    @cached_property
    def serializer(self) -> Serializer:
        """The serializer that makes every document of the kind: it holds nothing of any, so all threads share it."""
        if self.serializer_class is None:
            raise TypeError(f"A {self.name} has no documents of its own.")
        return self.serializer_class()

    @cached_property
    def relations(self) -> Relations:
        """The relations that its documents follow, each with the columns that they show of the rows there."""
        return get_relations(self.serializer, self.model, self.reference_field)


KINDS: dict[str, Kind] = {}


def get_documented_kinds() -> Mapping[str, Kind]:
    """Return the kinds that have documents of their own, by name."""
    return {name: kind for name, kind in KINDS.items() if kind.serializer_class}


def get_kind(row: Any) -> Kind:
    """Return the kind of a row. Raises KeyError where its model has none."""
    return KINDS[row._meta.model_name]
