"""Reviews as a resource: each member's own, with a version that no other member's position moves."""

import re

import pytest
from django.contrib.auth.models import Group as Role

from register.documents.updating import rebuild_documents
from register.ledger.verification import verify
from register.models import Document, LedgerHead, Review
from register.services.answers import reclassify_answer, record_review
from register.services.questions import change_status, reclassify_question
from register.services.reference import keep_roles
from tests.test_documents import everything_is_kept

API = "/api/v1/"
DISAGREE = {"position": "disagree", "comment": "It is not clear who pays."}


@pytest.fixture
def answer(moved):
    return moved("in_review").answers.get()


def place_of(user):
    return f"{API}reviews/{Review.objects.get(reviewer=user).pk}/"


def put(client, place, body, etag=None):
    return client.put(place, body, format="json", headers={"If-Match": etag} if etag else {})


def test_a_review_is_listed_and_shown_to_whoever_may_see_it(answer, api, cast):
    record_review(answer, **DISAGREE, by=cast.member)
    document = api("owner").get(place_of(cast.member)).json()
    assert (document["question"], document["answer"]) == (answer.question.reference, 1)
    assert (document["reviewer"], document["organisation"]) == ("member", "RECCo")
    assert (document["position"], document["comment"], document["late"]) == ("disagree", DISAGREE["comment"], False)
    assert document in api("triage").get(f"{API}reviews/").json()["results"]
    assert api("feed").get(f"{API}reviews/").json()["results"] == []
    assert api("feed").get(place_of(cast.member)).status_code == 404


@pytest.mark.parametrize(
    "hide", [reclassify_answer, lambda answer, *to, by: reclassify_question(answer.question, *to, by=by)]
)
def test_a_review_is_hidden_with_its_answer_and_its_question(hide, answer, api, cast):
    change_status(answer.question, "send_back", by=cast.triage, reason="Too vague.")
    hide(answer, "restricted", by=cast.triage)
    assert api("member").get(f"{API}reviews/").json()["results"] == []
    assert put(api("member"), place_of(cast.member), {"position": "agree"}, "*").status_code == 404
    assert everything_is_kept()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("mine=true", {"member"}),
        ("mine=false", {"owner", "raiser"}),
        ("position=disagree", {"owner"}),
        ("question=dsq-001", {"member", "owner", "raiser"}),
        ("question=DSQ-002", set()),
    ],
)
def test_reviews_are_found_by_what_they_say_and_of_what(query, found, answer, api, cast, moved):
    moved("open")
    record_review(answer, **DISAGREE, by=cast.owner)
    results = api("member").get(f"{API}reviews/?{query}").json()["results"]
    assert {review["reviewer"] for review in results} == found


def test_two_reviewers_with_versions_read_at_the_same_time_both_pass(answer, api, cast):
    clients = {user: api(user.username) for user in (cast.member, cast.owner)}
    etags = {user: client.get(place_of(user))["ETag"] for user, client in clients.items()}
    answers = [put(client, place_of(user), DISAGREE, etags[user]) for user, client in clients.items()]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert api("triage").get(f"{API}answers/{answer.pk}/").json()["reviews"] == {"disagree": 2}
    assert everything_is_kept()
    assert verify().ok


def test_the_second_of_two_stale_writes_of_one_reviewer_is_refused(answer, api, cast):
    client, place = api("member"), place_of(cast.member)
    etag = client.get(place)["ETag"]
    first = put(client, place, DISAGREE, etag)
    second = put(client, place, {"position": "agree"}, etag)
    assert (second.status_code, second["ETag"], second.json()["etag"]) == (412, first["ETag"], first["ETag"])
    assert put(client, place, {"position": "agree"}).status_code == 428
    assert put(client, place, {"position": "agree"}, first["ETag"]).json()["comment"] is None


