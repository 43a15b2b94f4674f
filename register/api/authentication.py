import binascii
from contextlib import suppress
from datetime import timedelta
from hmac import compare_digest

from django.db import OperationalError
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from register.models.statements import owners_of

LAST_USE_KEPT_FOR = timedelta(hours=1)


class BearerAuthentication(TokenAuthentication):
    """knox tokens as RFC 6750 bearer tokens. When one was last used is written at most once an hour."""

    def authenticate_credentials(self, token):
        """Return (user, token), with the user's roles, in one statement: every request of a feed comes through here."""
        try:
            digest, key = hash_token(token.decode("ascii")), token.decode("ascii")[: CONSTANTS.TOKEN_KEY_LENGTH]
        except (UnicodeDecodeError, TypeError, binascii.Error):
            raise AuthenticationFailed("Invalid token.") from None
        rows = [
            row for row in owners_of(key, timezone.now() - LAST_USE_KEPT_FOR) if compare_digest(row[0].digest, digest)
        ]
        if not rows:
            raise AuthenticationFailed("Invalid token.")
        found, used_lately, _ = rows[0]
        found.user.know_roles(role for _, _, role in rows if role)
        if not used_lately:
            _note_use(found)
        return self.validate_user(found)


def _note_use(token):
    token.last_used_at = timezone.now()
    with suppress(OperationalError):  # a read does not fail because a writer holds SQLite's lock
        token.save(update_fields=["last_used_at"])


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer"}
