"""The fields of documents beside those of Django REST framework.

A document is serialised once, as whoever may read everything would have it. What not all may read is marked in it as
`Classified`, and left out for a clearance afterwards (`cut`).
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import UTC
from operator import attrgetter
from typing import Any, NamedTuple

from rest_framework import serializers

from register.documents.kinds import kind as kinds
from register.documents.kinds.lookups import follow, get_own_classification_paths, resolve_source
from register.models.questions import LONGEST_CHAIN
from register.models.visibility import get_classification_paths, get_classifications
from register.vocabulary import Classification, Position


class Classified(NamedTuple):
    """A part of a document, and the classifications that a reader must be cleared for to see it."""

    value: Any
    classifications: tuple[str, ...]

    def is_shown_to(self, clearance: Collection[str]) -> bool:
        return all(classification in clearance for classification in self.classifications)


class Tally(NamedTuple):
    """Values to be counted among those that a reader may see."""

    values: list[Classified]


class FirstShown(NamedTuple):
    """Values of which the first shows that the reader may see."""

    values: list[Classified]


def cut(value: Any, clearance: Collection[str]) -> Any:
    """Return a serialised value as it reads with a clearance: hidden items of a list are left out, others are null."""
    if isinstance(value, dict):
        return {name: cut(part, clearance) for name, part in value.items()}
    if isinstance(value, list):
        return [cut(part, clearance) for part in value if _is_shown(part, clearance)]
    if isinstance(value, Tally):
        return dict(sorted(Counter(part.value for part in value.values if _is_shown(part, clearance)).items()))
    if isinstance(value, FirstShown):
        return next((cut(part, clearance) for part in value.values if _is_shown(part, clearance)), None)
    if isinstance(value, Classified):
        return cut(value.value, clearance) if _is_shown(value, clearance) else None
    return value


def _is_shown(part: Any, clearance: Collection[str]) -> bool:
    return not isinstance(part, Classified) or part.is_shown_to(clearance)


class Moment(serializers.DateTimeField):
    """A time in UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class NameOf(serializers.CharField):
    """The name of the row that a relation leads to, or null."""

    def __init__(self, relation: str, **options: Any) -> None:
        super().__init__(source=f"{relation}.name", allow_null=True, **options)


class LoginOf(serializers.CharField):
    """The username of the login that a relation leads to; null where there is none.

    What somebody signs in with is for those who may read everything: it is null for all others.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        return Classified(value.username, (Classification.RESTRICTED,))

    def get_columns(self, model: Any) -> list[str]:
        return ["username"]


class TextOrNull(serializers.CharField):
    """Text, or null where it is blank."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value) or None


class ChoiceOrNull(serializers.ChoiceField):
    """One of the choices, or null where it is blank."""

    def __init__(self, choices: Sequence[Any], **options: Any) -> None:
        super().__init__(choices, allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value) or None


class Url(serializers.URLField):
    """The address of an item, or of the one that a relation leads to (`source`)."""

    def __init__(self, *, source: str = "*") -> None:
        super().__init__(source=source)

    def to_representation(self, value: Any) -> str:
        return kinds.get_kind(value).get_url(value)

    def get_columns(self, model: Any) -> list[str]:
        model = model if self.source == "*" else follow(model, *str(self.source).split("."))
        return [kinds.KINDS[model._meta.model_name].lookup_field]


class ReferenceOf(serializers.CharField):
    """The reference of the row that a relation leads to; null where there is none, or none that the reader may see.

    `shown` is the column or computed property that holds it.
    """

    def __init__(self, shown: str = "reference", **options: Any) -> None:
        self.shown = shown
        super().__init__(allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        return Classified(getattr(value, self.shown), get_classifications(value))

    def get_columns(self, model: Any) -> list[str]:
        related = follow(model, str(self.source))
        return [*resolve_source([self.shown], related), *get_classification_paths(related)]


def _get_merge_columns(model: Any) -> list[str]:
    shown = ["reference", *get_classification_paths(model)]
    return [f"{'merged_into__' * n}{column}" for n in range(1, LONGEST_CHAIN + 1) for column in shown]


def _show_merge_end(question: Any, show: Callable[[Any], str]) -> FirstShown:
    """Return what a function shows of each question that this one led to by merging, the end first."""
    chain = question.get_merge_chain()
    return FirstShown([Classified(show(row), get_classifications(row)) for row in reversed(chain)])


class MergedInto(serializers.CharField):
    """The reference of the question at the end of a chain of merges, or of the last that the reader may see."""

    def __init__(self) -> None:
        said = "The reference of the question it was merged into; where that was merged too, of the end of the chain."
        super().__init__(source="*", allow_null=True, help_text=said)

    def to_representation(self, value: Any) -> Any:
        return _show_merge_end(value, attrgetter("reference"))

    def get_columns(self, model: Any) -> list[str]:
        return _get_merge_columns(model)


class MergedIntoUrl(serializers.URLField):
    """The address of the question that `MergedInto` names."""

    def __init__(self) -> None:
        super().__init__(source="*", allow_null=True)

    def to_representation(self, value: Any) -> Any:
        return _show_merge_end(value, lambda row: kinds.get_kind(row).get_url(row))

    def get_columns(self, model: Any) -> list[str]:
        return _get_merge_columns(model)


class NumberOfAgreedAnswer(serializers.IntegerField):
    """The number of a question's agreed answer; null where there is none, or none that the reader may see."""

    def __init__(self) -> None:
        super().__init__(source="*", allow_null=True, help_text="The number of the agreed answer.")

    def to_representation(self, question: Any) -> Any:
        answers = (answer for answer in question.answers.all() if answer.pk == question.agreed_answer_id)
        return next((Classified(answer.number, get_classifications(answer)) for answer in answers), None)

    def get_columns(self, model: Any) -> list[str]:
        return ["agreed_answer", "answers__number", "answers__classification"]


class PositionTally(serializers.DictField):
    """How many members hold each position on an answer, of those who said something that the reader may see."""

    child = serializers.IntegerField()

    def to_representation(self, value: Any) -> Any:
        given = (review for review in value.all() if review.position != Position.NO_RESPONSE)
        return Tally([Classified(review.position, get_classifications(review)) for review in given])

    def get_columns(self, model: Any) -> list[str]:
        return ["position", *get_own_classification_paths(model, str(self.source))]


class QuestionReferences(serializers.ListField):
    """The references of the questions that an item's links lead to, as far as the reader may see them."""

    child = serializers.CharField()

    def __init__(self) -> None:
        super().__init__(source="links")

    def to_representation(self, value: Any) -> list[Classified]:
        links = sorted(value.all(), key=attrgetter("pk"))
        return [Classified(link.question.reference, get_classifications(link.question)) for link in links]

    def get_columns(self, model: Any) -> list[str]:
        return ["question__reference", "question__classification"]


class Parts(serializers.ListSerializer):
    """The parts of an item, each marked with what hides it."""

    def to_representation(self, data: Any) -> list[Any]:
        part: Any = self.child
        rows = sorted(data.all(), key=attrgetter("pk"))
        return [Classified(part.to_representation(row), get_classifications(row)) for row in rows]


class Part(serializers.Serializer):
    """One part of an item."""

    class Meta:
        list_serializer_class = Parts
