"""The one way to write: whatever opens it, documents follow, positions have no gaps, and listeners hear after it."""

import json
from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, transaction

from register.ledger import unit_of_work as module
from register.ledger.unit_of_work import record, register_listener, unit_of_work, unregister_listener
from register.ledger.verification import verify
from register.models import Document, LedgerEntry, LedgerHead, Organisation
from register.refusals import Refused
from register.services.questions import change_status, edit_question
from tests.conftest import refreshed
from tests.test_documents import everything_is_kept


@pytest.fixture
def heard():
    calls = []

    def listen(first, last):
        calls.append((first, last, connection.in_atomic_block))

    register_listener(listen)
    yield calls
    unregister_listener(listen)


@pytest.mark.django_db(transaction=True)
def test_listeners_hear_of_every_entry_after_the_commit(heard, cast, raised):
    head = LedgerHead.objects.get().position
    with unit_of_work():
        raised()
        raised()
        assert heard == []
    assert heard == [(head + 1, head + 2, False)]


@pytest.mark.django_db(transaction=True)
def test_listeners_hear_nothing_of_what_was_undone(heard, cast, raised):
    question = raised()
    heard.clear()
    with suppress(ZeroDivisionError), unit_of_work():
        edit_question(question, by=cast.triage, title="Undone?")
        raise ZeroDivisionError
    with pytest.raises(Refused):
        change_status(question, "await_input", by=cast.triage)
    assert heard == []


def test_a_row_that_is_saved_without_a_unit_of_work_gets_one(cast, raised):
    question = raised()
    question.title = "Saved by hand?"
    question.save()
    row = Document.objects.get(kind="question", object_id=question.pk, clearance="restricted")
    assert json.loads(row.body)["title"] == "Saved by hand?"
    assert everything_is_kept()
    assert verify().ok


def test_a_record_without_a_unit_of_work_brings_what_shows_it_up_to_date(cast, raised):
    question = raised()
    owner = refreshed(question).owner
    owner.name = "Energy Networks"
    record(owner, by=cast.triage)
    row = Document.objects.get(kind="question", object_id=question.pk, clearance="public")
    assert json.loads(row.body)["owner"] == "Energy Networks"


def raise_one_and_be_refused(raised):
    with unit_of_work():
        raised()
        record(Organisation(name="DCC"), by=None)


def test_a_constraint_that_refuses_a_row_undoes_the_whole(cast, raised):
    head = LedgerHead.objects.get()
    with pytest.raises(Refused):
        raise_one_and_be_refused(raised)
    assert LedgerHead.objects.get() == head


def test_the_head_cannot_be_moved_past_its_entries(db):
    head = LedgerHead.objects.get()
    head.position += 1
    with pytest.raises(Exception, match="register_ledgerhead keeps the past"), transaction.atomic():
        head.save()


@pytest.mark.django_db
def test_there_is_one_context_variable():
    with unit_of_work() as unit:
        assert module._current.get() is unit
    assert module._current.get() is None


def test_an_undone_part_takes_its_entries_with_it(cast, raised):
    question = raised()
    with unit_of_work():
        with suppress(IntegrityError), unit_of_work():
            edit_question(question, by=cast.triage, title="Undone?")
            raise IntegrityError
        edit_question(question, by=cast.triage, title="Kept?")
    last = LedgerEntry.objects.order_by("-position").first()
    assert (last.position, last.question_id) == (LedgerHead.objects.get().position, question.pk)
    assert everything_is_kept()
