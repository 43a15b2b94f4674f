"""Write many rows of a model with a statement that is made once: Django composes it anew for each of them.

The caller holds the head lock (`ledger.chain.writing`). Each raises IntegrityError where a constraint refuses a row.
"""

from functools import cache
from operator import attrgetter

from django.db import connection, connections

FEW = 20  # up to so many rows PostgreSQL takes as one INSERT sooner than as a COPY


def insert_many(instances):
    """Insert checked new instances of one model, and give each its key: all of them have one already, or none."""
    if not instances:
        return
    copied = connection.vendor == "postgresql" and len(instances) > FEW
    (_copy if copied else _insert)(type(instances[0]), instances)
    for instance in instances:
        instance._state.adding, instance._state.db = False, connection.alias


def update_many(instances):
    """Update the rows of checked instances of one model."""
    if not instances:
        return
    model, key = type(instances[0]), type(instances[0])._meta.pk
    columns = [*_columns(model, keyed=False), key]
    settings = ", ".join(f"{field.column} = %s" for field in columns[:-1])
    statement = f"UPDATE {model._meta.db_table} SET {settings} WHERE {key.column} = %s"  # noqa: S608 names of our own
    with connection.cursor() as cursor:
        if len(instances) == 1:
            cursor.execute(statement, next(_rows(instances, columns)))
        else:
            cursor.executemany(statement, _rows(instances, columns))


def _insert(model, instances):
    columns = _columns(model, keyed=instances[0].pk is not None)
    places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(instances))
    statement = f"INSERT INTO {_named(model, columns)} VALUES {places} RETURNING {model._meta.pk.column}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for row in _rows(instances, columns) for value in row])
        for instance, (key,) in zip(instances, cursor.fetchall(), strict=True):
            instance.pk = key


def _copy(model, instances):
    columns = _columns(model, keyed=True)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if instances[0].pk is None:
            _number(cursor, model, instances)
        with cursor.copy(f"COPY {_named(model, columns)} FROM STDIN") as copy:
            for row in _rows(instances, columns):
                copy.write_row(row)


def _number(cursor, model, instances):
    given = [model._meta.db_table, model._meta.pk.column, len(instances)]
    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", given)
    for instance, (key,) in zip(instances, cursor.fetchall(), strict=True):
        instance.pk = key


@cache
def _columns(model, keyed):
    fields = model._meta.concrete_fields
    return [field for field in fields if not field.generated and (keyed or not field.primary_key)]


def _named(model, columns):
    return f"{model._meta.db_table} ({', '.join(field.column for field in columns)})"


_AS_IT_IS = {str, int, bool, type(None)}


def _rows(instances, columns):
    """Yield what the database is given for these columns of each instance."""
    held, engine = attrgetter(*(field.attname for field in columns)), connections[connection.alias]
    for instance in instances:
        values = zip(columns, held(instance), strict=True)
        yield [value if type(value) in _AS_IT_IS else field.get_db_prep_save(value, engine) for field, value in values]
