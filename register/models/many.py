"""Write many rows of a model with a statement that is made once: Django composes it anew for each of them.

A row is anything that has the model's columns as attributes: to make an instance of the model first takes longer than
to insert it. The caller holds the head lock (`ledger.chain.writing`). Each raises IntegrityError where a constraint
refuses a row.
"""

from datetime import date, datetime
from functools import cache
from operator import attrgetter

from django.db import connection, connections

from register.models.trips import apart

FEW_ROWS = 20  # up to so many PostgreSQL takes as one INSERT sooner than as a COPY


def insert_many(model, rows):
    """Insert checked new rows of a model, and give each its key: all of them have one already, or none."""
    if rows:
        copied = connection.vendor == "postgresql" and len(rows) > FEW_ROWS
        (_copy if copied else _insert)(model, rows)


def update_many(model, rows, only=None):
    """Update checked rows of a model by their keys: all columns, or only those of these names."""
    if not rows or only == []:
        return
    key = model._meta.pk
    columns = [*(field for field in _columns(model, keyed=False) if only is None or field.attname in only), key]
    settings = ", ".join(f"{field.column} = %s" for field in columns[:-1])
    statement = f"UPDATE {model._meta.db_table} SET {settings} WHERE {key.column} = %s"  # noqa: S608 names of our own
    with connection.cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(statement, next(_given(rows, columns)))
        else:
            cursor.executemany(statement, _given(rows, columns))


def _insert(model, rows):
    key = model._meta.pk
    columns = _columns(model, keyed=getattr(rows[0], key.attname, None) is not None)
    places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
    statement = f"INSERT INTO {_named(model, columns)} VALUES {places} RETURNING {key.column}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for row in _given(rows, columns) for value in row])
        _number(model, rows, cursor.fetchall())


def _copy(model, rows):
    columns, key = _columns(model, keyed=True), model._meta.pk
    with apart(), connection.cursor() as cursor, connection.wrap_database_errors:
        if getattr(rows[0], key.attname, None) is None:
            given = [model._meta.db_table, key.column, len(rows)]
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", given)
            _number(model, rows, cursor.fetchall())
        with cursor.copy(f"COPY {_named(model, columns)} FROM STDIN") as copy:
            for row in _given(rows, columns):
                copy.write_row(row)


def _number(model, rows, keys):
    for row, (key,) in zip(rows, keys, strict=True):
        setattr(row, model._meta.pk.attname, key)


@cache
def _columns(model, keyed):
    fields = model._meta.concrete_fields
    return [field for field in fields if not field.generated and (keyed or not field.primary_key)]


def _named(model, columns):
    return f"{model._meta.db_table} ({', '.join(field.column for field in columns)})"


_AS_IT_IS = {str, int, bool, type(None)}


def _given(rows, columns):
    """Yield what the database is given for these columns of each row."""
    held, engine = attrgetter(*(field.attname for field in columns)), connections[connection.alias]
    adapt = {date: engine.ops.adapt_datefield_value, datetime: engine.ops.adapt_datetimefield_value}
    for row in rows:
        values = zip(columns, held(row), strict=True)
        yield [value if type(value) in _AS_IT_IS else _adapted(field, value, adapt, engine) for field, value in values]


def _adapted(field, value, adapt, engine):
    known = adapt.get(type(value))
    return known(value) if known else field.get_db_prep_save(value, engine)
