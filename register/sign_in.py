"""Wrong passwords: what is locked for a while, and what the person is told.

A name is locked for the address that guessed at it, and never for other addresses: nobody can lock somebody else out.
An address that tried many names is locked for all names but those that signed in from it lately.
"""

from datetime import datetime, timedelta
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username, get_failure_limit
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

MOST_NAMES = 10  # that one address may get wrong within the cooling-off time
LATELY = timedelta(days=90)


class SprayingHandler(AxesDatabaseHandler):
    """django-axes with the failures in its database, which also counts the names that an address has tried."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Return the failures of the name from this address: as many as lock it where the address is spraying."""
        failures = super().get_failures(request, credentials)
        if is_spraying(request) and not has_signed_in_lately(request, get_client_username(request, credentials)):
            return max(failures, get_failure_limit(request, credentials))
        return failures


def get_recent_failures(request: HttpRequest) -> QuerySet:
    """Return the failures of the address that a request came from, as far as they still count."""
    since = get_cool_off_threshold(request)
    return AccessAttempt.objects.filter(ip_address=request.axes_ip_address, attempt_time__gte=since)  # type: ignore[attr-defined]


def is_spraying(request: HttpRequest) -> bool:
    """Return whether the address of a request got so many names wrong that it tries one password on all."""
    return get_recent_failures(request).values("username").distinct().count() >= MOST_NAMES


def has_signed_in_lately(request: HttpRequest, username: str | None) -> bool:
    """Return whether somebody signed in by this name, from the address of this request, in the last 90 days."""
    since = timezone.now() - LATELY
    signed_in = AccessLog.objects.filter(ip_address=request.axes_ip_address, attempt_time__gte=since)  # type: ignore[attr-defined]
    return signed_in.filter(username=username).exists()


def make_lockout_page(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Return the page that says until when, with Retry-After in seconds (RFC 9110, 10.2.3)."""
    until = get_end_of_lock(request, get_client_username(request, credentials))
    seconds = max(1, int((until - timezone.now()).total_seconds()) + 1)
    page = render(request, "register/locked_out.html", {"until": until}, status=429)
    page["Retry-After"] = str(seconds)
    return page


def get_end_of_lock(request: HttpRequest, username: str | None) -> datetime:
    """Return when the name can be tried again from this address."""
    failures = get_recent_failures(request)
    own = failures if is_spraying(request) else failures.filter(username=username)
    last = own.aggregate(last=Max("attempt_time"))["last"] or timezone.now()
    return last + settings.AXES_COOLOFF_TIME
