"""The shapes of documents and answers, for the schema alone: `register.documents.building` makes them."""

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_serializer
from rest_framework import serializers

from register.words import ActionStatus, AnswerStatus, Classification, LinkKind, Outcome, Priority, Status


class _Shape(serializers.Serializer):
    """Describes; never serializes."""


class MeetingOfQuestion(_Shape):
    meeting = serializers.CharField(help_text="The name that minutes use: CCDG15.")
    held_on = serializers.DateField(allow_null=True)
    url = serializers.URLField()
    kind = serializers.ChoiceField(LinkKind.choices, help_text="What happened there.")
    paragraph = serializers.CharField(allow_null=True)


class ActionOfQuestion(_Shape):
    reference = serializers.CharField(help_text="With its group, as minuted: CCDG 15/10.")
    url = serializers.URLField()
    status = serializers.ChoiceField(ActionStatus.choices)
    owner = serializers.CharField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)


class AnswerOfQuestion(_Shape):
    id = serializers.IntegerField()
    url = serializers.URLField()
    number = serializers.IntegerField()
    status = serializers.ChoiceField(AnswerStatus.choices)
    text = serializers.CharField(allow_blank=True)
    classification = serializers.ChoiceField(Classification.choices)
    reviews = serializers.DictField(child=serializers.IntegerField(), help_text="How many members hold each position.")


class Versioned(_Shape):
    version = serializers.IntegerField(help_text="The ledger position at which this document last changed for you.")


class QuestionDocument(Versioned):
    """Everything that the register holds about one question, as far as the reader may see it."""

    reference = serializers.CharField()
    url = serializers.URLField()
    title = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    topic = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(Status.choices)
    holder = serializers.CharField(allow_null=True, help_text="Whose move it is; null once the question has ended.")
    owner = serializers.CharField(allow_null=True)
    priority = serializers.ChoiceField(Priority.choices, allow_null=True)
    classification = serializers.ChoiceField(Classification.choices)
    due_on = serializers.DateField(allow_null=True)
    raised_on = serializers.DateField(allow_null=True)
    recorded_at = serializers.DateTimeField()
    status_since = serializers.DateTimeField()
    working_days_before = serializers.IntegerField(help_text="Working days counted before the present status.")
    clock_runs = serializers.BooleanField(help_text="Whether working days count in the present status.")
    waiting_on = serializers.CharField(allow_null=True)
    review_by = serializers.DateField(allow_null=True)
    revisit_on = serializers.DateField(allow_null=True)
    agreed_answer = serializers.IntegerField(allow_null=True, help_text="The number of the agreed answer.")
    disposition = serializers.CharField(allow_null=True)
    outcome = serializers.ChoiceField(Outcome.choices, allow_null=True)
    merged_into = serializers.CharField(allow_null=True, help_text="The reference of the question it was merged into.")
    split_from = serializers.CharField(allow_null=True, help_text="The reference of the question it was split from.")
    meetings = MeetingOfQuestion(many=True)
    actions = ActionOfQuestion(many=True)
    answers = AnswerOfQuestion(many=True)


class AnswerDocument(AnswerOfQuestion, Versioned):
    """One proposed answer, with the tally of its reviews."""

    question = serializers.CharField()
    question_url = serializers.URLField()


class QuestionOfMeeting(_Shape):
    question = serializers.CharField()
    url = serializers.URLField()
    kind = serializers.ChoiceField(LinkKind.choices)
    paragraph = serializers.CharField(allow_null=True)


class MeetingDocument(Versioned):
    """One meeting, with the questions that came up there."""

    id = serializers.IntegerField()
    reference = serializers.CharField(help_text="Name and date where known: CCDG15 2021-03-16. Numbers can restart.")
    url = serializers.URLField()
    name = serializers.CharField()
    group = serializers.CharField()
    number = serializers.IntegerField()
    held_on = serializers.DateField(allow_null=True)
    links = QuestionOfMeeting(many=True)


