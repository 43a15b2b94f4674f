"""Which columns of which rows a serializer shows, read off its fields.

From this follow what to load for a document, and which documents show a row that was written.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from rest_framework.fields import Field
from rest_framework.serializers import BaseSerializer, ListSerializer

from register.models.audited import ComputedProperty
from register.models.visibility import get_classification_paths

# {relation from the item, as a look-up: the columns that are shown of the row there}; "" is the item itself.
Relations = dict[str, set[str]]


def get_relations(serializer: BaseSerializer, model: type[Model], reference: str) -> Relations:
    """Return the relations that documents of a model follow, and the columns that they show of the rows there.

    Beside the serializer's fields a document has what it is called (`reference`) and what hides it.
    """
    relations: Relations = defaultdict(set)
    lookups = get_lookups(serializer, model) | {*get_classification_paths(model), *resolve_source([reference], model)}
    for lookup in lookups:
        path, _, column = lookup.rpartition("__")
        relations[path].add(column)
        while path:  # what points on to another row shows too
            path, _, column = path.rpartition("__")
            relations[path].add(column)
    return dict(relations)


def get_lookups(serializer: Any, model: type[Model]) -> set[str]:
    """Return the look-ups of all columns that a serializer of a model shows."""
    return {lookup for field in serializer.fields.values() for lookup in get_field_lookups(field, model)}


def get_field_lookups(field: Field, model: type[Model]) -> Iterator[str]:
    """Yield the look-ups of the columns that one field shows, from the serializer's own model on."""
    if isinstance(field, ListSerializer):
        source = str(field.source)
        columns = get_lookups(field.child, follow(model, source)) | get_own_classification_paths(model, source)
        yield from (f"{source}__{column}" for column in columns)
    elif hasattr(field, "get_columns"):
        path = "" if field.source == "*" else f"{field.source}__".replace(".", "__")
        yield from (f"{path}{column}" for column in field.get_columns(model))
    else:
        yield from resolve_source(field.source_attrs, model)


def resolve_source(attributes: list[str], model: type[Model]) -> Iterator[str]:
    """Yield the columns behind a dotted source; a computed property stands for those that it is made from."""
    *relations, last = attributes
    path = "".join(f"{name}__" for name in relations)
    found = getattr(follow(model, *relations), last, None)
    columns = found.columns if isinstance(found, ComputedProperty) else (last,)
    yield from (f"{path}{column}" for column in columns)


def follow(model: type[Model], *relations: str) -> type[Model]:
    """Return the model that relations lead to. Raises FieldDoesNotExist."""
    for name in relations:
        related = model._meta.get_field(name).related_model
        if not isinstance(related, type):
            raise FieldDoesNotExist(f"{name} of {model.__name__} is no relation.")
        model = related
    return model


def get_own_classification_paths(model: type[Model], relation: str) -> set[str]:
    """Return what hides a row at the far end of a relation, but for what hides the row at this end already."""
    field: Any = model._meta.get_field(relation)
    back = f"{field.remote_field.name}__"
    paths = get_classification_paths(field.related_model)
    return {path for path in paths if not (field.one_to_many and path.startswith(back))}
