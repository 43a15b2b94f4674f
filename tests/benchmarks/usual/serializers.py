"""The register's document of a question, as nested serializers."""

from collections import Counter

from rest_framework import serializers

from tests.benchmarks.usual.models import (
    Action,
    ActionLink,
    Answer,
    Group,
    Meeting,
    MeetingLink,
    Organisation,
    Question,
    Topic,
)

RUNNING = ("raised", "open", "in_review")
HELD_BY = {"raised": "Triage", "agreed": "Triage", "in_review": "Members"}


class OrganisationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Organisation
        fields = ("id", "name")


class TopicSerializer(serializers.ModelSerializer):
    class Meta:
        model = Topic
        fields = ("id", "name")


class GroupSerializer(serializers.ModelSerializer):
    class Meta:
        model = Group
        fields = ("id", "name")


class MeetingSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="__str__")

    class Meta:
        model = Meeting
        fields = ("id", "name", "held_on")


class MeetingLinkSerializer(serializers.ModelSerializer):
    meeting = MeetingSerializer()

    class Meta:
        model = MeetingLink
        fields = ("meeting", "kind", "paragraph")


class ActionSerializer(serializers.ModelSerializer):
    group = GroupSerializer()
    owner = OrganisationSerializer()
    owner_group = GroupSerializer()

    class Meta:
        model = Action
        fields = ("id", "group", "reference", "status", "owner", "owner_group", "due_on")


class ActionLinkSerializer(serializers.ModelSerializer):
    action = ActionSerializer()

    class Meta:
        model = ActionLink
        fields = ("action",)


class AnswerSerializer(serializers.ModelSerializer):
    reviews = serializers.SerializerMethodField()

    class Meta:
        model = Answer
        fields = ("id", "number", "status", "text", "classification", "reviews")

    def get_reviews(self, answer):
        said = (review.position for review in answer.reviews.all() if review.position != "no_response")
        return Counter(said)


class QuestionSerializer(serializers.ModelSerializer):
    topic = TopicSerializer(read_only=True)
    owner = OrganisationSerializer(read_only=True)
    waiting_on = OrganisationSerializer(read_only=True)
    holder = serializers.SerializerMethodField()
    clock_runs = serializers.SerializerMethodField()
    agreed_answer = serializers.SlugRelatedField("number", read_only=True)
    merged_into = serializers.SlugRelatedField("reference", read_only=True)
    split_from = serializers.SlugRelatedField("reference", read_only=True)
    meetings = MeetingLinkSerializer(source="meeting_links", many=True, read_only=True)
    actions = ActionLinkSerializer(source="action_links", many=True, read_only=True)
    answers = AnswerSerializer(many=True, read_only=True)

    class Meta:
        model = Question
        exclude = ("assignee", "raised_by")

    def get_holder(self, question):
        holders = {"open": question.owner, "awaiting_input": question.waiting_on, "deferred": question.owner}
        if question.status in holders:
            return str(holders[question.status] or "Triage")
        return HELD_BY.get(question.status)

    def get_clock_runs(self, question):
        return question.status in RUNNING
