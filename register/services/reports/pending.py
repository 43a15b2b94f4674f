"""Hold an uploaded report until its triager has decided."""

from datetime import timedelta

from django.utils import timezone

from register.models import PendingReport
from register.services.door import require_role
from register.services.reports.reading import read_file
from register.words import Role

KEPT_FOR = timedelta(days=7)


def hold(file_name, content, *, by):
    """Keep an upload that can be read as a report, and return it. Raises NotPermitted, NotAReport."""
    require_role(by, Role.TRIAGE, to="import a report")
    read_file(content)
    PendingReport.objects.filter(uploaded_at__lt=timezone.now() - KEPT_FOR).delete()
    return PendingReport.objects.create(file_name=file_name[:255], content=content, uploaded_by=by)


def pending_of(user, pk):
    """Return an upload of this user's own. Raises PendingReport.DoesNotExist."""
    return PendingReport.objects.get(pk=pk, uploaded_by=user)


def discard(pending):
    pending.delete()
