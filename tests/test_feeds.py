"""The feeds: a reader that applies every page holds what the lists show it, and can prove it."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from rest_framework.test import APIClient

from register.api import feeds
from register.ledger import external_verifier, triggers
from register.models import LedgerEntry, LedgerHead, Meeting, Question, Token
from register.services.links import link_meeting
from register.services.questions import change_status, edit_question, reclassify_question
from register.services.redaction import redact
from register.services.reference import keep
from tests.conftest import GIVEN, lift_triggers, refreshed

API, BEGIN_AGAIN = "/api/v1/", "tag:register,2021:problems/begin-again"
PAGE = (Path(__file__).resolve().parent.parent / "docs" / "api-and-feeds.md").read_text(encoding="utf-8")


def pages(client, feed, limit=100, since=0):
    more = True
    while more:
        answer = client.get(f"{API}{feed}/?since={since}&limit={limit}")
        assert answer.status_code == 200, answer.content
        yield answer.json()
        since, more = answer.json()["next"], answer.json()["more"]


def position_of(page):
    """Return the position that a page reached: its cursor begins with it."""
    return int(page["next"].partition(".")[0])


def items(client, feed="changes", **options):
    return [item for page in pages(client, feed, **options) for item in page["results"]]


def applied(client, held=None, **options):
    """Apply every page to a copy, as the documentation says."""
    return apply(items(client, **options), {} if held is None else held)


def apply(found, held):
    """Apply items of the feed to a copy, and return it."""
    for item in found:
        key = item["type"], item["reference"]
        if item.get("removed"):
            held.pop(key, None)
        else:
            held[key] = {name: value for name, value in item.items() if name not in ("type", "position")}
    return held


def shown(client, kind="question"):
    found, url = {}, f"{API}{kind}s/?limit=100"
    while url:
        page = client.get(url).json()
        found |= {(kind, item["reference"]): item for item in page["results"]}
        url = page["next"]
    return found


def of_kind(held, kind="question"):
    return {key: item for key, item in held.items() if key[0] == kind}


@pytest.fixture
def busy(cast, moved, raised):
    """A register in which much has happened; return a question."""
    for status in ("awaiting_input", "in_review", "closed", "merged", "withdrawn"):
        link_meeting(moved(status), Meeting.objects.get(number=15), "listed", by=cast.triage)
    raised(classification="members")
    reclassify_question(moved("open"), "restricted", by=cast.triage)
    return moved("open")


@pytest.mark.parametrize("reader", ["feed", "member", "triage"])
@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_a_copy_of_all_pages_is_what_the_lists_show(reader, limit, api, busy):
    client = api(reader)
    held = applied(client, limit=limit)
    for kind in ("question", "meeting", "action"):
        assert of_kind(held, kind) == shown(client, kind)


def test_positions_rise_and_never_repeat(api, busy):
    positions = [item["position"] for item in items(api("triage"), limit=2)]
    assert positions == sorted(set(positions))


def test_each_item_comes_once_in_its_latest_state(api, busy):
    found = [(item["type"], item["reference"]) for item in items(api("triage"))]
    assert len(found) == len(set(found))


def test_a_copy_is_kept_current_from_where_it_stopped(api, cast, busy):
    client = api("feed")
    *_, last = pages(client, "changes")
    held = applied(client)
    change_status(busy, "await_input", by=cast.triage, **GIVEN["await_input"])
    meeting = Meeting.objects.get(number=15)
    meeting.held_on = date(2021, 3, 23)
    keep(meeting, by=cast.triage)
    assert of_kind(applied(client, held, since=last["next"])) == shown(client)
    assert of_kind(held, "meeting") == shown(client, "meeting")


def test_what_may_be_seen_no_more_comes_as_its_reference_alone(api, cast, busy):
    client = api("feed")
    *_, last = pages(client, "changes")
    reclassify_question(busy, "members", by=cast.triage)
    item = next(i for i in items(client, since=last["next"]) if i["type"] == "question")
    assert set(item) == {"reference", "removed", "type", "position"}
    assert (item["reference"], item["removed"]) == (busy.reference, True)


def test_what_could_never_be_seen_is_not_there(api, raised):
    hidden = raised(classification="members", title="Hush?")
    assert hidden.reference not in json.dumps(items(api("feed")))


def test_a_page_can_be_asked_for_again(api, busy):
    first, again = (list(pages(api("feed"), "changes", limit=3)) for _ in range(2))
    assert first == again


def test_the_head_is_the_last_position_that_this_reader_may_see(api, cast, busy):
    reclassify_question(busy, "members", by=cast.triage)
    edit_question(busy, by=cast.triage, title="Hidden from feeds?")
    *_, public = pages(api("feed"), "changes")
    *_, all_of_it = pages(api("triage"), "changes")
    assert public["head"]["position"] < all_of_it["head"]["position"]
    digest = LedgerEntry.objects.get(position=public["head"]["position"]).digest
    assert (public["head"]["digest"], position_of(public)) == (digest, public["head"]["position"])


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "99999999999999999999", "%00"])
@pytest.mark.parametrize("feed", ["changes", "events", "ledger"])
def test_a_bad_position_is_a_400(feed, since, api):
    assert list(api("feed").get(f"{API}{feed}/?since={since}").json()["errors"]) == ["since"]


def test_a_reader_ahead_of_a_restored_register_is_told_to_begin_again(api, busy):
    answer = api("feed").get(f"{API}changes/?since={LedgerHead.objects.get().position + 1}")
    assert (answer.status_code, answer.json()["type"]) == (410, BEGIN_AGAIN)


@pytest.mark.parametrize(("feed", "view"), [("changes", feeds.Changes), ("events", feeds.Events)])
def test_what_is_written_before_the_page_is_read_puts_nobody_ahead_of_the_head(feed, view, api, moved, monkeypatch):
    client, page = api("feed"), view.load_page
    client.get(f"{API}{feed}/")

    def meanwhile(*given):
        moved("closed")
        return page(*given)

    monkeypatch.setattr(view, "load_page", meanwhile)
    answer = client.get(f"{API}{feed}/").json()
    assert answer["results"]
    assert position_of(answer) <= answer["head"]["position"]


def test_no_event_is_passed_over_that_is_written_after_the_page_was_read(api, moved, monkeypatch):
    client, load_page = api("feed"), feeds.Events.load_page

    def and_then(*given):
        page = load_page(*given)
        monkeypatch.undo()
        moved("open")
        return page

    monkeypatch.setattr(feeds.Events, "load_page", and_then)
    first = client.get(f"{API}events/").json()
    assert first["results"] == []
    assert [event["to"] for event in items(client, "events", since=first["next"])] == ["raised", "open"]


def test_an_etag_of_before_a_restored_backup_is_not_taken_for_the_present(api, cast, busy):
    client = api("feed")
    etag = client.get(f"{API}changes/")["ETag"]
    lift_triggers()
    LedgerEntry.objects.filter(position=LedgerHead.objects.get().position).update(digest="f" * 64)
    assert client.get(f"{API}changes/", HTTP_IF_NONE_MATCH=etag).status_code == 200
    triggers.install_triggers()


def test_a_poll_costs_the_same_whatever_there_is(api, busy, raised, django_assert_num_queries):
    client = api("feed")
    etag = client.get(f"{API}changes/")["ETag"]
    with django_assert_num_queries(1):
        client.get(f"{API}changes/", HTTP_IF_NONE_MATCH=etag)


# Events


def test_events_tell_every_move(api, moved):
    question = moved("awaiting_input")
    told = [(e["from"], e["to"], e["organisation"], e["reason"]) for e in items(api("feed"), "events")]
    assert told == [
        (None, "raised", "Elexon", ""),
        ("raised", "open", "Ofgem", ""),
        ("open", "awaiting_input", "Ofgem", "What does the DCC say?"),
    ]
    assert {e["reference"] for e in items(api("feed"), "events")} == {question.reference}


def test_events_between_two_times(api, moved):
    moved("open")
    begin = timezone.now().isoformat()
    question = moved("awaiting_input")
    end = timezone.now().isoformat()
    moved("open")
    page = api("feed").get("/api/v1/events/", {"since_time": begin, "until": end, "limit": 2}).json()
    rest = api("feed").get("/api/v1/events/", {"since": page["next"], "until": end}).json()
    told = [*page["results"], *rest["results"]]
    assert [(event["reference"], event["to"]) for event in told] == [
        (question.reference, status) for status in ("raised", "open", "awaiting_input")
    ]
    assert not rest["more"]
    assert api("feed").get("/api/v1/events/", {"until": "soon"}).status_code == 400


def test_events_come_page_by_page(api, busy):
    assert items(api("triage"), "events", limit=2) == items(api("triage"), "events")


def test_events_of_what_is_hidden_now_or_was_hidden_then_are_not_told(api, cast, raised):
    tightened, loosened = raised(), raised(classification="members")
    change_status(loosened, "open", by=cast.triage)
    reclassify_question(loosened, "public", by=cast.lead, reason="Not secret.")
    reclassify_question(tightened, "members", by=cast.triage)
    change_status(loosened, "defer", by=cast.triage, **GIVEN["defer"])
    assert [(e["reference"], e["to"]) for e in items(api("feed"), "events")] == [(loosened.reference, "deferred")]


def test_hidden_moves_show_in_no_page_of_events(api, cast, raised, moved):
    moved("open")
    client = api("feed")
    before = client.get(f"{API}events/")
    change_status(raised(classification="restricted"), "defer", by=cast.triage, **GIVEN["defer"])
    after = client.get(f"{API}events/")
    assert (before.content, before["ETag"]) == (after.content, after["ETag"])
    assert position_of(before.json()) == before.json()["head"]["position"]


def test_a_redacted_reason_is_told_no_more(api, cast, moved):
    question, client = moved("awaiting_input"), api("feed")
    etag = client.get(f"{API}events/")["ETag"]
    position = items(client, "events")[-1]["position"]
    redact(position, by=cast.approver, reason="A name")
    assert client.get(f"{API}events/", HTTP_IF_NONE_MATCH=etag).status_code == 200
    event = items(client, "events")[-1]
    assert (event["redacted"], event["reason"]) == (True, "")
    assert refreshed(question)


# The ledger


def chain(client):
    return external_verifier.verify_entries(items(client, "ledger"))


@pytest.mark.parametrize("reader", ["feed", "member", "triage"])
def test_the_chain_verifies_for_every_reader(reader, api, busy):
    position, digest, read, faults = chain(api(reader))
    head = LedgerHead.objects.get()
    assert (position, digest, faults) == (head.position, head.digest, [])
    assert read > 0


def test_a_reader_sees_no_snapshot_of_what_is_hidden(api, raised):
    raised(classification="members", title="Hush?")
    assert "Hush" not in json.dumps(items(api("feed"), "ledger"))
    assert "Hush" in json.dumps(items(api("member"), "ledger"))


def test_a_snapshot_of_when_its_object_was_stricter_is_not_shown(api, cast, raised):
    question = raised(classification="members", title="Hush?")
    edit_question(question, by=cast.triage, title="Say it aloud?")
    reclassify_question(question, "public", by=cast.lead, reason="It may be told.")
    told = json.dumps(items(api("feed"), "ledger"))
    assert ("Hush" in told, "Say it aloud" in told) == (False, True)


def test_a_snapshot_that_points_at_something_hidden_is_not_shown(api, cast, moved):
    question = moved("merged")
    hidden = question.merged_into
    reclassify_question(hidden, "restricted", by=cast.triage)
    shown_to = {who: json.dumps(items(api(who), "ledger")) for who in ("feed", "triage")}
    told = f'merged_into_id\\":{hidden.pk}'
    assert (told in shown_to["feed"], told in shown_to["triage"]) == (False, True)


def test_nobodys_personal_data_is_shown(api, busy):
    assert not [entry for entry in items(api("triage"), "ledger") if entry.get("model") == "user"]


def test_a_redacted_entry_verifies_without_its_snapshot(api, cast, moved):
    moved("awaiting_input")
    position = items(api("feed"), "events")[-1]["position"]
    redact(position, by=cast.approver, reason="A name")
    entry = next(e for e in items(api("triage"), "ledger") if e["position"] == position)
    assert set(entry) == {"position", "snapshot_digest", "digest"}
    assert chain(api("feed"))[3] == []


FORGERIES = {
    "a changed snapshot": lambda entries: entries[-1].update(snapshot=entries[-1]["snapshot"] + " "),
    "a changed digest": lambda entries: entries[5].update(digest="0" * 64),
    "a lost entry": lambda entries: entries.pop(7),
    "two that changed places": lambda entries: entries.insert(3, entries.pop(4)),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_chain_is_found_out(forgery, api, moved):
    moved("open")
    entries = items(api("triage"), "ledger")
    FORGERIES[forgery](entries)
    assert external_verifier.verify_entries(entries)[3]


def test_a_label_beside_a_snapshot_is_checked_against_it(api, moved):
    moved("open")
    entries = items(api("triage"), "ledger")
    entries[-1]["at"] = "2001-01-01T00:00:00Z"
    assert "its model or time" in external_verifier.verify_entries(entries)[3][0]


def test_a_named_head_is_checked_too(api, moved):
    moved("open")
    entries = items(api("feed"), "ledger")
    last = entries[-1]
    assert (
        external_verifier.verify_entries(
            [*entries, {"head": {"position": last["position"], "digest": last["digest"]}}]
        )[3]
        == []
    )
    assert (
        "the head's digest"
        in external_verifier.verify_entries([*entries, {"head": {"position": last["position"], "digest": "f"}}])[3][0]
    )


def test_no_words_of_a_person_pass_for_a_row_recorded_anew(api, cast, raised):
    said = "recorded anew: something that is shown with it has changed"
    question = raised(reason=said)
    assert said in json.dumps(items(api("feed"), "ledger"))
    past = api("feed").get(f"{API}questions/{question.reference}/?as_at=2090-01-01T00:00:00Z")
    assert past.status_code == 200


def test_what_was_only_recorded_anew_tells_a_reader_nothing(api, cast, raised):
    hidden = raised(classification="restricted")
    before = items(api("feed"), "ledger")
    link_meeting(hidden, Meeting.objects.get(number=15), "listed", by=cast.triage)
    told = items(api("feed"), "ledger")[len(before) :]
    assert [set(entry) for entry in told] == [{"position", "snapshot_digest", "digest"}] * 2


def test_a_rewritten_chain_is_found_out_by_a_head_noted_before(api, moved):
    moved("open")
    entries = items(api("feed"), "ledger")
    assert external_verifier.verify_entries(entries, (10, entries[9]["digest"]))[3] == []
    assert "rewritten" in external_verifier.verify_entries(entries, (10, "f" * 64))[3][0]
    assert "ends at" in external_verifier.verify_entries(entries, (len(entries) + 1, "f" * 64))[3][0]
    assert external_verifier.verify_entries([])[3] == ["the ledger is empty: there is nothing to verify"]


def test_the_script_is_served_as_it_is_and_needs_no_token(client, db):
    answer = client.get(f"{API}ledger/verify.py")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/x-python; charset=utf-8")
    imported = {
        line.split()[1].split(".")[0] for line in answer.content.decode().splitlines() if line.startswith("import")
    }
    assert imported <= set(sys.stdlib_module_names)


@pytest.mark.django_db(transaction=True)
def test_script_and_command_verify_a_live_register(live_server, cast, busy, tmp_path, capsys, client):
    _, token = Token.objects.create(user=cast.feed)
    script, url = tmp_path / "verify.py", f"{live_server.url}{API}ledger/"
    script.write_bytes(client.get(f"{API}ledger/verify.py").content)
    told = subprocess.run([sys.executable, script, url, token], capture_output=True, text=True, check=True).stdout
    head = told.split("head ")[1].strip()
    assert head == str(LedgerHead.objects.get())
    call_command("verify_ledger", url=url, token=token, expect=head)
    with pytest.raises(SystemExit, match="1"):
        call_command("verify_ledger", url=url, token=token, expect="5:" + "f" * 64)
    with pytest.raises(SystemExit, match="2"):
        call_command("verify_ledger", url=url, token="wrong")
    assert "refuses this token" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_documented_reader_holds_what_the_lists_show(live_server, cast, busy, tmp_path):
    _, token = Token.objects.create(user=cast.feed)
    script = tmp_path / "reader.py"
    script.write_text(PAGE.split("```python\n")[1].split("```")[0])
    told = subprocess.run([sys.executable, script, live_server.url, token], capture_output=True, text=True, check=True)
    client = APIClient(headers={"Authorization": f"Bearer {token}", "Host": live_server.url.removeprefix("http://")})
    assert json.loads(told.stdout)["question"] == {key[1]: item for key, item in shown(client).items()}


# Tokens in the admin


def test_a_superuser_issues_a_token_that_is_shown_once_and_revokes_it(client_of, cast, client):
    admin = client_of("superuser")
    page = admin.post("/admin/register/token/add/", {"user": cast.feed.pk, "days": 30}, follow=True).content.decode()
    token = page.split("not shown again: ")[1].split("<")[0].strip()
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    assert client.get(f"{API}questions/", **headers).status_code == 200
    key = Token.objects.get().pk
    assert token not in admin.get("/admin/register/token/").content.decode()
    admin.post(f"/admin/register/token/{key}/delete/", {"post": "yes"})
    assert client.get(f"{API}questions/", **headers).status_code == 401


@pytest.mark.parametrize("role", ["triage", "lead", "member"])
def test_nobody_else_sees_tokens(role, client_of):
    assert client_of(role).get("/admin/register/token/").status_code == 403


def test_a_client_may_hold_several_tokens(cast, client):
    tokens = [Token.objects.create(user=cast.feed)[1] for _ in range(2)]
    assert [client.get(f"{API}topics/", HTTP_AUTHORIZATION=f"Bearer {t}").status_code for t in tokens] == [200, 200]
    assert Question.objects.count() == 0
