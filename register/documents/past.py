"""Documents as they were: built from history, for one clearance, at one ledger position."""

from register.documents.building import BUILDERS
from register.documents.comparing import text_of
from register.documents.serving import with_version
from register.documents.sources import Past
from register.ledger.chain import last_own_positions
from register.models import Document, clearance


def past_rows(kind, position, user):
    """Return the history rows of a kind at a position that a reader may see: visible then, and visible now."""
    model = BUILDERS[kind].model
    rows = Past(position).queryset(model)
    if hasattr(model, "classification"):
        now = model.objects.visible_to(user).values("pk")
        rows = rows.filter(id__in=now, classification__in=clearance(user))
    return rows


def past_texts(kind, keys, position, user):
    """Return {key: text} of the documents of a kind at a position, as a reader may see them."""
    source = Past(position)
    builder, seen = BUILDERS[kind](keys, source), clearance(user)
    built = {key: said[1] for key in keys if (said := builder.document(key, seen))}
    versions = _versions(kind, list(built), source, user)
    return {key: with_version(text_of(document), versions[key]) for key, document in built.items()}


def _versions(kind, keys, source, user):
    """Return {key: version}: the one kept for this reader where it is no later, else the item's own last change then.

    What else changed a document then is not looked for: some of it may be hidden from the reader now.
    """
    kept = Document.objects.visible_to(user).standing().filter(kind=kind, object_id__in=keys)
    now = dict(kept.values_list("object_id", "position"))
    model = BUILDERS[kind].model
    own = source.up_to(model).filter(id__in=keys).filter(recorded_anew=None)
    return last_own_positions(model, own) | {key: last for key, last in now.items() if last <= source.position}
