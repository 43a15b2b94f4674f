from contextlib import suppress
from datetime import timedelta

from django.db import OperationalError
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

LAST_USE_KEPT_FOR = timedelta(hours=1)


class BearerAuthentication(TokenAuthentication):
    """knox tokens as RFC 6750 bearer tokens. When one was last used is written at most once an hour."""

    def authenticate_credentials(self, token):
        try:
            token.decode("ascii")
        except UnicodeDecodeError:
            raise AuthenticationFailed("Invalid token.") from None
        user, auth_token = super().authenticate_credentials(token)
        self._note_use(auth_token)
        return user, auth_token

    def _cleanup_token(self, auth_token):
        """Return whether a token has expired. The package would delete it too, but a read writes nothing."""
        return auth_token.expiry is not None and auth_token.expiry < timezone.now()

    def _note_use(self, auth_token):
        now = timezone.now()
        if auth_token.last_used_at is None or now - auth_token.last_used_at > LAST_USE_KEPT_FOR:
            auth_token.last_used_at = now
            with suppress(OperationalError):  # a read does not fail because a writer holds SQLite's lock
                auth_token.save(update_fields=["last_used_at"])


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer"}
