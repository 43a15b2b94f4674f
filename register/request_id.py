"""The id of a request: in its answer's `X-Request-ID`, on error pages, in problems, and in each line of the log."""

import logging
import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
# What proxies send: a UUID, or hexadecimal digits as nginx's $request_id. Nothing that could pass for more of a line.
WELL_FORMED = re.compile(r"[A-Za-z0-9-]{16,64}", re.ASCII)

_current: ContextVar[str] = ContextVar("request_id", default="-")


def get_request_id() -> str:
    """Return the id of the request that is being answered, or a dash outside of any."""
    return _current.get()


class RequestIdMiddleware:
    """Gives each request an id: the one that it came with where that is well-formed, else a new one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        came_with = request.headers.get(HEADER, "")
        request.id = came_with if WELL_FORMED.fullmatch(came_with) else uuid.uuid4().hex
        token = _current.set(request.id)
        try:
            response = self.get_response(request)
            response[HEADER] = request.id
        finally:
            _current.reset(token)
        return response


class RequestIdFilter(logging.Filter):
    """Gives each record of the log the `request_id` of the request that it is about."""

    def filter(self, record: logging.LogRecord) -> bool:
        # Django logs what was answered when the middleware is through; the record then has the request itself.
        record.request_id = getattr(getattr(record, "request", None), "id", None) or get_request_id()
        return True
