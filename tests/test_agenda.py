"""The agenda of a meeting: what is put on it, in which order, and what is carried over."""

from datetime import date, timedelta

import pytest

from register.clock import today
from register.documents.former_links import move_former_links
from register.ledger.unit_of_work import record
from register.ledger.verification import verify
from register.models import Action, AgendaItem, Group, Meeting, MeetingLink, MeetingOutcome
from register.refusals import Invalid, NotPermitted, Refused, Stale
from register.services.meetings import (
    GivenOutcome,
    add_item,
    carry_over,
    edit_item,
    order_agenda,
    record_outcomes,
    schedule_question,
    strike_out_item,
)
from register.services.questions import reclassify_question
from register.services.reference import keep
from tests.conftest import refreshed
from tests.test_documents import everything_is_kept

PAGE = "/admin/register/meeting/"


@pytest.fixture
def meeting_on(cast):
    """Return a function that adds a meeting so many days from today."""
    numbers = iter(range(90, 110))

    def make(days, **given):
        row = Meeting(group=Group.objects.get(), number=next(numbers), held_on=today() + timedelta(days=days), **given)
        return keep(row, by=cast.triage)

    return make


def order_of(meeting):
    return [str(item) for item in AgendaItem.objects.standing().filter(meeting=meeting)]


def test_what_is_added_stands_at_the_end_and_is_kept(cast, raised, meeting_on):
    meeting, first, second = meeting_on(9), raised(), raised()
    add_item(meeting, title=" Actions from last time ", minutes=10, by=cast.triage)
    for question in (first, second):
        schedule_question(question, meeting, by=cast.triage, presenter="Ofgem")
    assert order_of(meeting) == ["Actions from last time", str(first), str(second)]
    assert everything_is_kept()
    assert verify().ok


def test_the_day_itself_is_not_too_late(cast, raised, meeting_on):
    assert schedule_question(raised(), meeting_on(0), by=cast.triage).place == 1


@pytest.mark.parametrize(
    ("days", "given", "sentence"),
    [(-1, {}, "was held on .*, and nothing can be put on it"), (9, {"cancelled": True}, "is cancelled")],
)
def test_a_meeting_that_is_over_takes_nothing_more(days, given, sentence, cast, raised, meeting_on):
    with pytest.raises(Refused, match=sentence):
        schedule_question(raised(), meeting_on(days, **given), by=cast.triage)


def test_what_has_ended_is_not_scheduled(cast, moved, meeting_on):
    with pytest.raises(Refused, match="Reopen DSQ-001 first: it is withdrawn"):
        schedule_question(moved("withdrawn"), meeting_on(9), by=cast.triage)


def test_a_question_is_on_an_agenda_once(cast, raised, meeting_on):
    question, meeting = raised(), meeting_on(9)
    schedule_question(question, meeting, by=cast.triage)
    with pytest.raises(Invalid, match="on the agenda of that meeting already"):
        schedule_question(question, meeting, by=cast.triage)


def test_an_item_says_what_it_is(cast, meeting_on):
    with pytest.raises(Refused, match="Say what the item is"):
        add_item(meeting_on(9), title="\u200b", by=cast.triage)


def test_a_member_keeps_no_agenda(cast, raised, meeting_on):
    with pytest.raises(NotPermitted):
        schedule_question(raised(), meeting_on(9), by=cast.member)


def test_items_are_put_in_another_order_and_one_that_came_meanwhile_stays(cast, meeting_on):
    meeting = meeting_on(9)
    first, second, third = (add_item(meeting, title=title, by=cast.triage) for title in ("1", "2", "3"))
    order_agenda(meeting, [third.pk, first.pk], by=cast.triage)
    assert order_of(meeting) == ["3", "2", "1"]
    assert second.history.count() == 1


def test_an_older_page_of_an_item_overwrites_nothing(cast, meeting_on):
    item = add_item(meeting_on(9), title="Minutes", by=cast.triage)
    seen = verify().position
    edit_item(item, minutes=10, by=cast.lead)
    with pytest.raises(Stale):
        edit_item(item, minutes=20, seen=seen, by=cast.triage)
    assert refreshed(item).minutes == 10


