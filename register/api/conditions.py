"""Conditional requests (RFC 9110, section 13): answers that need not be sent again, and writes that may not be."""

import hashlib
from functools import wraps
from pathlib import Path

import django
import rest_framework
from django.http import HttpResponseNotModified
from django.utils.http import parse_etags, quote_etag
from rest_framework.exceptions import APIException, ValidationError

import register
from register.documents.serving import get_clearance


class PreconditionRequired(APIException):
    status_code = 428
    default_detail = "Send If-Match with the ETag of the document that you saw, so that nobody's change is lost."


class PreconditionFailed(APIException):
    """If-Match names another version than the one there is: the answer names that one."""

    status_code = 412

    def __init__(self, etag):
        super().__init__(f"Read the document again: it is not as If-Match names it. Its ETag is now {etag}.")
        self.headers, self.members = {"ETag": etag}, {"etag": etag}


def _digest_code():
    """Return a digest of the code that writes bodies: two releases may write different ones of the same state."""
    digest = hashlib.sha256(f"{django.__version__} {rest_framework.__version__}".encode())
    for path in sorted(Path(register.__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


RELEASE = _digest_code()  # as the process starts: the files of the next release may replace these while it runs


def make_content_etag(content):
    """Return the ETag of a body that is made already (text or bytes): of the body itself, so that no other shares it.

    RFC 9110, section 8.8.1, asks that of a strong validator, over all readers, hosts, releases and backups.
    """
    return _make_etag(content.encode() if isinstance(content, str) else content)


def make_state_etag(request, *state):
    """Return the ETag of a body that need not be made for it: of everything that the body depends on.

    That is what `state` tells of the register (digests of the ledger rather than positions, for after a backup was put
    back a position comes again), the reader's clearance, the whole address, and the release that writes the body.
    """
    parts = (RELEASE, request.build_absolute_uri(), get_clearance(request.reading.user), *state)
    return _make_etag("\n".join(map(str, parts)).encode())


def _make_etag(content):
    return quote_etag(hashlib.sha256(content).hexdigest()[:32])


def set_version(response, etag):
    """Set the headers that an answer and its 304 have alike (RFC 9110, section 15.4.5); return the response."""
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Vary"] = "Authorization, Cookie"
    return response


def not_modified(request, etag):
    """Return a 304 where the client holds this version already, else None."""
    held = parse_etags(request.headers.get("If-None-Match", ""))
    weak = {value.removeprefix("W/") for value in held}
    return set_version(HttpResponseNotModified(), etag) if etag in weak or "*" in weak else None


def with_content_etag(view):
    """Return a view whose answers to a GET have the ETag of their content, and are 304 where the client holds it."""

    @wraps(view)
    def answer(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD") or response.status_code != 200:
            return response
        if hasattr(response, "render"):
            response.render()
        etag = make_content_etag(response.content)
        return not_modified(request, etag) or set_version(response, etag)

    return answer


def check_unchanged(request, etag):
    """Raise 428 without an If-Match, 412 where it names another ETag; to be asked under the head lock."""
    header = request.headers.get("If-Match", "")
    given = parse_etags(header)
    if not header.strip():
        raise PreconditionRequired
    if not given:
        raise ValidationError({"If-Match": ["Give the ETag as it was sent, in its quotation marks."]})
    if "*" not in given and etag not in given:
        raise PreconditionFailed(etag)
