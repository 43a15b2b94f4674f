"""Reading documents: of now and of then, page by page, and not again where nothing changed."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework.throttling import UserRateThrottle

from register.documents.sources import get_position_at
from register.models import Action, Answer, Group, LedgerEntry, Meeting, Question, RaisedOnce, Topic
from register.services.answers import propose_answer
from register.services.links import link_action, link_meeting, strike_out
from register.services.questions import change_status, edit_question, raise_question, reclassify_question
from register.services.reference import keep
from tests.conftest import GIVEN, refreshed

API = "/api/v1/"
LIST = f"{API}questions/"


def page(client, path, **headers):
    answer = client.get(f"{API}{path}", **headers)
    assert answer.status_code == 200, answer.content
    return answer.json()


def results(client, path):
    return page(client, path)["results"]


def references(client, query):
    return [item["reference"] for item in results(client, f"questions/?{query}")]


def at(moment):
    return quote(moment.isoformat())


@pytest.fixture
def something_of_everything(cast, moved):
    question = moved("in_review")
    action = Action(group=Group.objects.get(), reference="15/10", text="Share it.", classification="public")
    link_action(keep(action, by=cast.triage), question, by=cast.triage)
    link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage, paragraph="6.1")
    return question


@pytest.mark.parametrize("kind", ["questions", "answers", "reviews", "meetings", "actions", "topics", "organisations"])
def test_a_detail_is_what_the_list_shows(kind, api, something_of_everything):
    client = api("triage")
    for item in results(client, f"{kind}/"):
        assert client.get(item["url"]).json() == item


def test_links_lead_from_one_document_to_the_next(api, something_of_everything):
    client = api("triage")
    document = page(client, f"questions/{something_of_everything.reference}/")
    for url in [part["url"] for name in ("meetings", "actions", "answers") for part in document[name]]:
        assert client.get(url).status_code == 200


def test_each_filter_of_questions_finds_its_own(cast, api, moved, raised):
    held, late = moved("awaiting_input"), raised(due_on=timezone.now().date() - timedelta(days=3))
    moved("withdrawn")
    client = api("triage")
    assert references(client, "waiting_on=DCC") == references(client, "holder=dcc") == [held.reference]
    assert references(client, "holder=Triage") == references(client, "overdue=true") == [late.reference]
    assert len(references(client, "live=false")) == 1
    assert len(references(client, "overdue=false")) == 2
    assert references(client, "classification=public&classification=members&holder=Members") == []


def test_every_holder_filter_agrees_with_the_document(api, moved):
    for status in ("raised", "open", "awaiting_input", "in_review", "agreed", "deferred", "closed"):
        moved(status)
    client = api("triage")
    for name in ("Triage", "Members", "DCC", "ENA"):
        held = [item["reference"] for item in results(client, "questions/") if item["holder"] == name]
        assert references(client, f"holder={name}") == held
        assert held


def test_what_changed_since_a_time_is_found(cast, api, raised):
    first, second = raised(), raised()
    moment = timezone.now()
    edit_question(first, by=cast.triage, title="Otherwise?")
    assert references(api("feed"), f"updated_since={at(moment)}") == [first.reference]
    assert len(references(api("feed"), f"updated_since={at(second.recorded_at - timedelta(days=1))}")) == 2


def test_a_list_can_be_ordered_and_followed(api, moved):
    asked = [moved("open").reference for _ in range(3)]
    client, found, url = api("feed"), [], f"{LIST}?ordering=-status_since&limit=2"
    while url:
        answer = client.get(url).json()
        found, url = found + [item["reference"] for item in answer["results"]], answer["next"]
    assert found == asked[::-1]


@pytest.mark.parametrize(
    "query",
    [
        "ordering=colour",
        "as_at=yesterday",
        "as_at=2021-03-16",
        "as_at=2021-03-16T10:00:00",
        "updated_since=now",
        "live=maybe",
        "overdue=2",
        "holder=Nobody",
        "limit=x",
        "cursor=forged",
        "cursor=AAAA",
        "limit=101",
        "as_at=",
    ],
)
def test_a_bad_parameter_is_a_400_that_names_it(query, api, raised):
    answer = api("feed").get(f"{LIST}?{query}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [query.split("=")[0]])


@pytest.mark.parametrize(("made", "used"), [("reference", "status_since"), ("status_since", "reference")])
def test_a_cursor_of_another_order_is_a_400(made, used, api, raised):
    for _ in range(3):
        raised()
    client = api("feed")
    cursor = client.get(f"{LIST}?limit=1&ordering={made}").json()["next"].split("cursor=")[1].split("&")[0]
    answer = client.get(f"{LIST}?ordering={used}&cursor={cursor}")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["cursor"])


@pytest.mark.parametrize(
    "kind", ["answers", "reviews", "meetings", "actions", "topics", "organisations", "changes", "events", "ledger"]
)
def test_an_unknown_parameter_is_a_400_everywhere(kind, api):
    assert list(api("feed").get(f"{API}{kind}/?colour=red").json()["errors"]) == ["colour"]


def test_a_detail_takes_no_filter(api, raised):
    assert api("feed").get(f"{LIST}{raised().reference}/?status=open").status_code == 400


# As it was


def test_as_at_gives_what_the_register_held_then(cast, api, moved):
    question, client = moved("open"), api("triage")
    before = timezone.now()
    then = page(client, f"questions/{question.reference}/")
    link = link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage)
    change_status(question, "await_input", by=cast.triage, **GIVEN["await_input"])
    strike_out(link, by=cast.triage, reason="Mistaken")
    topic = Topic.objects.get(name="MDR role")
    topic.name = "The MDR"
    keep(topic, by=cast.triage)
    assert page(client, f"questions/{question.reference}/?as_at={at(before)}") == then
    assert results(client, f"questions/?as_at={at(before)}") == [then]
    assert page(client, f"questions/{question.reference}/")["topic"] == "The MDR"


def test_every_resource_can_be_read_as_at(api, something_of_everything):
    client, now = api("triage"), at(timezone.now())
    for kind in ("questions", "answers", "reviews", "meetings", "actions", "topics", "organisations"):
        past = {item["url"]: item for item in results(client, f"{kind}/?as_at={now}")}
        for item in results(client, f"{kind}/"):
            assert {**past[item["url"]], "version": 0} == {**item, "version": 0}


def test_filters_look_at_the_register_of_then(cast, api, moved):
    question = moved("open")
    link = link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage)
    then = timezone.now()
    strike_out(link, by=cast.triage, reason="Mistaken")
    change_status(question, "defer", by=cast.triage, **GIVEN["defer"])
    client = api("feed")
    assert references(client, f"status=open&as_at={at(then)}") == [question.reference]
    assert references(client, f"meeting=CCDG15&as_at={at(then)}") == [question.reference]
    assert references(client, "status=open") == references(client, "meeting=CCDG15") == []


def test_before_the_first_entry_it_is_empty(api, raised):
    question = raised()
    assert results(api("feed"), "questions/?as_at=2001-01-01T00:00:00Z") == []
    assert api("feed").get(f"{LIST}{question.reference}/?as_at=2001-01-01T00:00:00Z").status_code == 404


def test_the_past_shows_under_the_stricter_classification(cast, api, raised):
    tightened, loosened = raised(title="Once public?"), raised(classification="members", title="Once secret?")
    then = timezone.now()
    reclassify_question(tightened, "members", by=cast.triage)
    reclassify_question(loosened, "public", by=cast.lead, reason="Nothing in it is secret.")
    assert references(api("feed"), f"as_at={at(then)}") == []
    assert references(api("feed"), "") == [loosened.reference]


def test_what_was_stricter_then_takes_no_place_on_a_page_of_then(cast, api, raised):
    loosened, shown = raised(classification="members"), raised()
    then = timezone.now()
    reclassify_question(loosened, "public", by=cast.lead, reason="Nothing in it is secret.")
    listed = page(api("feed"), f"questions/?limit=1&as_at={at(then)}")
    assert ([item["reference"] for item in listed["results"]], listed["next"]) == ([shown.reference], None)


def test_hidden_changes_move_no_version_of_the_past(cast, api, something_of_everything):
    client, question = api("feed"), something_of_everything
    paths = [f"questions/{question.reference}/", f"meetings/{Meeting.objects.get(number=15).pk}/", "actions/1/"]
    paths = [path.replace("actions/1/", f"actions/{Action.objects.get().pk}/") for path in paths]
    future = "?as_at=2090-01-01T00:00:00Z"

    def told():
        answers = [client.get(f"{API}{path}{future}") for path in paths]
        return [(answer.content, answer["ETag"]) for answer in answers]

    before = told()
    hidden = raise_question(by=cast.triage, title="Hush?", text="Hush?", classification="restricted")
    link_meeting(hidden, Meeting.objects.get(number=15), "listed", by=cast.triage)
    link_action(Action.objects.get(), hidden, by=cast.triage)
    change_status(question, "send_back", by=cast.triage, reason="Vague.")
    seen = told()
    propose_answer(question, "Hush.", by=cast.triage, classification="restricted")
    assert seen == told()
    assert [content for content, _ in seen[1:]] == [content for content, _ in before[1:]]


def test_the_past_has_a_304_too(api, raised):
    url = f"{LIST}{raised().reference}/?as_at=2090-01-01T00:00:00Z"
    client = api("feed")
    assert client.get(url, HTTP_IF_NONE_MATCH=client.get(url)["ETag"]).status_code == 304


def test_a_moment_is_one_position(raised):
    raised()
    entry = LedgerEntry.objects.latest("position")
    assert get_position_at(entry.at) == entry.position
    assert get_position_at(entry.at - timedelta(microseconds=1)) < entry.position
    assert get_position_at(datetime(2001, 1, 1, tzinfo=UTC)) == 0


# Not again


@pytest.mark.parametrize("path", ["questions/", "answers/", "meetings/", "topics/", "changes/", "events/", "ledger/"])
def test_a_poll_that_finds_nothing_new_is_a_304(path, api, cast, something_of_everything):
    client = api("member")
    etag = client.get(f"{API}{path}")["ETag"]
    again = client.get(f"{API}{path}", HTTP_IF_NONE_MATCH=etag)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    keep(Topic(name="Another"), by=cast.triage) if path == "topics/" else edit_question(
        something_of_everything, by=cast.triage, title="New?", reason="Better words"
    )
    if path in ("questions/", "topics/", "changes/", "events/", "ledger/"):
        assert client.get(f"{API}{path}", HTTP_IF_NONE_MATCH=etag).status_code == 200


@pytest.mark.parametrize(
    "path", ["questions/DSQ-001/history/", "questions/DSQ-001/transitions/", "schema/", "ledger/verify.py"]
)
def test_every_get_has_an_etag_that_spares_the_second(path, api, moved):
    moved("open")
    client = api("member")
    etag = client.get(f"{API}{path}")["ETag"]
    assert client.get(f"{API}{path}", HTTP_IF_NONE_MATCH=etag).status_code == 304


def test_what_is_hidden_changes_no_etag(api, cast, raised):
    raised()
    secret = raised(classification="members")
    client = api("feed")
    etag = client.get(LIST)["ETag"]
    edit_question(secret, by=cast.triage, title="Otherwise?")
    assert client.get(LIST, HTTP_IF_NONE_MATCH=etag).status_code == 304


def test_readers_of_other_clearance_do_not_share_an_etag(api, raised):
    raised()
    assert api("feed").get(LIST)["ETag"] != api("member").get(LIST)["ETag"]


def test_what_is_overdue_depends_on_the_day(api, raised, monkeypatch):
    raised()
    client = api("feed")
    etag = client.get(f"{LIST}?overdue=true")["ETag"]
    monkeypatch.setattr("register.clock.timezone.now", lambda: datetime.now(UTC) + timedelta(days=2))
    assert client.get(f"{LIST}?overdue=true", HTTP_IF_NONE_MATCH=etag).status_code == 200


def test_a_detail_is_a_304_while_it_reads_the_same(api, cast, raised):
    question, client = raised(), api("feed")
    url = f"{LIST}{question.reference}/"
    etag = client.get(url)["ETag"]
    assert client.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 304
    edit_question(question, by=cast.triage, title="Otherwise?")
    assert client.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 200


# Writing


NEW = {"title": "Who pays?", "text": "Who pays for it?", "topic": "mdr role"}


def test_a_question_is_raised(api):
    answer = api("triage").post(LIST, NEW | {"owner": "DCC", "classification": "public"}, format="json")
    assert (answer.status_code, answer.json()["owner"]) == (201, "DCC")
    assert api("feed").get(answer["Location"]).json() == answer.json()


def test_a_key_raises_it_once(api):
    client = api("triage")
    first, second = (client.post(LIST, NEW, format="json", HTTP_IDEMPOTENCY_KEY="a-key") for _ in range(2))
    assert (first.status_code, second.status_code, first.json()) == (201, 201, second.json())
    assert (Question.objects.count(), RaisedOnce.objects.count()) == (1, 1)


def test_a_key_serves_one_request_alone(api, cast):
    client = api("triage")
    client.post(LIST, NEW, format="json", HTTP_IDEMPOTENCY_KEY="a-key")
    assert client.post(LIST, NEW | {"title": "Other?"}, format="json", HTTP_IDEMPOTENCY_KEY="a-key").status_code == 409
    assert api("lead").post(LIST, NEW, format="json", HTTP_IDEMPOTENCY_KEY="a-key").status_code == 201


def test_a_key_is_each_logins_own(api):
    answers = [api(who).post(LIST, NEW, format="json", HTTP_IDEMPOTENCY_KEY="a-key") for who in ("triage", "lead")]
    assert [answer.json()["reference"] for answer in answers] == ["DSQ-001", "DSQ-002"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"title": "A?"}, "text"),
        (NEW | {"status": "closed"}, "status"),
        (NEW | {"topic": "Gardening"}, "topic"),
        (NEW | {"title": "x" * 201}, "title"),
        (NEW | {"due_on": "soon"}, "due_on"),
        (NEW | {"title": 5}, "title"),
    ],
)
def test_a_malformed_question_is_a_400_that_names_the_field(body, named, api):
    answer = api("triage").post(LIST, body, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [named])
    assert not Question.objects.exists()


def test_a_question_is_edited_by_whoever_saw_it_last(api, raised):
    question, client = raised(), api("triage")
    url, etag = f"{LIST}{question.reference}/", api("triage").get(f"{LIST}{question.reference}/")["ETag"]
    assert client.patch(url, {"title": "Mine?"}, format="json").status_code == 428
    done = client.patch(url, {"title": "Mine?"}, format="json", HTTP_IF_MATCH=etag)
    assert (done.status_code, done.json()["title"]) == (200, "Mine?")
    assert client.patch(url, {"title": "Late?"}, format="json", HTTP_IF_MATCH=etag).status_code == 412
    assert client.patch(url, {"title": "Yes?"}, format="json", HTTP_IF_MATCH=done["ETag"]).status_code == 200
    assert refreshed(question).title == "Yes?"


def test_who_may_not_is_told_so_before_the_precondition(api, raised):
    hidden, shown = raised(classification="restricted"), raised()
    assert api("feed").patch(f"{LIST}{shown.reference}/", {"title": "X"}, format="json").status_code == 403
    assert api("member").patch(f"{LIST}{hidden.reference}/", {"title": "X"}, format="json").status_code == 404
    move = {"transition": "open"}
    assert api("member").post(f"{LIST}{shown.reference}/transitions/", move, format="json").status_code == 403
    assert api("triage").post(f"{LIST}{shown.reference}/transitions/", move, format="json").status_code == 428


def test_a_stale_move_is_412_and_a_refused_one_409(api, cast, moved):
    question, client = moved("open"), api("triage")
    url = f"{LIST}{question.reference}/"
    etag = client.get(url)["ETag"]
    assert (
        client.post(f"{url}transitions/", {"transition": "close"}, format="json", HTTP_IF_MATCH=etag).status_code == 409
    )
    edit_question(question, by=cast.lead, title="Otherwise?")
    assert (
        client.post(f"{url}transitions/", {"transition": "defer"}, format="json", HTTP_IF_MATCH=etag).status_code == 412
    )


@pytest.mark.parametrize(
    ("etag", "status"), [('W/"1"', 412), ('"nonsense"', 412), ('""', 412), ("105", 400), ("", 428), (" ", 428)]
)
def test_an_if_match_that_does_not_match_says_what_is_wrong(etag, status, api, raised):
    answer = api("triage").patch(f"{LIST}{raised().reference}/", {"title": "X"}, format="json", HTTP_IF_MATCH=etag)
    assert answer.status_code == status


def test_an_answer_is_proposed_and_reviewed(api, cast, moved):
    question, client = moved("open"), api("owner")
    url = f"{LIST}{question.reference}/"
    proposed = client.post(
        f"{url}answers/", {"text": "Only the MDR."}, format="json", HTTP_IF_MATCH=client.get(url)["ETag"]
    )
    assert (proposed.status_code, proposed.json()["number"]) == (201, 1)
    change_status(question, "start_review", by=cast.triage, **GIVEN["start_review"])
    place, member = proposed["Location"], api("member")
    said = member.put(f"{place}review/", {"position": "agree"}, format="json")
    assert (said.status_code, said.json()["position"]) == (200, "agree")
    assert member.get(place).json()["reviews"] == {"agree": 1}
    again = member.put(f"{place}review/", {"position": "disagree"}, format="json", HTTP_IF_MATCH=said["ETag"])
    assert (again.status_code, "Give a comment" in again.json()["detail"]) == (409, True)


def test_only_ones_own_position_can_be_given(api, moved):
    answer = Answer.objects.get(question=moved("in_review"))
    client = api("triage")
    assert client.put(f"{API}answers/{answer.pk}/review/", {"position": "agree"}, format="json").status_code == 403


def test_the_moves_say_what_is_possible_and_why_not(api, moved):
    question = moved("open")
    moves = {m["transition"]: m for m in api("triage").get(f"{LIST}{question.reference}/transitions/").json()}
    assert moves["await_input"]["possible"]
    assert [item["name"] for item in moves["await_input"]["inputs"]] == ["waiting_on", "reason"]
    assert moves["start_review"]["reasons"] == ["Propose an answer first: there is no draft to review."]
    member = {m["transition"]: m for m in api("member").get(f"{LIST}{question.reference}/transitions/").json()}
    assert not any(move["possible"] for move in member.values())
    assert "Only" in member["defer"]["reasons"][0]


# Errors


@pytest.mark.parametrize("path", ["nothing/", "questions/DSQ-999/", "answers/999/", "meetings/x/", "questions"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_every_error_is_a_problem_document(path, method, api):
    answer = getattr(api("triage"), method)(f"{API}{path}", follow=False)
    assert answer.status_code in (404, 405)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code


def test_what_is_no_json_is_415(api):
    answer = api("triage").post(LIST, "title=A", content_type="text/plain")
    assert (answer.status_code, answer["Content-Type"]) == (415, "application/problem+json")


def test_a_huge_body_is_refused(api):
    answer = api("triage").post(LIST, b'{"title": "' + b"x" * 1_100_000 + b'"}', content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("size", [2_700_000, 4_000_000])
def test_a_body_beyond_every_bound_is_413_as_well(size, api):
    answer = api("triage").post(LIST, b'{"title": "' + b"x" * size + b'"}', content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


@pytest.mark.parametrize("body", ['{"title": "A", "text": "B", "owner": "\\ud800"}', '{"\\udc00": 1}'])
def test_half_a_character_is_refused_wherever_it_stands(body, api):
    answer = api("triage").post(LIST, body, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("field", ["title", "text", "reason"])
def test_control_characters_are_refused(field, api):
    answer = api("member").post(LIST, {"title": "A?", "text": "B?"} | {field: "a bell \u0007"}, format="json")
    assert (answer.status_code in (400, 409), "control characters" in answer.json()["detail"]) == (True, True)


def test_too_many_requests_are_told_when_to_come_back(api, monkeypatch):
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/minute", "anon": None})
    client = api("feed")
    answers = [client.get(LIST) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[2]["Content-Type"], int(answers[2]["Retry-After"]) > 0) == ("application/problem+json", True)


def test_a_fault_of_ours_is_a_problem_too(api, monkeypatch, settings):
    settings.DEBUG = False
    monkeypatch.setattr("register.api.resources.get_head", lambda *a, **k: 1 / 0)
    client = api("feed")
    client.raise_request_exception = False
    answer = client.get(f"{API}topics/")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert "ZeroDivision" not in answer.content.decode()


def test_a_login_without_a_role_reads_nothing(api):
    assert api("nobody").get(LIST).status_code == 403


def test_no_token_reads_no_feed(db):
    for path in ("changes/", "events/", "ledger/", "answers/"):
        assert APIClient().get(f"{API}{path}").status_code == 401
