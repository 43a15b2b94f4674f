"""Whether what somebody saw of the ledger is part of it still: after a backup was put back, it may not be."""

from register.models import LedgerEntry


def has_entry(position: int, digest: str) -> bool:
    """Return whether the entry at a position has a digest that begins so.

    A digest is chained to all before it, so that everything up to there is then as it was.
    """
    return LedgerEntry.objects.filter(position=position, digest__startswith=digest).exists()
