"""Days, moments and, on SQLite, whole snapshots in canonical text (`chain.canonical_text`) as the database words them.

In Python, most of a verification went into it. PostgreSQL takes as long over a whole snapshot as Python does, so there
only days and moments are its to word; and every function is the catalogue's own, so that none of the same name that
the database's owner made speaks for it.

Where the database's text does not have the digest, `verify` asks Python's. So no row is refused that Python would pass;
and none is passed that Python would refuse, for here too what differs is worded differently, whatever a column holds.
"""

import re
from functools import cache
from json.encoder import encode_basestring_ascii

from django.db import connection, models

from register.ledger.chain import model_name

# SQLite holds anything in any column: what is not of its type must not read as if it were, so it gets a mark.
_OF_TYPE = "CASE typeof({{0}}) WHEN '{type}' THEN {said} WHEN 'null' THEN NULL ELSE '?' || quote({{0}}) END"
_MOMENT = "replace({0}, ' ', 'T') || '+00:00'"
# Before our era, and without end, a date is none that the register wrote: it must not read like one.
_FORMATTED = "coalesce(pg_catalog.replace(pg_catalog.to_char({of}, '{format}'), 'AD', ''), {{0}}::pg_catalog.text)"
# A day or a moment as canonical text has it between its quotation marks; anything else as it is held.
_PLAIN = {
    ("sqlite", models.DateField): _OF_TYPE.format(type="text", said="{0}"),
    ("sqlite", models.DateTimeField): _OF_TYPE.format(type="text", said=_MOMENT),
    ("sqlite", models.BooleanField): "+{0}",  # past what would make a truth value of any number
    ("postgresql", models.DateField): _FORMATTED.format(of="{0}", format="YYYY-MM-DDBC"),
    ("postgresql", models.DateTimeField): "pg_catalog.replace({}, '.000000', '')".format(
        _FORMATTED.format(of="{0} AT TIME ZONE 'UTC'", format='YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"BC')
    ),
}
_TRUTH = "CASE WHEN {0} IS NULL THEN NULL WHEN {0} = 1 THEN 'true' WHEN {0} = 0 THEN 'false' ELSE '?' || quote({0}) END"
_VALUES = [
    (models.BooleanField, _TRUTH),
    (models.DateTimeField, _OF_TYPE.format(type="text", said=f"json_quote({_MOMENT})")),
    ((models.IntegerField, models.ForeignKey), _OF_TYPE.format(type="integer", said="{0}")),
    ((models.DateField, models.CharField, models.TextField), _OF_TYPE.format(type="text", said="json_quote({0})")),
]


def words_snapshots():
    """True where the database words whole snapshots."""
    return connection.vendor == "sqlite"


def plain(alias, field):
    """Return the SQL of a column for canonical text to be made of: days and moments are worded already."""
    return _PLAIN.get((connection.vendor, type(field)), "{0}").format(f"{alias}.{field.column}")


@cache
def worded(alias, history_model):
    """Return the SQL of the canonical text of a history row on SQLite, but for what `escaped` does to it.

    A column that is NULL leaves out its whole piece, comma and all; the model's own name, never empty, has none.
    """
    values = {field.attname: _value(alias, field) for field in history_model._meta.concrete_fields}
    names = sorted(values, key=lambda name: f'"{name}":')
    before = [f"""'"{name}":' || {values[name]} || ','""" for name in names if f'"{name}":' < '"model":']
    after = [f"""',"{name}":' || {values[name]}""" for name in names if f'"{name}":' > '"model":']
    pieces = [f"coalesce({piece}, '')" for piece in [*before, f"""'"model":"{model_name(history_model)}"'""", *after]]
    return " || ".join(["'{'", *pieces, "'}'"])


def _value(alias, field):
    """Return the SQL of what canonical text has of a column: NULL where it is."""
    said = next(said for kinds, said in _VALUES if isinstance(field, kinds))
    return said.format(f"{alias}.{field.column}")


_UNSEEN = "\x7f"
_NOT_PLAIN = re.compile(f"[^\x00-\x7f]|{_UNSEEN}")


def escaped(text):
    """Return text of the database with what Python escapes beside it (what is not ASCII, and DEL) escaped, in bytes."""
    if not text.isascii() or _UNSEEN in text:
        text = _NOT_PLAIN.sub(lambda sign: encode_basestring_ascii(sign[0])[1:-1], text)
    return text.encode()
