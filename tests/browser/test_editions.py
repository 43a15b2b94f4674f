"""A triager brings in a second edition of a report, sees what it puts in doubt, and clears it."""

import re

import pytest

from register.models import HeadlineReport, Organisation, Question, SuspectMark, Topic, User
from register.services.answers import propose_answer
from register.services.questions import change_status, raise_question
from tests.browser.test_importing import SCREENS
from tests.test_editions import MOVED
from tests.test_reports import MINUTES

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
SECOND = MOVED.replace("- How often may reads be fetched", "- How often, and when, may reads be fetched")


@pytest.fixture(params=SCREENS)
def screen(request):
    return request.param


@pytest.fixture
def proposed(transactional_db):
    """Return an answer, and another question."""
    triage = User.objects.get(username="triage")
    owner = Organisation.objects.get(name="ENA")
    given = {"text": "Who may fetch it?", "topic": Topic.objects.first(), "owner": owner, "priority": "low"}
    asked, other = (raise_question(by=triage, title=f"Who may {n}?", **given) for n in (1, 2))
    change_status(asked, "open", by=triage)
    return propose_answer(asked, "Only the appointed MDR may.", by=triage), other


def upload(triager, text):
    page = triager.open("/admin/register/headlinereport/import/").page
    page.set_input_files("input[type=file]", {"name": "CCDG17.md", "mimeType": "text/plain", "buffer": text.encode()})
    page.click("input[value='Read it']")
    page.wait_for_url(re.compile(r"/import/\d+/$"))
    return page


def check(triager, picture):
    """Look over the page, which is no wider than the window."""
    triager.check(picture)
    assert triager.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), picture


def test_a_second_edition_is_recorded_its_marks_are_seen_and_cleared(screen, visitor):
    triager = visitor("triage", viewport=SCREENS[screen])
    page = upload(triager, MINUTES)
    page.click("text=Record what is ticked")

    upload(triager, SECOND)
    page.click("text=What it changes")
    check(triager, f"edition-proposed-{screen}")
    for ticked in page.locator("input[name=accept]:not([value=edition])").all():
        ticked.uncheck()
    page.click("text=Record what is ticked")
    page.click("text=what it changed")
    assert "1 added, 3 moved, 1 moved and reworded" in page.inner_text("#editions")
    check(triager, f"editions-{screen}")

    question = Question.objects.get(text__startswith="How often")
    page.click("a:has-text('Desk')")
    check(triager, f"desk-in-doubt-{screen}")
    page.click("a:has-text('1 among questions')")
    page.locator(".status.suspect").wait_for()
    check(triager, f"list-suspect-{screen}")

    page.click(f"a:has-text('{question.title}')")
    assert page.inner_text("#in-doubt ins") == "often, and when,"
    check(triager, f"question-in-doubt-{screen}")
    page.click("#in-doubt a:has-text('Clear')")
    page.click("button:has-text('Clear')")
    assert page.evaluate("document.activeElement.matches('.problem')")
    page.get_by_label("Reason").fill("When is asked elsewhere.")
    check(triager, f"clear-{screen}")
    page.click("button:has-text('Clear')")
    page.wait_for_url(re.compile(r"/change/"))
    assert page.locator("#in-doubt").count() == 0
    assert SuspectMark.objects.get().ended_as == "cleared"
    assert HeadlineReport.objects.count() == 2


def test_what_an_answer_rests_on_is_named_and_struck_out(screen, visitor, proposed):
    answer, other = proposed
    triager = visitor("triage", viewport=SCREENS[screen])
    page = triager.open(f"/admin/register/answer/{answer.pk}/change/").page
    page.click("text=Name what it rests on")
    page.get_by_role("textbox", name="It rests on").fill(other.reference.lower())
    check(triager, f"name-ground-{screen}")
    page.click("button:has-text('Name what it rests on')")
    page.wait_for_url(re.compile(r"/change/"))
    check(triager, f"answer-rests-{screen}")
    page.click("text=strike out")
    page.get_by_label("Reason").fill("It never did.")
    page.click("button:has-text('Strike out')")
    page.wait_for_url(re.compile(r"/change/"))
    assert "Nothing is named." in page.inner_text("main")
