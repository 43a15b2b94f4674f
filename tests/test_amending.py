"""Answers that a meeting amended: entered by Triage, agreed by an approver who wrote none of them."""

from datetime import timedelta

import pytest

from register.clock import today
from register.ledger.verification import verify
from register.models import Group, Meeting, MeetingOutcome
from register.refusals import NotPermitted, Refused
from register.services.amending import amend_answer
from register.services.answers import edit_answer, propose_answer, record_review
from register.services.questions import change_status
from register.services.reference import keep
from tests.conftest import GIVEN, refreshed
from tests.test_documents import everything_is_kept

WHY = "Agreed in the room."


@pytest.fixture
def ccdg15():
    return Meeting.objects.get(number=15)


@pytest.fixture
def agree(cast):
    def agree(question, by=None, **given):
        return change_status(question, "agree_as_amended", by=by or cast.approver, **{"reason": WHY} | given)

    return agree


def statuses(question):
    return [answer.status for answer in question.answers.order_by("number")]


def test_an_amended_answer_is_agreed_with_its_own_number(agree, cast, ccdg15, moved):
    question = moved("in_review")
    record_review(question.answers.get(), "agree", by=cast.member)
    amended = amend_answer(question, "The DCC, from June.", ccdg15, by=cast.triage)
    assert statuses(question) == ["in_review", "draft"]
    agreed = agree(question, paragraph="6.1")
    assert (agreed.status, agreed.agreed_answer, amended.number) == ("agreed", amended, 2)
    assert statuses(question) == ["superseded", "agreed"]
    assert question.answers.get(number=1).reviews.get(reviewer=cast.member).position == "agree"
    assert str(MeetingOutcome.objects.get(question=question)) == "decided at CCDG15, 6.1"
    assert everything_is_kept()
    assert verify().ok


def test_there_need_not_be_a_round(agree, cast, ccdg15, moved):
    question = moved("open")
    propose_answer(question, "A draft.", by=cast.triage)
    amend_answer(question, "As the room would have it.", ccdg15, by=cast.triage)
    assert statuses(question) == ["superseded", "draft"]
    with pytest.raises(Refused, match="why it is agreed with no position at all"):
        agree(question, reason="")
    assert agree(question).status == "agreed"


def test_nobody_agrees_their_own_words(agree, cast, ccdg15, moved):
    question = moved("open")
    amend_answer(question, "As the lead would have it.", ccdg15, by=cast.lead)
    with pytest.raises(Refused, match="you wrote words of this answer"):
        agree(question, by=cast.lead)


def test_without_an_amended_text_there_is_nothing_to_agree(agree, cast, moved):
    question = moved("open")
    propose_answer(question, "A draft of nobody's meeting.", by=cast.triage)
    with pytest.raises(Refused, match="Have Triage enter the text as amended at a meeting first"):
        agree(question)


def test_silence_and_disagreement_need_a_reason(agree, cast, ccdg15, moved):
    question = moved("in_review")
    record_review(question.answers.get(), "disagree", comment="No.", by=cast.member)
    amend_answer(question, "Yes.", ccdg15, by=cast.triage)
    with pytest.raises(Refused) as refused:
        agree(question, reason="")
    assert "over silence: 2 of 3." in str(refused.value)
    assert "how the standing disagreement is dealt with" in str(refused.value)


def test_an_amended_text_that_is_not_agreed_goes_when_the_former_is(cast, ccdg15, moved):
    question = moved("in_review")
    amend_answer(question, "Yes.", ccdg15, by=cast.triage)
    change_status(question, "agree", by=cast.approver, reason="The room thought better of it.")
    assert statuses(question) == ["agreed", "superseded"]
    assert everything_is_kept()


def test_a_meeting_to_come_has_amended_nothing(cast, moved):
    group = Group.objects.get()
    to_come = keep(Meeting(group=group, number=99, held_on=today() + timedelta(days=1)), by=cast.triage)
    with pytest.raises(Refused, match="CCDG99 has amended nothing"):
        amend_answer(moved("open"), "Yes.", to_come, by=cast.triage)


def test_the_same_words_are_no_amendment(cast, ccdg15, moved):
    question = moved("in_review")
    with pytest.raises(Refused, match="Agree answer 1 as it is: the text is the same"):
        amend_answer(question, question.answers.get().text + " \n", ccdg15, by=cast.triage)


def test_only_triage_enters_it(cast, ccdg15, moved):
    with pytest.raises(NotPermitted):
        amend_answer(moved("open"), "Yes.", ccdg15, by=cast.owner)


def test_it_is_entered_and_agreed_on_pages(cast, ccdg15, client_of, moved):
    question = moved("in_review")
    address = f"/admin/register/question/{question.pk}/"
    page = client_of("triage").get(f"{address}change/").content.decode()
    assert f"{address}amend/" in page
    given = {"text": "The DCC, from June.", "meeting": ccdg15.pk}
    assert "answer 2" in client_of("triage").post(f"{address}amend/", given, follow=True).content.decode()
    page = client_of("approver").post(f"{address}move/agree_as_amended/", {"reason": WHY}, follow=True)
    assert refreshed(question).status == "agreed"
    assert "amended at CCDG15" in page.content.decode()


def test_nothing_is_agreed_at_a_meeting_to_come_or_a_cancelled_one(cast, moved):
    group, question = Group.objects.get(), moved("in_review")
    to_come = keep(Meeting(group=group, number=99, held_on=today() + timedelta(days=1)), by=cast.triage)
    with pytest.raises(Refused, match="CCDG99 is to come"):
        change_status(question, "agree", by=cast.approver, meeting=to_come, reason=WHY)
    cancelled = keep(Meeting(group=group, number=98, held_on=today(), cancelled=True), by=cast.triage)
    with pytest.raises(Refused, match="CCDG98 was cancelled"):
        change_status(question, "agree", by=cast.approver, meeting=cancelled, reason=WHY)


def test_its_words_are_triages_and_not_the_owners(cast, ccdg15, moved):
    answer = amend_answer(moved("open"), "Yes.", ccdg15, by=cast.triage)
    with pytest.raises(NotPermitted):
        edit_answer(answer, "As the owner would have it.", by=cast.owner)
    assert edit_answer(answer, "Yes, it may.", by=cast.lead).text == "Yes, it may."


def test_one_that_goes_to_review_after_all_shows_the_positions_on_itself(cast, ccdg15, client_of, moved):
    question = moved("in_review")
    record_review(question.answers.get(), "disagree", comment="Of the former.", by=cast.member)
    answer = amend_answer(question, "Yes.", ccdg15, by=cast.triage)
    change_status(question, "send_back", by=cast.triage, reason="It is another answer.")
    change_status(question, "start_review", by=cast.triage, **GIVEN["start_review"])
    record_review(refreshed(answer), "disagree", comment="Of the amended.", by=cast.member)
    page = client_of("triage").get(f"/admin/register/question/{question.pk}/change/").content.decode()
    assert "Positions on the text before" not in page
    assert "Of the amended." in page.split('aria-labelledby="answer-heading"')[1].split("</section>")[0]
