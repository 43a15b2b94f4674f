"""API tokens: who asks, by which token, and when it was last used."""

import binascii
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from hmac import compare_digest
from itertools import islice
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from register.documents.serving import Head
from register.models import Organisation, Token, User
from register.vocabulary import Classification

LAST_USE_KEPT_FOR = timedelta(hours=1)


class BearerAuthentication(TokenAuthentication):
    """knox tokens as RFC 6750 bearer tokens. When one was last used is written at most once an hour."""

    def authenticate(self, request):
        if found := super().authenticate(request):
            request._request.token_key = found[1].token_key  # for the access log
        return found

    def authenticate_credentials(self, token):
        """Return (user, token), with the user's roles, in one statement: every request of a feed comes through here."""
        try:
            digest, key = hash_token(token.decode("ascii")), token.decode("ascii")[: CONSTANTS.TOKEN_KEY_LENGTH]
        except (UnicodeDecodeError, TypeError, binascii.Error):
            raise AuthenticationFailed("Invalid token.") from None
        since = timezone.now() - LAST_USE_KEPT_FOR
        rows = [row for row in _load_tokens(key, since) if compare_digest(row[0].digest, digest)]
        if not rows:
            raise AuthenticationFailed("Invalid token.")
        found, used_lately, _ = rows[0]
        found.user.set_role_names(role for _, _, role in rows if role)
        if not used_lately:
            _note_use(found)
        return self.validate_user(found)


# In the order of the models. What is left out is fetched where somebody asks for it.
USER = ("id", "is_superuser", "username", "first_name", "last_name", "is_active", "organisation_id")
TOKEN = ("digest", "token_key", "user_id")
BODY = ("id", "name", "full_name")
HEAD = """
    (SELECT position || '-' || digest FROM register_ledgerentry WHERE position =
        (SELECT MAX(position) FROM register_document WHERE in_feed AND clearance = '{clearance}'))
"""
HEADS = ", ".join(HEAD.format(clearance=clearance) for clearance in Classification.values)
# One statement with the user, its organisation and roles, and the feed's heads, which most requests ask for next. By
# querysets it takes four, of a poll that has no other (`make bench ARGS="--only poll"`, 2026-11-25).
TOKENS = f"""
    SELECT {", ".join(f"t.{column}" for column in TOKEN)}, {", ".join(f"u.{column}" for column in USER)},
        {", ".join(f"o.{column}" for column in BODY)}, {HEADS},
        (t.last_used_at IS NOT NULL AND t.last_used_at > %s), g.name
    FROM register_token t JOIN register_user u ON u.id = t.user_id
        LEFT JOIN register_organisation o ON o.id = u.organisation_id
        LEFT JOIN register_user_groups m ON m.user_id = u.id LEFT JOIN auth_group g ON g.id = m.group_id
    WHERE t.token_key = %s AND (t.expiry IS NULL OR t.expiry > %s)
"""  # noqa: S608 names of our own


def _load_tokens(token_key: str, used_since: datetime) -> Iterator[tuple[Token, bool, str | None]]:
    """Yield (token, whether it was used since that time, role or None) for tokens of a key that have not expired.

    There is a row for each role; each token has its user, and that its organisation. `heads` of the token has the
    feed's `Head` for each clearance.
    """
    now, since = (connection.ops.adapt_datetimefield_value(moment) for moment in (timezone.now(), used_since))
    with connection.cursor() as cursor:
        cursor.execute(TOKENS, [since, token_key, now])
        yield from map(_make_token, cursor.fetchall())


def _make_token(row: tuple) -> tuple[Token, bool, str | None]:
    values = iter(row)
    token: Any = Token.from_db(connection.alias, TOKEN, list(islice(values, len(TOKEN))))
    token.user = User.from_db(connection.alias, USER, list(islice(values, len(USER))))
    body = Organisation.from_db(connection.alias, BODY, list(islice(values, len(BODY))))
    if token.user.organisation_id:
        token.user.organisation = body
    token.heads = {clearance: _make_head(next(values)) for clearance in Classification.values}
    used, role = values
    return token, bool(used), role


def _make_head(text: str | None) -> Head:
    position, _, digest = (text or "0-").partition("-")
    return Head(int(position), digest)


def _note_use(token: Any) -> None:
    token.last_used_at = timezone.now()
    with suppress(DatabaseError):  # a read does not fail because nothing can be written just now
        token.save(update_fields=["last_used_at"])


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": "bearer"}
