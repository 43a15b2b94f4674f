"""What every resource shares: lists and details of kept documents, as far as the reader may see them."""

import json
import logging

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.http import quote_etag
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.viewsets import GenericViewSet

from register.api.conditions import etag_of_list, not_modified
from register.api.filters import StrictFilterBackend
from register.api.problems import Problem
from register.api.reading import get_reading
from register.api.serializers import get_document_serializer
from register.documents.kinds import Kind
from register.documents.past import get_past_documents, get_past_rows
from register.documents.serving import add_version, get_clearance, get_head, make_addresses_absolute
from register.ledger.events import get_last_redaction_position
from register.models import Document
from register.models.documents import DocumentPages, get_document

access_log = logging.getLogger("register.access")
FOR_DATA = "default-src 'none'; frame-ancestors 'none'"  # whatever opens it as a page runs and shows nothing of it


def problems(**said):
    """Return the descriptions of problem documents for the schema, from `code_400="…"` and the like."""
    return {
        (int(code.removeprefix("code_")), "application/problem+json"): OpenApiResponse(Problem, sentence)
        for code, sentence in said.items()
    }


PROBLEMS = problems(
    code_400="What was sent is malformed; `errors` names the field or parameter.",
    code_401="No token, or one that is unknown or expired.",
    code_403="Not for you.",
    code_404="There is none, or none that you may see.",
    code_429="Too many requests; Retry-After says how long to wait.",
    code_503="The database is away, read-only, full or busy; Retry-After says how long to wait.",
)
READ = {304: OpenApiResponse(description="What you hold is still what it reads like."), **PROBLEMS}
AS_AT = OpenApiParameter("as_at", {"type": "string", "format": "date-time"}, description="What the register held then.")
SINCE = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The ETag of what you hold.")


class ReadingView:
    """Gives an API view its reader, every answer to a GET an ETag, and notes who read what."""

    @method_decorator(conditional_page)
    def dispatch(self, request, *args, **kwargs):
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        request.reading = request._request.reading = get_reading(request)

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        token = getattr(request.auth, "token_key", "session")
        who = request.user.get_username() or "nobody"
        response.setdefault("Content-Security-Policy", FOR_DATA)
        access_log.info("%s %s %s %s %s", who, token, request.method, request.get_full_path(), response.status_code)
        return response

    def make_response(self, text, etag, status=200, **headers):
        """Return text that is JSON already as the answer, with absolute addresses."""
        base = f"{self.request.scheme}://{self.request.get_host()}"
        answer = HttpResponse(
            make_addresses_absolute(text, base), content_type="application/json", status=status, headers=headers
        )
        answer["ETag"] = etag
        answer["Cache-Control"] = "private, no-cache"
        answer["Vary"] = "Authorization, Cookie"
        return answer


