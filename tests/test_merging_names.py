"""Two organisations, or two topics, that are one are merged: everything that bears the one bears the other then."""

import pytest
from django.core.management import call_command

from register.models import Action, Group, Organisation, Topic
from register.models.names import describe_twins
from register.refusals import NotPermitted, Refused
from register.services.merging_names import merge_names
from register.services.questions import edit_question
from register.services.reference import keep
from tests.conftest import refreshed

WHY = "They are one body."


@pytest.fixture
def twin(cast):
    return keep(Organisation(name="Data Communications Company"), by=cast.triage)


@pytest.fixture
def dcc(db):
    return Organisation.objects.get(name="DCC")


@pytest.fixture
def borne(twin, cast, raised, moved):
    """A question that the twin owns, one that waits on it, an action of it and a login of it."""
    owned, asked = moved("open"), moved("awaiting_input")
    edit_question(owned, by=cast.triage, owner=twin)
    type(asked)._base_manager.filter(pk=asked.pk).update(waiting_on=twin)
    action = keep(Action(group=Group.objects.get(), reference="15/10", text="Ask.", owner=twin), by=cast.triage)
    type(cast.owner)._base_manager.filter(pk=cast.owner.pk).update(organisation=twin)
    return owned, asked, action, cast.owner


def test_everything_that_bore_the_one_bears_the_other(borne, twin, dcc, cast):
    merge_names(twin, dcc, by=cast.triage, reason=WHY)
    owned, asked, action, login = map(refreshed, borne)
    assert {owned.owner, asked.waiting_on, action.owner, login.organisation} == {dcc}


def test_each_change_is_in_the_history_with_the_reason(borne, twin, dcc, cast):
    merge_names(twin, dcc, by=cast.triage, reason=WHY)
    last = [refreshed(row).history.first() for row in (*borne, twin)]
    assert {(row.history_user_id, row.history_change_reason) for row in last} == {(cast.triage.pk, WHY)}
    call_command("verify_ledger", verbosity=0)


def test_the_old_name_leads_to_the_one_that_is_left(borne, twin, dcc, cast, api):
    merge_names(twin, dcc, by=cast.triage, reason=WHY)
    assert Organisation.objects.get_called("data communications company") == dcc
    found = api("triage").get("/api/v1/questions/", {"owner": twin.name}).json()["results"]
    assert [question["reference"] for question in found] == [borne[0].reference]


def test_what_was_merged_into_a_row_follows_it(twin, dcc, cast):
    first = keep(Organisation(name="Smart DCC"), by=cast.triage)
    merge_names(first, twin, by=cast.triage, reason=WHY)
    merge_names(twin, dcc, by=cast.triage, reason=WHY)
    assert Organisation.objects.get_called("Smart DCC") == dcc


def test_merging_into_one_that_was_merged_takes_the_end(twin, dcc, cast):
    other = keep(Organisation(name="Smart DCC"), by=cast.triage)
    merge_names(twin, dcc, by=cast.triage, reason=WHY)
    assert merge_names(other, twin, by=cast.triage, reason=WHY) == dcc


def test_it_is_refused_into_itself_twice_and_without_a_reason(twin, dcc, cast):
    with pytest.raises(Refused, match="cannot be merged into itself"):
        merge_names(dcc, dcc, by=cast.triage, reason=WHY)
    with pytest.raises(Refused, match="Give a reason"):
        merge_names(twin, dcc, by=cast.triage, reason=" ")
    merge_names(twin, dcc, by=cast.triage, reason=WHY)
    with pytest.raises(Refused, match="is merged into DCC already"):
        merge_names(twin, Organisation.objects.get(name="ENA"), by=cast.triage, reason=WHY)


@pytest.mark.parametrize("role", ["member", "approver", "feed"])
def test_only_triage_merges(role, twin, dcc, cast):
    with pytest.raises(NotPermitted):
        merge_names(twin, dcc, by=getattr(cast, role), reason=WHY)


def test_a_topic_is_merged_as_an_organisation_is(cast, raised):
    topic = keep(Topic(name="The role of the MDR"), by=cast.triage)
    question = raised(topic=topic)
    left = merge_names(topic, Topic.objects.get(name="MDR role"), by=cast.triage, reason=WHY)
    assert refreshed(question).topic == left


def test_a_twin_that_was_merged_is_listed_no_more(twin, dcc, cast):
    Organisation._base_manager.filter(pk=twin.pk).update(name="dcc", name_key="dcc\t2")
    assert len(describe_twins()) == 1
    merge_names(twin, dcc, by=cast.triage, reason=WHY)
    assert describe_twins() == []


def test_the_page_says_what_bears_the_name_and_merges(borne, twin, dcc, client_of):
    client, page = client_of("triage"), f"/admin/register/organisation/{twin.pk}/"
    assert "questions (owner): 1" in client.get(f"{page}merge/").content.decode()
    sent = client.get(f"{page}merge/").context["form"].initial
    client.post(f"{page}merge/", {**sent, "into": dcc.pk, "reason": WHY})
    assert refreshed(twin).merged_into == dcc
    assert "It is merged into" in client.get(f"{page}change/").content.decode()


def test_a_merged_name_is_offered_no_more(borne, twin, dcc, cast, client_of):
    merge_names(twin, dcc, by=cast.triage, reason=WHY)
    page = client_of("triage").get(f"/admin/register/question/{borne[0].pk}/change/").content.decode()
    assert f">{twin.name}</option>" not in page
