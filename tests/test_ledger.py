"""The chain, the triggers that keep it, verification, and redaction."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from register.clock import LONDON
from register.ledger import triggers
from register.ledger.audited_models import get_history_models
from register.ledger.bulk import record_many
from register.ledger.digests import GENESIS, canonical_json, entry_digest
from register.ledger.status_history import get_status_history
from register.ledger.unit_of_work import record, unit_of_work
from register.ledger.verification import verify
from register.models import (
    Action,
    AgendaItem,
    Change,
    DismissedItem,
    Group,
    HeadlineReport,
    LedgerEntry,
    LedgerHead,
    Meeting,
    MeetingLink,
    Organisation,
    Origin,
    Question,
    Redaction,
    SearchText,
)
from register.refusals import NotPermitted, Refused
from register.services.actions import Update, update_action
from register.services.links import link_action, link_change
from register.services.packs import keep_pack, make_file
from register.services.questions import change_status, edit_question
from register.services.redaction import redact
from register.services.reference import keep
from register.services.suspects.grounds import name_ground
from register.services.suspects.marks import mark_suspect
from register.vocabulary import Priority, SuspectCause
from tests.conftest import PASSWORD, lift_triggers
from tests.test_documents import everything_is_kept

TABLES = sorted([history._meta.db_table for history in get_history_models().values()] + ["register_ledgerentry"])


def sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def problems():
    return [(problem.position, problem.what) for problem in verify().problems]


@pytest.fixture
def last(moved):
    """The last entry: that of a question just opened."""
    moved("open")
    return LedgerEntry.objects.last()


@pytest.fixture
def lifted(db):
    """As a database owner might: without the triggers."""
    lift_triggers()


# The chain


@given(
    st.fixed_dictionaries(
        {
            "id": st.integers(),
            "title": st.text(),
            "priority": st.sampled_from(Priority),
            "due_on": st.none() | st.dates(),
            "recorded_at": st.datetimes(timezones=st.sampled_from([UTC, LONDON])),
            "recorded_anew": st.none() | st.booleans(),
        }
    )
)
def test_a_snapshot_is_sorted_json_without_its_empty_columns(columns):
    row = Question.history.model(**columns)
    held = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} | {"model": "question"}
    said = {name: value for name, value in held.items() if value is not None}
    assert canonical_json(row) == json.dumps(said, sort_keys=True, separators=(",", ":"), default=iso).encode()


def iso(moment):
    return (moment.astimezone(UTC) if isinstance(moment, datetime) else moment).isoformat()


def test_every_history_row_has_one_entry(cast, moved):
    moved("closed")
    rows = sum(history.objects.count() for history in get_history_models().values())
    assert LedgerEntry.objects.count() == rows == LedgerHead.objects.get().position


def test_positions_have_no_gaps_and_follow_the_chain(last):
    previous = GENESIS
    for number, entry in enumerate(LedgerEntry.objects.order_by("position"), 1):
        assert entry.position == number
        assert entry.digest == entry_digest(previous, number, entry.snapshot_digest)
        previous = entry.digest


def test_a_rolled_back_write_leaves_no_gap(cast, raised):
    before = LedgerHead.objects.get().position
    with transaction.atomic():
        raised()
        transaction.set_rollback(True)
    raised()
    assert LedgerHead.objects.get().position == before + 1


def test_a_part_that_is_undone_leaves_no_gap(cast, raised):
    question = raised()
    with unit_of_work():
        edit_question(question, by=cast.triage, title="Before?")
        with suppress(ZeroDivisionError), unit_of_work():
            edit_question(question, by=cast.triage, title="Undone?")
            raise ZeroDivisionError
        edit_question(question, by=cast.triage, title="After?")
    assert [row.title for row in question.history.all()][:2] == ["After?", "Before?"]
    assert verify().ok


def half_undone(question, by):
    with unit_of_work():
        with suppress(ZeroDivisionError), transaction.atomic():
            edit_question(question, by=by, title="Undone?")
            raise ZeroDivisionError
        edit_question(question, by=by, title="After?")


def test_a_part_that_is_undone_unseen_undoes_the_whole_write(cast, raised):
    question, before = raised(), LedgerHead.objects.get()
    with pytest.raises(IntegrityError, match="Undo this write"):
        half_undone(question, cast.triage)
    assert LedgerHead.objects.get() == before
    assert verify().ok


def test_signing_in_records_nothing(client, cast):
    before = LedgerHead.objects.get().position
    signed_in = client.post("/admin/login/", {"username": "triage", "password": PASSWORD})
    assert signed_in.status_code == 302
    assert LedgerHead.objects.get().position == before


def test_a_users_history_holds_no_password_and_no_last_login(cast):
    columns = {field.name for field in cast.triage.history.model._meta.fields}
    assert not columns & {"password", "last_login"}


# The triggers


def make_report(meeting, by):
    """Return a recorded report of a meeting, without bytes."""
    given = {"file_name": "report.md", "digest": "0" * 64, "content": b"", "classification": "public"}
    return record(HeadlineReport(meeting=meeting, imported_at=timezone.now(), **given), by=by)


@pytest.fixture
def full(cast, moved):
    """A row in every audited table, one of them redacted."""
    question = moved("closed")
    action = keep(Action(group=Group.objects.get(), reference="15/10", text="Share it."), by=cast.triage)
    link_action(action, question, by=cast.triage)
    record(AgendaItem(meeting=Meeting.objects.first(), question=question, place=1), by=cast.triage)
    record(MeetingLink(meeting=Meeting.objects.first(), question=question, kind="listed"), by=cast.triage)
    update_action(action, Update("noted", note="It waits."), by=cast.triage)
    report = make_report(Meeting.objects.first(), by=cast.triage)
    name_ground(question.agreed_answer, moved("open"), by=cast.triage)
    mark_suspect(question, SuspectCause.REMOVED, by=cast.triage, report=report)
    change = keep(Change(code="sec", reference="MP162", title="Half-hourly reads"), by=cast.triage)
    link_change(change, question.agreed_answer, by=cast.triage)
    record(Origin(report=report, kind="asked", paragraph="6.1", published="Who?", question=question), by=cast.triage)
    record(DismissedItem(report=report, dismissed_as="skipped", item="action 15/11"), by=cast.triage)
    content, facts = make_file(report.meeting, by=cast.triage, form="docx", classification="members")
    keep_pack(report.meeting, content, facts, by=cast.triage, form="docx")
    redact(1, by=cast.approver, reason="To have one")


@pytest.mark.parametrize("table", TABLES)
def test_raw_update_is_refused(table, full):
    column = "history_date" if "historical" in table else "at"
    with pytest.raises(DatabaseError, match="keeps the past"), transaction.atomic():
        sql(f"UPDATE {table} SET {column} = {column}")


@pytest.mark.parametrize("table", TABLES)
def test_raw_delete_is_refused(table, full):
    with pytest.raises(DatabaseError, match="keeps the past"), transaction.atomic():
        sql(f"DELETE FROM {table}")


def test_the_head_does_not_go_back(last):
    with pytest.raises(DatabaseError, match="keeps the past"), transaction.atomic():
        sql("UPDATE register_ledgerhead SET position = position - 1")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="INSERT OR REPLACE is SQLite's")
@pytest.mark.parametrize("pragma", ["ON", "OFF"])
def test_insert_or_replace_is_refused(pragma, last):
    sql(f"PRAGMA recursive_triggers={pragma}")
    for table in ("register_ledgerentry", "register_historicalquestion"):
        with pytest.raises(DatabaseError, match="keeps the past"), transaction.atomic():
            sql(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    sql("PRAGMA recursive_triggers=ON")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="TRUNCATE is PostgreSQL's")
@pytest.mark.parametrize("table", TABLES)
def test_truncate_is_refused(table, last):
    with pytest.raises(DatabaseError, match="keeps the past"), transaction.atomic():
        sql(f"TRUNCATE {table} CASCADE")


def test_a_missing_trigger_is_named_by_check_and_health(client, db):
    assert client.get("/healthz").status_code == 200
    table = "register_historicalquestion"
    sql(f"DROP TRIGGER {table}_no_update" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["problems"]) == (503, [f"Trigger {table}_no_update is missing."])
    assert triggers.find_missing_triggers() == [f"{table}_no_update"]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite cannot disable a trigger")
def test_a_disabled_trigger_counts_as_missing(db):
    sql("ALTER TABLE register_historicalquestion DISABLE TRIGGER register_historicalquestion_no_update")
    assert triggers.find_missing_triggers() == ["register_historicalquestion_no_update"]


# Verification


def test_an_untouched_register_verifies(last):
    verdict = verify()
    assert (verdict.ok, verdict.position, verdict.digest) == (True, last.position, last.digest)


@pytest.mark.parametrize("micro", [0, 1, 500_000, 999_999])
@pytest.mark.parametrize("zone", [UTC, LONDON])
def test_any_moment_and_day_verifies(micro, zone, raised, cast):
    question = raised()
    question.status_since = datetime(2026, 7, 1, 0, 30, 0, micro, tzinfo=zone)
    question.due_on = date(999, 12, 31)
    with unit_of_work():
        record(question, by=cast.triage)
    assert verify().ok


def test_a_changed_history_row_is_named(last, lifted):
    sql("UPDATE register_historicalquestion SET title = 'Rewritten' WHERE history_id = %s", last.history_id)
    assert problems()[0] == (
        last.position,
        f"its question history row {last.history_id} was changed after it was recorded",
    )


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps dates as text")
@pytest.mark.parametrize("column", ["due_on = 'infinity'", "recorded_at = recorded_at - interval '4040 years'"])
def test_a_date_that_nobody_can_have_given_is_named(column, raised, lifted):
    raised()
    question = LedgerEntry.objects.filter(model="question").last()
    sql(f"UPDATE register_historicalquestion SET {column} WHERE history_id = %s", question.history_id)
    assert question.position in [position for position, _ in problems()]


def test_a_changed_actor_is_named(last, lifted):
    sql("UPDATE register_historicalquestion SET actor = 'Somebody else' WHERE history_id = %s", last.history_id)
    assert problems()[0][0] == last.position


def test_a_deleted_history_row_is_named(last, lifted):
    sql("DELETE FROM register_historicalquestion WHERE history_id = %s", last.history_id)
    assert (last.position, f"its question history row {last.history_id} is gone") in problems()


def test_a_history_row_without_entry_is_named(last, lifted):
    sql("UPDATE register_ledgerentry SET history_id = 99999 WHERE position = %s", last.position)
    assert (None, f"question history row {last.history_id} has no ledger entry") in problems()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps to types.")
def test_a_salt_that_is_no_text_is_named(last, lifted):
    sql("UPDATE register_ledgerentry SET salt = CAST(salt AS BLOB) WHERE position = %s", last.position)
    assert last.position in [position for position, _ in problems()]


def test_a_deleted_entry_is_named(last, lifted):
    sql("DELETE FROM register_ledgerentry WHERE position = %s", last.position - 1)
    assert (last.position - 1, "the entry is missing") in problems()


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_where_the_entries_are_parted_changes_nothing_that_is_found(size, last, lifted, monkeypatch):
    sql("DELETE FROM register_ledgerentry WHERE position = %s", last.position - 6)
    sql("UPDATE register_ledgerentry SET digest = %s WHERE position = %s", "f" * 64, last.position - 3)
    sql("DELETE FROM register_historicalquestion WHERE history_id = %s", last.history_id)
    found = problems()
    monkeypatch.setattr("register.ledger.verification.BATCH", size)
    assert problems() == found
    assert {last.position - 6, last.position - 5, last.position - 3, last.position} <= {at for at, _ in found}


def test_a_rewritten_chain_no_longer_matches_the_head(last, lifted):
    sql("UPDATE register_ledgerentry SET digest = %s WHERE position = %s", "f" * 64, last.position)
    assert problems()[0][0] == last.position


def test_a_head_far_beyond_the_entries_is_named_at_once(last, lifted):
    sql("UPDATE register_ledgerhead SET position = %s", 10**15)
    assert (10**15, "the head names a position that has no entry") in problems()


@pytest.fixture
def set_back(last, lifted):
    """The head at entry 10, with every later history row forged."""
    tenth = LedgerEntry.objects.get(position=10)
    sql("UPDATE register_ledgerhead SET position = 10, digest = %s", tenth.digest)
    for entry in LedgerEntry.objects.filter(position__gt=10):
        table = get_history_models()[entry.model]._meta.db_table
        sql(f"UPDATE {table} SET actor = 'Forged' WHERE history_id = %s", entry.history_id)


def test_entries_beyond_a_head_that_was_set_back_are_named_and_verified(set_back, last):
    found = problems()
    assert (11, f"there are entries up to {last.position}, but the head is at 10") in found
    assert {position for position, _ in found} == set(range(11, last.position + 1))


def test_a_head_noted_beyond_the_one_that_was_set_back_is_named(set_back, last):
    found = verify(expect=(last.position, last.digest)).problems
    assert (last.position, "it was noted as a head, but the ledger ends at 10") in [(p.position, p.what) for p in found]


def test_a_head_that_is_gone_is_named(last, lifted):
    sql("DELETE FROM register_ledgerhead")
    assert problems() == [(1, f"there are entries up to {last.position}, but the head is at 0")]


def test_a_cut_tail_is_named(last, lifted):
    sql("DELETE FROM register_ledgerentry WHERE position = %s", last.position)
    assert (last.position, "the head names a position that has no entry") in problems()


def test_a_live_row_changed_behind_the_registers_back_is_named(last):
    sql("UPDATE register_question SET title = 'Rewritten'")
    assert problems() == [
        (last.position, f"question {Question.objects.get().pk} was changed behind the register's back (title)")
    ]


def test_a_live_row_without_history_is_named(db):
    sql("INSERT INTO register_organisation (name, name_key, full_name) VALUES ('Ghost', 'ghost', '')")
    ghost = Organisation.objects.get(name="Ghost")
    assert problems() == [(None, f"organisation {ghost.pk} stands in the register without any history")]


def test_a_deleted_live_row_is_named(last):
    pk = Question.objects.get().pk
    SearchText.objects.all().delete()
    sql("DELETE FROM register_question")
    assert problems() == [(last.position, f"question {pk} was deleted")]


def test_an_empty_ledger_beside_a_register_is_a_break(last, lifted):
    sql("DELETE FROM register_ledgerentry")
    sql("UPDATE register_ledgerhead SET position = 0, digest = %s", GENESIS)
    assert (None, "the ledger is empty beside a register that is not") in problems()


def test_a_head_noted_earlier_shows_a_ledger_rewritten_whole(last):
    assert verify(expect=(last.position, last.digest)).ok
    assert verify(expect=(last.position, "0" * 64)).problems[0].position == last.position
    assert verify(expect=(last.position + 1, last.digest)).problems[0].position == last.position + 1


# Redaction


@pytest.fixture
def spilled(cast, moved):
    question = change_status(
        moved("open"), "await_input", by=cast.triage, waiting_on="DCC", reason="Ring 07700 900123 and ask."
    )
    return question, LedgerEntry.objects.last().position


def test_a_redaction_empties_the_text_keeps_the_digest_and_verifies(cast, spilled):
    question, position = spilled
    digest = LedgerEntry.objects.get(position=position).digest
    redact(position, by=cast.approver, reason="A telephone number")
    row = question.history.first()
    assert (row.history_change_reason, row.title, row.status) == (None, None, "awaiting_input")
    entry = LedgerEntry.objects.get(position=position)
    assert (entry.salt, entry.digest) == (None, digest)
    verdict = verify()
    assert (verdict.problems, verdict.redacted) == ([], [position])


def test_a_redaction_is_itself_an_entry_that_says_who_and_why(cast, spilled):
    redact(spilled[1], by=cast.approver, reason="A telephone number")
    row = Redaction.history.get()
    assert (row.position, row.reason, row.actor) == (spilled[1], "A telephone number", "approver")
    assert LedgerEntry.objects.last().model == "redaction"


def test_the_status_history_says_that_it_was_redacted(cast, spilled):
    redact(spilled[1], by=cast.approver, reason="A telephone number")
    last = get_status_history(spilled[0], seen_by=cast.member)[-1]
    assert (last.redacted, last.reason, last.target) == (True, "", "awaiting_input")


def test_a_redaction_says_where_the_same_text_still_stands(cast, spilled):
    question, position = spilled
    edit_question(question, by=cast.triage, title="Another title")
    assert position not in redact(position, by=cast.approver, reason="A name")["title"]


@pytest.mark.parametrize("role", ["triage", "member", "feed"])
def test_only_an_approver_redacts(role, cast, spilled):
    with pytest.raises(NotPermitted):
        redact(spilled[1], by=getattr(cast, role), reason="A telephone number")


@pytest.mark.parametrize(("position", "reason"), [(99999, "Why"), (0, "Why"), (1, "  ")])
def test_a_redaction_needs_an_entry_and_a_reason(position, reason, cast):
    with pytest.raises(Refused):
        redact(position, by=cast.approver, reason=reason)


def test_nothing_is_redacted_twice(cast, spilled):
    redact(spilled[1], by=cast.approver, reason="A telephone number")
    with pytest.raises(Refused, match="redacted already"):
        redact(spilled[1], by=cast.approver, reason="Again")


def test_a_redaction_opens_no_way_to_rewrite_what_remains(cast, spilled):
    question, position = spilled
    redact(position, by=cast.approver, reason="A telephone number")
    history_id = question.history.first().history_id
    with pytest.raises(DatabaseError, match="keeps the past"), transaction.atomic():
        sql("UPDATE register_historicalquestion SET status = 'closed' WHERE history_id = %s", history_id)
    lift_triggers()
    sql("UPDATE register_historicalquestion SET status = 'closed' WHERE history_id = %s", history_id)
    assert problems()[0][0] == position


def test_a_forged_redaction_does_not_hide_an_emptied_row(cast, spilled):
    position = spilled[1]
    sql(
        "INSERT INTO register_redaction (position, reason, redacted_by_id, remains) VALUES (%s, 'forged', %s, '')",
        position,
        cast.approver.pk,
    )
    sql("UPDATE register_ledgerentry SET salt = NULL WHERE position = %s", position)
    assert (position, "it was emptied without a redaction that says who and why") in problems()


def test_a_row_that_is_not_there_cannot_be_changed_in_bulk(cast, raised):
    rows = [raised(), Question(pk=99_999, reference="DSQ-99999")]
    with pytest.raises(IntegrityError, match="no question 99999"), unit_of_work():
        record_many(rows, by=cast.lead)
    assert verify().ok


def test_rows_changed_in_bulk_are_recorded_as_changes(cast, raised):
    rows = [raised(), raised()]
    for row in rows:
        row.title = "Anew?"
    with unit_of_work():
        assert record_many(rows, by=cast.lead, reason="From a list") == 2
    history = Question.history.order_by("history_id").values_list("history_type", "title", "actor")
    assert list(history)[2:] == [("~", "Anew?", cast.lead.display_name)] * 2
    assert verify().ok
    assert everything_is_kept()
