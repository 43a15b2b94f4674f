"""Which of the items a list holds."""

import re

import django_filters
from django import forms
from django.apps import apps
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django_filters.rest_framework import FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError

from register.clock import get_day_refusal, today
from register.documents.kinds import KINDS
from register.documents.past import get_past_rows
from register.documents.sources import Live, Past, get_position_at
from register.models import (
    Action,
    Answer,
    Change,
    ChangeLink,
    Document,
    Meeting,
    Organisation,
    Question,
    SuspectMark,
    Topic,
)
from register.models.questions import BROUGHT_UP_BY, make_live_condition, make_overdue_condition
from register.models.search import MOST_WORDS, find_in_rows, make_relevance_expression, parse_references, split_words
from register.models.suspects import get_marked_keys
from register.vocabulary import (
    CARRIES_NOTHING,
    ActionStatus,
    AnswerStatus,
    ChangeStage,
    Classification,
    Code,
    Position,
    Status,
)
from register.workflow import MEMBERS_HOLD, TRIAGE_HOLDS


def parse_moment(name, text):
    """Return an aware time from ISO 8601 text. Raises ValidationError under the parameter's name."""
    # A plus that was not escaped arrives as a blank.
    mended = re.sub(r" (\d\d:?\d\d)$", r"+\1", text.strip())
    try:
        found = parse_datetime(mended)
    except ValueError:
        found = None
    if found is None or timezone.is_naive(found):
        raise ValidationError({name: ["Give an ISO 8601 time with its zone: 2021-03-16T10:00:00Z."]})
    if refused := get_day_refusal(found.date()):
        raise ValidationError({name: [refused]})
    return found


class _YesOrNo(forms.Field):
    def to_python(self, value):
        words = {"true": True, "1": True, "false": False, "0": False}
        if value in (None, ""):
            return None
        if str(value).lower() not in words:
            raise forms.ValidationError("Give true or false.")
        return words[str(value).lower()]


@extend_schema_field(OpenApiTypes.BOOL)
class YesOrNo(django_filters.Filter):
    field_class = _YesOrNo

    def __init__(self, which, **options):
        super().__init__(**options)
        self.which = which

    def filter(self, rows, value):
        return rows if value is None else rows.filter(self.which() if value else ~self.which())


class _Name(forms.CharField):
    def __init__(self, *, model, **options):
        super().__init__(**options)
        self.model = model

    def clean(self, value):
        name = super().clean(value)
        if name and not (row := self.model.objects.get_called(name)):
            # Named as a parameter: django-filter formats what stands in the message itself.
            said = f"There is no {self.model._meta.verbose_name} called %(name)s."
            raise forms.ValidationError(said, params={"name": name})
        return row if name else None


@extend_schema_field(OpenApiTypes.STR)
class NameFilter(django_filters.Filter):
    """A row called by its name, however it is written."""

    field_class = _Name


class _Since(forms.CharField):
    def clean(self, value):
        if value in (None, ""):
            return None
        try:
            return parse_moment("updated_since", value)
        except ValidationError as error:
            raise forms.ValidationError([str(said) for said in error.detail["updated_since"]]) from None


@extend_schema_field(OpenApiTypes.DATETIME)
class UpdatedSince(django_filters.Filter):
    """Items whose documents changed for this reader after a time."""

    field_class = _Since

    def __init__(self, kind, **options):
        super().__init__(**options)
        self.kind = kind

    def filter(self, rows, value):
        if value is None:
            return rows
        documents = Document.objects.visible_to(self.parent.request.user).filter(kind=self.kind)
        return rows.filter(id__in=documents.filter(position__gt=get_position_at(value)).values("object_id"))


class SuspectFilter(YesOrNo):
    """Rows of a model on which a mark stands, or stood, that the reader may see."""

    def __init__(self, model, **options):
        super().__init__(None, **options)
        self.of = model

    def filter(self, rows, value):
        if value is None:
            return rows
        keys = get_marked_keys(_get_marks(self.parent.request), self.of)
        return rows.filter(id__in=keys) if value else rows.exclude(id__in=keys)


def _get_marks(request):
    if request.reading.position is None:
        return SuspectMark.objects.visible_to(request.user).standing()
    return get_past_rows(KINDS["suspectmark"], request.reading.position, request.user).filter(standing=True)


class CarriedFilter(YesOrNo):
    """Questions whose agreed answer a change carries, or those agreed that none does, by links the reader may see."""

    def filter(self, rows, value):
        if value is None:
            return rows
        carried = _get_carrying_links(self.parent.request).values("answer_id")
        if value:
            return rows.filter(agreed_answer_id__in=carried)
        return rows.filter(status=Status.AGREED).exclude(agreed_answer_id__in=carried)


def _get_carrying_links(request):
    visible, position = ChangeLink.objects.visible_to(request.user), request.reading.position
    if position is None:
        return visible.carrying().order_by()
    links = get_past_rows(KINDS["changelink"], position, request.user).filter(struck_out=False)
    changes = get_past_rows(KINDS["change"], position, request.user).exclude(stage__in=CARRIES_NOTHING)
    return links.filter(id__in=visible.values("pk"), change_id__in=changes.values("id")).order_by()


def _overdue():
    return make_overdue_condition(today())


