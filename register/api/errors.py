"""Errors that no API view answers for: an address that is none, a fault of ours. As problem documents under /api/."""

from http import HTTPStatus

from django.http import JsonResponse
from django.views import defaults
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.views import APIView

from register.api.problems import NOT_KEPT, make_problem_body

API = "/api/"


def bad_request(request, exception):
    said = "The request cannot be understood."
    return _make_problem(400, said) if request.path.startswith(API) else defaults.bad_request(request, exception)


def permission_denied(request, exception):
    said = str(exception) or "This is not yours to do."
    return _make_problem(403, said) if request.path.startswith(API) else defaults.permission_denied(request, exception)


def not_found(request, exception):
    said = "There is no such address."
    return _make_problem(404, said) if request.path.startswith(API) else defaults.page_not_found(request, exception)


def server_error(request):
    said = "The register failed at this; it is on record, and nothing was half done."
    return _make_problem(500, said) if request.path.startswith(API) else defaults.server_error(request)


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
