"""One answer after the other: a member's run of reviews, and an approver's of agreements."""

import re
from datetime import timedelta

import pytest

from register.admin.reviewing.layout import describe_end
from register.admin.reviewing.run import Run
from register.clock import today
from register.models import Answer, Group, Meeting, Review
from register.services.answers import record_review
from register.services.meetings import GivenOutcome, record_outcomes
from register.services.questions import put_back_review
from register.services.reference import keep


@pytest.fixture
def asked(moved):
    return [moved("in_review", title=f"Question {number}?") for number in range(3)]


def page_of(question):
    return f"/admin/register/answer/{question.answers.get().pk}/review/"


def agree_page_of(question):
    return f"/admin/register/question/{question.pk}/move/agree/"


def give(browser, address, **given):
    seen = re.search(r'name="seen" value="(\d+)"', browser.get(address).content.decode())[1]
    return browser.post(address, {"comment": "", "seen": seen, **given})


@pytest.mark.parametrize(
    ("keys", "key", "count", "place", "after"),
    [
        ((1, 2, 3), 1, 3, 1, 2),
        ((2, 3), 2, 3, 2, 3),
        ((1, 2), 2, 3, 3, 1),
        ((3,), 3, 3, 3, None),
        ((1, 2), 9, 2, None, 1),
        ((), 9, 0, None, None),
    ],
)
def test_a_run_counts_what_was_dealt_with_and_comes_back_to_what_was_passed_over(keys, key, count, place, after):
    run = Run(keys, key, count)
    assert (run.place, run.next) == (place, after)


def test_a_member_goes_from_one_to_the_next_and_ends_at_what_they_said(asked, client_of):
    browser, address, places = client_of("member"), page_of(asked[0]), []
    for _ in asked:
        places += re.findall(r"<strong>(\d of \d)</strong>", browser.get(address).content.decode())
        address = give(browser, address, position="agree").url
    assert (places, address) == (["1 of 3", "2 of 3", "3 of 3"], "/admin/reviews/")
    assert browser.get(address).content.decode().count("<strong>agree</strong>") == 3


def test_a_position_that_was_given_can_be_changed_from_the_list(asked, cast, client_of):
    record_review(asked[0].answers.get(), "agree", by=cast.member)
    browser = client_of("member")
    assert page_of(asked[0]) in browser.get("/admin/reviews/").content.decode()
    give(browser, page_of(asked[0]), position="no_view")
    assert Review.objects.get(answer__question=asked[0], reviewer=cast.member).position == "no_view"


@pytest.mark.parametrize(
    ("given", "field"), [({"position": "disagree"}, "id_comment"), ({"comment": "Why?"}, "id_position")]
)
def test_what_is_missing_stands_in_the_summary_and_nothing_is_lost(given, field, asked, client_of):
    page = give(client_of("member"), page_of(asked[0]), **given).content.decode()
    assert f'href="#{field}' in page
    assert "<title>Error: " in page
    assert given.get("comment", "") in page
    assert not Review.objects.exclude(position="no_response").exists()


def test_the_same_answer_of_before_is_compared(asked, cast, client_of, moved):
    page = client_of("member").get(page_of(asked[0])).content.decode()
    assert "What changed from answer" not in page


@pytest.mark.parametrize(
    ("days", "tone"), [(-1, "late"), (0, "due"), (1, "due"), (60, "")], ids=["ended", "today", "soon", "later"]
)
def test_the_end_of_a_review_is_said_as_urgently_as_it_is(days, tone):
    assert describe_end(today() + timedelta(days=days))[1] == tone


def test_an_approver_goes_from_one_that_is_ready_to_the_next(asked, cast, client_of):
    for question in asked[:2]:
        for review in Answer.objects.get(question=question).reviews.all():
            record_review(review.answer, "agree", by=review.reviewer)
    browser = client_of("approver")
    desk = browser.get("/admin/").content.decode()
    assert agree_page_of(asked[0]) in desk
    said = give(browser, agree_page_of(asked[0]), reason="All agree.")
    assert said.url.startswith(agree_page_of(asked[1]))
    assert give(browser, said.url, reason="All agree.").url == "/admin/"
    assert [question.answers.get().status for question in asked] == ["agreed", "agreed", "in_review"]


def test_the_meeting_that_was_held_since_is_filled_in(asked, cast, client_of):
    meeting = keep(Meeting(group=Group.objects.create(name="EX"), number=9, held_on=today()), by=cast.triage)
    record_outcomes(meeting, [GivenOutcome(asked[0], "answer_presented")], by=cast.triage)
    page = client_of("approver").get(agree_page_of(asked[0])).content.decode()
    assert f'<option value="{meeting.pk}" selected>' in page


def test_a_reason_is_asked_for_where_no_meeting_decided_it(asked, client_of):
    page = give(client_of("approver"), agree_page_of(asked[0])).content.decode()
    assert "Name the deciding meeting, or give a reason." in page


def test_the_reason_says_whose_disagreement_it_deals_with(asked, cast, client_of):
    record_review(asked[0].answers.get(), "disagree", by=cast.member, comment="Who pays?")
    page = client_of("approver").get(agree_page_of(asked[0])).content.decode()
    assert "Say how the disagreement is dealt with (member of RECCo)" in page


def test_what_left_its_review_meanwhile_is_refused_with_what_was_typed(asked, cast, client_of):
    browser, address = client_of("approver"), agree_page_of(asked[0])
    seen = re.search(r'name="seen" value="(\d+)"', browser.get(address).content.decode())[1]
    client_of("lead").post(address, {"reason": "Done.", "seen": seen})
    page = browser.post(address, {"reason": "All of us agree.", "seen": seen}).content.decode()
    assert "All of us agree." in page


def test_only_members_have_reviews_of_their_own(client_of):
    assert client_of("triage").get("/admin/reviews/").status_code == 403


def test_a_review_that_ends_later_is_asked_for_later(asked, cast, client_of):
    put_back_review(asked[0], today() + timedelta(days=300), by=cast.triage, reason="More time.")
    page = client_of("member").get("/admin/reviews/").content.decode()
    assert page.index(asked[1].reference) < page.index(asked[0].reference)
