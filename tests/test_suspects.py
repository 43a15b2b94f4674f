"""What rests on something that changed since is suspect, however far, until a person clears it."""

from itertools import pairwise

import pytest

from register.ledger.verification import verify
from register.models import AnswerGround, SuspectMark
from register.refusals import NotPermitted, Refused
from register.services.answers import record_review
from register.services.questions import change_status, edit_question, reclassify_question
from register.services.splitting import split_question
from register.services.suspects.clearing import clear_mark
from register.services.suspects.grounds import name_ground, strike_out_ground
from register.vocabulary import SuspectCause
from tests.conftest import GIVEN, refreshed
from tests.test_documents import everything_is_kept


@pytest.fixture
def answered(cast, moved):
    """Return a function that makes a question with an answer, at a status."""

    def make(status="in_review", **given):
        question = moved(status, **given)
        return question, question.answers.latest("pk")

    return make


@pytest.fixture
def chain(cast, answered):
    """Return three answers: the second rests on the first, the third on the second's question."""
    first, second, third = (answered() for _ in range(3))
    name_ground(second[1], first[1], by=cast.triage)
    name_ground(third[1], second[0], by=cast.triage)
    return first, second, third


def list_causes(answer):
    return [mark.cause for mark in SuspectMark.objects.filter(answer=answer, standing=True)]


def reword(question, text, cast):
    return edit_question(question, by=cast.triage, text=text, reason="It reads better.")


def agree(question, cast):
    return change_status(question, "agree", by=cast.lead, meeting="CCDG16", reason="Agreed there.")


def test_nothing_is_suspect_while_all_stands(chain):
    assert not SuspectMark.objects.exists()


def test_an_answer_that_is_superseded_makes_all_that_rests_on_it_suspect_however_far(cast, chain):
    (first, _), (middle, second), (_, third) = chain
    agree(middle, cast)
    change_status(first, "send_back", by=cast.lead, **GIVEN["send_back"])
    assert list_causes(second) == [SuspectCause.GROUND_CHANGED]
    assert list_causes(third) == [SuspectCause.GROUND_SUSPECT]
    assert everything_is_kept()
    assert verify().ok


def test_a_question_that_is_reworded_makes_what_rests_on_it_suspect(cast, answered):
    (first, _), (_, second) = answered(), answered()
    name_ground(second, first, by=cast.triage)
    reword(first, "Who may fetch the data at night?", cast)
    assert list_causes(second) == [SuspectCause.GROUND_CHANGED]


def test_a_question_that_is_reopened_makes_what_rests_on_it_suspect(cast, answered):
    (first, _), (_, second) = answered("agreed"), answered()
    name_ground(second, first, by=cast.triage)
    change_status(first, "reopen", by=cast.lead, **GIVEN["reopen"])
    assert list_causes(second) == [SuspectCause.GROUND_CHANGED]


def test_a_status_that_moves_on_makes_nothing_suspect(cast, answered):
    (first, _), (_, second) = answered(), answered()
    name_ground(second, first, by=cast.triage)
    agree(first, cast)
    assert list_causes(second) == []


def test_clearing_one_clears_what_hangs_on_it_alone(cast, chain, answered):
    (first, _), (middle, second), (_, third) = chain
    other, _ = answered()
    name_ground(third, other, by=cast.triage)
    agree(middle, cast)
    change_status(first, "send_back", by=cast.lead, **GIVEN["send_back"])
    reword(other, "Who may read it now?", cast)
    clear_mark(SuspectMark.objects.get(answer=second), by=cast.triage, reason="It holds all the same.")
    assert (list_causes(second), list_causes(third)) == ([], [SuspectCause.GROUND_CHANGED])


def test_what_was_cleared_is_not_suspect_again_for_the_same_change(cast, answered):
    (first, _), (_, second) = answered(), answered()
    name_ground(second, first, by=cast.triage)
    reword(first, "Who may fetch the data at night?", cast)
    clear_mark(SuspectMark.objects.get(answer=second), by=cast.triage, reason="It holds all the same.")
    edit_question(refreshed(first), by=cast.triage, priority="low")
    assert list_causes(second) == []
    reword(refreshed(first), "Who may fetch the data at noon?", cast)
    assert list_causes(second) == [SuspectCause.GROUND_CHANGED]


