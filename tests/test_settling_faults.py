"""Meetings settled by many at once, twice, and by one who is killed in the middle."""

import signal
import subprocess
import sys

import pytest

from register.clock import today
from register.models import AgendaItem, Group, Meeting, MeetingOutcome, User
from register.refusals import Refused
from register.services.meetings import GivenOutcome, record_outcomes, schedule_question
from register.services.questions import raise_question
from register.services.reference import keep
from tests.databases import ROOT
from tests.test_documents import everything_is_kept
from tests.test_faults import WRITERS, assert_whole, in_threads

QUESTIONS = 3


@pytest.fixture
def meetings(transactional_db):
    """Eight meetings of today, with three questions each."""
    by, group = User.objects.get(username="triage"), Group.objects.get()
    made = [keep(Meeting(group=group, number=200 + n, held_on=today()), by=by) for n in range(WRITERS)]
    for meeting in made:
        for n in range(QUESTIONS):
            question = raise_question(by=by, title=f"Question {n} of {meeting}?", text="Who may?")
            schedule_question(question, meeting, by=by)
    return made


def settle(meeting, result):
    items = AgendaItem.objects.scheduling().filter(meeting=meeting).select_related("question")
    given = [GivenOutcome(item.question, result, seen=0) for item in items]
    return record_outcomes(meeting, given, by=User.objects.get(username="triage"))


def test_eight_people_settle_eight_meetings_at_once(meetings):
    in_threads(lambda number: settle(meetings[number], "discussed"))
    assert MeetingOutcome.objects.count() == WRITERS * QUESTIONS
    assert not AgendaItem.objects.unsettled().exists()
    assert_whole()
    assert everything_is_kept()


def test_of_eight_who_settle_one_meeting_one_does_and_the_others_are_told(meetings):
    settled, told = [], []

    def write(number):
        try:
            settled.append(settle(meetings[0], "discussed" if number % 2 else "not_reached"))
        except Refused as refusal:
            told.append(str(refusal))

    in_threads(write)
    assert (len(settled), len(told)) == (1, WRITERS - 1)
    assert all("has an outcome since you opened this page" in sentence for sentence in told)
    assert MeetingOutcome.objects.count() == QUESTIONS


SETTLE = """
import django; django.setup()
import os, signal, sys
from register.clock import today
from register.documents import updating
from register.ledger.verification import verify
from register.models import AgendaItem, Group, Meeting, MeetingOutcome, Question, User
from register.services.meetings import GivenOutcome, record_outcomes, schedule_question
from register.services.reference import keep
by = User.objects.get(username="ofgem.triage")
called = {"group": Group.objects.first(), "number": 201, "held_on": today()}
meeting = Meeting.objects.filter(**called).first() or keep(Meeting(**called), by=by)
questions = list(Question.objects.order_by("pk")[:3])
if not meeting.agenda.exists():
    for question in questions:
        schedule_question(question, meeting, by=by)
if sys.argv[1] == "die":
    updating.DocumentUpdater.before_commit = lambda self: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[1] != "look":
    record_outcomes(meeting, [GivenOutcome(question, "discussed") for question in questions], by=by)
print(MeetingOutcome.objects.filter(meeting=meeting).count(), verify().problems)
"""


@pytest.mark.slow
@pytest.mark.django_db
def test_who_is_killed_while_outcomes_are_saved_saves_none(other_database):
    def run(how):
        command = [sys.executable, "-c", SETTLE, how]
        return subprocess.run(command, cwd=ROOT, env=other_database, capture_output=True, text=True)

    assert run("die").returncode == -signal.SIGKILL
    assert run("look").stdout.splitlines() == ["0 []"]
    assert run("live").stdout.splitlines() == ["3 []"]
