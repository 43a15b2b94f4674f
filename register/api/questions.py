from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from register.api.documents import QuestionDocument, StatusChangeDocument, readable_questions
from register.api.filters import QuestionFilter, StrictFilterBackend
from register.api.moves import Move
from register.api.problems import Problem
from register.ledger.readings import status_history
from register.models import Question, clearance
from register.services.questions import change_status

PROBLEMS = {
    400: OpenApiResponse(Problem, "What was sent is malformed; `errors` names the field or parameter."),
    401: OpenApiResponse(Problem, "No token, or one that is unknown or expired."),
    404: OpenApiResponse(Problem, "There is none, or none that you may see."),
}


@extend_schema(responses={200: QuestionDocument, **PROBLEMS})
class QuestionViewSet(viewsets.ReadOnlyModelViewSet):
    """Questions, as far as the reader may see them."""

    queryset = Question.objects.none()  # tells the schema the model; every request asks anew below
    serializer_class = QuestionDocument
    lookup_field = "reference"
    lookup_value_regex = "[^/]+"
    filter_backends = (StrictFilterBackend,)
    filterset_class = QuestionFilter

    def get_queryset(self):
        return readable_questions(self.request.user)

    def get_serializer_context(self):
        return super().get_serializer_context() | {"clearance": clearance(self.request.user)}

    @extend_schema(responses={200: StatusChangeDocument(many=True), **PROBLEMS}, filters=False)
    @action(detail=True, pagination_class=None, filter_backends=())
    def history(self, request, reference):
        """Every change of status: who, when, from, to, why; oldest first."""
        changes = status_history(self.get_object(), seen_by=request.user)
        return Response(StatusChangeDocument(changes, many=True).data)

    @extend_schema(
        request=Move,
        responses={
            200: QuestionDocument,
            **PROBLEMS,
            403: OpenApiResponse(Problem, "The move is not yours to make."),
            409: OpenApiResponse(Problem, "The move is refused; `reasons` has every reason."),
        },
        filters=False,
    )
    @action(detail=True, methods=["post"], filter_backends=())
    def transitions(self, request, reference):
        """Move the question through the workflow; the answer is its new document."""
        question = self.get_object()
        move = Move(data=request.data)
        move.is_valid(raise_exception=True)
        given = dict(move.validated_data)
        change_status(question, given.pop("transition"), by=request.user, **given)
        return Response(self.get_serializer(self.get_object()).data)
