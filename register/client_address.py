"""The address that a request came from, as far as it can be believed."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def get_client_address(request: HttpRequest) -> str:
    """Return the IP address of the client, or an empty string where it came by a local socket.

    Each proxy appends the address of whoever asked it to X-Forwarded-For. The last `settings.TRUSTED_PROXIES` entries
    were therefore written by our own; whatever stands before them was sent by the client and is not believed.
    """
    socket = request.META.get("REMOTE_ADDR", "")
    count = settings.TRUSTED_PROXIES
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if count else []
    if len(forwarded) < count or not count:
        return socket
    return _parse(forwarded[-count]) or socket


def _parse(text: str) -> str:
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return ""
