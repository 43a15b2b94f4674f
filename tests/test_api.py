"""The API's first part, as a stranger with a token meets it."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from rest_framework.test import APIClient
from rest_framework.throttling import AnonRateThrottle

from register.api import questions
from register.models import Action, Group, Meeting, Token
from register.services.answers import propose_answer, record_review
from register.services.links import link_action, link_meeting, strike_out
from register.services.questions import change_status, reclassify_question
from register.services.reference import keep
from tests.conftest import GIVEN, everything_about

LIST = "/api/v1/questions/"


def references(answer):
    assert answer.status_code == 200, answer.content
    return [item["reference"] for item in answer.json()["results"]]


def move(client, question, **body):
    url = f"{LIST}{question.reference}/transitions/"
    return client.post(url, body, format="json", HTTP_IF_MATCH="*")


def test_no_token_is_401_with_a_problem_document(db):
    answer = APIClient().get(LIST)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("token", ["nonsense", "Ünïcödé", "a b", ""])
def test_a_bad_token_is_401(token, db):
    answer = APIClient().get(LIST, HTTP_AUTHORIZATION=f"Bearer {token}".encode("latin-1").decode("latin-1"))
    assert answer.status_code == 401


def test_an_expired_token_is_401(cast):
    _, token = Token.objects.create(user=cast.feed, expiry=timedelta(seconds=-1))
    assert APIClient().get(LIST, HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 401


def test_a_read_deletes_no_expired_token(cast, api):
    Token.objects.create(user=cast.feed, expiry=timedelta(seconds=-1))
    assert api("feed").get(LIST).status_code == 200
    assert Token.objects.count() == 2


def test_only_the_hash_of_a_token_is_stored(cast):
    stored, token = Token.objects.create(user=cast.feed)
    assert token not in (stored.digest, stored.token_key)


def test_last_use_is_noted_but_not_on_every_request(cast, api, raised):
    client = api("feed")
    client.get(LIST)
    first = Token.objects.get().last_used_at
    client.get(LIST)
    assert first is not None
    assert Token.objects.get().last_used_at == first


def test_signed_in_staff_read_too(client_of, raised):
    question = raised()
    assert references(client_of("member").get(LIST)) == [question.reference]


def test_the_document_says_what_the_register_holds(cast, api, moved):
    question = moved("awaiting_input")
    link_meeting(question, Meeting.objects.get(number=15), "listed", paragraph="6.1", by=cast.triage)
    action = Action(group=Group.objects.get(), reference="15/10", text="Share the list.", classification="public")
    link_action(keep(action, by=cast.triage), question, by=cast.triage)
    propose_answer(question, "Nobody but the MDR.", by=cast.triage, classification="public")
    document = api("feed").get(f"{LIST}{question.reference}/").json()
    assert {name: document[name] for name in ("reference", "topic", "status", "holder", "owner", "waiting_on")} == {
        "reference": question.reference,
        "topic": "MDR role",
        "status": "awaiting_input",
        "holder": "DCC",
        "owner": "ENA",
        "waiting_on": "DCC",
    }
    meeting, action = document["meetings"][0], document["actions"][0]
    assert (meeting["meeting"], meeting["kind"], meeting["paragraph"]) == ("CCDG15", "listed", "6.1")
    assert (action["reference"], action["status"]) == ("CCDG 15/10", "open")
    assert meeting["url"].startswith("http://testserver/api/v1/meetings/")
    assert [answer["text"] for answer in document["answers"]] == ["Nobody but the MDR."]
    assert document["url"].endswith(f"{LIST}{question.reference}/")


def test_the_version_moves_with_whatever_the_document_shows(cast, api, raised):
    question, client = raised(), api("feed")

    def version():
        return client.get(f"{LIST}{question.reference}/").json()["version"]

    first = version()
    link = link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage)
    second = version()
    strike_out(link, by=cast.triage, reason="Mistaken")
    assert first < second < version()


def test_a_list_document_is_the_detail_document(api, moved):
    question, client = moved("closed"), api("member")
    listed = client.get(LIST).json()["results"][0]
    assert listed == client.get(f"{LIST}{question.reference}/").json()


def test_a_list_costs_the_same_number_of_statements_whatever_its_length(api, moved, django_assert_num_queries):
    client = api("triage")
    client.get(LIST)
    moved("closed")
    with django_assert_num_queries(3):
        client.get(LIST)
    for status in ("open", "in_review", "merged"):
        moved(status)
    with django_assert_num_queries(3):
        client.get(LIST)


def test_pages_follow_each_other_by_cursor(api, raised):
    asked = [raised().reference for _ in range(5)]
    client, found, url = api("feed"), [], f"{LIST}?limit=2"
    while url:
        page = client.get(url).json()
        found += [item["reference"] for item in page["results"]]
        url = page["next"]
    assert found == asked


def test_each_filter_finds_its_questions(cast, api, moved, raised):
    here, there = moved("open"), raised(title="Another thing?", text="Frobnicate", owner=None, topic=None)
    link_meeting(here, Meeting.objects.get(number=15), "listed", by=cast.triage)
    client = api("triage")
    for query in ("status=open", "topic=MDR+role", "owner=ENA", "meeting=CCDG15", "meeting=ccdg15"):
        assert references(client.get(f"{LIST}?{query}")) == [here.reference], query
    assert references(client.get(f"{LIST}?q=frobnicate")) == [there.reference]
    assert references(client.get(f"{LIST}?q={there.reference}")) == [there.reference]
    assert references(client.get(f"{LIST}?status=open&status=raised")) == [here.reference, there.reference]


@pytest.mark.parametrize("query", ["status=lost", "topic=Nonsense", "owner=Nobody", "meeting=CCDG99", "colour=red"])
def test_a_bad_parameter_is_a_400_that_names_it(query, api):
    answer = api("feed").get(f"{LIST}?{query}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [query.split("=")[0]]


@pytest.mark.parametrize("path", ["questions/%00/", "questions/A%00B/history/", "answers/%D9%A1/", "topics/0x1/"])
def test_a_key_that_none_can_have_is_404(path, api):
    assert api("feed").get(f"/api/v1/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "history/", "transitions/"])
def test_what_one_may_not_see_is_404_like_what_is_not_there(path, api, raised):
    hidden, client = raised(classification="members"), api("feed")
    ask = client.post if path == "transitions/" else client.get
    named = {"X-Request-ID": "the-same-for-both"}
    there, nowhere = (ask(f"{LIST}{reference}/{path}", headers=named) for reference in (hidden.reference, "DSQ-999"))
    assert there.status_code == nowhere.status_code == 404
    assert there.json() == nowhere.json()
    assert references(client.get(LIST)) == []


def test_a_hidden_answer_action_or_target_is_not_in_the_document(cast, api, moved):
    question = moved("in_review")
    document = api("feed").get(f"{LIST}{question.reference}/").json()
    assert document["answers"] == []
    assert len(api("member").get(f"{LIST}{question.reference}/").json()["answers"]) == 1


def test_the_status_history_has_the_promised_columns(api, moved):
    question = moved("open")
    rows = api("feed").get(f"{LIST}{question.reference}/history/").json()
    assert [(row["from"], row["to"], row["by"], row["organisation"]) for row in rows] == [
        (None, "raised", "triage", "Elexon"),
        ("raised", "open", "lead", "Ofgem"),
    ]
    assert all(row["position"] and row["at"] for row in rows)


def test_a_move_returns_the_new_document(api, moved):
    answer = move(api("triage"), moved("open"), transition="await_input", reason="What says the DCC?", waiting_on="DCC")
    assert (answer.status_code, answer.json()["status"], answer.json()["holder"]) == (200, "awaiting_input", "DCC")


def test_a_refused_move_is_409_with_every_reason(api, moved):
    question = moved("open")
    before = everything_about(question)
    answer = move(api("triage"), question, transition="await_input")
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert answer.json()["reasons"] == [
        "Choose the organisation that it waits on.",
        "Give a reason: what was asked.",
    ]
    assert everything_about(question) == before


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"reason": "What?", "waiting_on": "Nobody Ltd"}, ["waiting_on"]),
        ({"reason": "  ", "waiting_on": "Nobody Ltd"}, ["reason", "waiting_on"]),
        ({"reason": "What?", "waiting_on": None}, ["waiting_on"]),
        ({"reason": "x" * 5_001, "waiting_on": "DCC"}, ["reason"]),
        ({"reason": "What?", "waiting_on": "DCC", "revisit_on": "2090-01-01"}, ["revisit_on"]),
        ({"reason": "A bell \u0007", "waiting_on": "DCC"}, ["reason"]),
        ({"reason": 5}, ["reason"]),
    ],
)
def test_an_input_that_cannot_be_taken_is_a_400_by_its_name_whatever_the_question(body, errors, api, moved):
    for status in ("open", "closed"):
        answer = move(api("triage"), moved(status), transition="await_input", **body)
        assert (answer.status_code, sorted(answer.json()["errors"])) == (400, errors)


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("defer", {"revisit_on": "soon"}),
        ("defer", {"revisit_on": "2026-02-30"}),
        ("withdraw", {"outcome": "lost"}),
        ("merge", {"merged_into": "DSQ-999"}),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_400(name, inputs, api, moved):
    answer = move(api("triage"), moved("open"), transition=name, reason="Why.", **inputs)
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, [*inputs])


def test_a_move_that_is_not_yours_is_403(api, moved):
    assert move(api("feed"), moved("open"), transition="defer", **{"reason": "No"}).status_code == 403


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "transition"),
        ({"transition": "teleport"}, "transition"),
        ({"transition": "defer", "status": "closed"}, "status"),
        ({"transition": "defer", "reason": {"deep": 1}}, "reason"),
        ({"transition": "defer", "reason": "nul \x00"}, "reason"),
        (["defer"], "non_field_errors"),
    ],
)
def test_a_malformed_move_is_a_400_that_names_the_field(body, named, api, moved):
    answer = api("triage").post(f"{LIST}{moved('open').reference}/transitions/", body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [named])


@pytest.mark.parametrize("sign", ["\x00", "\x07"])
@pytest.mark.parametrize("named", ["topic", "owner", "assignee"])
def test_a_name_that_no_database_could_be_asked_for_is_a_400(named, sign, api, db):
    body = json.dumps({"title": "A", "text": "B", named: f"DCC{sign}"})
    answer = api("triage").post(LIST, body, content_type="application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [named])


@pytest.mark.parametrize("body", ["{", "[1,", '"x"', "\xff"])
def test_malformed_json_is_400(body, api, moved):
    url = f"{LIST}{moved('open').reference}/transitions/"
    assert api("triage").post(url, body.encode("latin-1"), content_type="application/json").status_code == 400


def test_other_methods_are_405_problems(api, raised):
    answer = api("triage").delete(f"{LIST}{raised().reference}/")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")


def test_a_session_needs_its_csrf_token_to_write(cast, moved):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(cast.triage, "django.contrib.auth.backends.ModelBackend")
    assert move(client, moved("open"), transition="defer", **GIVEN["withdraw"]).status_code == 403


def test_the_schema_and_its_page_are_open_and_need_no_other_host(client, db):
    schema, page = client.get(reverse("schema")), client.get(reverse("docs"))
    assert (schema.status_code, page.status_code) == (200, 200)
    assert b"openapi: 3.1" in schema.content
    assert b"http://" not in page.content.replace(b"http://testserver", b"")
    assert b"<style" not in page.content


def test_a_move_over_the_api_is_the_move_of_the_service(cast, api, moved):
    one, other = moved("open"), moved("open")
    move(api("triage"), one, transition="defer", reason="Later.", revisit_on=GIVEN["defer"]["revisit_on"].isoformat())
    change_status(other, "defer", by=cast.triage, reason="Later.", revisit_on=GIVEN["defer"]["revisit_on"])
    rows = [q.history.values("status", "revisit_on", "history_change_reason", "actor").first() for q in (one, other)]
    assert rows[0] == rows[1]


def test_a_target_that_became_hidden_is_not_named(cast, api, moved):
    question = moved("merged")
    reclassify_question(question.merged_into, "restricted", by=cast.triage)
    url = f"{LIST}{question.reference}/"
    assert api("feed").get(url).json()["merged_into"] is None
    assert api("triage").get(url).json()["merged_into"] == question.merged_into.reference


def test_positions_that_are_hidden_are_not_counted(cast, api, moved):
    question = moved("open")
    answer = propose_answer(question, "An answer.", by=cast.triage, classification="public")
    change_status(question, "start_review", by=cast.triage, **GIVEN["start_review"])
    record_review(answer, "agree", by=cast.member)
    url = f"{LIST}{question.reference}/"
    counts = {who: api(who).get(url).json()["answers"][0]["reviews"] for who in ("feed", "owner")}
    assert counts == {"feed": {}, "owner": {"agree": 1}}


@pytest.mark.parametrize(
    "query", ["cursor=cD1hYmM=", "cursor=cD0lMDA=", "cursor=x", "limit=0", "limit=-1", "limit=abc"]
)
def test_a_bad_page_is_a_400_that_names_the_parameter(query, api):
    answer = api("feed").get(f"{LIST}?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [query.split("=")[0]])


@pytest.mark.parametrize("query", ["q=" + "x" * 50_000, "owner=ENA&owner=DCC", "q=%00", "owner=%00"])
def test_an_odd_parameter_is_a_400(query, api):
    assert api("feed").get(f"{LIST}?{query}").status_code == 400


def test_names_are_found_in_any_case(api, moved):
    question = moved("open")
    assert references(api("feed").get(f"{LIST}?owner=ena&topic=mdr+ROLE")) == [question.reference]


def test_json_nested_without_end_is_400(api, moved):
    url = f"{LIST}{moved('open').reference}/transitions/"
    assert api("triage").post(url, b"[" * 100_000, content_type="application/json").status_code == 400


def test_a_date_is_not_taken_from_a_number(api, moved):
    answer = move(api("triage"), moved("open"), transition="defer", reason="Later", revisit_on=20270101)
    assert answer.status_code == 400


def test_a_reason_without_end_is_refused(api, moved):
    answer = move(api("triage"), moved("open"), transition="await_input", waiting_on="DCC", reason="x" * 5_001)
    assert "Shorten reason to 5,000 characters" in answer.json()["errors"]["reason"][0]


def test_a_mistyped_address_is_none_however_often_it_is_asked(client, db, monkeypatch):
    monkeypatch.setattr(AnonRateThrottle, "THROTTLE_RATES", {"anon": "1/day"})
    assert [client.get("/api/v1/nothing/").status_code for _ in range(3)] == [404, 404, 404]


def test_an_answer_runs_and_shows_nothing_where_it_is_opened_as_a_page(api, client_of, raised):
    policy = "default-src 'none'; frame-ancestors 'none'"
    client = api("feed")
    answers = [client.get(path) for path in ("/api/v1/questions/", "/api/v1/changes/", "/api/v1/questions/DSQ-999/")]
    assert {answer["Content-Security-Policy"] for answer in answers} == {policy}
    assert "style-src" in client_of("triage").get("/admin/")["Content-Security-Policy"]


def test_a_question_that_is_hidden_before_the_lock_is_as_one_that_is_not_there(cast, api, moved, monkeypatch):
    question, permit = moved("open"), questions.permit_proposal

    def permit_and_hide(*given):
        permit(*given)
        reclassify_question(question, "restricted", by=cast.triage)

    monkeypatch.setattr(questions, "permit_proposal", permit_and_hide)
    url, body = f"{LIST}{question.reference}/answers/", {"text": "An answer."}
    assert api("owner").post(url, body, format="json", headers={"If-Match": "*"}).status_code == 404
    assert not question.answers.exists()