class QuestionFilter(FilterSet):
    status = django_filters.MultipleChoiceFilter(choices=Status.choices, distinct=False)
    live = YesOrNo(
        make_live_condition, label="Whether it is raised, open, awaiting input, in review, agreed or deferred."
    )
    topic = NameFilter(model=Topic)
    owner = NameFilter(model=Organisation)
    waiting_on = NameFilter(model=Organisation)
    holder = django_filters.CharFilter(
        method="filter_holder", max_length=80, label="Triage, Members, or an organisation."
    )
    meeting = django_filters.CharFilter(method="filter_meeting", max_length=40, label="A meeting's name: CCDG15.")
    classification = django_filters.MultipleChoiceFilter(choices=Classification.choices, distinct=False)
    overdue = YesOrNo(_overdue, label="Whether it is live and its due date is before today in London.")
    carried = CarriedFilter(
        None, label="Whether a change carries its agreed answer; false is what is agreed and not carried yet."
    )
    suspect = SuspectFilter(Question, label="Whether it is in doubt, or an answer to it.")
    updated_since = UpdatedSince("question", label="An ISO 8601 time.")
    q = django_filters.CharFilter(
        method="filter_words", max_length=200, label="Words in title or text, or a reference."
    )

    def filter_holder(self, questions, name, value):
        for called, statuses in ((TRIAGE_HOLDS, _TRIAGE), (MEMBERS_HOLD, _MEMBERS)):
            if value.lower() == called.lower():
                return questions.filter(statuses)
        body = Organisation.objects.get_called(value)
        if body is None:
            raise ValidationError({name: [f"Give Triage, Members or an organisation: there is no {value}."]})
        owned = Q(owner_id=body.pk, status__in=[Status.OPEN, Status.DEFERRED])
        return questions.filter(owned | Q(waiting_on_id=body.pk, status=Status.AWAITING_INPUT))

    def filter_meeting(self, questions, name, value):
        meetings = list(Meeting.objects.find_by_name(value).values_list("pk", flat=True))
        if not meetings:
            raise ValidationError({name: [f"There is no meeting called {value}."]})
        position = self.request.reading.position
        source = Live() if position is None else Past(position)
        models = (apps.get_model("register", name) for name in BROUGHT_UP_BY)
        rows = (source.get_rows(model, {"": {"question"}}) for model in models)
        found = {row.question_id for some in rows for row in some.filter(meeting_id__in=meetings)}
        return questions.filter(id__in=found - {None})

    def filter_words(self, questions, name, value):
        if len(split_words(value)) > MOST_WORDS:
            raise ValidationError({name: [f"Give at most {MOST_WORDS} words."]})
        if self.request.reading.position is None:
            return questions.search(value, self.request.user)
        rows = questions.prefetch_related(None).values_list("id", "reference", "title", "text")
        found, match_title = find_in_rows(value, rows)
        return questions.filter(id__in=found).annotate(relevance=make_relevance_expression(value, match_title))


# Whose move it is, as `workflow.HELD_BY` says, in terms that an index can serve.
_TRIAGE = Q(status__in=[Status.RAISED, Status.AGREED]) | Q(status=Status.DEFERRED, owner_id=None)
_MEMBERS = Q(status=Status.IN_REVIEW)


def find_question(user, name, reference):
    """Return the question of that reference that a user may see. Raises ValidationError under the parameter's name."""
    question = Question.objects.visible_to(user).filter(reference__in=parse_references(reference)).first()
    if question is None:
        raise ValidationError({name: [f"There is no question {reference}, or none that you may see."]})
    return question


class AnswerFilter(FilterSet):
    status = django_filters.MultipleChoiceFilter(choices=AnswerStatus.choices, distinct=False)
    question = django_filters.CharFilter(
        method="filter_question", max_length=20, label="A question's reference: DSQ-001."
    )
    updated_since = UpdatedSince("answer", label="An ISO 8601 time.")

    def filter_question(self, answers, name, value):
        return answers.filter(question_id=find_question(self.request.user, name, value).pk)


class ReviewFilter(FilterSet):
    position = django_filters.ChoiceFilter(choices=Position.choices)
    question = django_filters.CharFilter(
        method="filter_question", max_length=12, label="A question's reference: DSQ-001."
    )
    mine = YesOrNo(None, method="filter_mine", label="Whether it is your own.")
    updated_since = UpdatedSince("review", label="An ISO 8601 time.")

    def filter_question(self, reviews, name, value):
        answers = Answer.objects.filter(question=find_question(self.request.user, name, value))
        return reviews.filter(answer_id__in=answers.values("pk"))

    def filter_mine(self, reviews, name, value):
        own = Q(reviewer_id=self.request.user.pk)
        return reviews.filter(own if value else ~own)


def _overdue_action():
    return Q(status=ActionStatus.OPEN, due_on__isnull=False, due_on__lt=today())


class ActionFilter(FilterSet):
    status = django_filters.MultipleChoiceFilter(choices=ActionStatus.choices, distinct=False)
    owner = NameFilter(model=Organisation)
    overdue = YesOrNo(_overdue_action, label="Whether it is open and past its day in London.")
    suspect = SuspectFilter(Action, label="Whether it is in doubt.")
    updated_since = UpdatedSince("action", label="An ISO 8601 time.")


class ChangeFilter(FilterSet):
    code = django_filters.MultipleChoiceFilter(choices=Code.choices, distinct=False)
    stage = django_filters.MultipleChoiceFilter(choices=ChangeStage.choices, distinct=False)
    q = django_filters.CharFilter(
        method="filter_named", max_length=40, label="Its reference, or one that it had before: MP162, SEC MP162."
    )
    updated_since = UpdatedSince("change", label="An ISO 8601 time.")

    def filter_named(self, changes, name, value):
        return changes.filter(id__in=Change.objects.named(value).values("pk"))


class MeetingFilter(FilterSet):
    name = django_filters.CharFilter(method="filter_name", max_length=40, label="As minutes call it: CCDG15.")
    updated_since = UpdatedSince("meeting", label="An ISO 8601 time.")

    def filter_name(self, meetings, name, value):
        return meetings.filter(id__in=Meeting.objects.find_by_name(value).values("pk"))
