"""Conditional requests (RFC 9110, section 13): answers that need not be sent again, and writes that may not be."""

from django.http import HttpResponseNotModified
from django.utils.http import parse_etags, quote_etag
from rest_framework.exceptions import APIException, ValidationError

from register.clock import today


class PreconditionRequired(APIException):
    status_code = 428
    default_detail = "Send If-Match with the ETag of the document that you saw, so that nobody's change is lost."


class PreconditionFailed(APIException):
    status_code = 412
    default_detail = "Read the document again: it was changed since the version that If-Match names."


def etag_of_list(request, head):
    """Return the ETag of an answer that depends on the register up to a head and on who reads.

    The clearance is in it, for one address reads differently to another. A filter that asks for what is overdue
    depends on the day in London as well.
    """
    day = f"-{today():%Y%m%d}" if "overdue" in request.query_params else ""
    return quote_etag(f"{request.reading.seen[-1]}-{head}{day}")


def not_modified(request, etag):
    """Return a 304 where the client holds this version already, else None."""
    held = parse_etags(request.headers.get("If-None-Match", ""))
    weak = {value.removeprefix("W/") for value in held}
    if etag not in weak and "*" not in weak:
        return None
    answer = HttpResponseNotModified()
    answer["ETag"] = etag
    return answer


def check_unchanged(request, version):
    """Raise 428 without an If-Match, 412 where it names another version; to be asked under the head lock."""
    header = request.headers.get("If-Match", "")
    given = parse_etags(header)
    if not header.strip():
        raise PreconditionRequired
    if not given:
        raise ValidationError({"If-Match": ['Give the ETag as it was sent, in its quotation marks: "105".']})
    if "*" not in given and quote_etag(str(version)) not in given:
        raise PreconditionFailed
