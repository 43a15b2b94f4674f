"""What `verify_ledger` compares beside the chain: each thing is tampered with once in the database, and is named."""

import pytest
from django.contrib.auth.models import Group as RoleGroup
from django.db import connection
from simple_history.signals import pre_create_historical_record

from register.documents.release import complete_release
from register.documents.verification import find_wrong_documents
from register.ledger.roles import note_roles
from register.ledger.verification import verify
from register.models import Document, HeadlineReport, LedgerEntry, Meeting, SearchText, Tally, User
from register.services.links import link_meeting
from register.services.questions import edit_question, reclassify_question
from register.services.reference import keep, keep_roles, keep_user
from tests.conftest import lift_triggers
from tests.test_reports import MINUTES, bring_in


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def ledger_problems():
    return [(problem.position, problem.what) for problem in verify().problems]


def document_problems():
    return [(problem.position, problem.what) for problem in find_wrong_documents()]


@pytest.fixture
def hidden(cast, raised):
    """A question that members saw, and that is Restricted by now."""
    question = raised(classification="members", title="Hush?")
    return reclassify_question(question, "restricted", by=cast.triage)


# Files


@pytest.fixture
def report(cast):
    bring_in(MINUTES, cast.triage)
    return HeadlineReport.objects.get()


def test_a_report_as_it_was_imported_verifies(report):
    assert ledger_problems() == document_problems() == []


@pytest.mark.parametrize("content", [b"", b"Other minutes"])
def test_a_reports_file_with_other_bytes_is_named(content, report):
    sql("UPDATE register_headlinereport SET content = %s", content)
    what = f"the file of headlinereport {report.pk} is not the one that its digest was taken of"
    assert ledger_problems() == [(None, what)]


# Entries


@pytest.mark.parametrize("model", ["question", "answer", "review", "meetinglink", "topic"])
def test_an_entry_of_another_question_is_named(model, cast, moved):
    link_meeting(moved("in_review"), Meeting.objects.get(number=15), "listed", by=cast.triage)
    assert ledger_problems() == []
    position = LedgerEntry.objects.filter(model=model).last().position
    lift_triggers()
    sql("UPDATE register_ledgerentry SET question_id = 9999 WHERE position = %s", position)
    assert ledger_problems() == [(position, "the question that it names is not that of its history row")]


def test_an_entry_that_names_no_question_any_more_is_named(moved):
    moved("open")
    last = LedgerEntry.objects.last()
    lift_triggers()
    sql("UPDATE register_ledgerentry SET question_id = NULL WHERE position = %s", last.position)
    assert ledger_problems() == [(last.position, "the question that it names is not that of its history row")]


# The feed


def test_a_deleted_tombstone_is_named(hidden):
    sql("DELETE FROM register_document WHERE body IS NULL")
    what = f"the feed of members has no tombstone of question {hidden.pk}, which it showed as {hidden.reference}"
    assert document_problems() == [(None, what)]


def test_a_deleted_tombstone_of_a_former_name_is_named(cast):
    meeting = Meeting.objects.get(number=16)
    meeting.number = 17
    keep(meeting, by=cast.triage)
    assert document_problems() == []
    sql("DELETE FROM register_document WHERE body IS NULL AND clearance = 'public'")
    what = f"the feed of public has no tombstone of meeting {meeting.pk}, which it showed as CCDG16 2021-04-20"
    assert document_problems() == [(None, what)]


def test_what_was_never_shown_needs_no_tombstone(raised):
    raised(classification="restricted")
    assert document_problems() == []


@pytest.mark.parametrize("which", ["body IS NULL", "body IS NOT NULL"])
def test_a_position_that_is_of_something_else_is_named(which, hidden):
    row = Document.objects.filter(kind="question", object_id=hidden.pk, body__isnull="NOT" not in which).first()
    sql("UPDATE register_document SET position = %s WHERE id = %s", 2, row.pk)
    assert document_problems() == [(2, f"the feed shows question {hidden.pk} there, which the entry is not of")]


# Roles


def recorded_roles(user):
    return list(user.history.order_by("history_id").values_list("roles", flat=True))


