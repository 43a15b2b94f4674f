import django_filters
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
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
        return super().filter_queryset(request, queryset, view)


class QuestionFilter(FilterSet):
    status = django_filters.MultipleChoiceFilter(choices=Status.choices)
    topic = django_filters.ModelChoiceFilter(queryset=Topic.objects.all(), to_field_name="name")
    owner = django_filters.ModelChoiceFilter(queryset=Organisation.objects.all(), to_field_name="name")
    meeting = django_filters.CharFilter(method="at_meeting", label="A meeting's name: CCDG15.")
    q = django_filters.CharFilter(method="matching", label="Words in reference, title or text.")

    class Meta:
        model = Question
        fields = ()

    def at_meeting(self, questions, name, value):
        if not Meeting.objects.named(value).exists():
            raise ValidationError({name: [f"There is no meeting called {value}."]})
        return questions.at_meeting(value)

    def matching(self, questions, name, value):
        return questions.matching(value)
