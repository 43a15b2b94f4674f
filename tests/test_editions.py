"""The next edition of a report: what moved is followed, what was reworded or removed is marked until it is cleared."""

import pytest

from register.headline_report.editions import ChangeKind
from register.ledger.verification import verify
from register.models import Action, HeadlineReport, Meeting, MeetingOutcome, Origin, Question, SuspectMark
from register.services.meetings import GivenOutcome, record_outcomes
from register.services.reports import plan_report, read_file
from register.services.reports.editions import UNREAD
from register.services.suspects.clearing import clear_mark, take_wording
from register.services.suspects.marks import mark_suspect
from register.vocabulary import SuspectCause
from tests.conftest import refreshed
from tests.test_documents import everything_is_kept
from tests.test_ledger import make_report
from tests.test_reports import MINUTES, bring_in, plan_of

LATE = "1.1 A paper was taken late.\n\n"
MOVED = MINUTES.replace("1.4 ", "1.5 ").replace("1.3 ", "1.4 ").replace("1.2 ", "1.3 ").replace("1.1 ", LATE + "1.2 ")
REWORDED = MINUTES.replace("- How often may reads be fetched", "- How often, and when, may reads be fetched")
LEAD = MINUTES.replace("These questions are open:", "The DCC wants these questions answered:")
CUT = MINUTES[: MINUTES.index("1.2 ")] + MINUTES[MINUTES.index("1.3 ") :]
WORK = MINUTES.replace("DCC agreed to write it down.", "DCC agreed to write it down by 1 June 2021.")


def list_marks(**on):
    return [(mark.cause, mark.paragraph) for mark in SuspectMark.objects.filter(standing=True, **on)]


def get_question(words="How often"):
    return Question.objects.get(text__startswith=words)


def bring_in_edition(text, cast):
    """Record a later edition, and nothing else of it."""
    return bring_in(text, cast.triage, {"edition"})


@pytest.fixture
def first(cast):
    bring_in(MINUTES, cast.triage)


@pytest.mark.parametrize(
    ("edition", "kinds"),
    [
        (MOVED, [ChangeKind.ADDED, *[ChangeKind.MOVED] * 4]),
        (REWORDED, [ChangeKind.REWORDED]),
        (CUT, [ChangeKind.REMOVED]),
        (CUT.replace("1.3 ", "1.2 "), [ChangeKind.MOVED, ChangeKind.REMOVED]),
    ],
    ids=["moved", "reworded", "cut", "cut and moved"],
)
def test_what_an_edition_changes_is_known(first, edition, kinds):
    assert [change.kind for change in plan_of(edition).revision.changes] == kinds


def test_what_moved_and_was_reworded_is_one_paragraph(first):
    text = MOVED.replace("Ofgem agreed to share this list.", "Ofgem agreed to share this list with all.")
    changes = {change.before: change for change in plan_of(text).revision.changes}
    assert (changes["1.3"].kind, changes["1.3"].now) == (ChangeKind.MOVED_AND_REWORDED, "1.4")


def test_what_was_reworded_below_an_insertion_is_not_taken_for_what_was_inserted(first):
    text = MOVED.replace("DCC agreed to write it down.", "DCC agreed to write it all down.")
    changes = {change.before: change for change in plan_of(text).revision.changes}
    assert (changes["1.1"].now, changes[""].now) == ("1.2", "1.1")


def test_what_only_moved_is_followed_and_nothing_is_suspect(cast, first):
    record_outcomes(
        Origin.objects.first().report.meeting,
        [GivenOutcome(get_question(), "discussed", paragraph="1.2")],
        by=cast.triage,
    )
    bring_in(MOVED, cast.triage)
    assert not SuspectMark.objects.exists()
    assert {o.paragraph for o in Origin.objects.filter(question__isnull=False)} == {"1.3"}
    assert {(a.reference, a.paragraph) for a in Action.objects.exclude(paragraph="")} == {
        ("17/01", "1.2"),
        ("17/02", "1.4"),
    }
    assert set(MeetingOutcome.objects.exclude(paragraph="").values_list("paragraph", flat=True)) == {"1.3"}
    assert {str(p.kind) for p in plan_of(MOVED).proposals} == {"unchanged"}
    assert verify().ok


