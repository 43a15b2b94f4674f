"""What a write reads before the head lock is told again under it, and only where it still stands."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from register.models import Document, Meeting, Topic, ahead
from register.services.links import link_meeting
from register.services.questions import change_status, edit_question
from register.services.reference import keep
from tests.conftest import GIVEN, refreshed

pytestmark = pytest.mark.django_db


def once(act):
    """Return a `check` that acts before the lock, when it is asked first, and notes the row that it is asked about."""

    def check(row):
        check.rows.append(row)
        if len(check.rows) == 1:
            act()

    check.rows = []
    return check


def await_input(question, cast, act):
    """Move a question, while somebody acts between what is read for it and the lock; return the rows checked."""
    check = once(act)
    change_status(question, "await_input", by=cast.triage, check=check, **GIVEN["await_input"])
    return check.rows


def shown(question):
    return Document.objects.get(kind="question", object_id=question.pk, to_public=True, body__isnull=False).body


def test_a_question_that_was_edited_meanwhile_is_read_again(cast, moved):
    question = moved("open")
    await_input(question, cast, lambda: edit_question(question, by=cast.triage, title="Edited meanwhile?"))
    assert (refreshed(question).title, refreshed(question).status) == ("Edited meanwhile?", "awaiting_input")


def test_a_check_is_asked_about_the_question_as_it_is_under_the_lock(cast, moved):
    question = moved("open")
    rows = await_input(question, cast, lambda: edit_question(question, by=cast.triage, title="Edited meanwhile?"))
    assert [row.title for row in rows] == [question.title, "Edited meanwhile?"]


def test_a_topic_that_was_renamed_meanwhile_shows_by_its_new_name(cast, moved):
    question, topic = moved("open"), Topic.objects.get(name="MDR role")

    def rename():
        topic.name = "Renamed meanwhile"
        keep(topic, by=cast.triage)

    await_input(question, cast, rename)
    assert '"topic":"Renamed meanwhile"' in shown(question)


def test_a_meeting_that_was_linked_meanwhile_shows(cast, moved):
    question, meeting = moved("open"), Meeting.objects.get(number=15)
    await_input(question, cast, lambda: link_meeting(question, meeting, "discussed", by=cast.triage))
    assert '"kind":"discussed"' in shown(question)


def test_what_another_question_did_meanwhile_has_nothing_read_again(cast, moved):
    question, other = moved("open"), moved("open")
    assert reads_of_links(question, cast, lambda: edit_question(other, by=cast.triage, title="Another?")) == 1
    edited = moved("open")
    assert (
        reads_of_links(edited, cast, lambda: edit_question(edited, by=cast.triage, title="This one?")) == 3
    )  # the edit reads them too


def test_after_too_many_entries_everything_is_read_again(cast, moved, monkeypatch):
    monkeypatch.setattr(ahead, "FEW_ENTRIES", 0)
    other = moved("open")
    assert reads_of_links(moved("open"), cast, lambda: edit_question(other, by=cast.triage, title="Another?")) == 2


def reads_of_links(question, cast, act):
    """Return how often a move, during which somebody acts, asks for the question's links to meetings."""
    with CaptureQueriesContext(connection) as told:
        await_input(question, cast, act)
    asked = f"FROM register_meetinglink WHERE question_id IN ({question.pk})"
    return sum(asked in query["sql"] for query in told)