class ActionDocument(Versioned):
    """One action, as a meeting minted it."""

    id = serializers.IntegerField()
    reference = serializers.CharField(help_text="With its group: CCDG 15/10.")
    url = serializers.URLField()
    minuted_as = serializers.CharField()
    group = serializers.CharField()
    meeting = serializers.CharField(allow_null=True)
    paragraph = serializers.CharField(allow_null=True)
    text = serializers.CharField(allow_blank=True)
    owner = serializers.CharField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    due_as_written = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(ActionStatus.choices)
    classification = serializers.ChoiceField(Classification.choices)
    questions = serializers.ListField(child=serializers.CharField())


class TopicDocument(Versioned):
    id = serializers.IntegerField()
    url = serializers.URLField()
    name = serializers.CharField()


class OrganisationDocument(TopicDocument):
    full_name = serializers.CharField(allow_null=True)


class StatusChangeDocument(_Shape):
    """One row of a status history."""

    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="The name as it was then.", allow_blank=True)
    organisation = serializers.CharField(help_text="The organisation as it was then.", allow_blank=True)
    locals()["from"] = serializers.ChoiceField(Status.choices, source="source", allow_null=True)
    to = serializers.ChoiceField(Status.choices, source="target")
    reason = serializers.CharField(allow_blank=True)
    position = serializers.IntegerField(help_text="Of the ledger entry.")
    redacted = serializers.BooleanField(help_text="Whether the reason was emptied by a redaction.")


class MoveInput(_Shape):
    name = serializers.CharField()
    kind = serializers.CharField()
    required = serializers.BooleanField()
    ask = serializers.CharField(help_text="What it is asked for with.")
    choices = serializers.ListField(child=serializers.CharField())


class PossibleMove(_Shape):
    """A transition of the workflow, for this user and this question, now."""

    transition = serializers.CharField()
    label = serializers.CharField()
    to = serializers.ChoiceField(Status.choices)
    possible = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Why it is refused, before any input.")
    inputs = MoveInput(many=True)


class Head(_Shape):
    position = serializers.IntegerField(help_text="The last that you may see; 0 before the first.")
    digest = serializers.CharField(help_text="Of the ledger entry there.", allow_blank=True)


class Tombstone(_Shape):
    """What a reader could see and no longer may."""

    reference = serializers.CharField()
    removed = serializers.BooleanField()
    type = serializers.ChoiceField([("question", "question"), ("meeting", "meeting"), ("action", "action")])
    position = serializers.IntegerField()


def _item(shape, kind):
    """Return the shape of a document as an item of the feed: with its type and position."""
    more = {
        "type": serializers.ChoiceField([(kind, kind)]),
        "position": serializers.IntegerField(),
        "__doc__": f"A {kind} as its own resource shows it, with `type` and `position`.",
    }
    return type(shape)(f"{kind.capitalize()}Item", (shape,), more)


QuestionItem = _item(QuestionDocument, "question")
MeetingItem = _item(MeetingDocument, "meeting")
ActionItem = _item(ActionDocument, "action")


def _changed_items():
    return PolymorphicProxySerializer(
        component_name="ChangedItem",
        serializers=[QuestionItem, MeetingItem, ActionItem, Tombstone],
        resource_type_field_name=None,
        many=True,
    )


class _Page(_Shape):
    next = serializers.IntegerField(help_text="Ask for what came after this next time.")
    more = serializers.BooleanField(help_text="Whether there is more now.")
    head = Head()


@extend_schema_serializer(component_name="ChangePage")
class ChangePage(_Page):
    """What changed after a position, each item once, in its latest state, by position."""

    results = serializers.ListField(child=serializers.DictField())

    def get_fields(self):
        return super().get_fields() | {"results": _changed_items()}


class Event(_Shape):
    """One change of status: who, when, from, to and why."""

    position = serializers.IntegerField()
    at = serializers.DateTimeField()
    reference = serializers.CharField()
    url = serializers.URLField()
    organisation = serializers.CharField(allow_blank=True, help_text="Whose person made it, as it was called then.")
    locals()["from"] = serializers.ChoiceField(Status.choices, allow_null=True)
    to = serializers.ChoiceField(Status.choices)
    reason = serializers.CharField(allow_blank=True)
    redacted = serializers.BooleanField()


class EventPage(_Page):
    results = Event(many=True)


class Entry(_Shape):
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