def test_a_mistaken_item_is_struck_out_until_an_outcome_tells_of_it(cast, raised, meeting_on):
    meeting, question = meeting_on(0), raised()
    item = schedule_question(question, meeting, by=cast.triage)
    record_outcomes(meeting, [GivenOutcome(question, "discussed")], by=cast.triage)
    with pytest.raises(Refused, match="an outcome says what became of"):
        strike_out_item(item, reason="A slip.", by=cast.triage)


def test_carrying_over_leaves_the_old_item_as_it_was(cast, raised, meeting_on):
    old, new = meeting_on(5), meeting_on(30)
    item = schedule_question(raised(), old, minutes=15, presenter="DCC", by=cast.triage)
    carried = carry_over(item, new, by=cast.triage)
    assert (carried.meeting, carried.minutes, carried.presenter) == (new, 15, "DCC")
    assert (refreshed(item).meeting, item.history.count()) == (old, 1)


def test_what_becomes_restricted_is_gone_from_the_agenda_for_members(cast, raised, client_of, meeting_on):
    meeting, question = meeting_on(9), raised(title="Who holds the zebra?")
    schedule_question(question, meeting, by=cast.triage)
    add_item(meeting, title="Plain item", minutes=5, by=cast.triage)
    reclassify_question(question, "restricted", by=cast.triage, reason="Secret.")
    page = client_of("member").get(f"{PAGE}{meeting.pk}/change/").content.decode()
    assert "zebra" not in page
    assert "1 item, 5 minutes" in page
    row = client_of("member").get(PAGE).content.decode()
    assert '<td class="field-agenda">1</td>' in row


def test_links_of_before_become_items_and_outcomes(cast, raised):
    question, meeting = raised(), Meeting.objects.get(number=15)
    for kind in ("listed", "discussed", "scheduled", "decided"):
        record(MeetingLink(question=question, meeting=meeting, kind=kind, paragraph=""), by=cast.triage)
    assert (move_former_links(), move_former_links()) == (3, 0)
    item = AgendaItem.objects.get()
    outcomes = MeetingOutcome.objects.order_by("result")
    assert [(row.result, row.item) for row in outcomes] == [("decided", item), ("discussed", item)]
    assert [link.kind for link in MeetingLink.objects.filter(struck_out=False)] == ["listed"]
    assert everything_is_kept()
    assert verify().ok


def test_the_agenda_is_in_the_feed(api, cast, raised, meeting_on):
    question, meeting = raised(), meeting_on(9)
    schedule_question(question, meeting, minutes=15, by=cast.triage)
    document = api("feed").get(f"/api/v1/meetings/{meeting.pk}/").json()
    assert [(item["question"], item["minutes"]) for item in document["agenda"]] == [("DSQ-001", 15)]
    found = api("feed").get(f"/api/v1/questions/?meeting={meeting}").json()["results"]
    assert [row["schedulings"][0]["meeting"] for row in found] == [str(meeting)]


# The pages


def put(client, meeting, **sent):
    return client.post(f"{PAGE}{meeting.pk}/agenda/add/", sent, follow=True)


@pytest.mark.parametrize("written", ["dsq 1", "DSQ-001, DSQ-002"])
def test_what_is_named_is_put_on_at_once(written, raised, client_of, meeting_on):
    raised(), raised()
    meeting = meeting_on(9)
    assert "On the agenda of" in put(client_of("triage"), meeting, what=written).content.decode()
    assert len(order_of(meeting)) == len(written.split(","))


def test_an_action_is_named_as_minuted(cast, client_of, meeting_on):
    action = keep(Action(group=Group.objects.get(), reference="15/10", text="Share it."), by=cast.triage)
    meeting = meeting_on(9)
    put(client_of("triage"), meeting, what="Action 15/10")
    assert AgendaItem.objects.get().action == action


def test_words_find_questions_or_are_an_item_of_their_own(raised, client_of, meeting_on):
    meeting, client, question = meeting_on(9), client_of("triage"), raised(title="Who pays?")
    found = put(client, meeting, what="pays").content.decode()
    assert f'name="question" value="{question.pk}"' in found
    put(client, meeting, what="pays", question=question.pk, add="ticked")
    put(client, meeting, what="Any other business", add="title")
    assert order_of(meeting) == [str(question), "Any other business"]


