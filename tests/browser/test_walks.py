"""People at the register, in a real browser."""

import pytest

from register.models import Answer, Meeting, Organisation, Question, Topic, User
from register.services.answers import propose_answer
from register.services.questions import change_status, raise_question
from tests.conftest import GIVEN, in_a_month, refreshed
from tests.test_reports import MINUTES

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
LIST = "/admin/register/question/"


def somebody(name):
    return User.objects.get(username=name)


@pytest.fixture
def asked(transactional_db, raised_in_full):
    return raised_in_full()


@pytest.fixture
def raised_in_full(transactional_db):
    """Raise a question that lacks nothing; it commits, so that the server sees it."""

    def make(status="raised", **given):
        question = raise_question(
            **{
                "by": somebody("triage"),
                "title": "Who may fetch the data?",
                "text": "Who may fetch the data, and how often?",
                "topic": Topic.objects.get(name="MDR role"),
                "owner": Organisation.objects.get(name="ENA"),
                "priority": "medium",
                "classification": "public",
                **given,
            }
        )
        return change_status(question, "open", by=somebody("triage")) if status == "open" else question

    return make


def page_of(question):
    return f"{LIST}{question.pk}/change/"


def make_move(person, question, name, **given):
    """Make a move in place, on the question's own page, and come back to it."""
    page = person.open(page_of(question)).page
    page.click(f"details:has(form[action*='/move/{name}/']) > summary")
    for field, value in given.items():
        page.locator(f"#id_{name}_{field}").fill(value)
    person.check(f"move-{name}")
    page.click(f"form[action*='/move/{name}/'] button")


def test_a_triager_takes_a_raised_question_to_closed(visitor, asked):
    triager = visitor("lead").check("front")
    page = triager.open(f"{LIST}?tab=triage").check("list").page
    page.click(f"tr:has-text('{asked.reference}') a")
    triager.check("question")
    make_move(triager, asked, "open")
    page.click("details:has(form[action*='/move/await_input/']) > summary")
    page.select_option("#id_await_input_waiting_on", label="DCC")
    page.fill("#id_await_input_reason", "What does the DCC say?")
    page.click("form[action*='/move/await_input/'] button")
    make_move(triager, asked, "receive_input", reason="It says yes.")
    propose_answer(asked, "Only the appointed MDR may.", by=somebody("triage"))
    make_move(triager, asked, "start_review", review_by=in_a_month().isoformat())
    page.click("a.move:has-text('Agree')")
    triager.check("agree")
    page.fill("#id_reason", "By email.")
    page.click("button:has-text('Agree')")
    make_move(triager, asked, "close", disposition="SEC modification MP162")
    triager.check("closed")
    assert refreshed(asked).status == "closed"


def test_words_that_are_edited_leave_owner_and_topic_alone(visitor, asked):
    triager = visitor("triage").open(page_of(asked))
    page = triager.page
    page.click("#edit > summary")
    page.fill("#id_title", "Who may fetch it?")
    page.click("#edit [name=_save]")
    question = refreshed(asked)
    assert (question.title, question.owner, question.topic) == ("Who may fetch it?", asked.owner, asked.topic)
    triager.open(page_of(asked))
    page.click("#facts > summary")
    page.select_option("#id_owner", label="DCC")
    page.click("#facts [name=_save]")
    assert refreshed(asked).owner.name == "DCC"


def test_a_move_leads_back_to_the_list_that_one_came_from(visitor, asked):
    page = visitor("lead").open(f"{LIST}?tab=triage&q=who").page
    page.click(f"tr:has-text('{asked.reference}') a")
    page.click("details:has(form[action*='/move/open/']) > summary")
    page.click("form[action*='/move/open/'] button")
    assert page.url.endswith(f"{LIST}?tab=triage&q=who")
    assert f"{asked.reference} is now open." in page.inner_text("[role=status] >> nth=0")


def test_many_are_moved_at_once_and_one_is_refused(visitor, raised_in_full):
    open_one, raised = raised_in_full("open"), raised_in_full()
    triager = visitor("triage").open(LIST)
    page = triager.page
    for question in (open_one, raised):
        page.check(f"input.action-select[value='{question.pk}']")
    page.select_option("select[name=action]", label="Move: Ask for input")
    page.click("button:has-text('Go')")
    triager.check("bulk")
    assert "not possible" in page.inner_text("main")
    page.select_option("#id_waiting_on", label="DCC")
    page.fill("#id_reason", "What does the DCC say?")
    page.click("button[name=_apply]")
    triager.check("bulk-done")
    assert "1 of 1 done" in page.content()
    assert (refreshed(open_one).status, refreshed(raised).status) == ("awaiting_input", "raised")


def test_a_member_records_and_changes_a_position(visitor, raised_in_full):
    question = raised_in_full("open")
    propose_answer(question, "Only the appointed MDR may.", by=somebody("triage"))
    change_status(question, "start_review", by=somebody("triage"), **GIVEN["start_review"])
    member = visitor("member").check("member-front")
    page = member.page
    page.click(f"text={question.reference}")
    member.check("review")
    for position, comment in (("disagree", "Who pays?"), ("agree", "")):
        page.goto(f"{member.address}/admin/register/answer/{Answer.objects.get().pk}/review/")
        page.check(f"input[name=position][value={position}]")
        page.fill("#id_comment", comment)
        page.click("button:has-text('Record my position')")
    member.check("answer")
    review = Answer.objects.get().reviews.get(reviewer__username="member")
    assert [row.position for row in review.history.all()] == ["agree", "disagree", "no_response"]


def test_the_second_of_two_triagers_keeps_their_text(visitor, asked):
    first, second = visitor("lead").open(page_of(asked)), visitor("triage").open(page_of(asked))
    for opened in (first, second):
        opened.page.click("#edit > summary")
    first.page.fill("#id_title", "The first one's title?")
    first.page.click("input[name=_save]")
    second.page.fill("#id_text", "What the second one typed at length.")
    second.page.click("input[name=_save]")
    second.check("collision")
    assert "was changed since you opened it" in second.page.content()
    assert second.page.input_value("#id_title") == "The first one's title?"
    second.page.click("input[name=_save]")
    assert (refreshed(asked).title, refreshed(asked).text) == (
        "The first one's title?",
        "What the second one typed at length.",
    )


def test_a_report_is_uploaded_looked_over_and_recorded(visitor):
    triager = visitor("triage").open("/admin/register/headlinereport/").check("reports")
    page = triager.page
    page.click("text=Import a headline report")
    triager.check("import")
    page.set_input_files("input[type=file]", {"name": "m.md", "mimeType": "text/plain", "buffer": MINUTES.encode()})
    page.click("input[value='Read it']")
    triager.check("import-preview")
    page.click("text=Record what is ticked")
    triager.check("report")
    assert (Question.objects.count(), Meeting.objects.filter(number=17).count()) == (2, 1)
