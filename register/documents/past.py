"""Documents as they were: built from history, for one clearance, at one ledger position."""

from register.documents.building import BUILDERS
from register.documents.comparing import text_of
from register.documents.serving import with_version
from register.documents.sources import Past
from register.ledger.chain import last_positions
from register.models import clearance


def past_rows(kind, position, user):
    """Return the history rows of a kind at a position that a reader may see: visible then, and visible now."""
    model = BUILDERS[kind].model
    rows = Past(position).queryset(model)
    if hasattr(model, "classification"):
        now = model.objects.visible_to(user).values("pk")
        rows = rows.filter(id__in=now, classification__in=clearance(user))
    return rows


def past_texts(kind, keys, position, seen):
    """Return {key: text} of the documents of a kind at a position, for readers of that clearance."""
    builder = BUILDERS[kind](keys, Past(position))
    built = {key: said[1] for key in keys if (said := builder.document(key, seen))}
    versions = last_positions(builder.model, list(built), by=position)
    return {key: with_version(text_of(document), versions[key]) for key, document in built.items()}
