"""Which ledger entries a reader gets with their snapshots, and which as positions and digests alone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import ForeignKey

from register.ledger.audited_models import get_audited_models, load_history_rows
from register.ledger.digests import canonical_json
from register.models import LedgerEntry, clearance
from register.models.visibility import Reader


def get_entries_with_snapshots(entries: Sequence[LedgerEntry], user: Reader) -> list[tuple[LedgerEntry, str | None]]:
    """Return [(entry, snapshot)] in order; the snapshot is canonical JSON, or None where the user may not read it.

    A user may read a snapshot of an object that is visible to the user now and was under its classification then,
    where everything that the snapshot refers to is visible too. Nobody may read those of logins, which hold personal
    data, nor those of rows that were recorded anew: these tell only that another row changed, which may be hidden.
    """
    rows = load_history_rows([entry for entry in entries if entry.salt is not None])
    seen = clearance(user)
    changed = {key: row for key, row in rows.items() if not row.recorded_anew}
    candidates = {key: row for key, row in changed.items() if getattr(row, "classification", None) in (None, *seen)}
    visible = _find_visible_objects(candidates, user)
    snapshots = {
        key: canonical_json(row).decode()
        for key, row in candidates.items()
        if _get_referenced_objects(key[0], row) <= visible
    }
    return [(entry, snapshots.get((entry.model, entry.history_id))) for entry in entries]


def _find_visible_objects(rows: Mapping[tuple[str, int], Any], user: Reader) -> set[tuple[str, int]]:
    """Return {(model's name, id)} of what the user may see of all objects that these rows are of or refer to."""
    wanted = defaultdict(set)
    for (name, _), row in rows.items():
        for model, pk in _get_referenced_objects(name, row):
            wanted[model].add(pk)
    models = get_audited_models()
    visible = set()
    for name, keys in wanted.items():
        objects = models[name].objects
        if hasattr(objects.all(), "visible_to"):
            visible |= {(name, pk) for pk in objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)}
    return visible


def _get_referenced_objects(name: str, row: Any) -> set[tuple[str, int]]:
    """Return {(model's name, id)} of a history row's own object and of those that it refers to, without logins."""
    models = get_audited_models()
    keys = {(name, row.id)}
    for column in models[name]._meta.concrete_fields:
        if isinstance(column, ForeignKey) and (pk := getattr(row, column.attname, None)):
            keys.add((str(column.related_model._meta.model_name), pk))
    return {(model, pk) for model, pk in keys if model != "user" or name == "user"}