def test_only_the_comment_of_a_position_moves_its_version(answer, api, cast):
    client, place = api("member"), place_of(cast.member)
    first = put(client, place, DISAGREE, "*")
    put(client, place, DISAGREE | {"comment": "Somebody pays."}, first["ETag"])
    assert put(client, place, DISAGREE, first["ETag"]).status_code == 412


def test_a_position_of_another_is_not_to_be_given(answer, api, cast):
    for role in ("owner", "triage"):
        said = put(api(role), place_of(cast.member), {"position": "agree"}, "*")
        assert (said.status_code, "Only" in said.json()["detail"]) == (403, True)


def test_the_first_position_on_an_answer_needs_no_version_and_the_next_does(answer, api, cast):
    client, place = api("member"), f"{API}answers/{answer.pk}/review/"
    etag = client.get(f"{API}answers/{answer.pk}/")["ETag"]
    put(api("owner"), place, {"position": "agree"}, etag)
    first = put(client, place, {"position": "no_view"}, etag)
    assert (first.status_code, first["Content-Location"]) == (200, f"http://testserver{place_of(cast.member)}")
    assert client.get(first["Content-Location"])["ETag"] == first["ETag"]
    assert [put(client, place, DISAGREE, sent).status_code for sent in (None, etag, first["ETag"])] == [428, 412, 200]


def test_who_became_a_member_since_gives_a_position_too(answer, api, cast):
    keep_roles(cast.nobody, Role.objects.filter(name="Member"), by=None)
    said = put(api("nobody"), f"{API}answers/{answer.pk}/review/", {"position": "agree"})
    assert (said.status_code, said.json()["reviewer"]) == (200, "nobody")
    assert everything_is_kept()


def test_no_position_is_taken_once_the_review_is_over(answer, api, cast):
    change_status(answer.question, "agree", by=cast.lead, reason="Done.")
    said = put(api("member"), place_of(cast.member), {"position": "agree"}, "*")
    assert (said.status_code, "takes no positions now" in said.json()["detail"]) == (409, True)


def test_a_reviewers_second_tab_of_the_admin_is_refused_once_and_shows_what_was_said(answer, cast, client_of):
    browser, address = client_of("member"), f"/admin/register/answer/{answer.pk}/review/"
    seen = get_seen(browser.get(address))
    assert browser.post(address, DISAGREE | {"seen": seen}).status_code == 302
    second = browser.post(address, {"position": "agree", "comment": "", "seen": seen})
    assert f"It is now: disagree. {DISAGREE['comment']}" in second.content.decode()
    assert Review.objects.get(reviewer=cast.member).position == "disagree"
    again = browser.post(address, {"position": "agree", "comment": "", "seen": get_seen(second)})
    assert (again.status_code, Review.objects.get(reviewer=cast.member).position) == (302, "agree")


def test_a_position_of_another_stops_nobody_in_the_admin(answer, cast, client_of):
    address = f"/admin/register/answer/{answer.pk}/review/"
    pages = {role: get_seen(client_of(role).get(address)) for role in ("member", "owner")}
    sent = [client_of(role).post(address, DISAGREE | {"seen": seen}).status_code for role, seen in pages.items()]
    assert sent == [302, 302]


def get_seen(page):
    return re.search(r'name="seen" value="(\d+)"', page.content.decode())[1]


def test_reviews_of_before_the_release_get_documents_and_say_nothing_new(answer, api, cast, client_of):
    record_review(answer, **DISAGREE, by=cast.member)
    page = client_of("triage").get(f"/admin/register/question/{answer.question_id}/change/").content.decode()
    Document.objects.filter(kind="review").delete()
    before = LedgerHead.objects.get().position
    rebuild_documents()
    assert LedgerHead.objects.get().position == before + 1
    assert api("owner").get(place_of(cast.member)).json()["position"] == "disagree"
    again = client_of("triage").get(f"/admin/register/question/{answer.question_id}/change/").content.decode()
    assert page.count("Review by member") == again.count("Review by member")
    assert everything_is_kept()
    assert verify().ok
