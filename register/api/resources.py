"""What every resource shares: lists and details of kept documents, as far as the reader may see them."""

import json

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.metadata import SimpleMetadata
from rest_framework.permissions import SAFE_METHODS
from rest_framework.viewsets import GenericViewSet

from register.api.conditions import make_content_etag, make_state_etag, not_modified, set_version
from register.api.parameters import check_parameters, refuse_parameters
from register.api.problems import Problem
from register.api.reading import get_reading
from register.api.serializers import get_document_serializer
from register.clock import today
from register.documents.kinds import Kind
from register.documents.past import get_past_documents, get_past_rows
from register.documents.serving import add_version, get_clearance, get_head, make_addresses_absolute
from register.ledger.events import get_last_redaction
from register.models import Document
from register.models.documents import DocumentPages, get_document

FOR_DATA = "default-src 'none'; frame-ancestors 'none'"  # whatever opens it as a page runs and shows nothing of it
NO_KEY = "Leave it out: only raising a question takes one. If-Match makes sure that this is done once."
LIST_PARAMETERS = {"cursor", "limit", "ordering", "as_at"}


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
GONE = problems(code_410="What you hold is of another history or of other roles: begin again from the first page.")
READ = {304: OpenApiResponse(description="What you hold is still what it reads like."), **PROBLEMS}
AS_AT = OpenApiParameter("as_at", {"type": "string", "format": "date-time"}, description="What the register held then.")
SINCE = OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER, description="The ETag of what you hold.")


class Metadata(SimpleMetadata):
    """What OPTIONS tells of an address, but for what is written to it: the schema says that."""

    def determine_actions(self, request, view):
        return {}


class ReadingView:
    """Gives an API view its reader, and every answer to a GET an ETag."""

    metadata_class = Metadata
    takes_key = False  # whether the request that is answered takes an Idempotency-Key

    def get_parameters(self):
        """Return the names of the query parameters that a GET takes."""
        return set()

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        self.check_query(request)
        request.reading = request._request.reading = get_reading(request)

    def check_query(self, request):
        """Refuse what would otherwise be ignored: parameters that nobody asks for, and a key that nobody keeps."""
        if request.method in SAFE_METHODS:
            check_parameters(request, self.get_parameters())
            return
        refuse_parameters(request)
        if "Idempotency-Key" in request.headers and not self.takes_key:
            raise ValidationError({"Idempotency-Key": [NO_KEY]})

    def finalize_response(self, request, response, *args, **kwargs):
        response = super().finalize_response(request, response, *args, **kwargs)
        response.setdefault("Content-Security-Policy", FOR_DATA)
        return response

    def make_text(self, text):
        """Return JSON as this request gets it: with absolute addresses."""
        return make_addresses_absolute(text, f"{self.request.scheme}://{self.request.get_host()}")

    def make_response(self, text, etag=None, status=200, **headers):
        """Return text that is JSON already as the answer; without an ETag, it gets that of its content."""
        text = self.make_text(text)
        answer = HttpResponse(text, content_type="application/json", status=status, headers=headers)
        return set_version(answer, etag or make_content_etag(text))

    def make_read_response(self, text):
        """Return the answer to a GET whose text is at hand, or a 304 where the client holds it."""
        return not_modified(self.request, make_content_etag(self.make_text(text))) or self.make_response(text)

    def make_response_of_state(self, get_state, make_text):
        """Return the answer whose text depends on a state alone, or a 304 without making the text.

        `get_state(again)` returns the state, the second time as it is then: a text that was made while somebody wrote
        is that of neither state, and is known by its content.
        """
        state = get_state(again=False)
        etag = make_state_etag(self.request, *state)
        if held := not_modified(self.request, etag):
            return held
        text = make_text()
        return self.make_response(text, etag if get_state(again=True) == state else None)


