"""Canonical text (`chain.canonical_text`) as the database words it: in Python, most of a verification went into it.

Where the database's text does not have the digest, `verify` asks Python's. So no row is refused that Python would pass;
and none is passed that Python would refuse, for here too what differs is worded differently: whatever a column was made
to hold, or was made into. On PostgreSQL every function is the catalogue's own, so that none of the same name that the
database's owner made speaks for it.
"""

import re
from functools import cache
from json.encoder import encode_basestring_ascii

from django.db import connection, models

from register.ledger.chain import model_name

# SQLite holds anything in any column: what is not of its type must not read as if it were, so it gets a mark.
_OF_TYPE = "CASE typeof({{0}}) WHEN '{type}' THEN {said} WHEN 'null' THEN NULL ELSE '?' || quote({{0}}) END"
_MOMENT = "replace({0}, ' ', 'T') || '+00:00'"
_DAY_FORMAT, _MOMENT_FORMAT = "YYYY-MM-DDBC", 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"BC'
# Before our era, and without end, a date is none that the register wrote: it must not read like one.
_FORMATTED = "coalesce(pg_catalog.replace(pg_catalog.to_char({of}, '{format}'), 'AD', ''), {{0}}::pg_catalog.text)"
# A day or a moment as canonical text has it between its quotation marks; anything else as it is held.
_PLAIN = {
    ("sqlite", models.DateField): _OF_TYPE.format(type="text", said="{0}"),
    ("sqlite", models.DateTimeField): _OF_TYPE.format(type="text", said=_MOMENT),
    ("sqlite", models.BooleanField): "+{0}",  # past what would make a truth value of any number
    ("postgresql", models.DateField): _FORMATTED.format(of="{0}", format=_DAY_FORMAT),
    ("postgresql", models.DateTimeField): "pg_catalog.replace({}, '.000000', '')".format(
        _FORMATTED.format(of="{0} AT TIME ZONE 'UTC'", format=_MOMENT_FORMAT)
    ),
}
_QUOTED = "pg_catalog.to_json({}::pg_catalog.text)::pg_catalog.text"
_VALUES = {
    "sqlite": [
        (models.BooleanField, "CASE {0} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE '?' || quote({0}) END"),
        (models.DateTimeField, _OF_TYPE.format(type="text", said=f"json_quote({_MOMENT})")),
        ((models.IntegerField, models.ForeignKey), _OF_TYPE.format(type="integer", said="{0}")),
        ((models.DateField, models.CharField, models.TextField), _OF_TYPE.format(type="text", said="json_quote({0})")),
    ],
    "postgresql": [
        (models.DateTimeField, _QUOTED.format(_PLAIN["postgresql", models.DateTimeField])),
        (models.DateField, _QUOTED.format(_PLAIN["postgresql", models.DateField])),
        # Whatever is no number or truth value is quoted.
        (
            (models.BooleanField, models.IntegerField, models.ForeignKey),
            "pg_catalog.to_json({0})::pg_catalog.text",
        ),
        ((models.CharField, models.TextField), _QUOTED.format("{0}")),
    ],
}
_TOGETHER = {
    "sqlite": lambda pieces: " || ".join(pieces),
    "postgresql": lambda pieces: f"pg_catalog.concat({', '.join(pieces)})",
}


def plain(alias, field):
    """Return the SQL of a column for canonical text to be made of: days and moments are worded already."""
    return _PLAIN.get((connection.vendor, type(field)), "{0}").format(f"{alias}.{field.column}")


@cache
def worded(alias, history_model):
    """Return the SQL of the canonical text of a history row, but for what `escaped` does to it.

    A column that is NULL leaves out its whole piece, comma and all; the model's own name, never empty, has none.
    """
    values = {field.attname: _value(alias, field) for field in history_model._meta.concrete_fields}
    names = sorted(values, key=lambda name: f'"{name}":')
    before = [_piece(f"""'"{name}":'""", values[name], "','") for name in names if f'"{name}":' < '"model":']
    after = [_piece(f"""',"{name}":'""", values[name]) for name in names if f'"{name}":' > '"model":']
    return _TOGETHER[connection.vendor](["'{'", *before, f"""'"model":"{model_name(history_model)}"'""", *after, "'}'"])


def _piece(*parts):
    """Return the SQL of parts of a text that stand together, the second of them a (column, its SQL); empty without."""
    column = parts[1][0]
    said = _TOGETHER[connection.vendor]([parts[0], parts[1][1], *parts[2:]])
    return f"CASE WHEN {column} IS NULL THEN '' ELSE {said} END"


def _value(alias, field):
    """Return (column, the SQL of what canonical text has of it where it is not NULL)."""
    column = f"{alias}.{field.column}"
    said = next(said for kinds, said in _VALUES[connection.vendor] if isinstance(field, kinds))
    return column, said.format(column)


_UNSEEN = "\x7f"
_NOT_PLAIN = re.compile(f"[^\x00-\x7f]|{_UNSEEN}")


def escaped(text):
    """Return text of the database with what Python escapes beside it (what is not ASCII, and DEL) escaped, in bytes."""
    if not text.isascii() or _UNSEEN in text:
        text = _NOT_PLAIN.sub(lambda sign: encode_basestring_ascii(sign[0])[1:-1], text)
    return text.encode()