def test_an_edition_that_only_deletes_is_the_latest_one(cast, first):
    plan = plan_of(CUT)
    assert "edition" in plan.unasked
    bring_in(CUT, cast.triage)
    assert HeadlineReport.objects.first().content == CUT.encode()
    assert list_marks(question=get_question()) == [(SuspectCause.REMOVED, "1.2")]


def test_a_question_whose_words_changed_is_suspect_until_it_takes_them(cast, first):
    bring_in_edition(REWORDED, cast)
    mark = SuspectMark.objects.get()
    assert (mark.question, mark.cause) == (get_question(), SuspectCause.REWORDED)
    take_wording(mark, by=cast.triage)
    assert get_question("How often, and when").title.startswith("How often, and when")
    assert list_marks() == []
    assert everything_is_kept()


def test_a_question_that_takes_its_words_from_the_edition_is_not_suspect(cast, first):
    bring_in(REWORDED, cast.triage)
    assert get_question("How often, and when")
    assert list_marks() == []


def test_the_sentence_that_leads_to_questions_makes_them_all_suspect(cast, first):
    bring_in_edition(LEAD, cast)
    assert len(list_marks(question__isnull=False)) == 2


def test_an_action_and_an_outcome_are_suspect_with_their_paragraph(cast, first):
    meeting = Origin.objects.first().report.meeting
    record_outcomes(meeting, [GivenOutcome(get_question(), "discussed", paragraph="1.1")], by=cast.triage)
    bring_in_edition(WORK, cast)
    assert list_marks(action__isnull=False) == [(SuspectCause.REWORDED, "1.1")]
    assert list_marks(outcome__isnull=False) == [(SuspectCause.REWORDED, "1.1")]


def test_a_mark_is_cleared_with_a_reason_and_not_made_again_for_the_same_edition(cast, first):
    bring_in_edition(CUT, cast)
    for mark in SuspectMark.objects.all():
        clear_mark(mark, by=cast.triage, reason="It is asked all the same.")
    bring_in(CUT, cast.triage, {"edition"})
    assert list_marks() == []


def test_an_older_edition_that_is_read_again_ticks_nothing(cast, first):
    bring_in(MOVED, cast.triage)
    plan = plan_of(MINUTES)
    assert (plan.unasked, "later edition" in plan.gone[0]) == (set(), True)


def test_a_paragraph_put_where_one_was_removed_is_none_of_the_old_ones(cast, first):
    bring_in_edition(CUT, cast)
    other = CUT.replace("1.3 Ofgem", "1.2 Nobody spoke of it.\n\n1.3 Ofgem")
    bring_in_edition(other, cast)
    bring_in_edition(other.replace("Nobody spoke", "Somebody spoke"), cast)
    assert list_marks(question=get_question()) == [(SuspectCause.REMOVED, "1.2")]


def test_a_question_that_is_suspect_says_so_in_its_document(api, cast, first):
    bring_in_edition(REWORDED, cast)
    shown = api("feed").get(f"/api/v1/questions/{get_question().reference}/").json()["suspect_marks"]
    assert [(mark["cause"], mark["meeting"], mark["paragraph"]) for mark in shown] == [("reworded", "CCDG17", "1.2")]
    mark = SuspectMark.objects.get()
    clear_mark(mark, by=cast.triage, reason="It holds.")
    assert api("feed").get(f"/api/v1/questions/{get_question().reference}/").json()["suspect_marks"] == []
    assert refreshed(mark).ended_as == "cleared"


def test_an_edition_with_pages_that_were_not_read_is_in_doubt(cast, first):
    report = read_file(CUT.encode())
    report.unread_pages.append(2)
    plan = plan_report(report)
    assert ("edition" in plan.unasked, plan.gone) == (False, [UNREAD])


def test_whoever_agrees_sees_that_the_answer_is_in_doubt(client_of, cast, moved):
    question, report = moved("in_review"), make_report(Meeting.objects.first(), by=cast.triage)
    mark_suspect(question.answers.get(), SuspectCause.REMOVED, by=cast.triage, report=report, paragraph="6.1")
    for address in (f"question/{question.pk}/move/agree/", f"answer/{question.answers.get().pk}/review/"):
        role = "lead" if "agree" in address else "member"
        assert "In doubt" in client_of(role).get(f"/admin/register/{address}").content.decode()
