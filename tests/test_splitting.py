"""A question that is really two: the rest goes its own way, and both know each other."""

import pytest

from register.ledger.timeline import get_timeline
from register.ledger.verification import verify
from register.ledger.versions import get_version
from register.models import Meeting, Question
from register.refusals import NotPermitted, NotVisible, Refused, Stale
from register.services.links import link_meeting
from register.services.questions import edit_question, reclassify_question
from register.services.splitting import split_question
from register.vocabulary import LinkKind
from tests.conftest import everything_about, refreshed

PARTS = {
    "title": "Who may fetch?",
    "text": "Who may fetch the data?",
    "new_title": "How often?",
    "new_text": "How often may the data be fetched?",
    "reason": "They have different owners.",
}


def test_both_parts_say_their_own(cast, raised):
    question = raised()
    rest = split_question(question, by=cast.triage, **PARTS)
    assert (refreshed(question).title, refreshed(rest).title) == ("Who may fetch?", "How often?")
    assert (rest.split_from, rest.status, rest.owner) == (question, "raised", question.owner)


def test_the_rest_is_as_old_as_the_question(cast, moved):
    question = moved("open")
    rest = split_question(question, by=cast.triage, **PARTS)
    assert rest.raised_on is not None
    assert rest.raised_on <= question.recorded_at.date()


def test_the_rest_keeps_standing_links(cast, raised):
    question = raised()
    link_meeting(question, Meeting.objects.get(number=15), LinkKind.RAISED, by=cast.triage, paragraph="6.1")
    rest = split_question(question, by=cast.triage, **PARTS)
    assert [link.paragraph for link in rest.meeting_links.all()] == ["6.1"]
    assert question.meeting_links.count() == 1


def test_the_ledger_verifies_after_a_split(cast, raised):
    split_question(raised(), by=cast.triage, **PARTS)
    assert verify().ok


@pytest.mark.parametrize("status", ["in_review", "agreed", "closed", "withdrawn", "merged"])
def test_what_is_under_review_or_ended_is_not_split(status, cast, moved):
    question = moved(status)
    before = everything_about(question), Question.objects.count()
    with pytest.raises(Refused, match="is split"):
        split_question(question, by=cast.triage, **PARTS)
    assert (everything_about(question), Question.objects.count()) == before


def test_a_half_without_words_leaves_nothing_behind(cast, raised):
    question = raised()
    before = everything_about(question), Question.objects.count()
    with pytest.raises(Refused):
        split_question(question, by=cast.triage, **PARTS | {"title": ""})
    assert (everything_about(question), Question.objects.count()) == before


def test_two_halves_that_say_the_same_are_refused(cast, raised):
    same = PARTS | {"new_title": PARTS["title"], "new_text": PARTS["text"]}
    with pytest.raises(Refused, match="Cut each half down"):
        split_question(raised(), by=cast.triage, **same)


def test_a_split_that_leaves_the_words_is_on_record_too(cast, raised):
    question = raised()
    seen, same = get_version(question), {"title": question.title, "text": question.text}
    split_question(question, by=cast.triage, **PARTS | same)
    assert get_timeline(question, seen_by=cast.triage)[0].reason == "Split in two: They have different owners."
    with pytest.raises(Stale):
        split_question(question, by=cast.lead, seen=seen, **PARTS | same)


def test_members_do_not_split(cast, raised):
    with pytest.raises(NotPermitted):
        split_question(raised(), by=cast.member, **PARTS)


def test_a_hidden_question_is_not_there_to_split(cast, raised):
    with pytest.raises(NotVisible):
        split_question(raised(classification="restricted"), by=cast.member, **PARTS)


def test_the_second_of_two_splits_hears_of_the_first(cast, raised):
    question = raised()
    seen = get_version(question)
    split_question(question, by=cast.triage, **PARTS)
    with pytest.raises(Stale, match="changed title and text"):
        split_question(question, by=cast.lead, seen=seen, **PARTS)


def test_the_page_splits_and_shows_both_ways(client_of, raised):
    question, client = raised(), client_of("triage")
    page = f"/admin/register/question/{question.pk}/"
    given = PARTS | {"seen": get_version(question)}
    assert "is split: the rest is" in client.post(f"{page}split/", given, follow=True).content.decode()
    rest = Question.objects.get(split_from=question)
    assert rest.reference in client.get(f"{page}change/").content.decode()
    assert question.reference in client.get(f"/admin/register/question/{rest.pk}/change/").content.decode()


def test_the_page_keeps_the_text_of_the_second_and_then_passes(client_of, cast, raised):
    question, client = raised(), client_of("triage")
    page, given = f"/admin/register/question/{question.pk}/split/", PARTS | {"seen": get_version(question)}
    edit_question(question, by=cast.lead, title="Somebody else's title?")
    refused = client.post(page, given)
    assert "Somebody" in refused.content.decode()
    again = refused.context["form"]
    assert again["new_text"].value() == PARTS["new_text"]
    assert client.post(page, given | {"seen": again["seen"].value()}).status_code == 302


def test_a_lineage_that_is_hidden_is_not_named(client_of, cast, raised):
    question = raised()
    rest = split_question(question, by=cast.triage, **PARTS)
    reclassify_question(rest, "restricted", by=cast.triage)
    page = client_of("member").get(f"/admin/register/question/{question.pk}/change/").content.decode()
    assert rest.reference not in page
    assert "How often" not in page
