"""Every error as a problem document (RFC 9457). The services' refusals are translated here and nowhere else."""

from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler

from register.api.parsers import TooLarge
from register.refusals import Invalid, NotPermitted, NotVisible, Refusal, Refused
from register.request_id import get_request_id

STATUS_OF = {
    Invalid: HTTPStatus.BAD_REQUEST,
    NotPermitted: HTTPStatus.FORBIDDEN,
    NotVisible: HTTPStatus.NOT_FOUND,
    Refused: HTTPStatus.CONFLICT,
}
BLANK = "about:blank"
# A cache may keep a 404 or a 410 unasked (RFC 9110, section 15.1), and would show it to a reader who sees more.
NOT_KEPT = {"Cache-Control": "private, no-store", "Vary": "Authorization, Cookie"}


class Problem(serializers.Serializer):
    """The shape of every error."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    reasons = serializers.ListField(child=serializers.CharField(), required=False)
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)
    etag = serializers.CharField(required=False, help_text="With 412: that of the document as it is now.")
    request_id = serializers.CharField()


def as_problem(error, context):
    """Return the response for an exception raised in an API view, or None for one that is our own fault."""
    if isinstance(error, Refusal):
        return _translate_refusal(error)
    if isinstance(error, RequestDataTooBig):
        error = TooLarge()
    response = exception_handler(error, context)
    if response is None:
        return None
    headers = {
        name: response[name] for name in ("WWW-Authenticate", "Retry-After", "Allow") if response.has_header(name)
    }
    return _translate_rest_error(error, response.status_code, headers)


def _translate_refusal(error):
    status = next(STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF)
    fields = {"errors": error.fields} if isinstance(error, Invalid) else {"reasons": error.reasons}
    return _make_problem(status, " ".join(error.reasons), **fields)


def _translate_rest_error(error, code, headers):
    if isinstance(error, Http404):
        return _make_problem(HTTPStatus(code), "There is no such thing here.", headers=headers)
    if isinstance(error, exceptions.ValidationError):
        errors = error.detail if isinstance(error.detail, dict) else {"body": error.detail}
        errors = {name: _get_sentences(found) for name, found in errors.items()}
        detail = " ".join(f"{name}: {' '.join(found)}" for name, found in errors.items())
        return _make_problem(HTTPStatus(code), detail, headers=headers, errors=errors)
    headers |= getattr(error, "headers", {})
    said = {"type": getattr(error, "problem_type", BLANK), "title": getattr(error, "title", HTTPStatus(code).phrase)}
    detail = str(error.detail if hasattr(error, "detail") else error)
    return _make_problem(HTTPStatus(code), detail, headers=headers, **said, **getattr(error, "members", {}))


def _get_sentences(found):
    return [str(sentence) for sentence in (found if isinstance(found, list) else [found])]


def _make_problem(status, detail, headers=None, **more):
    body = make_problem_body(status, detail, **more)
    headers = {**NOT_KEPT, **(headers or {})}
    return Response(body, status=status, headers=headers, content_type="application/problem+json")


def make_problem_body(status, detail, **more):
    """Return the members of a problem document; `about:blank` says that the status tells its kind."""
    return {
        "type": BLANK,
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "request_id": get_request_id(),
        **more,
    }
