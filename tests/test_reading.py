"""What a person is shown before they decide, and what stays beside a decision."""

import re

import pytest

from register.models import Answer, Meeting
from register.services.answers import propose_answer, record_review
from register.services.briefing import get_feed_preview
from register.services.links import link_meeting
from register.services.questions import change_status
from register.vocabulary import LinkKind
from register.workflow import TRANSITIONS
from tests.conftest import GIVEN

QUESTIONS, ANSWERS = "/admin/register/question", "/admin/register/answer"


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def second_round(cast, moved):
    """Return a question whose first answer was sent back and whose second is in review."""
    question = moved("in_review")
    question = change_status(question, "send_back", by=cast.triage, reason="It is too vague.")
    propose_answer(question, "Only the appointed MDR of the day may.", by=cast.triage)
    return change_status(question, "start_review", by=cast.triage, **GIVEN["start_review"])


def test_a_reviewer_sees_what_changed_from_the_answer_before(client_of, second_round):
    page = client_of("member").get(f"{ANSWERS}/{second_round.answers.last().pk}/review/")
    assert "What changed from answer 1" in page.content.decode()
    assert re.search(r"<ins>of\s+the\s+day\s*</ins>", page.content.decode())


def test_a_reviewer_sees_where_it_came_up(client_of, cast, second_round):
    link_meeting(second_round, Meeting.objects.get(number=15), LinkKind.RAISED, by=cast.triage, paragraph="6.1")
    page = text_of(client_of("member").get(f"{ANSWERS}/{second_round.answers.last().pk}/review/"))
    assert "CCDG15, 16 March 2021: raised, paragraph 6.1" in page


def test_a_disagreement_stands_beside_what_dealt_with_it(client_of, cast, moved):
    question = moved("in_review")
    answer = Answer.objects.get(question=question)
    record_review(answer, "disagree", by=cast.member, comment="Who pays?")
    change_status(question, "agree", by=cast.lead, reason="The DCC pays, by its licence.")
    page = text_of(client_of("member").get(f"{ANSWERS}/{answer.pk}/change/"))
    assert re.search(r"Who pays\? Dealt with by lead \(Ofgem\) on .*: The DCC pays, by its licence\.", page)


def test_agreement_alone_deals_with_nothing(client_of, moved):
    answer = Answer.objects.get(question=moved("agreed"))
    assert "Dealt with" not in text_of(client_of("member").get(f"{ANSWERS}/{answer.pk}/change/"))


@pytest.mark.parametrize("name", TRANSITIONS)
def test_every_move_says_what_the_feed_will_say(name, cast, raised):
    told = dict(get_feed_preview(raised(), TRANSITIONS[name], cast.triage))
    assert told["Status"] == f"raised → {target.label if (target := TRANSITIONS[name].target) else 'the status before'}"
    assert told["Made by"] == "triage of Elexon"
    assert {item.name.replace("_", " ").capitalize() for item in TRANSITIONS[name].inputs} < set(told)


@pytest.mark.parametrize(
    ("classification", "said"),
    [("public", "Every feed client"), ("members", "Feed clients that are cleared"), ("restricted", "No feed")],
)
def test_the_page_of_a_move_says_who_will_see_it(classification, said, client_of, raised):
    question = raised(classification=classification)
    page = text_of(client_of("triage").get(f"{QUESTIONS}/{question.pk}/move/defer/"))
    assert f"Who sees it {said}" in page


def test_a_member_finds_their_organisations_questions(client_of, moved):
    question = moved("open", title="Ours?")
    page = text_of(client_of("owner").get("/admin/"))
    assert "With ENA 1 to move , 1 owned" in page
    assert f"{question.reference} Ours?" in page


def test_the_assignee_filter_offers_triage_alone(client_of, cast, raised):
    raised(assignee=cast.lead, title="Assigned?")
    raised(title="Free?")
    page = client_of("triage").get(f"{QUESTIONS}/")
    assert "?assignee=lead" in page.content.decode()
    assert "?assignee=member" not in page.content.decode()
    assert "Free?" not in text_of(client_of("triage").get(f"{QUESTIONS}/?assignee=lead"))
    assert "Assigned?" not in text_of(client_of("triage").get(f"{QUESTIONS}/?assignee=(nobody)"))


def test_a_page_that_cannot_be_changed_leads_back_to_the_list(client_of, raised):
    address = f"{QUESTIONS}/{raised().pk}/change/?_changelist_filters=tab%3Dall"
    response = client_of("member").get(address)
    page = text_of(response)
    assert f'<a href="{QUESTIONS}/?tab=all">Questions</a>' in response.content.decode()
    assert not re.search(r"\d [ap]\.m\.", page)


def test_a_move_that_cannot_be_made_leads_back_with_the_reason(client_of, raised):
    question = raised()
    answer = client_of("triage").get(f"{QUESTIONS}/{question.pk}/move/close/", follow=True)
    assert "is for questions that are agreed" in text_of(answer)
    assert answer.request["PATH_INFO"] == f"{QUESTIONS}/{question.pk}/change/"


def test_agreeing_says_beforehand_what_a_disagreement_asks_for(client_of, cast, moved):
    question = moved("in_review")
    record_review(Answer.objects.get(question=question), "disagree", by=cast.member, comment="Who pays?")
    page = text_of(client_of("lead").get(f"{QUESTIONS}/{question.pk}/move/agree/"))
    assert "Say how the disagreement is dealt with (member of RECCo)" in page


def test_agreeing_says_whether_the_answer_reaches_the_feed(client_of, moved):
    page = text_of(client_of("lead").get(f"{QUESTIONS}/{moved('in_review').pk}/move/agree/"))
    assert "Answer 1 word for word. Feed clients that are cleared for Members" in page


def test_an_answer_that_takes_no_positions_offers_no_form(client_of, moved):
    answer = Answer.objects.get(question=moved("agreed"))
    page = client_of("member").get(f"{ANSWERS}/{answer.pk}/review/", follow=True)
    assert "is agreed: it takes no positions now." in text_of(page)
    assert "Record my position" not in page.content.decode()


def test_a_button_that_could_do_nothing_is_not_shown(client_of, raised):
    question = raised(classification="restricted")
    assert "Reclassify" not in text_of(client_of("triage").get(f"{QUESTIONS}/{question.pk}/change/"))
    assert "Reclassify" in text_of(client_of("lead").get(f"{QUESTIONS}/{question.pk}/change/"))


def test_a_member_has_the_tabs_that_can_hold_something_of_theirs(client_of, raised):
    tabs = {who: text_of(client_of(who).get(f"{QUESTIONS}/")) for who in ("triage", "member")}
    assert ("Needs triage" in tabs["triage"], "Needs triage" in tabs["member"]) == (True, False)
    assert "Awaiting input" in tabs["member"]
