"""Questions: read as kept documents, and written through the services that the admin uses."""

from functools import partial

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action

from register.api.conditions import check_unchanged
from register.api.filters import AnswerFilter, QuestionFilter, ReviewFilter
from register.api.idempotency_keys import get_idempotency_key
from register.api.input_serializers import Edit, Move, NewAnswer, NewQuestion, OwnReview
from register.api.pagination import RELEVANCE
from register.api.resources import PROBLEMS, Resource, describe_resource, problems
from register.api.serializers import PossibleMove, StatusChangeDocument, get_document_serializer
from register.documents.building import dump_json
from register.documents.kinds import KINDS
from register.ledger.status_history import get_status_history
from register.models import Question
from register.refusals import NotVisible, Refused
from register.services.answers import (
    permit_own_review,
    permit_proposal,
    permit_review,
    propose_answer,
    record_review,
)
from register.services.idempotency import raise_once
from register.services.questions import (
    EDITABLE,
    change_status,
    describe_makers,
    edit_question,
    get_facts,
    permit_edit,
    permit_move,
    permit_raising,
    raise_question,
)
from register.services.rows import get_visible
from register.vocabulary import Position
from register.workflow import TRANSITIONS, InputType

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag of the document that you saw; asked for."
)
OWN = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of your own review; asked for once you gave a position.",
)
ONCE = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Sent again with the same body, it raises nothing new."
)
RAISE = PROBLEMS | problems(
    code_409="It is refused; `reasons` has every reason.",
    code_413="Send less at once.",
    code_415="Send JSON.",
)
WRITE = RAISE | problems(
    code_412="The document was changed since the version that If-Match names.",
    code_428="Send If-Match.",
)


class WritingView:
    """Runs a service on one document, unless it was changed since the client saw it."""

    def get_validated_data(self, shape):
        form = shape(data=self.request.data, context={"by": self.request.user})
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    def on_document(self, key, shape, permit, act):
        """Return `act` of the row and of what is given to the service: what was sent, and `by` and `check`.

        Who may not is told so first (404, 403), then what was sent is looked at (400), then If-Match (428, 412).
        """
        row = get_visible(self.model, self.request.user, **key)
        permit(row, self.request.data)
        return act(row, {**self.get_validated_data(shape), "by": self.request.user, "check": self._check_unchanged})

    def _check_unchanged(self, row):
        check_unchanged(self.request, self.get_document_etag(pk=row.pk))


STATUS_CHANGE = StatusChangeDocument()  # made once: a serializer's fields cost more than a history has rows
QUESTION, ANSWER, REVIEW = KINDS["question"], KINDS["answer"], KINDS["review"]
QUESTION_DOCUMENT, ANSWER_DOCUMENT = get_document_serializer(QUESTION), get_document_serializer(ANSWER)
REVIEW_DOCUMENT = get_document_serializer(REVIEW)


