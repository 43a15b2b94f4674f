"""Reference data that is little more than a name."""

from rest_framework import serializers

from register.documents.kinds.fields import TextOrNull, Url
from register.documents.kinds.kind import Kind
from register.models import Organisation, Topic


class TopicDocument(serializers.Serializer):
    id = serializers.IntegerField()
    url = Url()
    name = serializers.CharField()


class TopicKind(Kind):
    """Topics that questions are sorted by."""

    model = Topic
    serializer_class = TopicDocument
    reference_field = "name"


class OrganisationDocument(TopicDocument):
    full_name = TextOrNull()


class OrganisationKind(Kind):
    """Bodies that own questions or are waited on."""

    model = Organisation
    serializer_class = OrganisationDocument
    reference_field = "name"
