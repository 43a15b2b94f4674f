"""Which documents show a row: read backwards off what the kinds declare (`Kind.relations`)."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from register.documents.kinds import KINDS, Kind, get_documented_kinds
from register.documents.kinds.lookups import follow, get_field_lookups


class Item(NamedTuple):
    """A kind's name and a key: what a document is of."""

    kind: str
    key: int


class Embedding(NamedTuple):
    """A place where documents of a kind show another model's rows: the path there, and the columns shown."""

    kind: Kind
    path: str
    model: Any
    columns: frozenset[str]


@cache
def get_embeddings(model: Any) -> list[Embedding]:
    """Return every place where documents show rows of a model beside the model's own."""
    return [
        Embedding(kind, path, model, frozenset(columns))
        for kind in get_documented_kinds().values()
        for path, columns in kind.relations.items()
        if path and follow(kind.model, *path.split("__")) is model
    ]


@cache
def get_embedded_fields(kind: Kind) -> list[str]:
    """Return the fields of a kind's documents that other documents show as well."""
    shown = {column for embedding in get_embeddings(kind.model) for column in embedding.columns}
    return [
        name
        for name, field in kind.serializer.fields.items()
        if shown & {lookup.partition("__")[0] for lookup in get_field_lookups(field, kind.model)}
    ]


@cache
def _shows_as_little(embedding: Embedding) -> bool:
    """True where an item's own documents have all that an embedding shows of it, so that they change with it."""
    kind = KINDS[embedding.model._meta.model_name]
    own = {
        lookup.partition("__")[0]
        for field in kind.serializer.fields.values()
        for lookup in get_field_lookups(field, kind.model)
    }
    return embedding.columns <= {"pk", *own}


def get_item_recorded(row: Any) -> Item | None:
    """Return the item that the ledger entry of an audited row counts for: the row's question, or itself."""
    if question := row.get_question_id():
        return Item("question", question)
    name = row._meta.model_name
    return Item(name, row.pk) if name in get_documented_kinds() else None


def get_items_showing_row(row: Any) -> Iterator[Item]:
    """Yield the items whose documents show an audited row that was written.

    Where the row is an item itself, those that only refer to it are left to `get_items_showing`: they show little of
    it, and most changes are none to them. That needs its own documents to show what the others do.
    """
    model: Any = type(row)
    is_item = model._meta.model_name in get_documented_kinds()
    if is_item:
        yield Item(model._meta.model_name, row.pk)
    for embedding in get_embeddings(model):
        keys = _get_keys_by_foreign_keys(embedding, row)
        if keys is None and (not is_item or not _shows_as_little(embedding)):
            keys = _find_keys(embedding.kind, [embedding.path], row.pk)
        # An item of an agenda that is no question has none to bring along.
        yield from (Item(embedding.kind.name, key) for key in keys or () if key is not None)


def get_items_showing(item: Item) -> Iterator[Item]:
    """Yield the items whose documents refer to an item."""
    embeddings = get_embeddings(KINDS[item.kind].model)
    for kind in dict.fromkeys(embedding.kind for embedding in embeddings):
        paths = [embedding.path for embedding in embeddings if embedding.kind is kind]
        yield from (Item(kind.name, key) for key in _find_keys(kind, paths, item.key))


def _find_keys(kind: Kind, paths: list[str], key: int) -> list[int]:
    """Return the keys of a kind's items from which one of the paths leads to a row."""
    found = (kind.model._base_manager.filter(**{path: key}).values_list("pk", flat=True) for path in paths)
    return sorted({pk for keys in found for pk in keys})


def _get_keys_by_foreign_keys(embedding: Embedding, row: Any) -> list[int] | None:
    """Return the key of the item that shows a row, found by the row's own foreign keys; None where that is not the way.

    Of an answer or a review it is the question: nothing needs to be asked of the database. A key that is empty on the
    way, as that of a mark that is on no answer, leads to no item.
    """
    fields = []
    model = embedding.kind.model
    for name in embedding.path.split("__"):
        field = model._meta.get_field(name)
        if not field.one_to_many:
            return None
        fields.append(field.remote_field)
        model = field.related_model
    *upwards, last = reversed(fields)
    for field in upwards:
        row = getattr(row, field.name)
        if row is None:
            return []
    return [getattr(row, last.attname)]
