"""The row that a page is about, for the roles whose page it is."""

from django.core.exceptions import PermissionDenied
from django.http import Http404


def get_row_for(model_admin, request, object_id, *roles, to):
    """Return the row of that key. Raises Http404 where the person may see none, PermissionDenied without such a role.

    `to` says what only these roles may do.
    """
    row = model_admin.get_object(request, object_id)
    if row is None:
        raise Http404(f"There is no such {model_admin.opts.verbose_name}.")
    if not any(request.user.has_role(role) for role in roles):
        raise PermissionDenied(f"Only {' or '.join(roles)} may {to}.")
    return row
