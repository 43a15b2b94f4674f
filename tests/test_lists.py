"""Lists of any length: counted to a thousand, and the eldest found without sorting all that there are."""

import random
import re
from datetime import timedelta
from itertools import product

import pytest
from django.db.models import Count

from register.admin import pages
from register.admin.questions import QuestionAdmin
from register.clock import today
from register.documents.updating import rebuild_documents
from register.models import Question, Tally
from register.models.questions import LIVE_STANDINGS, Standing
from register.models.tallies import TallyBy
from register.services.questions import change_status, edit_question, raise_question, reclassify_question
from tests.conftest import GIVEN, PATHS

LIST = "/admin/register/question/"


@pytest.fixture
def aged(cast, moved):
    """Questions of every status, of many ages, and several of most."""
    chance = random.Random(15)
    for status in PATHS:
        for _ in range(4):
            moved(status, raised_on=today() - timedelta(days=chance.randrange(1, 30)))
    return Question.objects.with_ages(today())


def test_the_eldest_are_those_that_sorting_finds(aged, subtests):
    for standings, youngest in product((tuple(Standing), LIVE_STANDINGS), (False, True)):
        with subtests.test(standings=standings, youngest=youngest):
            rows = aged.filter(standing__in=standings)
            rows = sorted(rows, key=lambda q: (q.age_in_days, q.pk), reverse=not youngest)
            assert aged.get_keys_by_age(9, standings, today(), youngest=youngest) == [row.pk for row in rows[:9]]


def test_live_is_what_the_statuses_say(aged):
    live = [question.pk for question in aged if question.status in ("closed", "withdrawn", "merged")]
    assert set(aged.live().values_list("pk", flat=True)) == set(aged.values_list("pk", flat=True)) - set(live)


@pytest.mark.parametrize("address", ["?tab=all&o=7", "?tab=all&o=-7", "", "?o=7"])
def test_a_long_list_reads_as_a_short_one_does(address, aged, client_of, monkeypatch):
    monkeypatch.setattr(QuestionAdmin, "list_per_page", 5)
    whole = _pages(client_of("triage"), address, 3)
    monkeypatch.setattr(pages, "MOST", 12)
    assert _pages(client_of("triage"), address, 3) == whole[:12]


def _pages(client, address, count):
    lists = (client.get(f"{LIST}{address}{'&' if address else '?'}p={n}").context["cl"] for n in range(1, count + 1))
    return [question.pk for changelist in lists for question in changelist.result_list]


def test_a_long_list_sorts_by_every_column(aged, client_of, monkeypatch, subtests):
    monkeypatch.setattr(pages, "MOST", 12)
    monkeypatch.setattr(QuestionAdmin, "list_per_page", 5)
    client = client_of("triage")
    for column, sign in product(range(1, len(QuestionAdmin.list_display) + 1), ("", "-")):
        with subtests.test(sorted_by=f"{sign}{column}"):
            assert len(client.get(f"{LIST}?tab=all&o={sign}{column}&p=2").context["cl"].result_list) == 5


def test_a_list_that_goes_on_says_so(aged, client_of, monkeypatch):
    monkeypatch.setattr(pages, "MOST", 12)
    page = client_of("triage").get(f"{LIST}?tab=all").content.decode()
    assert "More than 12: the first 12 are listed. Filter or search for the others." in page


def tallied(by):
    rows = Tally.objects.filter(by=by, count__gt=0)
    return sorted(rows.values_list("classification", "status", "key", "count"))


def everything_is_tallied():
    """Assert that the kept counts are what counting every question finds."""
    live, named = Question.objects.live(), Count("pk")
    since = live.values_list("classification", "status", "status_since_day").annotate(named)
    assert tallied(TallyBy.SINCE) == sorted((c, s, f"{day:05}", n) for c, s, day, n in since.order_by())
    topics = Question.objects.values_list("classification", "status", "topic__name").annotate(named).order_by()
    assert tallied(TallyBy.TOPIC) == sorted((c, s, topic or "", n) for c, s, topic, n in topics)
    waiting = Question.objects.exclude(waiting_on=None).values_list("classification", "status", "waiting_on__name")
    assert tallied(TallyBy.WAITING_ON) == sorted(waiting.annotate(named).order_by())


def test_counts_are_kept_with_every_write(cast, aged, moved, raised):
    edit_question(raised(topic=None), by=cast.triage, title="Another?")
    reclassify_question(moved("open"), "restricted", by=cast.triage)
    change_status(moved("awaiting_input"), "withdraw", by=cast.triage, **GIVEN["withdraw"])
    raise_question(by=cast.member, title="Who?", text="Who may?")
    everything_is_tallied()


def test_counts_that_are_missing_are_made_from_the_documents(aged):
    Tally.objects.all().delete()
    rebuild_documents()
    everything_is_tallied()


def test_a_row_leads_to_its_question_and_takes_along_how_the_list_was(client_of, moved):
    question, client = moved("awaiting_input"), client_of("triage")
    page = client.get(f"{LIST}?tab=awaiting&q=who").content.decode()
    address = f"{LIST}{question.pk}/change/?_changelist_filters=tab%3Dawaiting%26q%3Dwho"
    assert page.count(f'href="{address}"') == 1  # one tab stop
    assert client.get(address).status_code == 200
    assert f'href="{LIST}{question.pk}/change/"' in client.get(LIST).content.decode()


@pytest.mark.parametrize("query", ["q=DSQ-001", "q=fetch", "status__exact=withdrawn", "tab=mine&q=fetch"])
def test_a_search_that_finds_less_than_there_is_says_where_the_rest_is(query, client_of, moved):
    moved("withdrawn")
    answer = client_of("triage").get(f"/admin/register/question/?{query}")
    said = "1 more that this list leaves out: in" if "mine" in query else "1 more has ended: in"
    assert said in answer.content.decode()
    address = re.search(r'href="([^"]*)">Everything</a>\.', answer.content.decode())[1].replace("&amp;", "&")
    assert len(client_of("triage").get(f"/admin/register/question/{address}").context["cl"].result_list) == 1


@pytest.mark.parametrize("query", ["", "tab=all&q=fetch", "q=nothing"])
def test_a_list_that_leaves_nothing_out_says_nothing_of_more(query, client_of, moved):
    moved("withdrawn")
    assert "</a>.</p>" not in client_of("triage").get(f"/admin/register/question/?{query}").content.decode()
