"""Merging questions: what they may be merged into, and where a merged question leads its readers."""

from itertools import pairwise

import pytest

from register.ledger.verification import verify
from register.models import LedgerHead, Question
from register.refusals import Refused
from register.services.questions import change_status, edit_question, reclassify_question
from tests.conftest import refreshed
from tests.test_documents import everything_is_kept

REASON = "The same question."


@pytest.fixture
def merge(cast):
    def merge(question, into, **given):
        return change_status(question, "merge", by=cast.triage, merged_into=into, reason=REASON, **given)

    return merge


@pytest.fixture
def chain(merge, raised):
    """Return questions each of which was merged into the next, while that was live."""

    def make(length, **given):
        questions = [raised(**given) for _ in range(length)]
        for question, into in pairwise(questions):
            merge(question, into)
        return [refreshed(question) for question in questions]

    return make


def get_document(client, question):
    return client.get(f"/api/v1/questions/{question.reference}/").json()


def lead(client, question):
    """Return where a question's document leads a reader: the reference, and the same by its address."""
    document = get_document(client, question)
    address = document["merged_into_url"]
    return document["merged_into"], address and client.get(address).json()["reference"]


@pytest.mark.parametrize("status", ["raised", "open", "awaiting_input", "in_review", "agreed", "closed", "deferred"])
def test_what_is_live_agreed_or_closed_is_a_fair_target(status, merge, moved):
    into = moved(status)
    assert merge(moved("open"), into).merged_into == into


def test_what_is_withdrawn_is_no_target(merge, moved):
    into = moved("withdrawn")
    with pytest.raises(Refused, match=f"reopen {into.reference} first: it is withdrawn"):
        merge(moved("open"), into)


def test_a_merged_target_leads_to_the_end_of_its_chain(chain, merge, moved):
    first, _, end = chain(3)
    assert merge(moved("open"), first.reference).merged_into == end


def test_a_chain_that_ends_withdrawn_is_no_target(cast, chain, merge, moved):
    first, end = chain(2)
    change_status(end, "withdraw", by=cast.triage, outcome="overtaken", reason="Settled.")
    with pytest.raises(Refused, match=f"reopen {end.reference} first"):
        merge(moved("open"), first)


def test_nothing_is_merged_into_what_leads_to_it(chain, merge):
    first, second, end = chain(3)
    for into in (first, second):
        with pytest.raises(Refused, match="cannot be merged into itself, or into what leads to it"):
            merge(end, into)


def test_a_reader_is_led_to_the_end_of_a_chain(api, chain):
    first, second, end = chain(3)
    assert [lead(api("feed"), q)[0] for q in (first, second, end)] == [end.reference, end.reference, None]
    assert lead(api("feed"), first) == (end.reference, end.reference)
    assert everything_is_kept()
    assert verify().ok


def test_a_chain_that_is_opened_again_leads_no_further_than_there(api, cast, chain):
    first, second, _ = chain(3)
    change_status(second, "reopen", by=cast.triage, reason="It is another question.")
    assert lead(api("feed"), first) == (second.reference, second.reference)
    assert everything_is_kept()


def test_a_reader_is_led_to_the_last_that_is_shown(api, cast, chain):
    first, second, end = chain(3)
    reclassify_question(end, "restricted", by=cast.triage)
    assert lead(api("feed"), first) == (second.reference, second.reference)
    assert lead(api("triage"), first) == (end.reference, end.reference)
    reclassify_question(second, "restricted", by=cast.triage)
    assert lead(api("feed"), first) == (None, None)
    assert everything_is_kept()


def test_what_is_hidden_between_does_not_keep_a_reader_from_the_end(api, cast, chain):
    first, second, end = chain(3)
    reclassify_question(second, "restricted", by=cast.triage)
    assert lead(api("feed"), first) == (end.reference, end.reference)
    reclassify_question(end, "restricted", by=cast.triage)
    assert lead(api("feed"), first) == (None, None)
    assert everything_is_kept()


def test_a_copy_of_the_feed_learns_of_a_chain_that_grew(api, chain, merge, raised):
    first, end = chain(2)
    since = LedgerHead.objects.get().position
    further = raised()
    merge(end, further)
    changes = api("feed").get(f"/api/v1/changes/?since={since}").json()["results"]
    assert {item["reference"]: item["merged_into"] for item in changes}[first.reference] == further.reference


def test_the_past_leads_where_the_chain_ended_then(api, chain, merge, raised):
    first, second, end = chain(3)
    then = Question.history.filter(id=second.pk).first().history_date
    merge(end, raised())
    document = api("feed").get(f"/api/v1/questions/{first.reference}/", {"as_at": then.isoformat()}).json()
    assert document["merged_into"] == end.reference


def test_a_move_over_the_api_shows_the_end_that_it_took(api, chain, moved):
    first, _, end = chain(3)
    body = {"transition": "merge", "merged_into": first.reference, "reason": REASON}
    address = f"/api/v1/questions/{moved('open').reference}/transitions/"
    answer = api("triage").post(address, body, format="json", headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["merged_into"]) == (200, end.reference)


def test_the_page_of_a_merge_says_that_it_took_the_end(chain, client_of, moved):
    (first, _, end), question, browser = chain(3), moved("open"), client_of("triage")
    address = f"/admin/register/question/{question.pk}/move/merge/"
    page = browser.post(address, {"merged_into": first.reference, "reason": REASON}, follow=True).content.decode()
    said = f"{question.reference} is now merged into {end.reference}, for {first.reference} leads there."
    assert said in page


def test_the_page_of_a_merged_question_leads_to_the_end(cast, chain, client_of):
    first, second, end = chain(3)
    address = f"/admin/register/question/{first.pk}/change/"

    def leads_to(question):
        link = f'dealt with in <a href="/admin/register/question/{question.pk}/change/">'
        return link in client_of("member").get(address).content.decode()

    assert leads_to(end)
    reclassify_question(end, "restricted", by=cast.triage)
    assert leads_to(second)


def test_the_page_of_a_merge_shows_what_reads_alike_and_can_take_it(cast, client_of, moved, raised):
    question, taken, ended = (moved("open", title=f"Who reads meters, {n}?") for n in ("first", "then", "last"))
    edit_question(taken, by=cast.triage, text="The whole text of what reads alike.")
    edit_question(ended, by=cast.triage, text="Of one that is withdrawn.")
    change_status(ended, "withdraw", by=cast.triage, outcome="overtaken", reason="Settled.")
    page = client_of("triage").get(f"/admin/register/question/{question.pk}/move/merge/").content.decode()
    assert "The whole text of what reads alike." in page
    assert "Of one that is withdrawn." not in page


def test_the_page_of_a_merge_takes_a_reference_as_people_write_it(chain, client_of, moved):
    (_, end), question = chain(2), moved("open")
    given = {"merged_into": end.reference.lower().replace("-", " "), "reason": REASON}
    client_of("triage").post(f"/admin/register/question/{question.pk}/move/merge/", given)
    assert refreshed(question).merged_into == end
