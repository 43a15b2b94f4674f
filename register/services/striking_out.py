"""Mark a row as mistaken: it is struck out with a reason, and never deleted."""

from typing import Any, TypeVar

from register.ledger.unit_of_work import Actor, record, unit_of_work
from register.refusals import Refused
from register.services.cleaning import require_text
from register.services.permissions import require_role
from register.services.rows import reload_visible
from register.vocabulary import Role

Row = TypeVar("Row", bound=Any)


def strike_out_row(row: Row, called: str, *, by: Actor, reason: str) -> Row:
    """Mark a row with `struck_out` as mistaken; return it. `called` names its sort: link, outcome.

    Raises NotVisible, NotPermitted, Refused.
    """
    with unit_of_work():
        row = reload_visible(row, by)
        require_role(by, Role.TRIAGE, to=f"strike out {'an' if called[0] in 'aio' else 'a'} {called}")
        reason = require_text(reason, f"Give a reason: why the {called} is mistaken.")
        if row.struck_out:
            raise Refused(f"Leave it: the {called} is struck out already.")
        row.struck_out = True
        return record(row, by=by, reason=reason)
