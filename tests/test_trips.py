"""Statements that share a trip find what each would have found alone, and fail as they would have."""

import pytest
from django.db import IntegrityError, connection, transaction

from register.models import Tally, Topic
from register.models.many import FEW, insert_many
from register.models.trips import found_by, is_sharing, one_trip
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


def test_more_rows_than_are_copied_elsewhere_can_be_inserted_within_a_trip():
    with one_trip():
        insert_many(Tally, tallies(*map(str, range(FEW + 1))))
    assert Tally.objects.count() == FEW + 1


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
    assert (Tally.objects.count(), is_sharing()) == (0, False)


def test_an_error_of_the_callers_own_within_a_trip_is_raised_as_it_is():
    with pytest.raises(ValueError, match="own"):
        in_one_trip(fail)
    assert Tally.objects.count() == 0
