"""Let a form of the admin be used once, however often it is sent."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from register.ledger.unit_of_work import unit_of_work
from register.models import FormUse, User

KEPT_FOR = timedelta(days=7)


def is_form_token(token: str) -> bool:
    """Return whether a text can be the token of a form."""
    return re.fullmatch(r"[A-Za-z0-9_-]{16,64}", token) is not None


def get_use(token: str, *, by: User) -> FormUse | None:
    """Return what this user's form of that token made before, or None."""
    return FormUse.objects.filter(user=by, token=token).first()


@contextmanager
def use_form(token: str, *, by: User) -> Iterator[FormUse]:
    """Yield what this user's form of that token made before, or an unsaved use: of two that are sent at once one waits.

    Whoever makes something with the form sets `address` of the unsaved use; it is then kept, in the same transaction
    as what was made. Uses older than `KEPT_FOR` are deleted.
    """
    with unit_of_work():
        use = get_use(token, by=by) or FormUse(user=by, token=token)
        yield use
        if use.pk is None and use.address:
            FormUse.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()
            use.save()
