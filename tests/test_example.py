"""The example of a busy month: made through the services, with the clock moved, and as it says of itself."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from register.clock import today
from register.management.example.moved_clock import Diary, clock_at
from register.management.example.texts import make_title
from register.models import Question, Review
from register.models.ledger import LedgerEntry
from register.vocabulary import Position, Status


@pytest.fixture
def example(db, settings):
    settings.DEBUG = True
    call_command("load_example", stdout=StringIO())


def test_every_status_is_in_it(example):
    assert set(Question.objects.values_list("status", flat=True)) == set(Status)
    assert Question.objects.count() == 60


def test_no_two_questions_are_called_the_same_and_each_says_what_it_is():
    assert len({make_title(number) for number in range(60)}) == 60


def test_each_text_says_that_it_is_an_example(example):
    assert not Question.objects.exclude(text__contains="(An example").exists()


def test_it_happened_in_the_past_and_its_record_is_whole(example):
    assert Question.history.latest().history_date < timezone.now() - timedelta(hours=12)
    call_command("verify_ledger", stdout=StringIO())


def test_a_member_has_seven_answers_to_review(example):
    silent = Review.objects.filter(position=Position.NO_RESPONSE, answer__status="in_review")
    assert silent.filter(reviewer__username="member.one").count() == 7


def test_answers_are_ready_to_agree_and_some_are_late(example):
    assert Question.objects.ready_to_agree(today()).count() >= 2
    assert Question.objects.overdue(today()).count() >= 5


def test_loaded_again_it_changes_nothing(example):
    before = LedgerEntry.objects.count()
    call_command("load_example", stdout=StringIO())
    assert LedgerEntry.objects.count() == before


def test_it_stands_beside_the_demo(example):
    call_command("load_demo", stdout=StringIO())
    assert Question.objects.filter(origins__isnull=False).distinct().count() == 5


def test_in_production_it_is_refused(db, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=1"):
        call_command("load_example")


def test_the_diary_works_on_weekdays_in_the_order_of_the_days():
    diary, done = Diary(), []
    for ago in (1, 9, 5):
        diary.note(ago, lambda ago=ago: done.append((ago, timezone.now())))
    diary.play()
    assert [ago for ago, _ in done] == [9, 5, 1]
    assert all(moment.weekday() < 5 for _, moment in done)


def test_the_moved_clock_is_back_afterwards():
    moment = timezone.now() - timedelta(days=3)
    with clock_at(moment):
        assert timezone.now() == moment
    assert timezone.now() > moment + timedelta(days=2)
