"""A meeting in a browser: its agenda by keys and by drag, its outcomes on one page, and its pack."""

from datetime import timedelta

import pytest

from register.clock import today
from register.models import AgendaItem, Group, Meeting, MeetingOutcome
from register.services.meetings import schedule_question
from register.services.reference import keep
from tests.browser.test_more_walks import Keyboard

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
SIZES = {"wide": {"width": 1280, "height": 800}, "telephone": {"width": 390, "height": 844}}


@pytest.fixture
def meeting(cast, raised):
    """A meeting of today with three questions on its agenda."""
    row = keep(Meeting(group=Group.objects.get(), number=99, held_on=today()), by=cast.triage)
    later = Meeting(group=Group.objects.get(), number=100, held_on=today() + timedelta(days=28))
    keep(later, by=cast.triage)
    for title in ("First?", "Second?", "Third?"):
        schedule_question(raised(title=title), row, minutes=10, by=cast.triage)
    return row


def page_of(meeting, rest="change/"):
    return f"/admin/register/meeting/{meeting.pk}/{rest}"


def titles(meeting):
    return [item.question.title for item in AgendaItem.objects.standing().filter(meeting=meeting)]


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_of_a_meeting_break_no_rule(size, visitor, meeting):
    triager = visitor("triage", viewport=SIZES[size])
    for rest in ("change/", "outcomes/", "pack/"):
        triager.open(page_of(meeting, rest)).check(f"meeting-{rest[:-1]}-{size}")
        assert triager.page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]


def test_an_item_is_moved_by_keys_alone(visitor, meeting):
    triager = visitor("triage").open(page_of(meeting))
    Keyboard(triager.page).press('button[name=down][aria-label*="First"]')
    triager.check()
    assert titles(meeting) == ["Second?", "First?", "Third?"]


def test_an_item_is_dragged_to_its_place(visitor, meeting):
    page = visitor("triage").open(page_of(meeting)).page
    page.wait_for_selector("li[draggable=true]")
    with page.expect_navigation():
        page.drag_and_drop("li:has-text('Third?')", "li:has-text('First?')", target_position={"x": 200, "y": 3})
    assert titles(meeting) == ["Third?", "First?", "Second?"]


def test_outcomes_are_recorded_on_one_page(visitor, meeting):
    triager = visitor("triage").open(page_of(meeting))
    page = triager.page
    page.click("text=Record outcomes")
    first, second, _ = AgendaItem.objects.filter(meeting=meeting).order_by("place")
    page.check(f"input[name='{first.pk}-result'][value=discussed]")
    page.fill(f"[name='{first.pk}-paragraph']", "2.1")
    page.check(f"input[name='{second.pk}-result'][value=deferred]")
    page.select_option(f"[name='{second.pk}-to']", label="CCDG100")
    page.click("text=Record these outcomes")
    page.wait_for_selector("text=2 outcomes recorded.")
    triager.check("meeting-settled")
    assert set(MeetingOutcome.objects.values_list("result", flat=True)) == {"discussed", "deferred"}
    assert titles(Meeting.objects.get(number=100)) == ["Second?"]


def test_an_outcome_without_its_result_says_so_and_keeps_what_was_typed(visitor, meeting):
    triager = visitor("triage").open(page_of(meeting, "outcomes/"))
    item = AgendaItem.objects.filter(meeting=meeting).first()
    triager.page.fill(f"[name='{item.pk}-note']", "We ran out of time.")
    triager.page.click("text=Record these outcomes")
    triager.page.wait_for_selector("text=Choose what became of it, or empty the rest.")
    triager.check()
    assert triager.page.input_value(f"[name='{item.pk}-note']") == "We ran out of time."
    assert not MeetingOutcome.objects.exists()


def test_the_pack_is_made_with_one_button(visitor, meeting):
    page = visitor("triage").open(page_of(meeting)).page
    page.click("a:has-text('Pack')")
    page.fill("#id_sent_to", "All members")
    with page.expect_download() as download:
        page.click("text=Make it")
    assert download.value.suggested_filename == "CCDG99-members.pdf"
    member = visitor("member").open(page_of(meeting))
    member.check()
    with member.page.expect_download() as kept:
        member.page.click("dd a:has-text('PDF')")
    assert kept.value.path().read_bytes() == download.value.path().read_bytes()