def test_the_roles_of_a_login_are_recorded_with_each_change(cast):
    keep_roles(cast.member, RoleGroup.objects.filter(name__in=["Triage", "Approver"]), by=cast.superuser)
    cast.member.first_name = "May"
    keep_user(cast.member, by=cast.superuser)
    assert recorded_roles(cast.member) == ["", "Member", "Approver, Triage", "Approver, Triage"]
    assert LedgerEntry.objects.last().model == "user"
    assert ledger_problems() == []


def test_the_admin_records_roles(cast, client_of):
    data = {"username": "member", "organisation": cast.member.organisation_id, "is_active": "on", "is_staff": "on"}
    triage, client = RoleGroup.objects.get(name="Triage"), client_of("superuser")
    address = f"/admin/register/user/{cast.member.pk}/change/"
    form = client.get(address).context["adminform"].form
    held = [group.pk for group in cast.member.groups.all()]
    data |= {"seen": form["seen"].value(), "groups": [triage.pk], "initial-groups": held}
    answer = client.post(address, data)
    assert answer.status_code == 302
    assert (recorded_roles(cast.member)[-1], ledger_problems()) == ("Triage", [])


CHANGED_BEHIND = {
    "given": (
        "INSERT INTO register_user_groups (user_id, group_id) SELECT {user}, id FROM auth_group WHERE name = 'Triage'"
    ),
    "taken": "DELETE FROM register_user_groups WHERE user_id = {user}",
}


@pytest.mark.parametrize(("how", "roles"), [("given", "Member, Triage"), ("taken", "none")])
def test_a_role_changed_in_the_database_is_named(how, roles, cast):
    position = (
        LedgerEntry.objects.filter(model="user", history_id=cast.member.history.first().history_id).get().position
    )
    sql(CHANGED_BEHIND[how].format(user=cast.member.pk))
    what = f"the roles of user {cast.member.pk} were changed behind the register's back: Member to {roles}"
    assert ledger_problems() == [(position, what)]


@pytest.mark.parametrize(("column", "value"), [("is_superuser", True), ("is_active", False)])
def test_a_flag_of_a_login_changed_in_the_database_is_named(column, value, cast):
    sql(f"UPDATE register_user SET {column} = %s WHERE id = %s", value, cast.member.pk)
    ((_, what),) = ledger_problems()
    assert what == f"user {cast.member.pk} was changed behind the register's back ({column})"


def test_a_release_records_roles_that_were_never_recorded_once(cast):
    pre_create_historical_record.disconnect(sender=User.history.model, dispatch_uid="roles")
    keep_user(cast.member, by=None)
    pre_create_historical_record.connect(note_roles, sender=User.history.model, dispatch_uid="roles")
    assert f"the roles of user {cast.member.pk} were never recorded: run migrate" in ledger_problems()[0]
    complete_release()
    complete_release()
    assert recorded_roles(cast.member)[-2:] == [None, "Member"]
    assert ledger_problems() == []


# Counts and search


def test_a_wrong_count_is_named(raised):
    question = raised()
    Tally.objects.filter(by="topic", key=question.topic.name).update(count=7)
    assert document_problems() == [
        (None, f"the count of public questions raised by topic {question.topic.name} is 7, and there are 1")
    ]


def test_words_that_are_not_those_of_a_question_are_named(cast, raised):
    question = edit_question(raised(), by=cast.triage, title="Who else may?")
    assert document_problems() == []
    SearchText.objects.filter(pk=question.pk).update(words=" other words ")
    said = f"the words by which question {question.pk} is found are not those of the register"
    assert document_problems() == [(None, said)]


def test_words_that_are_missing_are_named(raised):
    question = raised()
    SearchText.objects.all().delete()
    said = f"the words by which question {question.pk} is found are not those of the register"
    assert document_problems() == [(None, said)]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL computes its index from the words.")
@pytest.mark.parametrize(
    "tamper",
    [
        "INSERT INTO register_search_words(register_search_words) VALUES ('delete-all')",
        "INSERT INTO register_search_words(rowid, words) VALUES (9999, ' other words ')",
    ],
)
def test_a_search_index_of_other_words_is_named(tamper, raised):
    assert raised()
    sql(tamper)
    assert document_problems() == [(None, "the search index does not hold the words that are kept")]
