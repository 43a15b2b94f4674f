"""The hot reads walk the index made for them, on both engines: no sort, no scan of a whole table."""

import pytest
from django.db import connection
from django.db.models import OuterRef, Subquery

from register.models import Document, LedgerEntry, Question


def plan_of(rows):
    """Return how the database would fetch these rows; PostgreSQL is told not to scan a table for being small."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    return rows.explain()


def kept(user):
    return Document.objects.visible_to(user)


READS = {
    "a page of changes": ("document_feed_to_public", lambda user: kept(user).after(5)[:100]),
    "the head": (
        "document_feed_to_public",
        lambda user: kept(user).filter(in_feed=True).order_by("-position").values("position")[:1],
    ),
    "one document": ("document_", lambda user: kept(user).filter(kind="question", object_id=3)),
    "a page of documents": (
        "document_",
        lambda user: Question.objects.annotate(
            body=Subquery(kept(user).filter(kind="question", object_id=OuterRef("pk")).values("body")[:1])
        ).order_by("id")[:25],
    ),
    "a question's timeline": ("ledger_by_question", lambda user: LedgerEntry.objects.filter(question_id=3)),
    "the register of then": (
        "ledger_by_model",
        lambda user: LedgerEntry.objects.filter(model="question", position__lte=9).order_by("-position")[:1],
    ),
    "a history": ("id", lambda user: Question.history.model.objects.filter(id=3).order_by("-history_id")[:1]),
}


@pytest.mark.parametrize("read", READS)
def test_a_hot_read_uses_its_index(read, cast, raised):
    raised()
    index, rows = READS[read]
    plan = plan_of(rows(cast.feed))
    assert index in plan, plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
