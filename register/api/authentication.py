import binascii
from contextlib import suppress
from datetime import timedelta
from hmac import compare_digest

from django.db import OperationalError
from django.db.models import F
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from register.models import Token

LAST_USE_KEPT_FOR = timedelta(hours=1)


class BearerAuthentication(TokenAuthentication):
    """knox tokens as RFC 6750 bearer tokens. When one was last used is written at most once an hour."""

    def authenticate_credentials(self, token):
        """Return (user, token), with the user's roles, in one statement: every request of a feed comes through here."""
        try:
            digest, key = hash_token(token.decode("ascii")), token.decode("ascii")[: CONSTANTS.TOKEN_KEY_LENGTH]
        except (UnicodeDecodeError, TypeError, binascii.Error):
            raise AuthenticationFailed("Invalid token.") from None
        rows = Token.objects.filter(token_key=key).select_related("user").annotate(role=F("user__groups__name"))
        rows = [row for row in rows if compare_digest(row.digest, digest) and not _expired(row)]
        if not rows:
            raise AuthenticationFailed("Invalid token.")
        rows[0].user.know_roles(row.role for row in rows if row.role)
        self._note_use(rows[0])
        return self.validate_user(rows[0])

    def _note_use(self, auth_token):
        now = timezone.now()
        if auth_token.last_used_at is None or now - auth_token.last_used_at > LAST_USE_KEPT_FOR:
            auth_token.last_used_at = now
            with suppress(OperationalError):  # a read does not fail because a writer holds SQLite's lock
                auth_token.save(update_fields=["last_used_at"])


def _expired(token):
    return token.expiry is not None and token.expiry < timezone.now()


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer"}
