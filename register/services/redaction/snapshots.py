"""Empty a snapshot in the history that should not have been recorded: a leaked secret, personal data."""

from typing import Any

from register.ledger.audited_models import get_history_models
from register.ledger.digests import remains_digest
from register.ledger.triggers import get_free_text_columns
from register.ledger.unit_of_work import record, unit_of_work
from register.models import LedgerEntry, Redaction, User
from register.refusals import Refused
from register.services.cleaning import clean_row, require_text
from register.services.permissions import require_role
from register.vocabulary import Role


def redact(position: int, *, by: User, reason: str) -> dict[str, list[int]]:
    """Empty the free text and the salt recorded at a ledger position.

    Returns {column: positions} of the same row's other snapshots that still hold the same text.

    The entry keeps its digest, so the chain still verifies; a ledger entry of its own says who redacted and why. The
    live row is not touched: edit that first. Raises NotPermitted, Refused.
    """
    require_role(by, Role.APPROVER, to="redact")
    reason = require_text(reason, "Give a reason for the redaction.")
    with unit_of_work():
        entry = _get_redactable_entry(position)
        history = get_history_models()[entry.model]
        row = history.objects.get(history_id=entry.history_id)
        spilled = {column: getattr(row, column) for column in get_free_text_columns(history)}
        for column in spilled:
            setattr(row, column, None)
        redaction = Redaction(position=position, reason=reason, redacted_by=by, remains=remains_digest(row))
        # The triggers allow the update below because this row is there.
        record(clean_row(redaction), by=by, reason=reason)
        history.objects.filter(history_id=row.history_id).update(**dict.fromkeys(spilled))
        LedgerEntry.objects.filter(position=position).update(salt=None)
        return _find_same_texts(entry, row, spilled)


def _get_redactable_entry(position: int) -> LedgerEntry:
    entry = LedgerEntry.objects.filter(position=position).first()
    if entry is None:
        raise Refused(f"There is no entry at position {position}.")
    if entry.salt is None:
        raise Refused(f"Position {position} is redacted already.")
    return entry


def _find_same_texts(entry: LedgerEntry, row: Any, spilled: dict[str, str | None]) -> dict[str, list[int]]:
    """Return {column: positions} of the same row's other snapshots that hold the same text."""
    others = {}
    for column, text in spilled.items():
        if text:
            ids = type(row).objects.filter(**{"id": row.id, column: text}).values("history_id")
            positions = LedgerEntry.objects.filter(model=entry.model, history_id__in=ids)
            others[column] = list(positions.values_list("position", flat=True))
    return {column: positions for column, positions in others.items() if positions}
