"""Private addresses of Atom feeds: one for each user, of which only a hash is stored."""

import hashlib
import secrets

from register.models import AtomAddress, User


def make_address(user: User) -> str:
    """Make the secret of a user's feed address and return it; only its hash is stored. It replaces the one before."""
    secret = secrets.token_urlsafe(32)
    AtomAddress.objects.update_or_create(user=user, defaults={"digest": _digest(secret)})
    return secret


def revoke_address(user: User) -> bool:
    """Delete a user's feed address; return whether there was one."""
    gone, _ = AtomAddress.objects.filter(user=user).delete()
    return bool(gone)


def get_reader(secret: str) -> User | None:
    """Return the active user whose feed address has this secret, or None."""
    address = AtomAddress.objects.select_related("user").filter(digest=_digest(secret), user__is_active=True).first()
    return address.user if address else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