@describe_resource(
    "reference, status_since or recorded_at; relevance where q has words, and usual then for up to 1,000 questions"
)
class QuestionResource(WritingView, Resource):
    """Questions, as far as the reader may see them."""

    kind, filterset_class = QUESTION, QuestionFilter
    lookup_field = "reference"
    lookup_value_regex = r"[^/\x00]+"
    orderings = {
        "reference": "id",
        "status_since": "status_since",
        "recorded_at": "recorded_at",
        RELEVANCE: RELEVANCE,
    }

    @property
    def takes_key(self):
        return self.action == "create"

    @extend_schema(request=NewQuestion, parameters=[ONCE], responses={201: QUESTION_DOCUMENT, **RAISE}, filters=False)
    def create(self, request):
        """Raise a question. Its place is in Location; raised before under the same Idempotency-Key, it is the same."""
        permit_raising(request.user)
        given, key = self.get_validated_data(NewQuestion), get_idempotency_key(request)
        question = raise_once(key, by=request.user, **given) if key else raise_question(by=request.user, **given)
        place = request.build_absolute_uri(f"{question.reference}/")
        return self.make_written_response({"pk": question.pk}, status=201, Location=place)

    @extend_schema(request=Edit, parameters=[IF_MATCH], responses={200: QUESTION_DOCUMENT, **WRITE}, filters=False)
    def partial_update(self, request, reference):
        """Change what a question says or who deals with it."""
        key = {"reference": reference}
        self.on_document(
            key,
            Edit,
            lambda row, sent: permit_edit(request.user),
            lambda row, given: edit_question(row, **{**given, "check": partial(self._check_edit, given)}),
        )
        return self.make_written_response(key)

    def _check_edit(self, given, row):
        self._check_unchanged(row)
        changes = {name: value for name, value in given.items() if name in EDITABLE}
        if given.get("reason") and all(getattr(row, name) == value for name, value in changes.items()):
            raise Refused("Leave the reason out: the question says all of this already, so nothing would be recorded.")

    @extend_schema(responses={200: StatusChangeDocument(many=True), **PROBLEMS}, filters=False)
    @action(detail=True, pagination_class=None, filter_backends=())
    def history(self, request, reference):
        """Every change of status: who, when, from, to, why; oldest first."""
        changes = get_status_history(self._get_question(reference), seen_by=request.user)
        return self.make_read_response(dump_json([STATUS_CHANGE.to_representation(change) for change in changes]))

    @extend_schema(responses={200: PossibleMove(many=True), **PROBLEMS}, filters=False, operation_id="moves")
    @action(detail=True, pagination_class=None, filter_backends=())
    def transitions(self, request, reference):
        """Which moves are possible for you now, their inputs, and why each other is refused."""
        facts = get_facts(self._get_question(reference), request.user)
        return self.make_read_response(dump_json([_describe_move(move, facts) for move in TRANSITIONS.values()]))

    @extend_schema(request=Move, parameters=[IF_MATCH], responses={200: QUESTION_DOCUMENT, **WRITE}, filters=False)
    @transitions.mapping.post
    def move(self, request, reference):
        """Move the question through the workflow; the answer is its new document."""
        key = {"reference": reference}
        self.on_document(
            key,
            Move,
            self._permit_move,
            lambda row, given: change_status(row, given.pop("transition"), **given),
        )
        return self.make_written_response(key)

    def _permit_move(self, row, sent):
        name = sent.get("transition") if isinstance(sent, dict) else None
        if isinstance(name, str) and name in TRANSITIONS:
            permit_move(row, name, self.request.user)

    @extend_schema(request=NewAnswer, parameters=[IF_MATCH], responses={201: ANSWER_DOCUMENT, **WRITE}, filters=False)
    @action(detail=True, methods=["post"], pagination_class=None, filter_backends=())
    def answers(self, request, reference):
        """Propose an answer; If-Match names the question's version."""
        answer = self.on_document(
            {"reference": reference},
            NewAnswer,
            lambda row, sent: permit_proposal(row, request.user),
            lambda row, given: propose_answer(row, given.pop("text"), **given),
        )
        place = request.build_absolute_uri(reverse("answer-detail", args=[answer.pk]))
        return AnswerResource(request=request).make_written_response({"pk": answer.pk}, status=201, Location=place)

    def _get_question(self, reference):
        try:
            return get_visible(Question, self.request.user, reference=reference)
        except NotVisible as refusal:
            raise Http404(str(refusal)) from refusal


def _describe_move(transition, facts):
    reasons = (
        transition.initial_refusals(facts)
        if transition.may_be_made_by(facts.parts, facts.status)
        else [describe_makers(transition, facts)]
    )
    return {
        "transition": transition.name,
        "label": transition.label,
        "to": transition.get_target(facts),
        "possible": not reasons,
        "reasons": reasons,
        "inputs": [_describe_input(item) for item in transition.inputs],
    }


def _describe_input(item):
    choices = [value for value, _ in item.choices]
    kind = "text" if item.kind == InputType.TEXT else str(item.kind)
    return {"name": item.name, "kind": kind, "required": item.required, "ask": item.ask, "choices": choices}


@describe_resource()
class ReviewResource(WritingView, Resource):
    """Positions of members on answers; each member gives their own."""

    kind, filterset_class = REVIEW, ReviewFilter

    @extend_schema(request=OwnReview, parameters=[IF_MATCH], responses={200: REVIEW_DOCUMENT, **WRITE}, filters=False)
    def update(self, request, pk):
        """Change one's own position; If-Match names the review's version, which no other member's position moves."""
        self.on_document(
            {"pk": pk},
            OwnReview,
            lambda row, sent: permit_own_review(row, request.user),
            lambda row, given: record_review(row.answer, **given),
        )
        return self.make_written_response({"pk": pk})

    def check_given(self, review):
        """Raise 428 or 412 as for any write where a position was given already: before that, none can be lost."""
        if review.position != Position.NO_RESPONSE:
            self._check_unchanged(review)


@describe_resource()
class AnswerResource(WritingView, Resource):
    """Proposed answers, and one's own review of each."""

    kind, filterset_class = ANSWER, AnswerFilter

    @extend_schema(request=OwnReview, parameters=[OWN], responses={200: REVIEW_DOCUMENT, **WRITE}, filters=False)
    @action(detail=True, methods=["put"], pagination_class=None, filter_backends=())
    def review(self, request, pk):
        """Record one's own position on an answer in review; it can be changed until the review ends.

        The answer is one's own review, whose place is in Content-Location.
        """
        reviews = ReviewResource(request=request)
        review = self.on_document(
            {"pk": pk},
            OwnReview,
            lambda row, sent: permit_review(request.user),
            lambda row, given: record_review(row, **{**given, "check": reviews.check_given}),
        )
        place = request.build_absolute_uri(reverse("review-detail", args=[review.pk]))
        return reviews.make_written_response({"pk": review.pk}, **{"Content-Location": place})
