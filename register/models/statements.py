"""The statements that every request of a feed and every write make: composing them anew took longer than the database.

Names of tables and columns are fixed, and values go in as parameters.
"""

from collections import namedtuple
from datetime import UTC
from functools import cache, partial
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from register.models.ahead import Asked, fetched, fetched_together
from register.models.documents import COLUMN_FOR, Document
from register.models.ledger import LedgerHead
from register.models.people import Organisation, Token, User

# In the order of the models. What is left out is fetched where somebody asks for it.
USER = ("id", "is_superuser", "username", "first_name", "last_name", "is_active", "organisation_id")
TOKEN = ("digest", "token_key", "user_id")
BODY = ("id", "name", "full_name")
HEAD = """
    SELECT {columns} FROM register_ledgerentry
    WHERE position = (SELECT MAX(position) FROM register_document WHERE {which} AND {readers})
"""
READERS = tuple(COLUMN_FOR.values())
_TOLD = HEAD.replace("{columns}", "position || '-' || digest").replace("{which}", "in_feed")
HEADS = [f"({_TOLD.format(readers=column)})" for column in READERS]
OWNERS = f"""
    SELECT {", ".join(f"t.{column}" for column in TOKEN)}, {", ".join(f"u.{column}" for column in USER)},
        {", ".join(f"o.{column}" for column in BODY)}, {", ".join(HEADS)},
        (t.last_used_at IS NOT NULL AND t.last_used_at > %s), g.name
    FROM register_token t JOIN register_user u ON u.id = t.user_id
        LEFT JOIN register_organisation o ON o.id = u.organisation_id
        LEFT JOIN register_user_groups m ON m.user_id = u.id LEFT JOIN auth_group g ON g.id = m.group_id
    WHERE t.token_key = %s AND (t.expiry IS NULL OR t.expiry > %s)
"""  # noqa: S608
KEPT = "SELECT {columns} FROM register_document WHERE {readers} AND kind = %s AND body IS NOT NULL AND {which}"
# Part of a write may have been undone behind the back of the head in memory: then this changes no row.
MOVED = """
    UPDATE register_ledgerhead SET position = %s, digest = %s
    WHERE %s = (SELECT COUNT(*) FROM register_ledgerentry WHERE position > %s) RETURNING position
"""
TALLIED = """
    INSERT INTO register_tally (by, status, key, classification, count) VALUES {places}
    ON CONFLICT (by, status, key, classification) DO UPDATE SET count = register_tally.count + excluded.count
"""
CHANGED = """
    SELECT kind, reference, body, position FROM register_document
    WHERE {readers} AND in_feed AND position > %s ORDER BY position LIMIT %s
"""


def as_time(value):
    """Return a time of a statement's row as an aware datetime: SQLite returns it without its zone, which is UTC."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def instances_of(model, **given):
    """Return what `rows_of` does, as instances of the model."""
    return [model.from_db(connection.alias, _names(model), row) for row in rows_of(model, **given)]


def rows_of(model, **given):
    """Return the rows of a model whose columns have these values, or with `__in` one of them, in the order of keys.

    They are named tuples of the model's columns: to make instances of them takes longer than to read them.
    """
    (rows,) = rows_together((model, given))
    return rows


def rows_together(*asked):
    """Return what `rows_of` does of each (model, what is given), in one trip to the database where the engine can."""
    found = fetched_together(*(Asked(model, *_selection(model, given)) for model, given in asked))
    return [_rows(model, values) for (model, _), values in zip(asked, found, strict=True)]


def _selection(model, given):
    """Return (statement, what it is given); the statement is None where nothing can be found."""
    asked = {name.removesuffix("__in"): sorted(of) if name.endswith("__in") else [of] for name, of in given.items()}
    if not all(asked.values()):
        return None, ()
    which = " AND ".join(f"{name} IN ({', '.join(['%s'] * len(values))})" for name, values in asked.items())
    statement = f"SELECT {', '.join(_columns(model))} FROM {model._meta.db_table} WHERE {which}"  # noqa: S608 our own
    return statement, tuple(value for values in asked.values() for value in values)


def _rows(model, found):
    return sorted(map(_tuple_of(model)._make, (_read(model, values) for values in found)), key=_key_of(model))


def row_within(model, seen, **key):
    """Return the row that a unique column names, or None where there is none that may be read with this clearance."""
    ((name, value),) = key.items()
    if not seen:
        return None
    statement, given = _row_within(model, seen, name)
    found = fetched(statement, *given, _field(model, name).get_prep_value(value), of=model)
    return _row(model, found[0]) if found else None


@cache
def _row_within(model, seen, name):
    """Return (statement, all that it is given but the key): what the queryset would say, put into words once."""
    anything = _field(model, name).get_prep_value("0")
    statement, given = model.objects.within(seen).order_by().filter(**{name: anything}).query.sql_with_params()
    return statement, given[:-1]


def _field(model, name):
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


@cache
def _columns(model):
    return [field.column for field in model._meta.concrete_fields]


@cache
def _converters(model, alias):
    """Return [(index, function)] for the columns that the database does not return as Python holds them."""
    engine, found = connections[alias], []
    for n, field in enumerate(model._meta.concrete_fields):
        column = field.get_col(model._meta.db_table)
        for convert in [*engine.ops.get_db_converters(column), *field.get_db_converters(engine)]:
            found.append((n, partial(convert, expression=column)))
    return found


def _row(model, values):
    return model.from_db(connection.alias, _names(model), _read(model, values))


def _read(model, values):
    """Return the values of a row of the database as Python holds them."""
    values, engine = list(values), connections[connection.alias]
    for n, convert in _converters(model, connection.alias):
        values[n] = convert(values[n], connection=engine)
    return values


@cache
def _names(model):
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _tuple_of(model):
    return namedtuple(model.__name__, _names(model))


@cache
def _key_of(model):
    return attrgetter(model._meta.pk.attname)


def locked_head(then=None):
    """Lock the ledger's head until the transaction ends; return (head, rows of `then`). Raises where there is none.

    `then` is what to ask as soon as it is locked (`ahead.Asked`), in the same trip.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("The head is locked in a transaction alone.")
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    head = f"SELECT {', '.join(_columns(LedgerHead))} FROM {LedgerHead._meta.db_table}{lock}"  # noqa: S608 our own
    (row,), *found = fetched_together(Asked(None, head), *([then] if then else []))
    return _row(LedgerHead, row), *(found or [None])


