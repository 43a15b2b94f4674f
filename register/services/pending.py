"""Hold an upload until its triager has decided."""

from datetime import timedelta

from django.utils import timezone

from register.models import PendingUpload, User
from register.services.permissions import require_role
from register.vocabulary import Role

KEPT_FOR = timedelta(days=7)


def hold(file_name: str, content: bytes, *, purpose: str, by: User) -> PendingUpload:
    """Keep an upload that its reader understood, and return it. Raises NotPermitted."""
    require_role(by, Role.TRIAGE, to="import a file")
    PendingUpload.objects.filter(uploaded_at__lt=timezone.now() - KEPT_FOR).delete()
    return PendingUpload.objects.create(file_name=file_name[:255], content=content, purpose=purpose, uploaded_by=by)


def pending_of(user: User, pk: int, purpose: str) -> PendingUpload:
    """Return an upload of this user's own for that purpose. Raises PendingUpload.DoesNotExist."""
    return PendingUpload.objects.get(pk=pk, uploaded_by=user, purpose=purpose)


def discard(pending: PendingUpload) -> None:
    pending.delete()
