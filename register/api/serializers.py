"""What the API sends beside the documents themselves, which the kinds declare (`register.documents.kinds`)."""

from functools import cache
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from register.documents.kinds import Kind, get_documented_kinds
from register.documents.kinds.fields import Moment
from register.ledger.events import AnswerEvent, StatusEvent
from register.vocabulary import Status

VERSION = "The ledger position at which this document last changed for you."


@cache
def get_document_serializer(kind: Kind) -> Any:
    """Return the serializer that describes a kind's documents as they are sent: with their `version`."""
    shape: Any = kind.serializer_class
    more = {"version": serializers.IntegerField(help_text=VERSION), "__doc__": shape.__doc__}
    return type(shape)(shape.__name__, (shape,), more)


@cache
def get_item_serializer(kind: Kind) -> Any:
    """Return the serializer that describes a kind's documents as items of the feed."""
    more = {
        "type": serializers.ChoiceField([(kind.name, kind.name)]),
        "position": serializers.IntegerField(),
        "__doc__": f"A {kind.name} as its own resource shows it, with `type` and `position`.",
    }
    shape = get_document_serializer(kind)
    return type(shape)(f"{kind.name.capitalize()}Item", (shape,), more)


def get_feed_kinds() -> list[Kind]:
    return [kind for kind in get_documented_kinds().values() if kind.in_feed]


class StatusChangeDocument(serializers.Serializer):
    """One row of a status history."""

    at = Moment()
    by = serializers.CharField(help_text="The name as it was then.", allow_blank=True)
    organisation = serializers.CharField(help_text="The organisation as it was then.", allow_blank=True)
    locals()["from"] = serializers.ChoiceField(Status.choices, source="source", allow_null=True)
    to = serializers.ChoiceField(Status.choices, source="target")
    reason = serializers.CharField(allow_blank=True)
    answer = serializers.IntegerField(allow_null=True, help_text="The number of the answer, of what was agreed.")
    meeting = serializers.CharField(allow_null=True, help_text="The meeting that agreed it, where one did.")
    disposition = serializers.CharField(allow_null=True, help_text="Where the answer landed, of what was closed.")
    position = serializers.IntegerField(help_text="Of the ledger entry.")
    redacted = serializers.BooleanField(help_text="Whether the reason was emptied by a redaction.")


class MoveInput(serializers.Serializer):
    name = serializers.CharField()
    kind = serializers.CharField()
    required = serializers.BooleanField()
    ask = serializers.CharField(help_text="What it is asked for with.")
    choices = serializers.ListField(child=serializers.CharField())


class PossibleMove(serializers.Serializer):
    """A transition of the workflow, for this user and this question, now."""

    transition = serializers.CharField()
    label = serializers.CharField()
    to = serializers.ChoiceField(Status.choices, allow_null=True, help_text="Null: there is no move to undo.")
    possible = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Why it is refused, before any input.")
    inputs = MoveInput(many=True)


class Head(serializers.Serializer):
    position = serializers.IntegerField(help_text="The last that you may see; 0 before the first.")
    digest = serializers.CharField(help_text="Of the ledger entry there.", allow_blank=True)


class Tombstone(serializers.Serializer):
    """What a reader could see and no longer may."""

    reference = serializers.CharField()
    removed = serializers.BooleanField()
    type = serializers.ChoiceField([(kind.name, kind.name) for kind in get_feed_kinds()])
    position = serializers.IntegerField()


class _Page(serializers.Serializer):
    next = serializers.CharField(help_text="A cursor: ask for what came after it next time, with `since`.")
    more = serializers.BooleanField(help_text="Whether there is more now.")
    head = Head()


def _describe_one_of(name: str, shapes: list[Any]) -> PolymorphicProxySerializer:
    """Describe a list whose items have one of these shapes each."""
    return PolymorphicProxySerializer(component_name=name, serializers=shapes, resource_type_field_name=None, many=True)


@extend_schema_serializer(component_name="ChangePage")
class ChangePage(_Page):
    """What changed after a position, each item once, in its latest state, by position."""

    results = serializers.ListField(child=serializers.DictField())

    def get_fields(self):
        items = [*map(get_item_serializer, get_feed_kinds()), Tombstone]
        return super().get_fields() | {"results": _describe_one_of("ChangedItem", items)}


class _Proposed(serializers.Serializer):
    number = serializers.IntegerField(help_text="Within its question.")
    url = serializers.URLField()


class _Event(serializers.Serializer):
    position = serializers.IntegerField()
    at = Moment()
    reference = serializers.CharField(help_text="Of the question.")
    url = serializers.SerializerMethodField(help_text="Of the question.")
    organisation = serializers.CharField(allow_blank=True, help_text="Whose person did it, as it was called then.")
    redacted = serializers.BooleanField(help_text="Whether the words were emptied by a redaction.")

    @extend_schema_field(serializers.URLField)
    def get_url(self, event: Any) -> str:
        return reverse("question-detail", args=[event.reference])


class StatusChanged(_Event):
    """One change of status: who, when, from, to and why."""

    type = serializers.ChoiceField([(StatusEvent.type, StatusEvent.type)])
    locals()["from"] = serializers.ChoiceField(Status.choices, source="source", allow_null=True)
    to = serializers.ChoiceField(Status.choices, source="target")
    reason = serializers.CharField(allow_blank=True)


class AnswerProposed(_Event):
    """A new answer, in the words in which it was proposed."""

    type = serializers.ChoiceField([(AnswerEvent.type, AnswerEvent.type)])
    answer = serializers.SerializerMethodField()
    text = serializers.CharField(allow_blank=True)

    @extend_schema_field(_Proposed)
    def get_answer(self, event: Any) -> dict[str, Any]:
        return {"number": event.number, "url": reverse("answer-detail", args=[event.answer_id])}


EVENTS: dict[type, Any] = {StatusEvent: StatusChanged(), AnswerEvent: AnswerProposed()}


@extend_schema_serializer(component_name="EventPage")
class EventPage(_Page):
    """Status changes and new answers after a position, in their order."""

    results = serializers.ListField(child=serializers.DictField())

    def get_fields(self):
        return super().get_fields() | {"results": _describe_one_of("Event", [*EVENTS.values()])}


class Entry(serializers.Serializer):
    """One ledger entry. What you may not read, and what was redacted, has its position and digests alone."""

    position = serializers.IntegerField()
    snapshot_digest = serializers.CharField(help_text="SHA-256 over the salt and the snapshot.")
    digest = serializers.CharField(help_text="SHA-256 over the digest before, the position and the snapshot's digest.")
    at = serializers.DateTimeField(required=False)
    model = serializers.CharField(required=False)
    salt = serializers.CharField(required=False)
    snapshot = serializers.CharField(required=False, help_text="Canonical JSON, byte for byte as it was digested.")


class EntryPage(_Page):
    results = Entry(many=True)