def test_buttons_move_an_item_and_a_drag_sends_the_whole_order(cast, client_of, meeting_on):
    meeting, client = meeting_on(9), client_of("triage")
    keys = [add_item(meeting, title=title, by=cast.triage).pk for title in ("1", "2", "3")]
    address = f"{PAGE}{meeting.pk}/agenda/order/"
    assert client.post(address, {"up": keys[2]}).url == f"{PAGE}{meeting.pk}/change/#item-{keys[2]}"
    assert order_of(meeting) == ["1", "3", "2"]
    client.post(address, {"item": [keys[1], keys[0], keys[2], "x"]})
    assert order_of(meeting) == ["2", "1", "3"]


def test_the_next_meeting_comes_first_and_those_held_after_it(client_of, meeting_on):
    later, held, coming = meeting_on(30), meeting_on(-3), meeting_on(2)
    rows = client_of("member").get(PAGE).context["cl"].result_list
    assert [row.pk for row in rows][:3] == [coming.pk, later.pk, held.pk]


@pytest.mark.parametrize(("state", "there"), [("planned", 1), ("held", 2), ("cancelled", 0), ("unsettled", 0)])
def test_meetings_are_filtered_by_their_state(state, there, client_of, meeting_on):
    meeting_on(9)
    assert client_of("triage").get(f"{PAGE}?state={state}").context["cl"].result_count == there


def test_every_date_that_it_had_is_told(cast, client_of, meeting_on):
    meeting = meeting_on(9)
    meeting.held_on = date(2099, 1, 5)
    keep(meeting, by=cast.triage)
    page = client_of("member").get(f"{PAGE}{meeting.pk}/change/").content.decode()
    assert "before: " in page
    assert "5 January 2099" in page


def test_a_member_sees_the_agenda_and_changes_nothing(cast, raised, client_of, meeting_on):
    meeting = meeting_on(9)
    schedule_question(raised(), meeting, by=cast.triage)
    client = client_of("member")
    assert "DSQ-001" in client.get(f"{PAGE}{meeting.pk}/change/").content.decode()
    assert client.post(f"{PAGE}{meeting.pk}/agenda/add/", {"what": "DSQ-001"}).status_code == 403


def test_a_meeting_that_is_moved_or_cancelled_is_told_in_the_story_of_its_questions(
    cast, client_of, meeting_on, raised
):
    meeting, question = meeting_on(10), raised()
    schedule_question(question, meeting, by=cast.triage)
    meeting.held_on = today() + timedelta(days=17)
    keep(meeting, by=cast.triage, reason="The room is taken.")
    meeting.cancelled = True
    keep(meeting, by=cast.triage, reason="Too few can come.")
    page = client_of("member").get(f"/admin/register/question/{question.pk}/change/").content.decode()
    for said in (f"{meeting} is moved from ", "The room is taken.", f"{meeting} is cancelled", "Too few can come."):
        assert said in page


def test_items_of_every_sort_change_places(cast, meeting_on, raised):
    meeting = meeting_on(10)
    action = keep(Action(group=Group.objects.get(), reference="15/10", text="Do."), by=cast.triage)
    schedule_question(raised(title="Asked?"), meeting, by=cast.triage)
    add_item(meeting, title="Welcome", by=cast.triage)
    add_item(meeting, action=action, by=cast.triage)
    keys = [item.pk for item in AgendaItem.objects.standing().filter(meeting=meeting)]
    order_agenda(meeting, keys[::-1], by=cast.triage)
    assert [bool(item.question) for item in AgendaItem.objects.filter(meeting=meeting)] == [False, False, True]
    assert everything_is_kept()


def test_what_is_ticked_is_put_on_it_together_or_not_at_all(cast, client_of, meeting_on, raised):
    meeting, fresh, there = meeting_on(10), raised(), raised()
    schedule_question(there, meeting, by=cast.triage)
    page = client_of("triage").post(
        f"/admin/register/meeting/{meeting.pk}/agenda/add/", {"question": [fresh.pk, there.pk], "add": "ticked"}
    )
    assert "The question is on the agenda of that meeting already." in page.content.decode()
    assert order_of(meeting) == [str(there)]


def test_an_edit_that_changes_nothing_records_nothing(cast, meeting_on, raised):
    item = schedule_question(raised(), meeting_on(10), minutes=10, by=cast.triage)
    edit_item(item, minutes=10, by=cast.triage)
    assert item.history.count() == 1
