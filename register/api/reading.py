"""Who reads, and the register of which moment."""

from dataclasses import dataclass

from django.utils.functional import cached_property
from rest_framework.exceptions import PermissionDenied

from register.api.filters import parse_moment
from register.documents.serving import Head, get_clearance, get_head
from register.documents.sources import get_position_at
from register.models import User, clearance


@dataclass
class Reading:
    """One request's reader. `position` is the ledger position that `as_at` was resolved to, or None for now.

    `heads` are those that were read with the reader's token; a session has none.
    """

    user: User
    position: int | None = None
    heads: dict[str, Head] | None = None

    @cached_property
    def seen(self):
        return clearance(self.user)

    @cached_property
    def head(self):
        """The last entry at which anything changed that this reader may see, as it was at first."""
        return self.heads[get_clearance(self.user)] if self.heads else get_head(self.user)


def get_reading(request):
    """Return the `Reading` of a request. Raises PermissionDenied for a login without a role, ValidationError."""
    reading = Reading(request.user, heads=getattr(request.auth, "heads", None))
    if not reading.seen:
        raise PermissionDenied("Ask for a role first: this login may read nothing.")
    if (text := request.query_params.get("as_at")) is not None:
        reading.position = get_position_at(parse_moment("as_at", text))
    return reading
