"""Lists, details and changes of questions, with what each shows fetched beforehand."""

from django.db.models import Prefetch
from rest_framework.decorators import action
from rest_framework.filters import SearchFilter
from rest_framework.response import Response
from rest_framework.viewsets import ModelViewSet

from tests.benchmarks.usual.models import ActionLink, Answer, MeetingLink, Question, Review
from tests.benchmarks.usual.serializers import QuestionSerializer

PUBLIC = {"classification": "public"}


def shown():
    """Return public questions with all that their documents show."""
    answers = Answer.objects.filter(**PUBLIC).prefetch_related(
        Prefetch("reviews", Review.objects.filter(**PUBLIC)),
    )
    meetings = MeetingLink.objects.filter(struck_out=False).select_related("meeting__group")
    actions = ActionLink.objects.filter(struck_out=False, action__classification="public").select_related(
        "action__group", "action__owner", "action__owner_group"
    )
    return (
        Question.objects.filter(**PUBLIC)
        .select_related("topic", "owner", "waiting_on", "agreed_answer", "merged_into", "split_from")
        .prefetch_related(
            Prefetch("answers", answers), Prefetch("meeting_links", meetings), Prefetch("action_links", actions)
        )
    )


class QuestionViewSet(ModelViewSet):
    queryset = shown()
    serializer_class = QuestionSerializer
    lookup_field = "reference"
    filter_backends = (SearchFilter,)
    search_fields = ("reference", "title", "text")

    @action(detail=True)
    def history(self, request, reference):
        rows = Question.history.filter(reference=reference).select_related("history_user")
        return Response(
            [
                {
                    "at": row.history_date,
                    "by": str(row.history_user),
                    "status": row.status,
                    "why": row.history_change_reason,
                }
                for row in rows
            ]
        )
