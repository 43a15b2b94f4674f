"""The private addresses of Atom feeds: one a person, shown once, replaced or revoked at will."""

import hashlib
import secrets

from register.models import AtomAddress, User


def new_address(user: User) -> str:
    """Make a new secret for a person's feed and return it, this once; the one before stops working."""
    secret = secrets.token_urlsafe(32)
    AtomAddress.objects.update_or_create(user=user, defaults={"digest": _digest(secret)})
    return secret


def revoke_address(user: User) -> bool:
    """Let a person's feed address work no more; return whether there was one."""
    gone, _ = AtomAddress.objects.filter(user=user).delete()
    return bool(gone)


def reader_of(secret: str) -> User | None:
    """Return the active user whose feed it is, or None."""
    address = AtomAddress.objects.select_related("user").filter(digest=_digest(secret), user__is_active=True).first()
    return address.user if address else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
