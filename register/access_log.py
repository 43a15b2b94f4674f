"""One line in the log `register.access` for each request to the admin and the API: who, from where, what, and how.

Nearly all that these answer is not Public, so every request is noted, refused ones as well.
"""

import logging
import re

from django.db import Error
from django.http import HttpRequest, HttpResponse

from register.client_address import get_client_address

access_log = logging.getLogger("register.access")

LOGGED = ("/admin/", "/api/")
REFUSED_TOKEN = re.compile(r"bearer ([\w-]{8})", re.IGNORECASE)  # enough to find it in the admin's list; opens nothing
SECRET_IN_PATH = re.compile(r"(?<=/atom/)[^/]{8,}")  # an Atom address is a password: its last part is


class AccessLogMiddleware:
    """Notes each request when it has been answered. `request.token_key` is set by whoever accepts a token."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.path.startswith(LOGGED):
            write_access(request, response)
        return response


def write_access(request: HttpRequest, response: HttpResponse) -> None:
    """Write the line: login, session or token, address, method, path with its query, and status."""
    access = {
        "who": get_login(request),
        "by": get_credential(request),
        "address": get_client_address(request) or "local",
        "method": request.method,
        "path": SECRET_IN_PATH.sub("…", request.get_full_path()),
        "status": response.status_code,
    }
    access_log.info("%(who)s %(by)s %(address)s %(method)s %(path)s %(status)s", access, extra=access)


def get_login(request: HttpRequest) -> str:
    """Return the name of the login that asked, `nobody`, or `unknown` where the database did not say."""
    try:
        user = getattr(request, "reader", None) or getattr(request, "user", None)
        return (user and user.get_username()) or "nobody"
    except Error:  # a session is looked up when its user is first asked for, and the database may be gone
        return "unknown"


def get_credential(request: HttpRequest) -> str:
    """Return what was shown: `token KEY`, `refused-token KEY` with its first eight, `atom`, `session` or `nothing`."""
    if key := getattr(request, "token_key", None):
        return f"token {key}"
    if header := request.headers.get("Authorization"):
        found = REFUSED_TOKEN.match(header)
        return f"refused-token {found.group(1) if found else '?'}"
    if getattr(request, "reader", None):
        return "atom"
    return "session" if get_login(request) not in ("nobody", "unknown") else "nothing"
