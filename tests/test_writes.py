"""What a write over the API takes, and what it refuses in a sentence rather than drop it unsaid."""

import pytest
from drf_spectacular.generators import SchemaGenerator

from register.models import Answer, LedgerHead, Question, RaisedOnce
from register.services.answers import record_review
from register.workflow import TRANSITIONS
from tests.conftest import GIVEN

LIST = "/api/v1/questions/"
NEW = {"title": "Who pays?", "text": "Who pays for it?"}


def write(client, question, body, path="", method="patch", **headers):
    url = f"{LIST}{question.reference}/{path}"
    return getattr(client, method)(url, body, format="json", headers={"If-Match": "*", **headers})


@pytest.mark.parametrize(
    ("body", "named"),
    [({"reason": "Because."}, "reason"), ({"reason": ""}, "reason"), ({}, "non_field_errors")],
)
def test_an_edit_that_names_nothing_to_change_is_a_400(body, named, api, raised):
    answer = write(api("triage"), raised(), body)
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, [named])


def test_a_reason_for_what_the_question_says_already_is_refused_rather_than_dropped(api, raised):
    question, client = raised(), api("triage")
    head = LedgerHead.objects.get()
    same = {"title": question.title, "owner": "ena"}
    answer = write(client, question, {**same, "reason": "Because."})
    assert (answer.status_code, "Leave the reason out" in answer.json()["detail"]) == (409, True)
    assert write(client, question, same).status_code == 200
    assert LedgerHead.objects.get() == head
    assert write(client, question, {**same, "title": "New?", "reason": "Because."}).status_code == 200


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize("name", ["priority", "owner", "topic", "assignee"])
def test_what_is_optional_is_cleared(name, nothing, api, cast, raised):
    answer = write(api("triage"), raised(assignee=cast.lead), {name: nothing})
    assert (answer.status_code, answer.json()[name]) == (200, None)


def test_a_move_that_is_refused_for_its_input_comes_before_the_precondition(api, moved):
    body = {"transition": "defer", "revisit_on": "soon"}
    answer = write(api("triage"), moved("open"), body, "transitions/", "post", **{"If-Match": '"stale"'})
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, ["revisit_on"])


def test_inputs_of_a_move_are_taken_as_they_are_written(api, moved):
    question = moved("open")
    body = {"transition": "await_input", "waiting_on": " dcc ", "reason": " What? ", "outcome": None, "review_by": ""}
    answer = write(api("triage"), question, body, "transitions/", "post")
    assert (answer.status_code, answer.json()["waiting_on"]) == (200, "DCC")
    assert question.history.first().history_change_reason == "What?"


@pytest.mark.parametrize(
    "keys", [("k1", '"k1"'), ('"k1"', "k1"), (' "k1" ', "k1"), ("a b", '"a b"'), (r'"a\"b\\c"', r'"a\"b\\c"')]
)
def test_a_key_is_one_with_and_without_quotation_marks(keys, api):
    client = api("triage")
    answers = [client.post(LIST, NEW, format="json", headers={"Idempotency-Key": key}) for key in keys]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert (answers[0].json(), Question.objects.count()) == (answers[1].json(), 1)


def test_a_key_with_another_body_is_refused_however_it_is_written(api):
    client = api("triage")
    client.post(LIST, NEW, format="json", headers={"Idempotency-Key": "k1"})
    answer = client.post(LIST, NEW | {"title": "Other?"}, format="json", headers={"Idempotency-Key": '"k1"'})
    assert answer.status_code == 409


@pytest.mark.parametrize("key", ["", " ", '"', '""', '"a', 'a"', '"a";b=1', "é", '"é"', '"a\\b"', "x" * 256])
def test_what_is_no_key_is_a_400(key, api):
    answer = api("triage").post(LIST, NEW, format="json", headers={"Idempotency-Key": key})
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, ["Idempotency-Key"])
    assert not RaisedOnce.objects.exists()


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        ("", "patch", {"title": "New?"}),
        ("transitions/", "post", {"transition": "defer", "reason": "Why.", "revisit_on": "2090-01-01"}),
        ("answers/", "post", {"text": "So."}),
    ],
)
def test_a_key_is_refused_where_none_is_kept(path, method, body, api, moved):
    question, client = moved("open"), api("triage")
    answer = write(client, question, body, path, method, **{"Idempotency-Key": "k1"})
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, ["Idempotency-Key"])
    assert write(client, question, body, path, method).status_code in (200, 201)


def test_a_review_takes_no_key(api, moved):
    answer = Answer.objects.get(question=moved("in_review"))
    said = api("member").put(
        f"/api/v1/answers/{answer.pk}/review/",
        {"position": "agree"},
        format="json",
        headers={"If-Match": "*", "Idempotency-Key": "k1"},
    )
    assert (said.status_code, [*said.json()["errors"]]) == (400, ["Idempotency-Key"])


