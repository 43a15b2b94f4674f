"""Statements that share a trip find what each would have found alone, and fail as they would have."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from register.models import Tally, Topic
from register.models.many import FEW_ROWS, insert_many
from register.models.trips import found_by, one_trip
from tests.test_many import tallies

pytestmark = pytest.mark.django_db
NAMED = "SELECT name FROM register_topic WHERE name = %s"


def test_each_finds_its_own_rows_in_the_order_asked():
    names = list(Topic.objects.values_list("name", flat=True))
    assert found_by(*((NAMED, (name,)) for name in [*names, "Nobody's"])) == [*([(name,)] for name in names), []]


def test_a_statement_sees_what_an_earlier_one_of_its_trip_wrote():
    with one_trip():
        insert_many(Tally, tallies("one"))
        (found,) = found_by(("SELECT key FROM register_tally", ()))
    assert found == [("one",)]


def test_rows_that_are_copied_come_between_what_was_sent_before_and_after():
    with one_trip():
        insert_many(Tally, tallies("before"))
        insert_many(Tally, tallies(*map(str, range(FEW_ROWS + 1))))
        insert_many(Tally, tallies("after"))
    keys = list(Tally.objects.order_by("pk").values_list("key", flat=True))
    assert keys == ["before", *map(str, range(FEW_ROWS + 1)), "after"]


def in_one_trip(*acts):
    with transaction.atomic(), one_trip():
        insert_many(Tally, tallies("one"))
        for act in acts:
            act()


def empty_the_counts():
    connection.cursor().execute("UPDATE register_tally SET count = NULL")


def fail():
    raise ValueError("own")


def test_what_a_constraint_refuses_within_a_trip_is_an_integrity_error_and_leaves_the_connection_well():
    with pytest.raises(IntegrityError):
        in_one_trip(empty_the_counts)
    assert Tally.objects.count() == 0


def test_an_error_of_the_callers_own_within_a_trip_is_raised_as_it_is():
    with pytest.raises(ValueError, match="own"):
        in_one_trip(fail)
    assert Tally.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("times", range(6))  # a statement is prepared once it was asked a few times
def test_after_a_failure_outside_a_transaction_what_was_asked_beside_it_can_be_asked_again(times):
    beside = (f"SELECT count(*), {times} FROM register_topic WHERE id > %s", (0,))
    for _ in range(times):
        found_by(beside)
    with pytest.raises(DatabaseError):
        found_by(("SELECT nothing FROM nowhere", ()), beside)
    assert found_by(beside) == found_by(beside) == [[(5, times)]]
