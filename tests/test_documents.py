"""Documents follow every write, each change has a position of its own, and nobody's documents move for what they
cannot see."""

import json
from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection

from register.documents.building import CLEARANCES, read_items
from register.documents.kinds import get_documented_kinds
from register.documents.sources import Live
from register.documents.updating import find_stale_documents, rebuild_documents
from register.ledger.unit_of_work import unit_of_work
from register.ledger.verification import verify
from register.models import Action, Document, Group, Meeting, Organisation, Question, Topic
from register.refusals import Refused
from register.services.actions import Update, update_action
from register.services.answers import propose_answer, reclassify_answer
from register.services.links import link_action, link_meeting, strike_out
from register.services.questions import change_status, edit_question, raise_question, reclassify_question
from register.services.reference import keep
from tests.conftest import refreshed


def kept(clearance="restricted", kind="question"):
    rows = Document.objects.filter(kind=kind, clearance=clearance, body__isnull=False)
    return {row.reference: row for row in rows}


def document(question, clearance="restricted"):
    return json.loads(kept(clearance)[question.reference].body)


def everything_is_kept():
    """Compare what is kept with what is made anew, for every item and clearance."""
    for name, kind in get_documented_kinds().items():
        keys = list(kind.model._base_manager.values_list("pk", flat=True))
        readings = [reading for _, reading in read_items(kind, keys, Live())]
        for clearance in CLEARANCES:
            made = {(r[clearance].reference, r[clearance].body) for r in readings if clearance in r}
            rows = Document.objects.filter(kind=name, body__isnull=False, clearance=clearance)
            assert {(row.reference, row.body) for row in rows} == made
    for clearance in CLEARANCES:
        feed = Document.objects.filter(in_feed=True, clearance=clearance).values_list("position", flat=True)
        assert len(feed) == len(set(feed))
    return True


@pytest.fixture
def minuted(cast):
    action = Action(group=Group.objects.get(), reference="15/10", text="Share it.", classification="public")
    return keep(action, by=cast.triage)


@pytest.mark.parametrize("status", ["raised", "awaiting_input", "in_review", "closed", "merged", "withdrawn"])
def test_documents_follow_every_move(status, moved):
    question = moved(status)
    assert document(question)["status"] == status
    assert everything_is_kept()


def test_a_public_question_reads_the_same_to_all(raised):
    question = raised()
    rows = Document.objects.filter(kind="question", reference=question.reference)
    assert len({(row.body, row.position) for row in rows}) == 1


def test_what_is_hidden_from_a_reader_moves_nothing_of_theirs(cast, moved):
    question = moved("open")
    before = {column: kept(column)[question.reference].position for column in CLEARANCES}
    propose_answer(question, "Not yet for all.", by=cast.triage, classification="members")
    after = {column: kept(column)[question.reference].position for column in CLEARANCES}
    assert before["public"] == after["public"]
    assert before["members"] < after["members"] == after["restricted"]


def test_what_was_seen_and_no_longer_is_leaves_a_tombstone(cast, raised):
    question = raised()
    reclassify_question(question, "members", by=cast.triage)
    tombstone = Document.objects.get(clearance="public", reference=question.reference)
    assert (tombstone.body, tombstone.position) == (None, kept("members")[question.reference].position)
    assert everything_is_kept()


def test_what_was_never_seen_leaves_nothing(cast, raised):
    question = raised(classification="members")
    reclassify_question(question, "restricted", by=cast.triage)
    assert not Document.objects.filter(clearance="public", reference=question.reference).exists()


def test_what_is_seen_again_is_no_tombstone_any_more(cast, raised):
    question = raised()
    reclassify_question(question, "members", by=cast.triage)
    reclassify_question(question, "public", by=cast.lead, reason="Nothing in it is secret.")
    assert Document.objects.get(clearance="public", reference=question.reference).body
    assert everything_is_kept()


def rename_topic(cast, question, action):
    question.topic.name = "MDR's role"
    keep(question.topic, by=cast.triage)


def rename_owner(cast, question, action):
    owner = refreshed(question).owner
    owner.name = "Energy Networks"
    keep(owner, by=cast.triage)


def move_meeting(cast, question, action):
    meeting = Meeting.objects.get(number=15)
    meeting.held_on = date(2021, 3, 23)
    keep(meeting, by=cast.triage)


def rename_group(cast, question, action):
    group = Group.objects.get()
    group.name = "CDG"
    keep(group, by=cast.triage)


def finish_action(cast, question, action):
    update_action(action, Update("done", note="It came by email."), by=cast.triage)


def hide_action(cast, question, action):
    action.classification = "restricted"
    keep(action, by=cast.triage)


@pytest.mark.parametrize(
    "change",
    [rename_topic, rename_owner, move_meeting, rename_group, finish_action, hide_action],
    ids=lambda f: f.__name__,
)
def test_whatever_shows_in_a_document_counts_as_its_change(change, cast, raised, minuted):
    questions = [raised() for _ in range(3)]
    for question in questions:
        link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage)
        link_action(minuted, question, by=cast.triage)
    head = verify().position
    change(cast, questions[0], minuted)
    assert {row.position > head for row in kept("public").values()} == {True}
    assert everything_is_kept()
    assert verify().ok