@pytest.mark.parametrize("field", ["title", "text", "reason"])
def test_a_control_character_is_a_400_by_its_field(field, api):
    answer = api("triage").post(LIST, NEW | {field: "a bell \u0007"}, format="json")
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, [field])


def test_a_reason_without_end_is_a_400_everywhere(api, moved):
    question, client, long = moved("open"), api("triage"), "x" * 5_001
    answers = [
        client.post(LIST, NEW | {"reason": long}, format="json"),
        write(client, question, {"title": "New?", "reason": long}),
        write(client, question, {"text": "So.", "reason": long}, "answers/", "post"),
        write(client, question, {"transition": "open", "reason": long}, "transitions/", "post"),
    ]
    assert [(answer.status_code, [*answer.json()["errors"]]) for answer in answers] == [(400, ["reason"])] * 4


def test_a_form_of_the_workflow_is_still_asked_for_by_the_workflow(api, moved):
    body = {"transition": "defer", "revisit_on": GIVEN["defer"]["revisit_on"].isoformat()}
    answer = write(api("triage"), moved("open"), body, "transitions/", "post")
    assert (answer.status_code, answer.json()["reasons"]) == (409, ["Give a reason: why it is deferred."])


# (method, address, who may, a body that is taken, what a stale If-Match is told the ETag of); from the schema below.
ROUTES = {
    ("post", "/api/v1/questions/"): ("triage", NEW, None),
    ("patch", "/api/v1/questions/{reference}/"): ("triage", {"title": "New?"}, "questions/{reference}/"),
    ("post", "/api/v1/questions/{reference}/transitions/"): (
        "triage",
        {"transition": "open", "reason": "Why not."},
        "questions/{reference}/",
    ),
    ("post", "/api/v1/questions/{reference}/answers/"): ("triage", {"text": "So."}, "questions/{reference}/"),
    ("put", "/api/v1/answers/{id}/review/"): ("member", {"position": "agree"}, "reviews/{review}/"),
    ("put", "/api/v1/reviews/{id}/"): ("member", {"position": "agree"}, "reviews/{review}/"),
}
GUARDED = {route: case for route, case in ROUTES.items() if case[2]}


@pytest.fixture
def send(api, cast, moved):
    """Return a function that sends to a route as whoever may, with the right body unless another is given."""
    question = moved("in_review")
    review = record_review(question.answers.get(), "no_view", by=cast.member)
    places = {"reference": question.reference, "review": review.pk}

    def send(route, body=None, **headers):
        method, address = route
        role, usual, _ = ROUTES[route]
        key = review.pk if "reviews" in address else review.answer_id
        body = usual if body is None else body
        return getattr(api(role), method)(address.format(id=key, **places), body, format="json", headers=headers)

    send.read = lambda route: api(ROUTES[route][0]).get(f"/api/v1/{ROUTES[route][2].format(**places)}")
    return send


def test_every_write_of_the_schema_is_tried_here():
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    written = {(method, path) for path, found in paths.items() for method in found if method != "get"}
    assert written == set(ROUTES)


@pytest.mark.parametrize("route", GUARDED)
def test_every_stale_write_is_told_the_etag_of_now(route, send):
    answer, etag = send(route, **{"If-Match": '"stale"'}), send.read(route)["ETag"]
    assert (answer.status_code, answer["ETag"], answer.json()["etag"]) == (412, etag, etag)
    assert send(route, **{"If-Match": etag}).status_code in (200, 201, 409)


@pytest.mark.parametrize("route", GUARDED)
def test_every_write_without_a_version_is_told_to_name_one(route, send):
    assert send(route).status_code == 428


@pytest.mark.parametrize("route", GUARDED)
def test_every_write_but_raising_refuses_a_key(route, send):
    answer = send(route, **{"If-Match": "*", "Idempotency-Key": "k1"})
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, ["Idempotency-Key"])


@pytest.mark.parametrize("route", ROUTES)
def test_every_write_refuses_a_field_that_it_does_not_know(route, send):
    answer = send(route, {**ROUTES[route][1], "dry_run": True}, **{"If-Match": "*"})
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, ["dry_run"])


@pytest.mark.parametrize("body", [[], [{}], "open", 7, True])
@pytest.mark.parametrize("route", ROUTES)
def test_every_write_refuses_what_is_no_object(route, body, send):
    answer = send(route, body, **{"If-Match": "*"})
    assert (answer.status_code, bool(answer.json()["errors"])) == (400, True)


@pytest.mark.parametrize("value", [7, True, ["DCC"], {"name": "DCC"}, 1.5])
@pytest.mark.parametrize(
    "transition", [move for move in TRANSITIONS.values() if move.target], ids=lambda transition: transition.name
)
def test_each_input_of_each_move_that_is_no_text_is_a_400_by_its_name(transition, value, api, raised):
    wrong = {item.name: value for item in transition.inputs}
    answer = write(api("lead"), raised(), {"transition": transition.name, **wrong}, "transitions/", "post")
    assert (answer.status_code, {*answer.json()["errors"]}) == (400, set(wrong))
