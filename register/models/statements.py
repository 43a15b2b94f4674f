"""The statements that every request of a feed makes, written out: to compose them anew took longer than the database.

Names of tables and columns are fixed, and values go in as parameters.
"""

from django.db import connection
from django.utils import timezone

from register.models.people import Token, User

# In the order of the models. What is left out is fetched where somebody asks for it.
USER = ("id", "is_superuser", "username", "first_name", "last_name", "is_active", "organisation_id")
TOKEN = ("digest", "token_key", "user_id")
OWNERS = f"""
    SELECT {", ".join(f"t.{column}" for column in TOKEN)}, {", ".join(f"u.{column}" for column in USER)},
        (t.last_used_at IS NOT NULL AND t.last_used_at > %s), g.name
    FROM register_token t JOIN register_user u ON u.id = t.user_id
        LEFT JOIN register_user_groups m ON m.user_id = u.id LEFT JOIN auth_group g ON g.id = m.group_id
    WHERE t.token_key = %s AND (t.expiry IS NULL OR t.expiry > %s)
"""  # noqa: S608
HEAD = """
    SELECT position, digest FROM register_ledgerentry
    WHERE position = (SELECT MAX(position) FROM register_document WHERE {which} AND {readers})
"""


def fetched(statement, *given):
    """Return the rows of a statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()


def owners_of(token_key, used_since):
    """Yield (token, whether it was used since that time, role or None) for tokens of a key that have not expired.

    There is a row for each role; each token has its user.
    """
    now, since = (connection.ops.adapt_datetimefield_value(moment) for moment in (timezone.now(), used_since))
    for row in fetched(OWNERS, since, token_key, now):
        token = Token.from_db(connection.alias, TOKEN, row[: len(TOKEN)])
        token.user = User.from_db(connection.alias, USER, row[len(TOKEN) : -2])
        yield token, bool(row[-2]), row[-1]


def last_entry(readers, kind=None):
    """Return (position, digest) of the last entry at which a document changed for readers, of the feed or of one kind.

    `readers` is their column (`documents.COLUMN_FOR`). There is None where they have no document.
    """
    which = "kind = %s" if kind else "in_feed"
    found = fetched(HEAD.format(which=which, readers=readers), *([kind] if kind else []))
    return found[0] if found else None
