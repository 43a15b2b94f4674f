import django_filters
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError

from register.models import Meeting, Organisation, Question, Topic
from register.words import Status

ALWAYS_KNOWN = {"cursor", "limit"}


class StrictFilterBackend(DjangoFilterBackend):
    """Refuses a parameter that it does not know, so that a misspelt filter is not taken for a full list."""

    def filter_queryset(self, request, queryset, view):
        known = ALWAYS_KNOWN | set(view.filterset_class.base_filters)
        if unknown := sorted(set(request.query_params) - known):
            raise ValidationError({name: ["There is no such parameter."] for name in unknown})
        once = set(request.query_params) - {"status"}
        if repeated := sorted(name for name in once if len(request.query_params.getlist(name)) > 1):
            raise ValidationError({name: ["Give this parameter once."] for name in repeated})
        return super().filter_queryset(request, queryset, view)


@extend_schema_field(OpenApiTypes.STR)
class NameFilter(django_filters.ModelChoiceFilter):
    """A row called by its name, in any case."""

    def __init__(self, **options):
        super().__init__(to_field_name="name__iexact", **options)


class QuestionFilter(FilterSet):
    status = django_filters.MultipleChoiceFilter(choices=Status.choices)
    topic = NameFilter(queryset=Topic.objects.all())
    owner = NameFilter(queryset=Organisation.objects.all())
    meeting = django_filters.CharFilter(method="at_meeting", max_length=40, label="A meeting's name: CCDG15.")
    q = django_filters.CharFilter(method="matching", max_length=200, label="Words in reference, title or text.")

    class Meta:
        model = Question
        fields = ()

    def at_meeting(self, questions, name, value):
        if not Meeting.objects.named(value).exists():
            raise ValidationError({name: [f"There is no meeting called {value}."]})
        return questions.at_meeting(value)

    def matching(self, questions, name, value):
        return questions.matching(value)
