"""Which ledger entries a reader may read whole, and which it sees as position and digests alone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import ForeignKey

from register.ledger.audited_models import get_audited_models, load_history_rows
from register.ledger.digests import canonical_json
from register.models import LedgerEntry, clearance
from register.models.visibility import Reader


def disclosed(entries: Sequence[LedgerEntry], user: Reader) -> list[tuple[LedgerEntry, str | None]]:
    """Return [(entry, snapshot)] in order; the snapshot is canonical JSON, or None where it is not for this reader.

    A snapshot is for those who may see its object now and could then, and everything that it points at; a login's
    snapshots, which hold personal data, are for nobody here. What was only recorded anew says nothing itself, and that
    something else changed, which may be hidden: it is digests for all.
    """
    rows = load_history_rows([entry for entry in entries if entry.salt is not None])
    seen = clearance(user)
    said = {key: row for key, row in rows.items() if not row.recorded_anew}
    candidates = {key: row for key, row in said.items() if getattr(row, "classification", None) in (None, *seen)}
    visible = _visible(candidates, user)
    told = {key: canonical_json(row).decode() for key, row in candidates.items() if _pointers(key[0], row) <= visible}
    return [(entry, told.get((entry.model, entry.history_id))) for entry in entries]


def _visible(rows: Mapping[tuple[str, int], Any], user: Reader) -> set[tuple[str, int]]:
    """Return the {(model's name, id)} that the user may see, of all that these rows are of or point at."""
    wanted = defaultdict(set)
    for (name, _), row in rows.items():
        for model, pk in _pointers(name, row):
            wanted[model].add(pk)
    models = get_audited_models()
    visible = set()
    for name, keys in wanted.items():
        objects = models[name].objects
        if hasattr(objects.all(), "visible_to"):
            visible |= {(name, pk) for pk in objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)}
    return visible


def _pointers(name: str, row: Any) -> set[tuple[str, int]]:
    """Return {(model's name, id)}: the row's own object, and whatever of the register it refers to but logins."""
    models = get_audited_models()
    keys = {(name, row.id)}
    for column in models[name]._meta.concrete_fields:
        if isinstance(column, ForeignKey) and (pk := getattr(row, column.attname, None)):
            keys.add((str(column.related_model._meta.model_name), pk))
    return {(model, pk) for model, pk in keys if model != "user" or name == "user"}
