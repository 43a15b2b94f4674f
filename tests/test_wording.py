"""The database words a snapshot as Python does, and no changed snapshot as what it was."""

import re

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from register.ledger import verify, wording
from register.ledger.chain import canonical, history_models
from register.models import LedgerEntry, Organisation, Topic
from register.models.trips import executed
from register.services.questions import edit_question
from register.services.reference import keep
from tests.conftest import lift_triggers
from tests.test_ledger import problems, sql

SIGNS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
HISTORY = Organisation.history.model
FOR_SQLITE = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL words days and moments alone.")
FOR_POSTGRESQL = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps to no types.")


def differing(history):
    """Return the keys of a history model's rows that the database and Python word differently."""
    said = executed(f"SELECT h.history_id, {wording.worded('h', history)} FROM {history._meta.db_table} h", ())
    texts = {key: wording.escaped(text) for key, text in said.fetchall()}
    return [row.pk for row in history.objects.all() if texts[row.pk] != canonical(row)]


@FOR_SQLITE
@pytest.mark.django_db
@given(text=st.text(SIGNS, max_size=60))
def test_any_text_is_worded_alike(text):
    body = Organisation.objects.first()
    HISTORY(id=body.pk, name="Body", full_name=text, history_date="2026-11-25T00:00:00Z", history_type="+").save()
    assert differing(HISTORY) == []


@FOR_SQLITE
def test_every_kind_of_row_is_worded_alike(moved, cast):
    for status in ("awaiting_input", "closed", "deferred", "withdrawn", "merged"):
        moved(status)
    assert [name for name, history in history_models().items() if differing(history)] == []


@FOR_SQLITE
def test_a_snapshot_that_the_database_words_otherwise_passes_where_pythons_words_do(raised, monkeypatch):
    raised()
    monkeypatch.setattr(verify, "worded", lambda alias, history: "'otherwise'")
    verify._snapshots_statement.cache_clear()
    assert problems() == []
    verify._snapshots_statement.cache_clear()


ONE_IN_ANOTHER = """due_on = '2027-01-31","history_change_reason":"Why', history_change_reason = NULL"""
FORGED = {
    "one column in another": ONE_IN_ANOTHER,
    "a truth value of five": "recorded_anew = 5",
    "bytes that are no text": "title = CAST(x'ff' AS BLOB)",
    "a day of bytes that are no text": "due_on = CAST(x'ff' AS BLOB)",
    "a text of bytes that are none": "title = CAST(x'ff' AS TEXT)",
    "a number as bytes": "status_since_day = CAST(status_since_day AS BLOB)",
    "a text as bytes": "title = CAST(title AS BLOB)",
    "a day as bytes": "due_on = CAST(due_on AS BLOB)",
}


@FOR_SQLITE
@pytest.mark.parametrize("changes", FORGED.values(), ids=FORGED)
def test_a_snapshot_that_would_read_the_same_if_it_were_not_quoted_is_named(changes, raised):
    raised(due_on="2027-01-31", reason="Why")
    entry = LedgerEntry.objects.filter(model="question").last()
    lift_triggers()
    sql(f"UPDATE register_historicalquestion SET {changes} WHERE history_id = %s", entry.history_id)
    assert entry.position in [position for position, _ in problems()]


@FOR_POSTGRESQL
def test_a_truth_value_that_was_made_a_text_with_another_column_in_it_is_named(cast, raised):
    question, topic = raised(), Topic.objects.get(name="MDR role")
    topic.name = "Renamed"
    keep(topic, by=cast.triage)  # which records the question anew
    edit_question(question, by=cast.triage, priority="high")
    row = question.history.get(recorded_anew=True)
    recorded_at = re.search('"recorded_at":"[^"]*"', canonical(row).decode())[0]
    lift_triggers()
    sql("ALTER TABLE register_historicalquestion ALTER recorded_anew TYPE text")
    sql(
        "UPDATE register_historicalquestion SET recorded_at = NULL, recorded_anew = %s WHERE history_id = %s",
        f"true,{recorded_at}",
        row.history_id,
    )
    entry = LedgerEntry.objects.get(model="question", history_id=row.history_id)
    assert entry.position in [position for position, _ in problems()]
