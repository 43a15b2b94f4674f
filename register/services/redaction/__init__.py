"""Find words in all that is kept, and take them out: a leaked secret, personal data."""

from register.services.redaction.places import Place
from register.services.redaction.redacting import redact_everywhere, redact_places
from register.services.redaction.restricting import restrict_places
from register.services.redaction.searching import find_places, find_standing
from register.services.redaction.snapshots import redact

__all__ = ["Place", "find_places", "find_standing", "redact", "redact_everywhere", "redact_places", "restrict_places"]