def test_what_follows_from_another_mark_is_cleared_with_that_one(cast, chain):
    (first, _), (middle, _), (_, third) = chain
    agree(middle, cast)
    change_status(first, "send_back", by=cast.lead, **GIVEN["send_back"])
    with pytest.raises(Refused, match=f"Clear {middle.reference} first"):
        clear_mark(SuspectMark.objects.get(answer=third), by=cast.triage, reason="I say so.")


@pytest.mark.parametrize("far", [1, 2])
def test_no_answer_rests_on_itself_however_far_round(cast, answered, far):
    answers = [answered()[1] for _ in range(far + 1)]
    for one, other in pairwise(answers):
        name_ground(one, other, by=cast.triage)
    with pytest.raises(Refused, match="rests on"):
        name_ground(answers[-1], answers[0], by=cast.triage)


def test_its_own_question_is_no_ground_of_an_answer(cast, answered):
    question, answer = answered()
    with pytest.raises(Refused, match="on its own question"):
        name_ground(answer, question, by=cast.triage)


def test_an_answer_rests_only_on_what_its_readers_may_see(cast, answered, raised):
    _, answer = answered()
    with pytest.raises(Refused, match="not all its readers may see"):
        name_ground(answer, raised(classification="restricted"), by=cast.triage)


def test_a_ground_that_becomes_stricter_is_a_mark_for_triage_alone(cast, answered, raised):
    (_, answer), ground = answered(), raised()
    name_ground(answer, ground, by=cast.triage)
    reclassify_question(ground, "restricted", by=cast.triage, reason="It names a supplier.")
    assert list_causes(answer) == [SuspectCause.GROUND_HIDDEN]
    assert not SuspectMark.objects.visible_to(cast.member).exists()


def test_a_member_of_another_body_names_no_ground(cast, answered):
    (_, answer), (other, _) = answered(), answered()
    with pytest.raises(NotPermitted):
        name_ground(answer, other, by=cast.member)


def test_a_ground_that_is_struck_out_makes_nothing_suspect(cast, answered):
    (first, _), (_, second) = answered(), answered()
    ground = name_ground(second, first, by=cast.triage)
    reword(first, "Who may fetch the data at night?", cast)
    strike_out_ground(ground, by=cast.triage, reason="It never did.")
    assert list_causes(second) == []


def test_words_that_are_put_back_leave_nothing_in_doubt(cast, answered):
    (first, _), (_, second) = answered(), answered()
    name_ground(second, first, by=cast.triage)
    words = first.text
    reword(first, "Who may fetch the data at night?", cast)
    reword(refreshed(first), words, cast)
    assert list_causes(second) == []


def test_a_move_that_is_undone_leaves_nothing_in_doubt(cast, answered):
    (first, ground), (_, second) = answered(), answered()
    name_ground(second, ground, by=cast.triage)
    change_status(first, "send_back", by=cast.triage, **GIVEN["send_back"])
    assert list_causes(second) == [SuspectCause.GROUND_CHANGED]
    change_status(refreshed(first), "undo", by=cast.triage)
    assert list_causes(second) == []


def test_agreeing_over_a_suspect_ground_needs_a_reason(cast, answered):
    (first, _), (question, second) = answered(), answered()
    name_ground(second, first, by=cast.triage)
    reword(first, "Who may fetch the data at night?", cast)
    record_review(second, "agree", by=cast.member)
    with pytest.raises(Refused, match="though something is suspect"):
        change_status(refreshed(question), "agree", by=cast.lead, meeting="CCDG16")
    assert change_status(refreshed(question), "agree", by=cast.lead, reason="It holds.").status == "agreed"


def test_what_rests_on_a_merged_question_rests_on_what_it_became(cast, answered, raised):
    (_, answer), first, into = answered(), raised(), raised()
    name_ground(answer, first, by=cast.triage)
    change_status(first, "open", by=cast.triage)
    change_status(refreshed(first), "merge", by=cast.triage, merged_into=into, reason="The same.")
    assert [ground.rests_on_question_id for ground in AnswerGround.objects.filter(struck_out=False)] == [into.pk]


def test_what_rests_on_a_split_question_rests_on_both_halves(cast, answered, raised):
    (_, answer), first = answered(), raised()
    name_ground(answer, first, by=cast.triage)
    halves = {"title": "Who?", "text": "Who may?", "new_title": "How often?", "new_text": "How often may they?"}
    rest = split_question(first, by=cast.triage, reason="It asks two things.", **halves)
    assert {ground.rests_on_question_id for ground in AnswerGround.objects.all()} == {first.pk, rest.pk}
    assert list_causes(answer) == [SuspectCause.GROUND_CHANGED]