def test_a_moved_meeting_is_known_by_its_new_reference_alone(cast, raised):
    move_meeting(cast, None, None)
    rows = Document.objects.filter(kind="meeting", object_id=Meeting.objects.get(number=15).pk)
    assert {row.reference: row.body is None for row in rows} == {"CCDG15 2021-03-16": True, "CCDG15 2021-03-23": False}


def test_a_hidden_target_is_named_no_more(cast, moved):
    question = moved("merged")
    assert document(question, "public")["merged_into"]
    reclassify_question(question.merged_into, "restricted", by=cast.triage)
    assert document(question, "public")["merged_into"] is None
    assert everything_is_kept()


def test_a_struck_link_leaves_both_documents(cast, raised, minuted):
    question = raised()
    link = link_action(minuted, question, by=cast.triage)
    strike_out(link, by=cast.triage, reason="Mistaken")
    assert document(question)["actions"] == []
    assert json.loads(kept(kind="action")["CCDG 15/10"].body)["questions"] == []


def test_a_topics_other_words_bring_nothing(cast, raised):
    question = raised()
    before = kept()[question.reference].position
    question.topic.keywords = "agent"
    keep(question.topic, by=cast.triage)
    assert kept()[question.reference].position == before


def _edit_and_be_refused(question, by):
    with unit_of_work():
        edit_question(question, by=by, due_on=date(2027, 1, 1))
        change_status(question, "await_input", by=by)


def test_a_refused_write_inside_another_leaves_positions_whole(cast, raised):
    with unit_of_work():
        first = raised()
        with pytest.raises(Refused):
            _edit_and_be_refused(first, cast.triage)
        second = raised()
        reclassify_question(first, "members", by=cast.triage)
    assert len({row.position for row in kept().values()}) == 2
    assert (refreshed(first).due_on, refreshed(second).due_on) == (None, None)
    assert everything_is_kept()


def test_an_answer_is_shown_to_whom_it_is_cleared(cast, moved):
    question = moved("open")
    answer = propose_answer(question, "Public words.", by=cast.triage, classification="public")
    reclassify_answer(answer, "restricted", by=cast.triage)
    assert document(question, "members")["answers"] == []
    assert len(document(question)["answers"]) == 1


def test_a_register_without_documents_gets_them_back(cast, moved, minuted):
    question = moved("in_review")
    link_action(minuted, question, by=cast.triage)
    before = {(row.kind, row.reference, row.body) for row in Document.objects.filter(body__isnull=False)}
    Document.objects.all().delete()
    rebuild_documents()
    assert {(row.kind, row.reference, row.body) for row in Document.objects.all()} == before
    assert everything_is_kept()


def test_many_are_shown_anew_at_once(cast):
    topic = Topic.objects.get(name="MDR role")
    for n in range(7):
        raise_question(by=cast.triage, title=f"{n}?", text=f"{n}?", topic=topic, classification="public")
    rename_topic(cast, Question.objects.first(), None)
    assert {json.loads(row.body)["topic"] for row in kept("public").values()} == {"MDR's role"}


def test_an_organisation_nobody_shows_changes_its_own_document_alone(cast, raised):
    raised()
    before = kept()
    keep(Organisation(name="St Clements"), by=cast.triage)
    assert {r: row.position for r, row in kept().items()} == {r: row.position for r, row in before.items()}
    assert "St Clements" in kept(kind="organisation")


FORGED = {
    "reworded": "UPDATE register_document SET body = replace(body, 'Who', 'FORGED') WHERE {which}",
    "shown to others": "UPDATE register_document SET clearance = 'public' WHERE {which} AND clearance = 'members'",
    "taken away": "DELETE FROM register_document WHERE {which}",
    "of nothing": (
        "INSERT INTO register_document (clearance, kind, object_id, reference, position, body, in_feed) "
        "VALUES ('public', 'question', 9999, 'DSQ-9999', 0, '{{}}', true)"
    ),
}


@pytest.mark.parametrize("statement", FORGED.values(), ids=FORGED)
def test_a_document_changed_behind_the_registers_back_is_named(statement, raised):
    question = raised(classification="members")
    assert list(find_stale_documents()) == []
    with connection.cursor() as cursor:
        cursor.execute(statement.format(which=f"kind = 'question' AND object_id = {question.pk}"))
    assert list(find_stale_documents()) == [("question", 9999 if "9999" in statement else question.pk)]


def test_the_command_compares_what_the_api_shows_unless_told(raised, capsys):
    question = raised()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM register_document WHERE kind = 'question'")
    call_command("verify_ledger", "--ledger-only")
    with pytest.raises(SystemExit):
        call_command("verify_ledger")
    assert f"the document of question {question.pk}" in capsys.readouterr().out
