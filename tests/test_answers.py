"""Proposing and reviewing answers."""

from datetime import timedelta

import pytest

from register.clock import today
from register.models import LedgerEntry, Review
from register.refusals import NotPermitted, Refused
from register.services import answers as answers_service
from register.services.answers import edit_answer, propose_answer, reclassify_answer, record_review
from register.services.questions import change_status
from register.services.redaction import redact
from tests.conftest import GIVEN, in_a_month, refreshed

MOVES = "/api/v1/questions/{}/transitions/"


@pytest.fixture
def in_review(moved):
    return moved("in_review").answers.get()


@pytest.mark.parametrize("role", ["triage", "lead", "owner"])
def test_triage_and_the_owners_people_propose(role, cast, moved):
    assert propose_answer(moved("open"), "An answer.", by=getattr(cast, role)).number == 1


@pytest.mark.parametrize("role", ["member", "feed", "owning_feed"])
def test_others_do_not_propose(role, cast, moved):
    with pytest.raises(NotPermitted):
        propose_answer(moved("open"), "An answer.", by=getattr(cast, role))


def test_an_answer_is_for_members_unless_its_question_is_stricter(cast, moved):
    assert propose_answer(moved("open"), "An answer.", by=cast.triage).classification == "members"
    secret = moved("open", classification="restricted")
    assert propose_answer(secret, "An answer.", by=cast.triage).classification == "restricted"


def test_an_answer_is_never_looser_than_its_question(cast, moved):
    with pytest.raises(Refused, match="Members or stricter"):
        propose_answer(moved("open", classification="members"), "Loud", by=cast.triage, classification="public")


def test_there_is_one_draft_at_a_time(cast, moved):
    question = moved("open")
    propose_answer(question, "An answer.", by=cast.triage)
    with pytest.raises(Refused, match="Deal with answer 1 first"):
        propose_answer(question, "Another.", by=cast.triage)


@pytest.mark.parametrize("status", ["raised", "in_review", "agreed", "closed", "deferred", "withdrawn", "merged"])
def test_answers_are_proposed_to_open_questions(status, cast, moved):
    with pytest.raises(Refused, match="an answer is proposed while"):
        propose_answer(moved(status), "An answer.", by=cast.triage)


def test_a_draft_is_reworded_and_a_reviewed_text_is_frozen(cast, moved):
    question = moved("open")
    answer = propose_answer(question, "An answer.", by=cast.triage)
    assert edit_answer(answer, "A better one.", by=cast.triage).text == "A better one."
    change_status(question, "start_review", by=cast.triage, **GIVEN["start_review"])
    with pytest.raises(Refused, match="its text is frozen"):
        edit_answer(answer, "Sneaky.", by=cast.triage)


def test_an_answer_sent_back_is_superseded(cast, in_review):
    change_status(in_review.question, "send_back", by=cast.triage, reason="Too vague.")
    assert refreshed(in_review).status == "superseded"


def test_silence_shows_from_the_day_a_review_opens(cast, in_review):
    silent = {(review.reviewer_name, str(review.organisation), review.position) for review in in_review.reviews.all()}
    assert silent == {
        ("owner", "ENA", "no_response"),
        ("member", "RECCo", "no_response"),
        ("raiser", "RECCo", "no_response"),
    }


def test_a_member_records_and_changes_a_position_and_every_change_is_kept(cast, in_review):
    record_review(in_review, "disagree", by=cast.member, comment="It is not clear who pays.")
    review = record_review(in_review, "agree", by=cast.member)
    assert [row.position for row in review.history.order_by("history_id")] == ["no_response", "disagree", "agree"]


@pytest.mark.parametrize("position", ["disagree", "agree_with_comments"])
def test_some_positions_need_a_comment(position, cast, in_review):
    with pytest.raises(Refused, match="Give a comment"):
        record_review(in_review, position, by=cast.member, comment=" ")


@pytest.mark.parametrize("position", ["no_response", "perhaps", ""])
def test_a_position_is_one_of_four(position, cast, in_review):
    with pytest.raises(Refused, match="Choose a position"):
        record_review(in_review, position, by=cast.member)


@pytest.mark.parametrize("role", ["triage", "lead", "owning_feed"])
def test_only_members_review(role, cast, in_review):
    with pytest.raises(NotPermitted):
        record_review(in_review, "agree", by=getattr(cast, role))


def test_a_position_after_the_date_is_taken_and_marked_late(cast, in_review, monkeypatch):
    monkeypatch.setattr(answers_service, "today", lambda: in_a_month() + timedelta(days=1))
    assert record_review(in_review, "agree", by=cast.member).late