class Resource(ReadingView, GenericViewSet):
    """Documents of one kind. `orderings` maps what a list can be ordered by to columns, the usual first."""

    kind: Kind
    orderings = {"id": "id"}
    filter_backends = (StrictFilterBackend,)
    filterset_class = None
    lookup_value_regex = "[0-9]{1,18}"

    @property
    def follows_feed(self):
        """True where nothing changes in the kind's documents without a change in the feed."""
        return self.kind.in_feed or self.kind.name == "answer"

    @property
    def model(self):
        return self.kind.model

    def get_queryset(self):
        if getattr(self, "swagger_fake_view", False):
            return self.model.objects.none()
        if not self._get_filter_names():
            return DocumentPages(self.kind.name, get_clearance(self.request.user))
        if self.request.reading.position is not None:
            return get_past_rows(self.kind, self.request.reading.position, self.request.user)
        kept = self._get_kept().filter(object_id=OuterRef("pk"))
        return self.model.objects.visible_to(self.request.user).annotate(
            body=Subquery(kept.values("body")[:1]), position=Subquery(kept.values("position")[:1])
        )

    def _get_kept(self):
        return Document.objects.visible_to(self.request.user).present().filter(kind=self.kind.name)

    def last_change(self):
        return self.request.reading.head if self.follows_feed else get_head(self.request.user, self.kind.name)

    def list(self, request):
        etag = etag_of_list(request, self._get_state())
        if answer := not_modified(request, etag):
            return answer
        page = self.paginate_queryset(self._filter_rows(self.get_queryset()))
        links = (json.dumps(link) for link in (self.paginator.get_next_link(), self.paginator.get_previous_link()))
        return self.make_response(
            '{{"next":{},"previous":{},"results":[{}]}}'.format(*links, ",".join(self.get_texts(page))), etag
        )

    def _get_filter_names(self):
        """Return the parameters that say which items, or in what order: most lists are asked for without any."""
        return set(self.request.query_params) - {"cursor", "limit"}

    def _filter_rows(self, rows):
        # Building the filters' form costs as much as the page.
        return self.filter_queryset(rows) if self._get_filter_names() else rows

    def get_texts(self, rows):
        reading = self.request.reading
        if reading.position is None:
            return [add_version(row.body, row.position) for row in rows if row.body]
        past = get_past_documents(self.kind, [row.id for row in rows], reading.position, reading.user)
        return [past[row.id] for row in rows if row.id in past]

    def retrieve(self, request, **key):
        StrictFilterBackend().filter_queryset(request, self.model.objects.none(), _NoFilter)
        if request.reading.position is not None:
            return self._retrieve_past(key)
        return self.get_document_response(key) or self._raise_not_found()

    def get_kept_document(self, **key):
        """Return the kept document of the row of that key for this reader, or None."""
        return get_document(self.model, get_clearance(self.request.user), **key)

    def get_document_response(self, key, status=200, **headers):
        """Return the answer with one document as it is kept, or None where there is none for this reader."""
        row = self.get_kept_document(**key)
        if row is None:
            return None
        etag = quote_etag(str(row.position))
        reads = self.request.method in ("GET", "HEAD")
        return (reads and not_modified(self.request, etag)) or self.make_response(
            add_version(row.body, row.position), etag, status, **headers
        )

    def _retrieve_past(self, key):
        reading = self.request.reading
        ids = list(self.model.objects.visible_to(reading.user).filter(**key).values_list("pk", flat=True))
        texts = get_past_documents(self.kind, ids, reading.position, reading.user)
        if not texts:
            self._raise_not_found()
        etag = etag_of_list(self.request, self._get_state())
        return not_modified(self.request, etag) or self.make_response(texts[ids[0]], etag)

    def _get_state(self):
        """What an answer depends on: the past also on what was redacted since, and the moment is in the address."""
        past = self.request.reading.position is not None
        return f"{self.last_change()}-{get_last_redaction_position()}" if past else self.last_change()

    def _raise_not_found(self):
        raise Http404(f"There is no such {self.kind.name}.")


class _NoFilter:
    """Stands for a detail: it takes no filter, but `as_at`."""

    filterset_class = None


def describe_resource(orderings="id"):
    """Describe a resource's list and detail for the schema, and give it what its kind declares."""

    def decorate(resource):
        shape = resource.serializer_class = get_document_serializer(resource.kind)
        resource.queryset = resource.kind.model._base_manager.none()  # tells the schema the model
        ordering = OpenApiParameter("ordering", str, description=f"{orderings}; with - for the other way.")
        described = extend_schema_view(
            list=extend_schema(responses={200: shape(many=True), **READ}, parameters=[ordering, AS_AT, SINCE]),
            retrieve=extend_schema(responses={200: shape, **READ}, parameters=[AS_AT, SINCE], filters=False),
        )
        return described(resource)

    return decorate


def make_resource(kind, filterset_class=None):
    """Return the resource of a kind that is read alone."""
    name = f"{kind.name.capitalize()}Resource"
    attributes = {"kind": kind, "filterset_class": filterset_class, "__doc__": kind.__doc__}
    return describe_resource()(type(name, (Resource,), attributes))
