"""Cursors: after a restore from backup, or with other roles, a reader is told to begin again, and a copy is right."""

import io
import json
import urllib.error

import pytest
from django.contrib.auth.models import Group as RoleGroup

from register.models import LedgerHead, Topic
from register.services.questions import edit_question, reclassify_question
from register.services.reference import keep, keep_roles
from tests.test_feeds import API, BEGIN_AGAIN, PAGE, items, of_kind, pages, shown
from tests.test_validators import lost_in_a_restore

FEEDS = ("changes", "events", "ledger")
READER = PAGE.split("```python\n")[1].split("```")[0]
every_feed = pytest.mark.parametrize("feed", FEEDS)


def ask(client, feed, since, **options):
    more = "".join(f"&{name}={value}" for name, value in options.items())
    return client.get(f"{API}{feed}/?since={since}{more}")


def get_end(client, feed, **options):
    """Return the cursor that the last page of a feed gives."""
    return [*pages(client, feed, **options)][-1]["next"]


def assert_begins_again(answer):
    assert (answer.status_code, answer["Content-Type"]) == (410, "application/problem+json")
    assert (answer.json()["type"], answer.json()["title"]) == (BEGIN_AGAIN, "Begin again")


@pytest.fixture
def reader(monkeypatch, cast, api):
    """Return the documented reader, whose requests go to the register that the test has."""
    client, names = api("feed"), {}
    exec(READER.partition("if __name__")[0], names)

    def urlopen(request):
        answer = client.get(request.full_url.removeprefix("http://register.example.org"))
        if answer.status_code != 200:
            raise urllib.error.HTTPError(request.full_url, answer.status_code, "", {}, io.BytesIO(answer.content))
        return io.BytesIO(answer.content)

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    return lambda copy: names["reader"]("http://register.example.org", "token", copy)


@every_feed
def test_a_cursor_beyond_a_restored_head_is_told_to_begin_again(feed, api, raised):
    raised()
    client = api("feed")
    with lost_in_a_restore():
        raised()
        since = get_end(client, feed)
    assert_begins_again(ask(client, feed, since))


@every_feed
def test_a_cursor_is_told_so_where_other_entries_have_its_position_by_now(feed, api, raised):
    raised()
    client = api("feed")
    with lost_in_a_restore():
        raised(title="Lost?")
        since = get_end(client, feed)
    for _ in range(3):
        raised()
    assert LedgerHead.objects.get().position > int(since.partition(".")[0])
    assert_begins_again(ask(client, feed, since))


@every_feed
def test_a_cursor_of_before_the_backup_goes_on(feed, api, raised):
    raised()
    client = api("feed")
    since = get_end(client, feed)
    with lost_in_a_restore():
        raised(title="Lost?")
    raised(title="Kept?")
    answer = ask(client, feed, since)
    assert answer.status_code == 200
    assert answer.json()["results"]


def test_a_page_half_way_tells_of_what_had_moved_on_by_then(api, cast, raised):
    first, _, client = raised(), raised(), api("feed")
    with lost_in_a_restore():
        edit_question(first, by=cast.triage, title="Later?")
        page = ask(client, "changes", 0, limit=1).json()
    assert page["results"][0]["reference"] != first.reference
    assert page["more"]
    assert_begins_again(ask(client, "changes", page["next"]))


@every_feed
def test_with_other_roles_a_reader_begins_again(feed, api, cast, raised):
    raised()
    client = api("member")
    since = get_end(client, feed)
    keep_roles(cast.member, RoleGroup.objects.filter(name="Feed"), by=None)
    assert_begins_again(ask(client, feed, since))
    assert ask(client, feed, 0).status_code == 200


def test_a_role_that_reads_the_same_begins_nothing_again(api, cast, raised):
    raised()
    client = api("approver")
    since = get_end(client, "changes")
    keep_roles(cast.approver, RoleGroup.objects.filter(name="Triage"), by=None)
    assert ask(client, "changes", since).status_code == 200


@every_feed
def test_a_plain_position_is_taken_by_hand(feed, api, raised):
    raised()
    client = api("feed")
    position = int(get_end(client, feed).partition(".")[0])
    assert ask(client, feed, position).json()["results"] == []
    assert len(items(client, feed, since=position - 1)) == 1
    assert_begins_again(ask(client, feed, LedgerHead.objects.get().position + 1))


@every_feed
@pytest.mark.parametrize(
    "since", ["5.", "5.5", "5.5.ff.public", "5.5..public.", "5.5.0123456789ABCDEF.public", "²", "٥", "5 ", "5.5..x%00"]
)
def test_what_is_no_cursor_is_a_400(feed, since, api, raised):
    raised()
    assert [*ask(api("feed"), feed, since).json()["errors"]] == ["since"]


@every_feed
def test_a_poll_with_nothing_new_is_one_statement(feed, api, raised, django_assert_num_queries):
    raised()
    client = api("feed")
    since = get_end(client, feed)
    etag = ask(client, feed, since)["ETag"]
    with django_assert_num_queries({"changes": 1, "events": 2, "ledger": 2}[feed]):
        assert client.get(f"{API}{feed}/?since={since}", HTTP_IF_NONE_MATCH=etag).status_code == 304


@pytest.mark.parametrize("path", ["questions/?limit=1", "questions/?limit=1&ordering=-recorded_at", "topics/?limit=1"])
def test_a_list_does_not_go_on_in_another_history(path, api, cast, raised):
    raised()
    raised()
    client = api("feed")
    with lost_in_a_restore():
        raised(title="Lost?")
        keep(Topic(name="Lost"), by=cast.triage)
        following = client.get(f"{API}{path}").json()["next"]
    assert_begins_again(client.get(following))
    assert client.get(client.get(f"{API}{path}").json()["next"]).status_code == 200


def test_a_list_does_not_go_on_with_other_roles(api, cast, raised):
    raised()
    raised()
    client = api("member")
    following = client.get(f"{API}questions/?limit=1").json()["next"]
    keep_roles(cast.member, RoleGroup.objects.filter(name="Feed"), by=None)
    assert_begins_again(client.get(following))


def test_a_list_goes_on_while_others_write(api, cast, raised):
    first, second, client = raised(), raised(), api("feed")
    following = client.get(f"{API}questions/?limit=1").json()["next"]
    edit_question(first, by=cast.triage, title="Otherwise?")
    assert [item["reference"] for item in client.get(following).json()["results"]] == [second.reference]


def test_the_documented_reader_begins_again_and_is_right(reader, api, cast, raised):
    kept, client = raised(), api("feed")
    copy = reader({})
    with lost_in_a_restore():
        raised(title="Lost?")
        reclassify_question(kept, "restricted", by=cast.triage)
        copy = reader(copy)
        assert [item["title"] for item in copy["question"].values()] == ["Lost?"]
    for _ in range(5):
        raised(title="Kept?")
    copy = json.loads(json.dumps(reader(copy)))
    held = {("question", reference): item for reference, item in copy["question"].items()}
    assert held == of_kind(shown(client))


def test_the_documented_reader_is_right_with_other_roles(reader, api, cast, raised):
    raised(), raised(classification="members")
    copy = reader({})
    keep_roles(cast.feed, RoleGroup.objects.filter(name="Member"), by=None)
    assert len(reader(copy)["question"]) == 2
