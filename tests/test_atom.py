"""Atom: moves and new answers at a private address, in words that show as they were written, and none lost."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import Group as RoleGroup
from django.core.management import call_command
from django.utils import timezone
from django.utils.html import strip_tags

from register.api import atom
from register.ledger.unit_of_work import record
from register.models import AtomAddress, LedgerHead
from register.services.answers import edit_answer, propose_answer
from register.services.atom import make_address, revoke_address
from register.services.questions import change_status, reclassify_question
from register.services.redaction import redact
from register.services.reference import keep_roles
from tests.conftest import GIVEN
from tests.test_feeds import API, BEGIN_AGAIN, items
from tests.test_validators import lost_in_a_restore

NAMES = {"atom": "http://www.w3.org/2005/Atom"}


def entries_of(answer):
    return [
        e.findtext("atom:title", namespaces=NAMES)
        for e in ElementTree.fromstring(answer.content).findall("atom:entry", NAMES)
    ]


def test_atom_tells_moves_and_answers_as_far_as_one_may_see(client, cast, moved, raised):
    question = moved("open")
    propose_answer(question, "For members.", by=cast.triage)
    raised(classification="restricted")
    answer = client.get(f"{API}atom/{make_address(cast.member)}/")
    titles = [
        f"{question.reference}: answer 1",
        f"{question.reference}: raised → open",
        f"{question.reference}: raised",
    ]
    assert (answer["Content-Type"].split(";")[0], entries_of(answer)) == ("application/atom+xml", titles)
    assert entries_of(client.get(f"{API}atom/{make_address(cast.feed)}/")) == titles[1:]


def test_an_atom_feed_survives_what_xml_cannot_carry(client, cast, moved):
    question = moved("open")
    question.status = "withdrawn"
    question.outcome = "overtaken"
    record(question, by=cast.triage, reason="a bell \x07")
    assert client.get(f"{API}atom/{make_address(cast.feed)}/").status_code == 200


def test_a_login_that_cannot_sign_in_gets_an_address_by_command(client, cast, capsys):
    call_command("issue_atom_address", "feed")
    assert client.get(capsys.readouterr().out.strip()).status_code == 200


def test_an_atom_address_is_private_and_can_be_revoked(client, cast):
    first = make_address(cast.member)
    assert first not in AtomAddress.objects.get().digest
    second = make_address(cast.member)
    assert client.get(f"{API}atom/{first}/").status_code == 404
    assert client.get(f"{API}atom/{second}/").status_code == 200
    revoke_address(cast.member)
    assert client.get(f"{API}atom/{second}/").status_code == 404


def test_an_atom_feed_that_has_nothing_new_is_a_304(client, cast, moved):
    moved("open")
    url = f"{API}atom/{make_address(cast.feed)}/"
    etag = client.get(url)["ETag"]
    assert client.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 304
    moved("open")
    assert client.get(url, HTTP_IF_NONE_MATCH=etag).status_code == 200


def test_a_person_makes_and_revokes_their_own_address(client_of, client):
    member = client_of("member")
    page = member.post("/admin/atom/", follow=True).content.decode()
    address = page.split("reads what you may: ")[1].split("<")[0].strip()
    assert client.get(address).status_code == 200
    member.post("/admin/atom/", {"_revoke": "1"})
    assert client.get(address).status_code == 404


def get_feed(client, url, **headers):
    answer = client.get(url, **headers)
    assert answer.status_code == 200, answer.content
    return ElementTree.fromstring(answer.content)


def find(node, path):
    return node.findall(path, NAMES)


def get_link(node, rel):
    return next((link.get("href") for link in find(node, "atom:link") if link.get("rel", "alternate") == rel), None)


@pytest.fixture
def url(cast):
    return f"{API}atom/{make_address(cast.feed)}/"


@pytest.fixture
def much(cast, moved, monkeypatch):
    """A question with five moves, and pages of two entries."""
    monkeypatch.setattr(atom, "SHOWN", 2)
    question = moved("awaiting_input")
    for name in ("receive_input", "defer"):
        change_status(question, name, by=cast.triage, **GIVEN[name])
    return question


def test_words_show_as_they_were_written(client, url, cast, moved):
    words = "The <MPAN> of <b>site</b> & co:\n\n<script>alert(1)</script>"
    change_status(moved("open"), "defer", by=cast.triage, **GIVEN["defer"] | {"reason": words})
    (summary, *_) = find(get_feed(client, url), "atom:entry/atom:summary")
    assert summary.get("type") == "html"
    assert "&lt;script&gt;" in summary.text
    assert "<script>" not in summary.text
    shown = strip_tags(summary.text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert shown.split() == words.split()


def test_a_feed_and_its_entries_have_an_author(client, url, moved):
    moved("open")
    feed = get_feed(client, url)
    assert [name.text for name in find(feed, "atom:author/atom:name")] == ["DCC/SEC question register"]
    assert [name.text for name in find(feed, "atom:entry/atom:author/atom:name")] == ["Ofgem", "Elexon"]


def test_a_burst_is_read_page_by_page(client, url, much):
    titles, ids, following = [], set(), url
    while following:
        feed = get_feed(client, following)
        assert get_link(feed, "self") == f"http://testserver{following.removeprefix('http://testserver')}"
        titles += [title.text.split(": ")[1] for title in find(feed, "atom:entry/atom:title")]
        ids |= {node.text for node in find(feed, "atom:entry/atom:id")}
        following = get_link(feed, "next")
    assert titles == ["open → deferred", "awaiting input → open", "open → awaiting input", "raised → open", "raised"]
    assert len(ids) == 5


def test_a_page_is_the_same_while_more_is_written(client, url, much, moved):
    following = get_link(get_feed(client, url), "next")
    before = [node.text for node in find(get_feed(client, following), "atom:entry/atom:id")]
    moved("open")
    assert [node.text for node in find(get_feed(client, following), "atom:entry/atom:id")] == before


def test_a_page_of_another_history_is_a_410(client, url, much, cast, moved):
    with lost_in_a_restore():
        moved("open")
        following = get_link(get_feed(client, url), "next")
    answer = client.get(following)
    assert (answer.status_code, answer.json()["type"]) == (410, BEGIN_AGAIN)


def test_an_entry_of_another_history_has_another_id(client, url, moved, raised):
    moved("open")
    with lost_in_a_restore():
        raised()
        lost, position = find(get_feed(client, url), "atom:entry/atom:id")[0].text, LedgerHead.objects.get().position
    raised()
    assert LedgerHead.objects.get().position == position
    assert find(get_feed(client, url), "atom:entry/atom:id")[0].text != lost


def test_links_lead_a_person_to_the_page_and_a_client_to_the_document(client, api, client_of, cast, moved):
    question = moved("in_review")
    paths = {}
    for name in ("member", "feed"):
        feed = get_feed(client, f"{API}atom/{make_address(getattr(cast, name))}/")
        paths[name] = [get_link(node, "alternate") for node in (feed, *find(feed, "atom:entry"))]
    assert {client_of("member").get(path).status_code for path in paths["member"]} == {200}
    assert {api("feed").get(path).status_code for path in paths["feed"]} == {200}
    assert client.get(paths["member"][1])["Location"].startswith("/admin/login/?next=")
    assert f"{API}questions/{question.reference}/" in paths["feed"][1]


@pytest.mark.parametrize("reader", ["feed", "member", "triage"])
def test_events_and_atom_tell_the_same(reader, client, api, cast, moved, raised):
    question = moved("in_review")
    propose_answer(moved("open"), "Public.", by=cast.triage, classification="public")
    hidden = moved("open", classification="restricted")
    propose_answer(hidden, "Hush.", by=cast.triage)
    change_status(question, "send_back", by=cast.triage, reason="Vague.")
    entries = find(get_feed(client, f"{API}atom/{make_address(getattr(cast, reader))}/"), "atom:entry")
    told = [
        (
            int(e.findtext("atom:id", namespaces=NAMES).split("/")[1]),
            strip_tags(e.findtext("atom:summary", namespaces=NAMES)),
        )
        for e in entries
    ]
    events = items(api(reader), "events")
    assert [*told] == [(e["position"], e.get("reason", e.get("text"))) for e in reversed(events)]
    assert {e["type"] for e in events} == {"status", "answer"}


def test_an_answer_is_told_in_the_words_in_which_it_was_proposed_until_they_are_redacted(api, client, cast, moved):
    question = moved("open")
    answer = propose_answer(question, "Ask Jane Roe.", by=cast.triage, classification="public")
    edit_answer(answer, "Ask the MDR.", by=cast.triage)
    events = items(api("feed"), "events")
    assert (events[-1]["text"], events[-1]["answer"]["number"]) == ("Ask Jane Roe.", 1)
    assert api("feed").get(events[-1]["answer"]["url"]).json()["text"] == "Ask the MDR."
    redact(events[-1]["position"], by=cast.approver, reason="A name")
    last = items(api("feed"), "events")[-1]
    assert (last["text"], last["redacted"]) == ("", True)
    assert b"Jane" not in client.get(f"{API}atom/{make_address(cast.feed)}/").content


def test_an_answer_that_is_hidden_now_or_was_then_is_no_event(api, cast, moved):
    answer = propose_answer(moved("open"), "For members.", by=cast.triage)
    assert "answer" not in {e["type"] for e in items(api("feed"), "events")}
    assert "answer" in {e["type"] for e in items(api("member"), "events")}
    reclassify_question(answer.question, "restricted", by=cast.triage)
    assert items(api("member"), "events") == []


# Not again


@pytest.fixture
def later(monkeypatch):
    """Let two minutes pass after what is written."""

    def pass_by():
        monkeypatch.setattr(atom.timezone, "now", lambda: datetime.now(UTC) + timedelta(minutes=2))

    return pass_by


def test_a_time_of_last_change_spares_the_second_reading(client, url, moved, later):
    moved("open")
    later()
    answer = client.get(url)
    again = client.get(url, HTTP_IF_MODIFIED_SINCE=answer["Last-Modified"])
    assert (again.status_code, again.content) == (304, b"")
    assert [again[name] for name in ("ETag", "Vary", "Cache-Control", "Last-Modified")] == [
        answer[name] for name in ("ETag", "Vary", "Cache-Control", "Last-Modified")
    ]


def test_a_304_by_etag_has_the_headers_of_its_200(client, url, moved, later):
    moved("open")
    later()
    answer = client.get(url)
    again = client.get(url, HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304
    assert [again[name] for name in ("ETag", "Last-Modified")] == [answer[name] for name in ("ETag", "Last-Modified")]


def test_a_time_is_not_told_while_another_change_could_have_the_same(client, url, moved):
    moved("open")
    assert "Last-Modified" not in client.get(url)


@pytest.mark.parametrize("since", ["Thu, 01 Jan 2099 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "yesterday", ""])
def test_any_other_time_is_not_believed(since, client, url, moved, later):
    moved("open")
    later()
    assert client.get(url, HTTP_IF_MODIFIED_SINCE=since).status_code == 200


def test_an_etag_counts_before_a_time(client, url, moved, later):
    moved("open")
    later()
    time = client.get(url)["Last-Modified"]
    assert client.get(url, HTTP_IF_MODIFIED_SINCE=time, HTTP_IF_NONE_MATCH='"other"').status_code == 200


def test_a_change_of_roles_is_a_change(client, cast, moved, later, monkeypatch):
    moved("open")
    url = f"{API}atom/{make_address(cast.member)}/"
    later()
    before = client.get(url)
    moment = timezone.now() + timedelta(seconds=10)
    monkeypatch.setattr("simple_history.models.timezone.now", lambda: moment)
    keep_roles(cast.member, RoleGroup.objects.filter(name="Feed"), by=None)
    headers = {"HTTP_IF_MODIFIED_SINCE": before["Last-Modified"]}
    assert client.get(url, **headers).status_code == 200
    assert client.get(url, HTTP_IF_NONE_MATCH=before["ETag"]).status_code == 200


def test_an_empty_feed_reads_the_same_each_time(client, url):
    first, second = client.get(url), client.get(url)
    assert (first.content, first["ETag"]) == (second.content, second["ETag"])


@pytest.mark.parametrize("query", ["page=2", "before=", "before=x", "before=5&before=6", "before=²"])
def test_a_bad_parameter_is_a_400_that_names_it(query, client, url, moved):
    moved("open")
    answer = client.get(f"{url}?{query}")
    assert (answer.status_code, [*answer.json()["errors"]]) == (400, [query.partition("=")[0]])


def test_any_accept_header_is_served(client, url):
    assert client.get(url, HTTP_ACCEPT="application/atom+xml").status_code == 200


def test_a_login_without_a_role_reads_no_feed(client, url, cast):
    keep_roles(cast.feed, [], by=None)
    assert client.get(url).status_code == 403
