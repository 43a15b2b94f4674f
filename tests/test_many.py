"""Many rows written at once are what one row at a time would have been."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from register.ledger.chain import writing
from register.models import Document, Question, Tally
from register.models.many import FEW_ROWS, insert_many, update_many

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)


def tallies(*keys):
    return [Tally(by="topic", classification="public", status="open", key=key, count=n) for n, key in enumerate(keys)]


@pytest.fixture
def questions(raised):
    """Make so many unsaved questions beside one that is there."""
    columns = held(raised()) | {"id": None, "due_on": DAY}
    return lambda count: [Question(**columns | {"reference": f"DSQ-{900 + n}"}) for n in range(count)]


def held(instance):
    return {f.attname: getattr(instance, f.attname) for f in instance._meta.concrete_fields if not f.generated}


@pytest.mark.parametrize("count", [1, FEW_ROWS + 1])
def test_rows_are_read_back_as_they_were_given(questions, count):
    given = questions(count)
    with writing():
        insert_many(Question, given)
    rows = Question.objects.filter(due_on=DAY).order_by("reference")
    assert [held(row) for row in rows] == [held(question) for question in given]


@pytest.mark.parametrize("count", [2, FEW_ROWS + 1])
def test_keys_rise_and_the_next_row_of_django_comes_after_them(count):
    before, rows = tallies("before")[0], tallies(*map(str, range(count)))
    before.save()
    with writing():
        insert_many(Tally, rows)
    after = Tally.objects.create(by="topic", classification="public", status="open", key="after")
    keys = [row.pk for row in (before, *rows, after)]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("count", [2, FEW_ROWS + 1])
def test_what_a_constraint_refuses_leaves_nothing(count):
    with pytest.raises(IntegrityError), transaction.atomic(), writing():
        insert_many(Tally, tallies(*map(str, range(count)), "0"))
    assert not Tally.objects.exists()


def test_signs_of_every_alphabet_and_the_copy_format_are_kept():
    body = 'tab\t newline\n return\r backslash \\N \\. quotation "mark" é 漢 %s %%'
    rows = [
        Document(kind="question", object_id=n, reference="DSQ-901", body=body, position=n) for n in range(FEW_ROWS + 1)
    ]
    with writing():
        insert_many(Document, rows)
    assert {row.body for row in Document.objects.filter(reference="DSQ-901")} == {body}


def test_an_update_writes_every_column_and_no_other_row(questions):
    changed, other = questions(2)
    with writing():
        insert_many(Question, [changed, other])
    changed.title, changed.due_on = "Who may ask?", None
    with writing():
        update_many(Question, [changed])
    assert held(Question.objects.get(pk=changed.pk)) == held(changed)
    assert held(Question.objects.get(pk=other.pk)) == held(other)
