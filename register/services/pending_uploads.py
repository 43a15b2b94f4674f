"""Store an uploaded file between its preview and its import, with what was ticked and typed there."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from register.ledger.unit_of_work import unit_of_work
from register.models import PendingUpload, User
from register.refusals import Refused
from register.services.permissions import require_role
from register.vocabulary import Role

KEPT_FOR = timedelta(days=7)
GONE = "This upload was recorded or discarded meanwhile, so nothing was recorded: upload the file again."
CHANGED = "This upload was changed in another window since it was shown, so nothing was recorded: look it over again."


def keep_upload(file_name: str, content: bytes, *, purpose: str, by: User) -> PendingUpload:
    """Store an upload for at least `KEPT_FOR`, delete those that are older, and return it. Raises NotPermitted."""
    require_role(by, Role.TRIAGE, to="import a file")
    PendingUpload.objects.filter(uploaded_at__lt=timezone.now() - KEPT_FOR).delete()
    return PendingUpload.objects.create(file_name=file_name[:255], content=content, purpose=purpose, uploaded_by=by)


def get_upload(user: User, pk: int, purpose: str) -> PendingUpload:
    """Return this user's own upload for that purpose. Raises PendingUpload.DoesNotExist."""
    return PendingUpload.objects.get(pk=pk, uploaded_by=user, purpose=purpose)


def get_waiting_uploads(user: User) -> QuerySet[PendingUpload]:
    """Return the user's own uploads that wait, the oldest first, without their files."""
    return PendingUpload.objects.filter(uploaded_by=user).defer("content", "choices").order_by("uploaded_at")


def get_upload_version(pending: PendingUpload) -> str:
    """Return what is the same as long as the file and the choices that are kept with it are."""
    choices = json.dumps(pending.choices, sort_keys=True)
    return hashlib.sha256(bytes(pending.content) + choices.encode()).hexdigest()


def keep_choices(pending: PendingUpload, choices: Mapping[str, Sequence[str]], *, seen: str | None) -> PendingUpload:
    """Keep what was ticked and typed on the preview of an upload, for whoever comes back; return the upload.

    `seen` is the version that was shown (`get_upload_version`); None skips the check. Raises Refused where the upload
    is gone, or another by now.
    """
    with _lock_upload(pending, seen) as fresh:
        fresh.choices = {name: list(values) for name, values in choices.items()}
        fresh.save(update_fields=["choices"])
        return fresh


@contextmanager
def take_upload(pending: PendingUpload, *, seen: str | None) -> Iterator[PendingUpload]:
    """Yield an upload as it is now, and discard it once what is done with it is recorded: both, or neither.

    `seen` is as in `keep_choices`. Raises Refused where the upload is gone, or another by now.
    """
    with _lock_upload(pending, seen) as fresh:
        yield fresh
        fresh.delete()


@contextmanager
def _lock_upload(pending: PendingUpload, seen: str | None) -> Iterator[PendingUpload]:
    with unit_of_work():
        fresh = PendingUpload.objects.filter(pk=pending.pk).first()
        if fresh is None:
            raise Refused(GONE)
        if seen is not None and get_upload_version(fresh) != seen:
            raise Refused(CHANGED)
        yield fresh


def discard_upload(pending: PendingUpload) -> None:
    pending.delete()
