"""Walks that a mouse, a clock or a spreadsheet makes different."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from register.clock import today
from register.models import Answer, Question
from register.services.answers import propose_answer
from register.services.questions import change_status
from tests.browser.test_walks import LIST, asked, page_of, raised_in_full, somebody  # noqa: F401 fixtures
from tests.conftest import GIVEN, refreshed

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


class Keyboard:
    """Somebody who has no mouse."""

    def __init__(self, page):
        self.page = page

    def reach(self, selector, most=150):
        """Press Tab until the focus is on what the selector names."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return self
        raise AssertionError(f"The Tab key does not reach {selector} on {self.page.url}.")

    def press(self, selector):
        self.reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self

    def write(self, selector, text):
        self.reach(selector)
        self.page.keyboard.type(text)
        return self

    def do(self, name, **given):
        """Make a move in place."""
        action = f"form[action*='/move/{name}/']"
        self.reach(f"details:has({action}) > summary").page.keyboard.press("Enter")
        for field, text in given.items():
            self.write(f"#id_{name}_{field}", text)
        return self.press(f"{action} button")


def the_same_in_any_order():
    """Return a day to come whose month and day are one number: browsers differ in which they ask for first."""
    return date(today().year + 1, 5, 5)


def test_the_keyboard_alone_does_the_triage_walk(visitor, asked):  # noqa: F811
    triager = visitor("triage").open("/admin/")
    keys = Keyboard(triager.page)
    keys.press("a[href$='?tab=triage']").press(f"a[href*='/question/{asked.pk}/change/']")
    keys.do("open")  # and back to the list
    triager.open(page_of(asked))
    keys.do("await_input", waiting_on="DCC", reason="What do you say?")
    keys.do("receive_input", reason="It says yes.")
    keys.press("a[href*='/answer/add/']").write("#id_text", "Only the MDR may.").press("input[name=_save]")
    triager.open(page_of(asked))
    review_by = the_same_in_any_order()
    keys.do("start_review", review_by=review_by.strftime("%m%d%Y"))
    triager.check("keyboard")
    assert refreshed(asked).status == "in_review"
    assert refreshed(asked).review_by == review_by


def test_a_member_is_late_with_a_position(visitor, raised_in_full, monkeypatch):  # noqa: F811
    question = raised_in_full("open")
    propose_answer(question, "Only the appointed MDR may.", by=somebody("triage"))
    change_status(question, "start_review", by=somebody("triage"), **GIVEN["start_review"])
    later = timezone.now() + timedelta(days=40)
    monkeypatch.setattr("register.clock.timezone.now", lambda: later)
    member = visitor("member").open(f"/admin/register/answer/{Answer.objects.get().pk}/review/")
    member.page.check("input[value=agree]")
    member.page.click("button:has-text('Record my position')")
    member.check("late")
    assert "agree (late)" in member.page.inner_text("main")


def test_a_question_is_split_in_two(visitor, asked):  # noqa: F811
    triager = visitor("triage").open(page_of(asked))
    page = triager.page
    page.click("a.move:has-text('Split in two')")
    triager.check("split")
    page.fill("#id_title", "Who may fetch?")
    page.fill("#id_new_title", "How often?")
    page.fill("#id_new_text", "How often may reads be fetched?")
    page.fill("#id_reason", "They have different owners.")
    page.click("button.main")
    triager.check("split-done")
    rest = Question.objects.get(split_from=asked)
    assert rest.reference in page.inner_text(".lineage")


def test_a_spreadsheet_is_looked_over_and_recorded(visitor, asked):  # noqa: F811
    triager = visitor("triage").open(LIST)
    page = triager.page
    page.click("text=Import a spreadsheet")
    triager.check("sheet")
    content = (
        f"reference,title,text,status\n{asked.reference},Who may fetch them?,,\n,Who pays?,Who pays for it?,closed\n"
    )
    page.set_input_files("input[type=file]", {"name": "q.csv", "mimeType": "text/csv", "buffer": content.encode()})
    page.click("input[value='Read it']")
    triager.check("sheet-preview")
    page.click("input[value='Record these']")
    assert "1 raised, 1 edited." in page.inner_text(".messagelist")
    assert (refreshed(asked).title, Question.objects.latest("id").status) == ("Who may fetch them?", "raised")


def test_tokens_and_feed_addresses_are_made_in_the_browser(visitor, asked):  # noqa: F811
    keeper = visitor("superuser").open("/admin/atom/").check("atom")
    keeper.page.click("input[value='Make one']")
    keeper.check("atom-made")
    keeper.open("/admin/register/token/").check("tokens").open("/admin/register/token/add/").check("token-add")