def move_head(head, before):
    """Write the locked head, moved on from the position `before`. Raises IntegrityError unless entries lead to it."""
    with connection.cursor() as cursor:
        cursor.execute(MOVED, [head.position, head.digest, head.position - before, before])
        if not cursor.fetchall():
            raise IntegrityError(f"Undo this write: its ledger entries do not lead from {before} to {head.position}.")


def add_to_tallies(rows):
    """Add to the counts of tallies: each row is (by, status, key, classification, how many more or, below 0, fewer)."""
    places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(TALLIED.format(places=places), [value for row in rows for value in row])


def owners_of(token_key, used_since):
    """Yield (token, whether it was used since that time, role or None) for tokens of a key that have not expired.

    There is a row for each role; each token has its user, and that its organisation. As most requests ask for it next,
    `heads` of the token has what `last_entry` would return for the feed, by the readers.
    """
    now, since = (connection.ops.adapt_datetimefield_value(moment) for moment in (timezone.now(), used_since))
    for row in fetched(OWNERS, since, token_key, now):
        values = iter(row)
        token = Token.from_db(connection.alias, TOKEN, list(islice(values, len(TOKEN))))
        token.user = User.from_db(connection.alias, USER, list(islice(values, len(USER))))
        body = Organisation.from_db(connection.alias, BODY, list(islice(values, len(BODY))))
        if token.user.organisation_id:
            token.user.organisation = body
        token.heads = dict(zip(READERS, map(_entry, islice(values, len(READERS))), strict=True))
        used, role = values
        yield token, bool(used), role


def _entry(text):
    """Return (position, digest) of an entry in one column's words, or None where there is none."""
    position, _, digest = (text or "").partition("-")
    return (int(position), digest) if position else None


def last_entry(readers, kind=None):
    """Return (position, digest) of the last entry at which a document changed for readers, of the feed or of one kind.

    `readers` is their column (`documents.COLUMN_FOR`). There is None where they have no document.
    """
    which = "kind = %s" if kind else "in_feed"
    statement = HEAD.format(columns="position, digest", which=which, readers=readers)
    found = fetched(statement, *([kind] if kind else []))
    return found[0] if found else None


class Kept(NamedTuple):
    """A kept document: the key of its item, its text and the position at which it last changed."""

    object_id: int
    body: str
    position: int


class Documents:
    """Documents of one kind for readers, by the keys of their items: as much of a queryset as pages of them need."""

    def __init__(self, kind, readers, descending=False, bound=None):
        self.kind, self.readers, self.descending, self.bound = kind, readers, descending, bound

    def order_by(self, column):
        return Documents(self.kind, self.readers, column.startswith("-"), self.bound)

    def filter(self, **bound):
        """Keep those after or before a key: `object_id__gt` or `object_id__lt`."""
        ((lookup, key),) = bound.items()
        return Documents(self.kind, self.readers, self.descending, ({"gt": ">", "lt": "<"}[lookup[-2:]], int(key)))

    def __getitem__(self, which):
        sign, key = self.bound or (">", 0)
        order = f"object_id {sign} %s ORDER BY object_id{' DESC' * self.descending} LIMIT %s OFFSET %s"
        statement = KEPT.format(columns=", ".join(Kept._fields), readers=self.readers, which=order)
        return [Kept(*row) for row in fetched(statement, self.kind, key, which.stop - which.start, which.start)]


def document_of(model, kind, readers, **key):
    """Return the `Kept` document of the row that one column names, or None."""
    ((name, value),) = key.items()
    item = f"object_id = (SELECT id FROM {model._meta.db_table} WHERE {_field(model, name).column} = %s)"  # noqa: S608 names of our own
    found = fetched(KEPT.format(columns=", ".join(Kept._fields), readers=readers, which=item), kind, value, of=Document)
    return Kept(*found[0]) if found else None


class Change(NamedTuple):
    """An item of the feed: a document, or a tombstone where the body is None."""

    kind: str
    reference: str
    body: str | None
    position: int


def changes_after(position, readers, most):
    """Return the `Change`s after a position that readers may see, in order, at most so many."""
    return [Change(*row) for row in fetched(CHANGED.format(readers=readers), position, most)]