class Resource(ReadingView, GenericViewSet):
    """Documents of one kind. `orderings` maps what a list can be ordered by to columns, the usual first."""

    kind: Kind
    orderings = {"id": "id"}
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
            document=Subquery(kept.values("body")[:1]), version=Subquery(kept.values("position")[:1])
        )

    def _get_kept(self):
        return Document.objects.visible_to(self.request.user).present().filter(kind=self.kind.name)

    def get_parameters(self):
        if self.action != "list":
            return {"as_at"} if self.action == "retrieve" else set()
        return LIST_PARAMETERS | set(self.filterset_class.base_filters if self.filterset_class else ())

    def get_last_change(self, again=False):
        """Return the head that the kind's documents depend on; `again` looks once more."""
        if again or not self.follows_feed:
            return get_head(self.request.user, None if self.follows_feed else self.kind.name)
        return self.request.reading.head

    def list(self, request):
        return self.make_response_of_state(self._get_state, self._make_page)

    def _make_page(self):
        page = self.paginate_queryset(self._filter_rows(self.get_queryset()))
        links = (json.dumps(link) for link in (self.paginator.get_next_link(), self.paginator.get_previous_link()))
        return '{{"next":{},"previous":{},"results":[{}]}}'.format(*links, ",".join(self.get_texts(page)))

    def _get_filter_names(self):
        """Return the parameters that say which items, or in what order: most lists are asked for without any."""
        return set(self.request.query_params) - {"cursor", "limit"}

    def _filter_rows(self, rows):
        # Building the filters' form costs as much as the page.
        return self.filter_queryset(rows) if self._get_filter_names() else rows

    def get_texts(self, rows):
        reading = self.request.reading
        if reading.position is None:
            return [add_version(row.document, row.version) for row in rows if row.document]
        past = get_past_documents(self.kind, [row.id for row in rows], reading.position, reading.user)
        return [past[row.id] for row in rows if row.id in past]

    def retrieve(self, request, **key):
        if request.reading.position is not None:
            return self._retrieve_past(key)
        return self.make_read_response(self.get_document_text(**key))

    def get_document_text(self, **key):
        """Return the kept document of the row of that key for this reader, as JSON. Raises Http404."""
        row = get_document(self.model, get_clearance(self.request.user), **key)
        return add_version(row.document, row.version) if row else self._raise_not_found()

    def get_document_etag(self, **key):
        """Return the ETag that a GET of the document of the row of that key would have. Raises Http404."""
        return make_content_etag(self.make_text(self.get_document_text(**key)))

    def make_written_response(self, key, status=200, **headers):
        """Return the answer to a write: the document as it is now. Raises Http404."""
        return self.make_response(self.get_document_text(**key), None, status, **headers)

    def _retrieve_past(self, key):
        reading = self.request.reading
        ids = list(self.model.objects.visible_to(reading.user).filter(**key).values_list("pk", flat=True))
        texts = get_past_documents(self.kind, ids, reading.position, reading.user)
        if not texts:
            self._raise_not_found()
        return self.make_read_response(texts[ids[0]])

    def _get_state(self, again):
        """Return what a list depends on: the past also on what was redacted since, what is overdue on London's day."""
        past = self.request.reading.position is not None
        day = today() if "overdue" in self.request.query_params else None
        return self.get_last_change(again), get_last_redaction() if past else None, day

    def _raise_not_found(self):
        raise Http404(f"There is no such {self.kind.name}.")


def describe_resource(orderings="id"):
    """Describe a resource's list and detail for the schema, and give it what its kind declares."""

    def decorate(resource):
        shape = resource.serializer_class = get_document_serializer(resource.kind)
        resource.queryset = resource.kind.model._base_manager.none()  # tells the schema the model
        ordering = OpenApiParameter("ordering", str, description=f"{orderings}; with - for the other way.")
        described = extend_schema_view(
            list=extend_schema(responses={200: shape(many=True), **READ, **GONE}, parameters=[ordering, AS_AT, SINCE]),
            retrieve=extend_schema(responses={200: shape, **READ}, parameters=[AS_AT, SINCE], filters=False),
        )
        return described(resource)

    return decorate


def make_resource(kind, filterset_class=None):
    """Return the resource of a kind that is read alone."""
    name = f"{kind.name.capitalize()}Resource"
    attributes = {"kind": kind, "filterset_class": filterset_class, "__doc__": kind.__doc__}
    return describe_resource()(type(name, (Resource,), attributes))
