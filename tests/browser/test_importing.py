"""An importer at a report of forty proposals: looked over by keys, put right, left, taken up again, recorded."""

import re

import pytest

from register.models import Action, DismissedItem, Meeting, Question, User
from register.services.links import link_meeting
from register.services.questions import raise_question

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
SCREENS = {"wide": {"width": 1280, "height": 720}, "telephone": {"width": 390, "height": 844}}
THINGS = ("the adaptor", "the meter", "the MDR", "the service user", "the supplier agent")
HEADER = """\
Meeting name\tCode Change and Development Group
Meeting number\t17
Date\t18 May 2021
Classification\tPublic

1.1 The Chair welcomed the members. Elexon agreed to write to them.
"""


def make_report():
    """Return a report of twelve actions, twenty questions, five mentions and three meetings."""
    parts = [HEADER]
    for n in range(1, 13):
        due = " within two weeks" if n % 3 == 0 else ""
        parts.append(f"1.{n + 1} DCC agreed to share a paper on matter {n}{due}.\n\n**Action 17/{n:02}**\n")
    for n, thing in enumerate(THINGS, 2):
        asked = "\n".join(
            f"- Who decides rule {n}{k} about {thing} in the {k} stage?" for k in ("first", "next", "third", "last")
        )
        parts.append(
            f"{n}. Of {thing}\n\n{n}.1 These questions are open:\n{asked}\n\n{n}.2 Work under Action 16/0{n} goes on.\n"
        )
    parts.append("7. Next\n\n7.1 CCDG11 was spoken of. The next CCDG18 is on 15 June 2021.\n")
    return "\n".join(parts)


@pytest.fixture
def held(transactional_db):
    """A question that resembles one of the report's."""
    triage = User.objects.get(username="triage")
    text = "Who decides rule 2first about the adaptor in the very first stage?"
    question = raise_question(by=triage, title=text, text=text, classification="public")
    link_meeting(question, Meeting.objects.get(number=15), "listed", by=triage)
    return question


def upload(visitor, screen):
    importer = visitor("triage", viewport=SCREENS[screen]).open("/admin/register/headlinereport/import/")
    file = {"name": "CCDG17.md", "mimeType": "text/plain", "buffer": make_report().encode()}
    importer.page.set_input_files("input[type=file]", file)
    importer.page.click("input[value='Read it']")
    importer.page.wait_for_url(re.compile(r"/import/\d+/$"))
    return importer


def go_to(page, label):
    """Go to a row by the key for the next, and return it."""
    for _ in range(60):
        page.keyboard.press("j")
        if page.evaluate("document.activeElement.querySelector('label')?.textContent") == label:
            return page.locator("[data-row]:focus")
    raise AssertionError(f"No row is called {label}.")


@pytest.mark.parametrize("screen", SCREENS)
def test_forty_proposals_are_put_right_left_taken_up_again_and_recorded(screen, visitor, held):
    importer = upload(visitor, screen).check(f"forty-{screen}")
    page = importer.page
    assert page.locator("input[name=accept]").count() == 40
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    go_to(page, "Action 17/03")
    page.keyboard.press("p")
    assert page.locator("[data-place]:has([data-row]:focus) .quote").is_visible()
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.type("DCC shares its paper on matter 3.")
    page.keyboard.press("Escape")
    go_to(page, "Action 17/04").get_by_label("Owner").select_option("Elexon")
    page.keyboard.press("Escape")
    go_to(page, "Action 17/05")
    page.keyboard.press("s")
    go_to(page, "Link 2.1, bullet 1").get_by_label("As").select_option("raise anew")
    importer.check(f"forty-typed-{screen}")
    page.click("text=Keep for later")
    importer.check(f"desk-with-upload-{screen}")
    assert not Action.objects.exists()

    page.click("a:has-text('Headline report')")
    assert page.locator("input[name=skip]:checked").count() == 1
    assert page.locator("input[name=accept]:checked").count() == 39
    assert page.get_by_label("Words").filter(visible=True).input_value() == "DCC shares its paper on matter 3."
    page.click("text=Record what is ticked")
    importer.check(f"forty-recorded-{screen}")
    assert Action.objects.get(reference="17/03").text == "DCC shares its paper on matter 3."
    assert Action.objects.get(reference="17/04").owner.name == "Elexon"
    assert not Action.objects.filter(reference="17/05").exists()
    assert Question.objects.count() == 21
    assert DismissedItem.objects.get().item == "action 17/05"

    page = upload(visitor, screen).check().page
    assert page.locator("input[name=accept]").count() == 0
    assert re.search(r"Left out before \(1\)", page.inner_text("main"))


def test_a_refusal_leads_to_its_field_in_forty(visitor):
    importer = upload(visitor, "telephone")
    page = importer.page
    go_to(page, "Action 17/09")
    page.keyboard.press("e")
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.click("text=Record what is ticked")
    importer.check("forty-refused")
    assert page.evaluate("document.activeElement.matches('.problem')")
    page.click(".problem a")
    assert page.evaluate("document.activeElement.name") == "words:action:17/09"


def test_keys_do_nothing_where_they_are_switched_off(visitor):
    importer = upload(visitor, "wide")
    page = importer.page
    page.keyboard.press("?")
    assert page.locator(".drop:has-text('accept, or not')").is_visible()
    page.keyboard.press("?")
    page.click("text=Switch keys off")
    page.wait_for_selector("text=Switch keys on")
    page.locator("#row-3 input[name=accept]").focus()
    page.keyboard.press("a")
    assert page.locator("#row-3 input[name=accept]").is_checked()
