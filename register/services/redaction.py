"""Empty a recorded snapshot that should never have been recorded: a spilled secret, personal data."""

from register.documents.keeping import writing
from register.ledger.chain import history_models, record
from register.ledger.triggers import free_text
from register.ledger.verify import remains_digest
from register.models import LedgerEntry, Redaction
from register.refusals import Refused
from register.services.door import cleaned, needed, require_role
from register.words import Role


def redact(position, *, by, reason):
    """Empty the free text and the salt recorded at a position; return the positions where the same text still stands.

    The entry keeps its digest, so the chain still verifies; a ledger entry of its own says who redacted and why. The
    live row is not touched: edit that first. Raises NotPermitted, Refused.
    """
    require_role(by, Role.APPROVER, to="redact")
    reason = needed(reason, "Give a reason for the redaction.")
    with writing():
        entry = _redactable(position)
        history = history_models()[entry.model]
        row = history.objects.get(history_id=entry.history_id)
        spilled = {column: getattr(row, column) for column in free_text(history)}
        for column in spilled:
            setattr(row, column, None)
        redaction = Redaction(position=position, reason=reason, redacted_by=by, remains=remains_digest(row))
        # The triggers let the emptying pass because this announces it.
        record(cleaned(redaction), by=by, reason=reason)
        history.objects.filter(history_id=row.history_id).update(**dict.fromkeys(spilled))
        LedgerEntry.objects.filter(position=position).update(salt=None)
        return _still_standing(entry, row, spilled)


def _redactable(position):
    entry = LedgerEntry.objects.filter(position=position).first()
    if entry is None:
        raise Refused(f"There is no entry at position {position}.")
    if entry.salt is None:
        raise Refused(f"Position {position} is redacted already.")
    return entry


def _still_standing(entry, row, spilled):
    """Return {column: positions} for the same object's other snapshots that hold the same text."""
    others = {}
    for column, text in spilled.items():
        if text:
            ids = type(row).objects.filter(**{"id": row.id, column: text}).values("history_id")
            positions = LedgerEntry.objects.filter(model=entry.model, history_id__in=ids)
            others[column] = list(positions.values_list("position", flat=True))
    return {column: positions for column, positions in others.items() if positions}
