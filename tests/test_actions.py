"""What becomes of an action: updates that are added, close it, and open it again."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from register.clock import today
from register.ledger.verification import verify
from register.ledger.versions import get_version
from register.models import Action, ActionUpdate, Group, LedgerHead, Meeting, Organisation
from register.models.actions import make_reference_key
from register.refusals import NotPermitted, Refused, Stale
from register.services.actions import Update, update_action, update_actions
from register.services.reference import keep
from tests.conftest import refreshed
from tests.test_documents import everything_is_kept

LIST = "/admin/register/action/"


@pytest.fixture
def give(cast):
    """Return a function that adds an action of a reference."""

    def give(reference="15/10", **given):
        given = {"text": "Share it.", "group": Group.objects.get()} | given
        return keep(Action(reference=reference, **given), by=cast.triage)

    return give


@pytest.fixture
def ccdg16(cast):
    return Meeting.objects.get(number=16)


def test_an_update_closes_the_action_where_the_report_says_so(cast, give, ccdg16):
    action = give()
    made = update_action(action, Update("done", ccdg16, "2.1"), by=cast.triage)
    assert (refreshed(action).status, made.made_on) == ("done", date(2021, 4, 20))
    assert str(made) == "CCDG16, 2.1: done"
    assert refreshed(action).history.first().history_change_reason == "CCDG16, 2.1: done"
    assert everything_is_kept()
    assert verify().ok


def test_carrying_it_forward_leaves_it_open_and_is_counted(cast, give, ccdg16, client_of):
    action = give()
    update_action(action, Update("carried", ccdg16, "2.1"), by=cast.triage)
    update_action(action, Update("carried", note="Said on the telephone."), by=cast.triage)
    assert refreshed(action).status == "open"
    assert "2 times" in client_of("member").get(f"{LIST}{action.pk}/change/").content.decode()


def test_a_superseded_action_names_the_other(cast, give, ccdg16):
    action, heir = give(), give("16/01")
    with pytest.raises(Refused, match="Name the action that supersedes it"):
        update_action(action, Update("superseded", ccdg16, "2.1"), by=cast.triage)
    with pytest.raises(Refused, match="it cannot supersede itself"):
        update_action(action, Update("superseded", ccdg16, "2.1", superseded_by=action), by=cast.triage)
    update_action(action, Update("superseded", ccdg16, "2.1", superseded_by=heir), by=cast.triage)
    assert refreshed(action).superseded_by == heir


def test_a_transferred_action_says_to_whom(cast, give):
    with pytest.raises(Refused, match="Say to whom it is transferred"):
        update_action(give(), Update("transferred", note="By email."), by=cast.triage)
    update_action(Action.objects.get(), Update("transferred", note="By email.", transferred_to="REC"), by=cast.triage)
    assert Action.objects.get().transferred_to == "REC"


def test_what_ended_is_opened_again_before_it_ends_anew(cast, give):
    action = give()
    update_action(action, Update("transferred", note="By email.", transferred_to="REC"), by=cast.triage)
    with pytest.raises(Refused, match="Open it again first: it is transferred"):
        update_action(action, Update("done", note="It is."), by=cast.triage)
    update_action(action, Update("reopened", note="It came back."), by=cast.triage)
    assert (refreshed(action).status, refreshed(action).transferred_to) == ("open", "")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "done"}, "Name the meeting and the paragraph of its report, or give a reason."),
        ({"kind": "reopened", "note": "Why?"}, "Leave it: it is open."),
        ({"kind": "done", "note": "It is.", "transferred_to": "REC"}, "it is not transferred"),
        ({"kind": "eaten", "note": "It is."}, "is not a valid choice"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_recorded(given, said, cast, give):
    action = give()
    with pytest.raises(Refused, match=said):
        update_action(action, Update(**given), by=cast.triage)
    assert refreshed(action).status == "open"
    assert not ActionUpdate.objects.exists()


def test_a_meeting_to_come_has_said_nothing(cast, give):
    meeting = keep(Meeting(group=Group.objects.get(), number=99, held_on=today() + timedelta(days=1)), by=cast.triage)
    with pytest.raises(Refused, match="CCDG99 is to come"):
        update_action(give(), Update("done", meeting, "1.1"), by=cast.triage)


def test_the_same_place_says_a_thing_once(cast, give, ccdg16):
    action = give()
    update_action(action, Update("carried", ccdg16, "2.1"), by=cast.triage)
    with pytest.raises(Refused, match="That is recorded of the action already"):
        update_action(action, Update("carried", ccdg16, "2.1"), by=cast.triage)


def test_a_status_changes_by_an_update_alone(cast, give):
    action = give()
    action.status = "done"
    with pytest.raises(Refused, match="an update changes its status"):
        keep(action, by=cast.triage)


def test_members_update_nothing(cast, give):
    with pytest.raises(NotPermitted):
        update_action(give(), Update("done", note="It is."), by=cast.member)


def test_nobody_overwrites_what_they_have_not_seen(cast, give):
    action = give()
    seen = get_version(action)
    update_action(action, Update("cancelled", note="Not needed."), by=cast.lead)
    with pytest.raises(Stale):
        update_action(action, Update("reopened", note="It is."), by=cast.triage, seen=seen)


def test_several_are_updated_or_none(cast, give):
    first, second = give("15/2"), give("15/10")
    update_action(second, Update("done", note="It is."), by=cast.triage)
    with pytest.raises(Refused, match="CCDG action 15/10: Open it again first"):
        update_actions([first, second], Update("done", note="It is."), by=cast.triage)
    assert refreshed(first).status == "open"


def test_references_sort_as_people_count(give):
    for reference in ("15/10", "15/2", "12.10", "12.1", "05/09"):
        give(reference)
    assert [action.reference for action in Action.objects.all()] == ["05/09", "12.1", "12.10", "15/2", "15/10"]
    assert make_reference_key("12.1") != make_reference_key("12.10")


def test_the_list_begins_with_what_is_overdue(cast, give, client_of):
    give("15/1")
    give("15/2", due_on=date(2021, 4, 30))
    give("15/3", due_on=today() + timedelta(days=3))
    update_action(give("15/4", due_on=date(2021, 3, 1)), Update("done", note="It is."), by=cast.triage)
    rows = client_of("member").get(LIST).context["cl"].result_list
    assert [action.reference for action in rows] == ["15/2", "15/3", "15/1", "15/4"]


def test_mine_are_the_open_ones_of_my_organisation(cast, give, client_of):
    mine = give("15/1", owner=cast.member.organisation)
    give("15/2", owner=Organisation.objects.exclude(pk=cast.member.organisation_id).first())
    rows = client_of("member").get(LIST, {"whose": "mine"}).context["cl"].result_list
    assert list(rows) == [mine]


def test_the_page_takes_an_update_of_several(give, client_of, ccdg16):
    first, second, client = give("15/2"), give("15/10"), client_of("triage")
    chosen = client.post(LIST, {"action": "choose_update", "_selected_action": [first.pk, second.pk]})
    given = {"kind": "done", "meeting": ccdg16.pk, "paragraph": "2.1"}
    page = client.post(chosen.url, given, follow=True).content.decode()
    assert "Recorded of 2 actions." in page
    assert {action.status for action in Action.objects.all()} == {"done"}


def test_the_page_of_one_takes_the_heir_as_it_is_minuted(give, client_of):
    action, heir = give(), give("16/01")
    given = {"kind": "superseded", "note": "At the meeting.", "superseded_by": "action 16/01"}
    page = client_of("triage").post(f"{LIST}update/?of={action.pk}", given, follow=True).content.decode()
    assert f'Superseded by <a href="{LIST}{heir.pk}/change/">' in page


def test_a_hidden_action_is_not_named_by_the_one_that_it_supersedes(cast, give, client_of, api):
    action, heir = give(), give("16/01", classification="restricted")
    update_action(action, Update("superseded", note="Hush.", superseded_by=heir), by=cast.triage)
    assert "16/01" not in client_of("member").get(f"{LIST}{action.pk}/change/").content.decode()
    assert api("feed").get(f"/api/v1/actions/{action.pk}/").status_code in (200, 404)
    documents = api("member").get("/api/v1/actions/").json()["results"]
    assert [(document["reference"], document["superseded_by"]) for document in documents] == [("CCDG 15/10", None)]


def test_the_api_and_the_feed_tell_of_an_update(cast, give, ccdg16, api):
    action = give(classification="public")
    since = LedgerHead.objects.get().position
    update_action(action, Update("carried", ccdg16, "2.1", "Waits for the DCC."), by=cast.triage)
    (changed,) = api("feed").get(f"/api/v1/changes/?since={since}").json()["results"]
    said = {"kind": "carried", "made_on": "2021-04-20", "meeting": "CCDG16", "paragraph": "2.1"}
    assert changed["updates"] == [said | {"note": "Waits for the DCC."}]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_list_is_taken_away(form, give, client_of):
    give("15/10", text="=1+1")
    answer = client_of("member").get(f"{LIST}export.{form}")
    assert answer.status_code == 200
    if form == "csv":
        assert "'=1+1" in answer.content.decode("utf-8-sig")


def test_one_that_is_carried_gets_another_day(cast, give, ccdg16):
    action = give(due_on=date(2021, 4, 1))
    update_action(action, Update("carried", ccdg16, "2.1", due_on=date(2021, 5, 20)), by=cast.triage)
    assert refreshed(action).due_on == date(2021, 5, 20)
    with pytest.raises(Refused, match="it ends with this"):
        update_action(action, Update("done", ccdg16, "2.2", due_on=date(2021, 5, 20)), by=cast.triage)


@pytest.mark.parametrize("written", ["two point one", "see the report", "2 . 1"])
def test_a_paragraph_is_a_number(written, cast, give, ccdg16):
    with pytest.raises(Refused, match="Give the paragraph by its number in the report"):
        update_action(give(), Update("carried", ccdg16, written), by=cast.triage)


def test_the_api_tells_what_is_overdue_now_and_as_at_a_moment(cast, give, api):
    give("15/1", due_on=date(2021, 4, 30))
    give("15/2")
    moment = timezone.now().isoformat()
    update_action(Action.objects.get(reference="15/1"), Update("done", note="It is."), by=cast.triage)

    def overdue(**query):
        return [row["minuted_as"] for row in api("member").get("/api/v1/actions/", query).json()["results"]]

    assert overdue(overdue="true") == []
    assert sorted(overdue(overdue="false")) == ["15/1", "15/2"]
    assert overdue(overdue="true", as_at=moment) == ["15/1"]
