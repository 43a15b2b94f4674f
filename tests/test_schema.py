"""The schema keeps its word: no fault of ours, no status that it does not name, no answer of another shape."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from register.documents.kinds import get_documented_kinds
from register.models import Action, Answer, Group, Meeting, Organisation, Question, Token, Topic
from register.services.links import link_action, link_meeting
from register.services.reference import keep

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
SCHEMA.app = get_wsgi_application()
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
KNOWN = {"reference": Question, "answers": Answer, "meetings": Meeting, "actions": Action, "topics": Topic}


@pytest.fixture
def one_connection(db):
    """Let the application keep the test's own connection after each request, as Django's test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def full_register(one_connection, cast, moved, raised):
    for status in ("awaiting_input", "in_review", "closed", "merged", "withdrawn"):
        question = moved(status)
    action = keep(
        Action(group=Group.objects.get(), reference="1/1", text="Do.", classification="public"), by=cast.triage
    )
    link_action(action, question, by=cast.triage)
    link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage)
    raised(classification="restricted")


def _known_places(operation):
    """Return {path parameter: values that lead somewhere}, so that not every call ends at 404."""
    if "{reference}" in operation.path:
        return {"reference": list(Question.objects.values_list("reference", flat=True))}
    kinds = {kind.plural: kind.model for kind in get_documented_kinds().values()}
    model = kinds.get(operation.path.split("/")[3], Organisation)
    return {"id": [str(pk) for pk in model.objects.values_list("pk", flat=True)]} if "{id}" in operation.path else {}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("reader", ["feed", "lead"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_every_operation_answers_as_the_schema_says(operation, reader, full_register, cast):
    _, token = Token.objects.create(user=getattr(cast, reader))
    places = _known_places(operation)

    @settings(max_examples=20, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(), data=st.data())
    def conforms(case, data):
        for name, values in places.items():
            if values and data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(values))
        if "If-Match" in (case.headers or {}) and data.draw(st.booleans()):
            case.headers["If-Match"] = "*"
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        case.validate_response(answer, checks=CHECKS)

    conforms()
