"""Store an uploaded file between its preview and its import."""

from datetime import timedelta

from django.utils import timezone

from register.models import PendingUpload, User
from register.services.permissions import require_role
from register.vocabulary import Role

KEPT_FOR = timedelta(days=7)


def keep_upload(file_name: str, content: bytes, *, purpose: str, by: User) -> PendingUpload:
    """Store an upload for at least `KEPT_FOR`, delete those that are older, and return it. Raises NotPermitted."""
    require_role(by, Role.TRIAGE, to="import a file")
    PendingUpload.objects.filter(uploaded_at__lt=timezone.now() - KEPT_FOR).delete()
    return PendingUpload.objects.create(file_name=file_name[:255], content=content, purpose=purpose, uploaded_by=by)


def get_upload(user: User, pk: int, purpose: str) -> PendingUpload:
    """Return this user's own upload for that purpose. Raises PendingUpload.DoesNotExist."""
    return PendingUpload.objects.get(pk=pk, uploaded_by=user, purpose=purpose)


def discard_upload(pending: PendingUpload) -> None:
    pending.delete()
