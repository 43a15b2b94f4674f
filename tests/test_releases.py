"""A release may change what documents say, and what its migrations were is never changed afterwards."""

import hashlib
import json
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from rest_framework import serializers

from register.documents import embedding, sources
from register.documents.kinds import KINDS
from register.documents.updating import rebuild_documents
from register.ledger.verification import verify
from register.models import Document, LedgerHead, Topic
from register.models.columns import find_missing_columns
from register.services.questions import edit_question
from register.services.reference import keep
from tests.test_documents import everything_is_kept

MIGRATIONS = Path(__file__).resolve().parent.parent / "register" / "migrations"
DIGESTS = Path(__file__).resolve().parent / "migration_digests.json"


def release(monkeypatch, name, **fields):
    """Let documents of a kind have more fields from now on, as the next release might."""
    kind = KINDS[name]
    shape = type(kind.serializer_class)(kind.serializer_class.__name__, (kind.serializer_class,), fields)
    monkeypatch.setattr(kind, "serializer", shape())
    monkeypatch.delattr(kind, "relations", raising=False)
    forget_shapes()


def forget_shapes():
    for cached in (
        embedding.get_embeddings,
        embedding.get_embedded_fields,
        embedding._shows_as_little,
        sources._get_live_items,
    ):
        cached.cache_clear()


@pytest.fixture
def released(monkeypatch, db):
    yield lambda name, **fields: release(monkeypatch, name, **fields)
    monkeypatch.undo()
    for kind in KINDS.values():
        kind.__dict__.pop("relations", None)
    forget_shapes()


def get_documents(kind="question"):
    rows = Document.objects.filter(kind=kind, clearance="restricted", body__isnull=False)
    return {row.reference: (row.position, json.loads(row.body)) for row in rows}


def add_words(released):
    released("question", words=serializers.CharField(source="text"))


def test_every_document_gets_the_new_field_at_a_position_of_its_own(released, raised):
    questions, head = [raised() for _ in range(3)], LedgerHead.objects.get().position
    add_words(released)
    assert rebuild_documents() == 3
    documents = get_documents()
    assert [documents[q.reference][1]["words"] for q in questions] == [q.text for q in questions]
    assert sorted(position for position, _ in documents.values()) == [head + 1, head + 2, head + 3]
    assert everything_is_kept()
    assert verify().ok


def test_a_second_rebuild_changes_nothing(released, raised):
    raised()
    add_words(released)
    rebuild_documents()
    before = get_documents(), LedgerHead.objects.get().position
    assert rebuild_documents() == 0
    assert (get_documents(), LedgerHead.objects.get().position) == before


def test_what_is_not_in_the_feed_takes_a_new_position_too(released, cast):
    before = get_documents("topic")
    released("topic", keywords=serializers.CharField())
    rebuild_documents()
    after = get_documents("topic")
    assert {name: position > before[name][0] for name, (position, _) in after.items()} == dict.fromkeys(before, True)


def test_a_write_before_the_rebuild_brings_its_own_document_up_to_date(released, raised, cast):
    question, other = raised(), raised()
    add_words(released)
    edit_question(question, by=cast.triage, title="Edited after the release?")
    assert "words" in get_documents()[question.reference][1]
    assert "words" not in get_documents()[other.reference][1]


def test_a_feed_reader_learns_of_the_new_shape(released, raised, api):
    question, client = raised(), api("feed")
    since = client.get("/api/v1/changes/").json()["next"]
    add_words(released)
    rebuild_documents()
    (item,) = client.get(f"/api/v1/changes/?since={since}").json()["results"]
    assert (item["reference"], item["words"]) == (question.reference, question.text)


def test_migrate_rebuilds(released, raised):
    question = raised()
    add_words(released)
    call_command("migrate", verbosity=0)
    assert "words" in get_documents()[question.reference][1]


def test_the_command_says_what_it_did(released, raised, capsys):
    raised()
    add_words(released)
    call_command("rebuild_documents")
    call_command("rebuild_documents")
    assert capsys.readouterr().out.splitlines() == ["1 documents changed.", "Every document is up to date."]


def test_a_relation_that_a_release_adds_is_followed_backwards(released, raised, cast, moved):
    question = moved("open")
    released("question", words_of_topic=serializers.CharField(source="topic.keywords"))
    rebuild_documents()
    topic = Topic.objects.get(pk=question.topic_id)
    topic.keywords = "agent"
    keep(topic, by=cast.triage)
    assert get_documents()[question.reference][1]["words_of_topic"] == "agent"


# Columns and migrations


@pytest.fixture
def without_a_column(db):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE register_redaction RENAME COLUMN reason TO edited_away")


def test_a_missing_column_is_named_by_health(client, without_a_column):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["problems"]) == (503, ["Column register_redaction.reason is missing."])


def test_a_missing_column_fails_the_check(without_a_column):
    errors = [error for error in run_checks(databases=["default"]) if error.id == "register.E001"]
    assert [error.msg for error in errors] == ["Column register_redaction.reason is missing."]


def test_no_column_is_missing_of_a_migrated_register(db):
    assert find_missing_columns() == []


def test_no_committed_migration_was_edited():
    """Add a new migration's digest to the file; never change one that stands there: it has run somewhere."""
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(MIGRATIONS.glob("0*.py"))}
    assert json.loads(DIGESTS.read_text()) == digests
