"""Rows follow paragraphs to other numbers whatever stands there, and what an edition gives itself stays where it is."""

import pytest

from register.ledger.verification import verify
from register.models import Action, ActionUpdate, Meeting, MeetingOutcome, Origin, Question
from register.services.actions import Update, update_action
from register.services.meetings import GivenOutcome, record_outcomes
from tests.test_reports import MINUTES, bring_in, kinds, plan_of

# A paragraph is put in before all others, so that each has another number.
SHIFTED = (
    MINUTES.replace("1.4 Work", "1.5 Work")
    .replace("1.3 Ofgem", "1.4 Ofgem")
    .replace("1.2 These", "1.3 These")
    .replace("1.1 DCC agreed", "1.1 The Chair welcomed everybody who had come.\n\n1.2 DCC agreed")
)
SWAPPED = MINUTES.replace("1.2 These", "1.0 These").replace("1.1 DCC", "1.2 DCC").replace("1.0 These", "1.1 These")
TWICE = ("share this list.", "share this list, see Action 16/03.")


@pytest.mark.parametrize(("edition", "now"), [(SHIFTED, ["1.2", "1.3", "1.4"]), (SWAPPED, ["1.2", "1.1", "1.3"])])
def test_outcomes_that_are_alike_follow_their_paragraphs(edition, now, cast):
    bring_in(MINUTES, cast.triage)
    meeting, question = Meeting.objects.get(number=17), Question.objects.first()
    given = [GivenOutcome(question, "discussed", paragraph=number) for number in ("1.1", "1.2", "1.3")]
    record_outcomes(meeting, given, by=cast.triage)
    bring_in(edition, cast.triage)
    assert [row.paragraph for row in MeetingOutcome.objects.filter(meeting=meeting).order_by("pk")] == now
    assert verify().problems == []


def test_every_mention_of_an_action_follows_and_none_is_proposed_again(cast):
    bring_in(MINUTES.replace(*TWICE), cast.triage)
    shifted = SHIFTED.replace(*TWICE)
    assert kinds(plan_of(shifted))["mention:16/03"] == "unchanged"
    bring_in(shifted, cast.triage)
    assert sorted(row.paragraph for row in Origin.objects.filter(kind="mentioned")) == ["1.4", "1.5"]


def test_an_update_that_moved_is_not_proposed_again(cast):
    done = ("goes on.", "was completed.")
    bring_in(MINUTES.replace(*done), cast.triage)
    shifted = SHIFTED.replace(*done)
    update_action(
        Action.objects.get(reference="17/01"), Update("noted", Meeting.objects.get(number=17), "1.4"), by=cast.triage
    )
    before = ActionUpdate.objects.count()
    assert {kind for key, kind in kinds(plan_of(shifted)).items() if key.startswith("update:")} <= {"unchanged"}
    bring_in(shifted, cast.triage)
    assert ActionUpdate.objects.count() == before
    assert set(ActionUpdate.objects.values_list("paragraph", flat=True)) == {"1.5"}


def test_what_an_edition_gives_itself_is_where_it_says(cast):
    bring_in(MINUTES, cast.triage)
    added = SHIFTED.replace("1.2 DCC agreed to write it down.", "1.2 DCC agreed to write all of it down.")
    added = added.replace("1.5 Work", "**Action 17/03**\n\n1.5 Work").replace(
        "1.4 Ofgem agreed", "1.4 Who pays for it? Ofgem agreed"
    )
    bring_in(added, cast.triage)
    assert Action.objects.get(reference="17/01").paragraph == "1.2"
    question = Question.objects.get(text__startswith="Who pays")
    assert [link.paragraph for link in question.meeting_links.all()] == ["1.4"]
