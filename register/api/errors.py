"""Errors that no view answers for: an address that is none, a fault, a database that is away. For both entrances.

Under /api/ they are problem documents, elsewhere pages. Both carry the request's id.
"""

import logging
import sys
from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.encoding import escape_uri_path
from django.views import defaults
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.views import APIView

from register.api.problems import NOT_KEPT, make_problem_body
from register.ledger.commits import may_be_recorded
from register.outages import describe_outage, remember_outage
from register.request_id import get_request_id

API = "/api/"
RETRY_AFTER = 5  # seconds
READS = ("GET", "HEAD", "OPTIONS", "TRACE")
NOTHING = "Nothing was recorded."
NOT_KNOWN = (
    "It is not known whether all of this was recorded, some, or none: look at the item before you send it again. "
    "What was sent with an Idempotency-Key can be sent again with the same key: it is recorded once."
)
logger = logging.getLogger("register.errors")


def bad_request(request, exception):
    return _answer(request, 400, "The request cannot be understood.")


def permission_denied(request, exception):
    said = str(exception) or "This is not yours to do."
    return _make_problem(403, said) if request.path.startswith(API) else defaults.permission_denied(request, exception)


def not_found(request, exception):
    said = "There is no such address."
    return _make_problem(404, said) if request.path.startswith(API) else defaults.page_not_found(request, exception)


def server_error(request):
    """Answer for an exception that nothing else does: 503 where the database is away, else 500."""
    if outage := answer_outage(request, sys.exc_info()[1]):
        return outage
    return _answer(request, 500, f"The register failed at this, and its log says how. {_tell_fate(request)}".strip())


def answer_outage(request, error):
    """Return 503 for an error that says what the database cannot do just now, or None for any other."""
    said = describe_outage(error)
    if not said:
        return None
    logger.error("%s %s: %s", request.method, escape_uri_path(request.path), said, exc_info=error)
    remember_outage(said)
    response = _answer(request, 503, f"{said} {_tell_fate(request) or 'Try again in a few seconds.'}")
    response["Retry-After"], response.outage = str(RETRY_AFTER), said
    return response


def _tell_fate(request):
    """Return what became of a write, as far as it is known; nothing for a read."""
    if request.method in READS:
        return ""
    return NOT_KNOWN if may_be_recorded() else NOTHING


def _answer(request, status, said):
    if request.path.startswith(API):
        return _make_problem(status, said)
    context = {"title": HTTPStatus(status).phrase, "said": said, "request_id": get_request_id()}
    return HttpResponse(render_to_string("error.html", context), status=status)


def _make_problem(status, said):
    body = make_problem_body(HTTPStatus(status), said)
    return JsonResponse(body, status=status, headers=NOT_KEPT, content_type="application/problem+json")


@extend_schema(exclude=True)
class NoSuchAddress(APIView):
    """Answers for every other address under /api/v1/, whoever asks and by whatever method."""

    authentication_classes = permission_classes = throttle_classes = ()  # it looks at nothing

    def dispatch(self, request, *args, **kwargs):
        self.http_method_not_allowed = self._raise_not_found
        return super().dispatch(request, *args, **kwargs)

    def _raise_not_found(self, request, *args, **kwargs):
        raise NotFound("There is no such address.")

    get = post = put = patch = delete = options = _raise_not_found
