"""Canonical text (`chain.canonical_text`) as the database words it: in Python, most of a verification went into it.

Where the database's text does not have the digest, `verify` asks Python's. So no row is refused that Python would pass;
and none is passed that Python would refuse, for here too what differs is worded differently.
"""

import re
from functools import cache
from json.encoder import encode_basestring_ascii

from django.db import connection, models

from register.ledger.chain import model_name

# SQLite holds anything in any column: what is not of its type must not read as if it were, so it gets a mark.
_OF_TYPE = "CASE typeof({{0}}) WHEN '{type}' THEN {said} ELSE '?' || {{0}} END"
_MOMENT = "replace({0}, ' ', 'T') || '+00:00'"
# A day or a moment as canonical text has it between its quotation marks.
_DAYS = {
    ("sqlite", models.DateField): _OF_TYPE.format(type="text", said="{0}"),
    ("sqlite", models.DateTimeField): _OF_TYPE.format(type="text", said=_MOMENT),
    # Before our era, and without end, a date is none that the register wrote: it must not read like one.
    ("postgresql", models.DateField): "coalesce(replace(to_char({0}, 'YYYY-MM-DDBC'), 'AD', ''), {0}::text)",
    ("postgresql", models.DateTimeField): (
        "coalesce(replace(replace(to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.USBC'), 'AD', ''), "
        "'.000000', '') || '+00:00', {0}::text)"
    ),
}
_VALUES = {
    "sqlite": [
        (models.BooleanField, "CASE {0} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE '?' || {0} END"),
        (models.DateTimeField, _OF_TYPE.format(type="text", said=f"json_quote({_MOMENT})")),
        ((models.IntegerField, models.ForeignKey), _OF_TYPE.format(type="integer", said="{0}")),
        ((models.DateField, models.CharField, models.TextField), _OF_TYPE.format(type="text", said="json_quote({0})")),
    ],
    "postgresql": [
        (models.DateTimeField, f"'\"' || {_DAYS['postgresql', models.DateTimeField]} || '\"'"),
        (models.DateField, f"'\"' || {_DAYS['postgresql', models.DateField]} || '\"'"),
        ((models.BooleanField, models.IntegerField, models.ForeignKey), "{0}::text"),
        ((models.CharField, models.TextField), "to_json({0})::text"),
    ],
}
_TOGETHER = {
    "sqlite": lambda pieces: " || ".join(f"coalesce({piece}, '')" for piece in pieces),
    "postgresql": lambda pieces: f"concat({', '.join(pieces)})",  # which leaves out what is NULL
}


def day_or_moment(alias, field):
    """Return the SQL of a column as canonical text has it, or as it is where that text is made of it as well."""
    return _DAYS.get((connection.vendor, type(field)), "{0}").format(f"{alias}.{field.column}")


@cache
def worded(alias, history_model):
    """Return the SQL of the canonical text of a history row, but for what `escaped` does to it.

    A column that is NULL leaves its whole piece NULL, comma and all; the model's own name, never empty, has none.
    """
    values = {field.attname: _value(alias, field) for field in history_model._meta.concrete_fields}
    names = sorted(values, key=lambda name: f'"{name}":')
    before = [f"""'"{name}":' || {values[name]} || ','""" for name in names if f'"{name}":' < '"model":']
    after = [f"""',"{name}":' || {values[name]}""" for name in names if f'"{name}":' > '"model":']
    model = f"""'"model":"{model_name(history_model)}"'"""
    return _TOGETHER[connection.vendor](["'{'", *before, model, *after, "'}'"])


def _value(alias, field):
    said = next(said for kinds, said in _VALUES[connection.vendor] if isinstance(field, kinds))
    return said.format(f"{alias}.{field.column}")


_UNSEEN = "\x7f"
_NOT_PLAIN = re.compile(f"[^\x00-\x7f]|{_UNSEEN}")


def escaped(text):
    """Return text of the database with what Python escapes beside it (what is not ASCII, and DEL) escaped, in bytes."""
    if not text.isascii() or _UNSEEN in text:
        text = _NOT_PLAIN.sub(lambda sign: encode_basestring_ascii(sign[0])[1:-1], text)
    return text.encode()
