"""The daily jobs, counted: how many clicks and page loads each takes, there and back. They may shrink, never grow."""

import pytest

from register.models import Question, Review
from register.vocabulary import Status
from tests.browser.example import LIST, example, sign_in  # noqa: F401 a fixture
from tests.browser.test_walks import somebody
from tests.conftest import in_a_month

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]
SCREENS = {1280: {"width": 1280, "height": 720}, 390: {"width": 390, "height": 844}}


class Counted:
    """Somebody at work: each click and each page that loads counts, keys and typing do not."""

    def __init__(self, visitor):
        self.visitor, self.page, self.clicks, self.loads = visitor, visitor.page, 0, 0
        self.page.on("load", self._note_load)

    def _note_load(self, _):
        self.loads += 1

    def begin(self, path):
        self.visitor.open(path).page.wait_for_load_state("networkidle")
        self.clicks = self.loads = 0
        return self

    def click(self, selector):
        self.clicks += 1
        self.page.locator(selector).first.click()

    def submit(self, selector):
        with self.page.expect_navigation(wait_until="load"):
            self.click(selector)

    def press(self, key):
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press(key)

    @property
    def cost(self):
        return self.clicks, self.loads


@pytest.fixture(params=SCREENS)
def at_work(request, visitor, example):  # noqa: F811
    """Return a function that seats somebody at a screen, of which there is a wide one and a telephone."""
    return lambda username: Counted(sign_in(visitor, username, viewport=SCREENS[request.param]))


def page_of(question):
    return f"{LIST}{question.pk}/change/"


def first(status, **narrowed):
    return Question.objects.filter(status=status, **narrowed).order_by("pk").first()


def test_the_jobs_of_triage(at_work):
    triager = at_work("ofgem.triage")
    triage_three_by_keys(triager)
    open_five_in_one_form(triager)
    ask_and_record_in_the_same_list(triager)
    propose_and_start_the_review(triager)
    see_what_waits_on_the_dcc(triager)
    see_what_changed(triager)
    find_by_reference(triager)


def triage_three_by_keys(triager):
    page = triager.begin("/admin/triage/").page
    for _ in range(3):
        for field in ("owner", "topic", "priority"):
            page.locator(f"input[name={field}]").first.focus()
            page.keyboard.press("Space")
        triager.press("1")
    assert triager.cost == (0, 3)
    assert Question.objects.filter(status=Status.RAISED).count() == 12


def open_five_in_one_form(triager):
    page = triager.begin(f"{LIST}?tab=triage").page
    for box in page.locator("input.action-select").all()[:5]:
        box.check()
    page.select_option("select[name=action]", label="Move: Open")
    triager.submit("button:has-text('Go')")
    for name in ("owner", "topic", "priority"):
        page.select_option(f"[name={name}]", index=2)
    triager.submit("button[name=_apply]")
    assert triager.cost == (2, 2)
    assert Question.objects.filter(status=Status.RAISED).count() == 7


def ask_and_record_in_the_same_list(triager):
    question = first(Status.OPEN, classification="public")
    for name, filled in (("await_input", ("waiting_on", "DCC")), ("receive_input", None)):
        address = f"{LIST}?tab=live&q={question.reference}"
        page = triager.begin(address).page
        triager.submit("#result_list tbody a")
        page.keyboard.press(page.locator(f"details:has(form[action*='/{name}/']) > summary").get_attribute("data-key"))
        if filled:
            page.select_option(f"#id_{name}_{filled[0]}", label=filled[1])
        page.fill(f"#id_{name}_reason", "What does the DCC say of it?")
        if name == "receive_input":
            assert "What does the DCC say of it?" in page.inner_text("main")
        triager.submit(f"form[action*='/{name}/'] button")
        assert triager.cost == (2, 2)
        assert page.url.endswith(address)


def propose_and_start_the_review(triager):
    question = first(Status.OPEN, classification="public")
    page = triager.begin(page_of(question)).page
    triager.submit("a[href*='/answer/add/']")
    page.fill("#id_text", "Only the appointed MDR may.")
    page.fill("#id_review_by", in_a_month().isoformat())
    triager.submit("input[type=submit] >> nth=0")
    assert triager.cost == (2, 2)
    question.refresh_from_db()
    assert question.status == Status.IN_REVIEW


def see_what_waits_on_the_dcc(triager):
    triager.begin("/admin/")
    triager.submit("section[aria-labelledby=waiting-heading] a:has-text('DCC')")
    assert triager.cost == (1, 1)
    assert triager.page.locator("#result_list tbody tr").count() >= 5


def see_what_changed(triager):
    triager.begin("/admin/")
    triager.submit("a[href='/admin/changes/']")
    assert triager.cost == (1, 1)


def find_by_reference(triager):
    ended = first(Status.WITHDRAWN)
    page = triager.begin("/admin/register/action/").page
    page.fill("header input[type=search]", ended.reference.lower().replace("-", " "))
    triager.press("Enter")
    assert triager.cost == (0, 1)
    assert ended.title in page.inner_text("main")


def test_the_jobs_of_a_member_and_of_an_approver(at_work):
    review_seven(at_work("member.one"))
    approve_what_is_ready(at_work("ofgem.approver"))


def review_seven(member):
    page = member.begin("/admin/").page
    member.submit("a[href*='/review/']")
    member.clicks = member.loads = 0
    for _ in range(7):
        page.locator("input[name=position][value=agree]").check()
        member.submit("button.main:has-text('Record')")
    assert member.cost == (7, 7)
    silent = Review.objects.filter(reviewer=somebody("member.one"), position="no_response")
    assert not silent.filter(answer__status="in_review").exists()


def approve_what_is_ready(approver):
    page = approver.begin("/admin/").page
    ready = Question.objects.filter(status=Status.AGREED).count()
    approver.submit("section[aria-labelledby=ready-heading] ul a")
    approver.clicks = approver.loads = 0
    for _ in range(2):
        page.fill("#id_reason", "Agreed at the meeting.")
        approver.submit("button.main:has-text('Agree')")
    assert approver.cost == (2, 2)
    assert Question.objects.filter(status=Status.AGREED).count() == ready + 2
