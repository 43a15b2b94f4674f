"""Validators: two bodies that differ never have one ETag, whoever reads, from whatever host, history or release."""

from contextlib import contextmanager

import pytest
from django.contrib.auth.models import Group as RoleGroup
from django.db import transaction

from register.api import conditions, resources
from register.models import Answer, LedgerHead, Meeting, Question
from register.services.answers import propose_answer
from register.services.links import link_meeting
from register.services.questions import edit_question, reclassify_question
from register.services.redaction import redact
from register.services.reference import keep_roles
from tests.conftest import GIVEN

API = "/api/v1/"
LIST = f"{API}questions/"
LISTS = (
    "questions",
    "answers",
    "reviews",
    "meetings",
    "actions",
    "topics",
    "organisations",
    "changes",
    "events",
    "ledger",
)
READERS = ("feed", "member", "triage", "approver")
HOSTS = ({}, {"HTTP_HOST": "localhost"}, {"wsgi.url_scheme": "https"})
SAME = ("ETag", "Cache-Control", "Vary", "Last-Modified")


@contextmanager
def lost_in_a_restore():
    """Take back at the end what was written inside, as where a backup from before it is put back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def question(cast, moved):
    question = moved("in_review", classification="public")
    answer = Answer.objects.get(question=question)
    assert answer.classification == "members"
    link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage)
    return question


def get_paths(question):
    """Return what can be read of a question: lists, feeds, documents and their parts, now and as they were."""
    own = f"{LIST}{question.reference}/"
    answer = Answer.objects.get(question=question)
    paths = [own, f"{own}history/", f"{own}transitions/", f"{API}answers/{answer.pk}/"]
    paths += [f"{API}{name}/" for name in LISTS] + [f"{LIST}?status=in_review", f"{LIST}?limit=1"]
    return [*paths, f"{LIST}?as_at=2090-01-01T00:00:00Z", f"{own}?as_at=2090-01-01T00:00:00Z"]


@pytest.fixture
def collect(api, question):
    """Return a function that adds what every reader gets from every host to {ETag: bodies}."""
    clients = [api(name) for name in READERS]

    def add(found):
        for client in clients:
            for answer in (client.get(path, **host) for path in get_paths(question) for host in HOSTS):
                if answer.status_code == 200:
                    found.setdefault(answer["ETag"], set()).add(answer.content)
        return found

    return add


def get_shared(found):
    return {etag: bodies for etag, bodies in found.items() if len(bodies) > 1}


def test_no_two_bodies_share_an_etag_whoever_reads_and_after_a_restore(collect, cast, question, raised):
    found = collect({})
    head = LedgerHead.objects.get().position
    with lost_in_a_restore():
        edit_question(question, by=cast.triage, title="Lost?", reason="Words")
        redact(LedgerHead.objects.get().position, by=cast.approver, reason="A name")
        lost = LedgerHead.objects.get().position
        collect(found)
    assert LedgerHead.objects.get().position == head
    edit_question(question, by=cast.triage, title="Kept?", reason="Words")
    redact(head, by=cast.approver, reason="Another name")
    assert LedgerHead.objects.get().position == lost
    collect(found)
    assert get_shared(found) == {}
    assert len(found) > 100


def test_a_redaction_at_the_same_position_after_a_restore_is_another(api, cast, moved):
    moved("awaiting_input")
    moved("awaiting_input")
    client, path = api("feed"), f"{API}events/"
    first, second = [e["position"] for e in client.get(path).json()["results"] if e["to"] == "awaiting_input"]
    with lost_in_a_restore():
        redact(first, by=cast.approver, reason="A name")
        etag = client.get(path)["ETag"]
    redact(second, by=cast.approver, reason="A name")
    assert client.get(path, HTTP_IF_NONE_MATCH=etag).status_code == 200


def test_another_release_has_other_etags_where_the_body_is_not_made_for_them(api, question, monkeypatch):
    client = api("feed")
    etag = client.get(f"{API}events/")["ETag"]
    monkeypatch.setattr(conditions, "RELEASE", "the next")
    assert client.get(f"{API}events/", HTTP_IF_NONE_MATCH=etag).status_code == 200


def test_a_login_whose_roles_change_gets_what_it_may_read_now(api, cast, question):
    client = api("member")
    etags = {path: client.get(path)["ETag"] for path in (LIST, f"{LIST}{question.reference}/", f"{API}changes/")}
    keep_roles(cast.member, RoleGroup.objects.filter(name="Feed"), by=None)
    assert {
        path: client.get(path, HTTP_IF_NONE_MATCH=etag).status_code for path, etag in etags.items()
    } == dict.fromkeys(etags, 200)


def test_a_304_has_the_headers_of_its_200(api, question):
    client = api("feed")
    for path in [*get_paths(question), f"{API}schema/", f"{API}ledger/verify.py"]:
        answer = client.get(path)
        if answer.status_code == 404:
            continue  # an answer that a feed may not see
        again = client.get(path, HTTP_IF_NONE_MATCH=answer["ETag"])
        assert (again.status_code, again.content) == (304, b""), path
        assert [again.get(name) for name in SAME] == [answer.get(name) for name in SAME], path


def test_what_is_written_while_a_list_is_read_takes_no_etag_of_before(api, cast, question, monkeypatch):
    client, make_page = api("triage"), resources.Resource._make_page
    before = client.get(LIST)

    def meanwhile(view):
        monkeypatch.undo()
        reclassify_question(question, "members", by=cast.triage)
        return make_page(view)

    monkeypatch.setattr(resources.Resource, "_make_page", meanwhile)
    after = client.get(LIST)
    assert before.content != after.content
    assert before["ETag"] != after["ETag"]


def test_an_error_is_for_whoever_asked_and_for_no_cache(api, question):
    for answer in (
        api("feed").get(f"{LIST}DSQ-999/"),
        api("feed").get(f"{API}changes/?since=999999"),
        api("feed").get("/api/v1/x/"),
    ):
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Vary"] == "Authorization, Cookie"


# Writes


def edit(client, question, etag, title="Mine?", **more):
    body = {"title": title, "reason": "Words"}
    return client.patch(f"{LIST}{question.reference}/", body, format="json", HTTP_IF_MATCH=etag, **more)


def test_a_write_takes_the_etag_of_a_read_and_of_a_write(api, question):
    client = api("triage")
    first = edit(client, question, client.get(f"{LIST}{question.reference}/")["ETag"])
    assert first.status_code == 200
    assert edit(client, question, first["ETag"], title="Mine again?").status_code == 200


def test_an_etag_of_another_reader_names_another_document(api, question):
    etag = api("feed").get(f"{LIST}{question.reference}/")["ETag"]
    assert edit(api("triage"), question, etag).status_code == 412


def test_a_412_names_the_etag_of_now(api, cast, question):
    client = api("triage")
    answer = edit(client, question, '"something-else"')
    etag = client.get(f"{LIST}{question.reference}/")["ETag"]
    assert (answer.status_code, answer["ETag"], answer.json()["etag"]) == (412, etag, etag)
    assert edit(client, question, etag).status_code == 200


def test_a_position_alone_is_no_etag(api, question):
    client = api("triage")
    version = client.get(f"{LIST}{question.reference}/").json()["version"]
    assert edit(client, question, f'"{version}"').status_code == 412


def test_an_etag_of_before_a_restore_writes_nothing(api, cast, question):
    client, url = api("triage"), f"{LIST}{question.reference}/"
    with lost_in_a_restore():
        edit_question(question, by=cast.triage, title="Lost?", reason="Words")
        lost = client.get(url)
    edit_question(question, by=cast.triage, title="Kept?", reason="Words")
    assert client.get(url).json()["version"] == lost.json()["version"]
    assert edit(client, question, lost["ETag"]).status_code == 412


def test_a_hidden_change_moves_no_etag_of_a_document(api, cast, moved):
    question = moved("open", classification="public")
    client = api("feed")
    etag = client.get(f"{LIST}{question.reference}/")["ETag"]
    propose_answer(question, "For members.", by=cast.triage)
    assert client.get(f"{LIST}{question.reference}/")["ETag"] == etag


def test_the_answer_to_a_repeated_key_whose_question_is_hidden_by_now_is_404(api, cast):
    client, body = api("member"), {"title": "Who?", "text": "Who may?"}
    question = client.post(LIST, body, format="json", HTTP_IDEMPOTENCY_KEY="k1").json()["reference"]
    reclassify_question(Question.objects.get(reference=question), "restricted", by=cast.triage)
    assert client.post(LIST, body, format="json", HTTP_IDEMPOTENCY_KEY="k1").status_code == 404


def test_an_answer_is_proposed_on_the_version_that_was_seen(api, cast, moved):
    question, client = moved("open"), api("triage")
    etag = client.get(f"{LIST}{question.reference}/")["ETag"]
    edit_question(question, by=cast.lead, title="Otherwise?")
    url = f"{LIST}{question.reference}/answers/"
    assert client.post(url, {"text": "So."}, format="json", HTTP_IF_MATCH=etag).status_code == 412
    move = {"transition": "defer", "reason": "Later.", "revisit_on": GIVEN["defer"]["revisit_on"].isoformat()}
    stale = client.post(f"{LIST}{question.reference}/transitions/", move, format="json", HTTP_IF_MATCH=etag)
    assert (stale.status_code, "etag" in stale.json()) == (412, True)
