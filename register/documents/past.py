"""Documents as they were: made from history, for one clearance, at one ledger position."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from register.documents.building import dump_json, load_rows, read_row
from register.documents.kinds import Kind
from register.documents.serving import add_version, get_clearance
from register.documents.sources import Past
from register.ledger.audited_models import get_last_positions
from register.models import Document, User, clearance


def get_past_rows(kind: Kind, position: int, user: User) -> QuerySet:
    """Return the history rows of a kind at a position that a reader may see: visible then, and visible now."""
    rows = Past(position).get_versions(kind.model)
    if hasattr(kind.model, "classification"):
        now = kind.model.objects.visible_to(user).values("pk")
        rows = rows.filter(id__in=now, classification__in=clearance(user))
    return rows


def get_past_documents(kind: Kind, keys: Collection[int], position: int, user: User) -> dict[int, str]:
    """Return {key: document as JSON} of a kind at a position, as a reader may see them."""
    source, readers = Past(position), get_clearance(user) or ""
    readings = {key: read_row(kind, row).get(readers) for key, row in load_rows(kind, keys, source).items()}
    shown = {key: reading.document for key, reading in readings.items() if reading}
    versions = _get_versions(kind, list(shown), source, user)
    return {key: add_version(dump_json(document), versions[key]) for key, document in shown.items()}


def _get_versions(kind: Kind, keys: list[int], source: Past, user: User) -> dict[int, int]:
    """Return {key: version}: the one kept for this reader where it is no later, else the item's own last change then.

    What else changed a document then is not looked for: some of it may be hidden from the reader now.
    """
    kept: Any = Document.objects.visible_to(user).present().filter(kind=kind.name, object_id__in=keys)
    now = dict(kept.values_list("object_id", "position"))
    own = source.get_history(kind.model).filter(id__in=keys, recorded_anew=None)
    last = get_last_positions(kind.model, own)
    return last | {key: position for key, position in now.items() if position <= source.position}