def test_a_position_on_the_date_itself_is_in_time(cast, in_review, monkeypatch):
    monkeypatch.setattr(answers_service, "today", in_a_month)
    assert not record_review(in_review, "agree", by=cast.member).late


def test_no_position_is_taken_once_the_review_is_over(cast, in_review):
    change_status(in_review.question, "agree", by=cast.lead, reason="Done.")
    with pytest.raises(Refused, match="takes no positions now"):
        record_review(in_review, "agree", by=cast.member)


def test_a_standing_disagreement_needs_a_reason_that_deals_with_it(cast, in_review):
    record_review(in_review, "disagree", by=cast.member, comment="It is not clear who pays.")
    with pytest.raises(Refused, match="disagreement is dealt with \\(member of RECCo\\)"):
        change_status(in_review.question, "agree", by=cast.lead, meeting="CCDG16")
    agreed = change_status(in_review.question, "agree", by=cast.lead, meeting="CCDG16", reason="Suppliers pay.")
    assert agreed.agreed_answer == in_review


@pytest.fixture
def reworded(cast, moved):
    """Return a question in review whose answer the triager proposed and somebody then reworded to other texts."""

    def make(by, *texts):
        question = moved("open")
        answer = propose_answer(question, "Only the appointed MDR may.", by=cast.triage)
        for text in texts:
            edit_answer(answer, text, by=by)
        return change_status(question, "start_review", by=cast.triage, **GIVEN["start_review"])

    return make


def agree(question, by):
    return change_status(question, "agree", by=by, reason="Done.")


def test_whoever_reworded_an_answer_cannot_agree_it_though_another_can(cast, reworded):
    question = reworded(cast.lead, "Anybody may.")
    with pytest.raises(Refused, match="you wrote words of this answer"):
        agree(question, cast.lead)
    assert agree(question, cast.approver).status == "agreed"


def test_words_that_were_changed_again_since_still_count(cast, reworded):
    question = reworded(cast.lead, "Anybody may.", "Only the appointed MDR may.")
    with pytest.raises(Refused, match="you wrote words of this answer"):
        agree(question, cast.lead)


def test_spaces_and_a_classification_are_no_words(cast, reworded, moved):
    assert agree(reworded(cast.lead, "Only the  appointed MDR may.\n"), cast.lead).status == "agreed"
    question = moved("open")
    reclassify_answer(propose_answer(question, "So.", by=cast.triage), "restricted", by=cast.lead)
    reclassify_answer(question.answers.get(), "members", by=cast.lead, reason="It may be seen.")
    question = change_status(question, "start_review", by=cast.lead, **GIVEN["start_review"])
    assert agree(question, cast.lead).status == "agreed"


def test_a_redaction_does_not_hide_who_wrote(cast, reworded):
    question = reworded(cast.lead, "Anybody may.")
    entries = LedgerEntry.objects.filter(model="answer").order_by("position")
    for position in entries.values_list("position", flat=True):
        redact(position, by=cast.lead, reason="A name.")
    with pytest.raises(Refused, match="you wrote words of this answer"):
        agree(question, cast.lead)
    assert agree(question, cast.approver).status == "agreed"


def test_every_foresight_says_that_the_writer_cannot_agree(cast, reworded, api, client_of):
    question = reworded(cast.lead, "Anybody may.")
    moves = {move["transition"]: move for move in api("lead").get(MOVES.format(question.reference)).json()}
    assert (moves["agree"]["possible"], "you wrote words" in moves["agree"]["reasons"][0]) == (False, True)
    chosen = {"action": "move_agree", "_selected_action": [question.pk]}
    browser = client_of("lead")
    bulk = browser.post("/admin/register/question/?tab=all", chosen)
    page = browser.get(f"/admin/register/question/{question.pk}/change/")
    assert ["you wrote words of this answer" in answer.content.decode() for answer in (bulk, page)] == [True, True]


def test_a_review_is_as_strict_as_its_answer(cast, moved):
    question = moved("open")
    answer = propose_answer(question, "An answer.", by=cast.triage)
    reclassify_answer(answer, "restricted", by=cast.triage)
    assert not Review.objects.exists()
    assert refreshed(answer).classification == "restricted"


def test_an_answer_in_review_cannot_become_restricted(cast, in_review):
    with pytest.raises(Refused, match="Send the answer back first"):
        reclassify_answer(in_review, "restricted", by=cast.triage)


def test_a_review_date_is_to_come(in_review):
    assert in_review.question.review_by > today()


def test_nobody_proposes_what_they_could_not_read(cast, moved):
    with pytest.raises(Refused, match="that you may read yourself"):
        propose_answer(moved("open"), "An answer.", by=cast.owner, classification="restricted")
