"""What happened to a question besides its moves."""

from datetime import timedelta

from django.utils import timezone

from register.ledger.status_history import get_status_history
from register.ledger.timeline import compare_words, get_timeline
from register.ledger.unit_of_work import record
from register.management.example.moved_clock import clock_at
from register.models import LedgerEntry, Meeting
from register.services.answers import edit_answer, propose_answer, record_review
from register.services.links import link_meeting
from register.services.questions import change_status, edit_question, reclassify_question
from register.services.redaction import redact
from tests.conftest import GIVEN
from tests.test_admin import page_of


def told(question, user):
    return [(happening.kind, happening.is_new) for happening in get_timeline(question, seen_by=user)]


def test_edits_answers_reviews_and_links_are_told_latest_first(cast, moved):
    question = moved("open")
    link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage)
    edit_question(question, by=cast.triage, title="Another title?")
    answer = propose_answer(question, "An answer.", by=cast.triage)
    edit_answer(answer, "A better answer.", by=cast.triage)
    assert told(question, cast.triage) == [
        ("answer", False),
        ("answer", True),
        ("question", False),
        ("meetinglink", True),
        ("question", True),
    ]


def test_a_move_is_not_told_twice(cast, moved):
    assert told(moved("awaiting_input"), cast.triage) == [("question", True)]


def test_a_positions_change_is_told(cast, moved):
    question = moved("in_review")
    record_review(question.answers.get(), "agree", by=cast.member)
    latest = get_timeline(question, seen_by=cast.member)[0]
    assert [(field.name, old, new) for field, old, new in latest.changes] == [("position", "no_response", "agree")]


def test_nothing_hidden_is_told(cast, moved):
    question = moved("open")
    propose_answer(question, "Secret.", by=cast.triage, classification="restricted")
    assert ("answer", True) not in told(question, cast.member)
    edit_question(question, by=cast.triage, title="Said while public")
    reclassify_question(question, "restricted", by=cast.triage)
    edit_question(question, by=cast.triage, title="Said while restricted")
    reclassify_question(question, "public", by=cast.lead, reason="It is out.")
    changes = [new for happening in get_timeline(question, seen_by=cast.member) for _, _, new in happening.changes]
    assert "Said while public" in changes
    assert "Said while restricted" not in changes


def test_old_words_from_a_hidden_time_are_not_told(cast, moved):
    question = edit_question(moved("open", classification="restricted"), by=cast.triage, title="Said while restricted")
    question.classification, question.title = "public", "Said while public"  # both at once, as no service does
    record(question, by=cast.lead)
    told_to_a_member = get_timeline(question, seen_by=cast.member)
    assert not [old for happening in told_to_a_member for _, old, _ in happening.changes if "restricted" in str(old)]


def test_a_redacted_change_is_told_as_redacted(cast, moved):
    question = edit_question(moved("open"), by=cast.triage, title="Ring 07700 900123")
    redact(LedgerEntry.objects.last().position, by=cast.approver, reason="A number")
    edit_question(question, by=cast.triage, title="Ring nobody")
    assert [h.redacted for h in get_timeline(question, seen_by=cast.triage)] == [False, True, False]


def test_words_that_changed_are_told_apart():
    assert compare_words("one two three", "one four three") == [
        ("kept", "one "),
        ("removed", "two"),
        ("added", "four"),
        ("kept", " three"),
    ]


def test_the_page_shows_the_timeline_with_its_words(cast, client_of, moved):
    question = edit_question(moved("open"), by=cast.triage, text="Who may fetch all the data, and how often?")
    page = client_of("member").get(page_of(question)).content.decode()
    assert "Who may fetch<ins> all</ins> the data" in page


def test_the_status_history_says_how_long_each_status_lasted(cast, moved):
    question = change_status(moved("open"), "await_input", by=cast.triage, **GIVEN["await_input"])
    assert [change.days for change in get_status_history(question, seen_by=cast.triage)] == [0, 0, 0]


def test_the_end_of_a_round_stands_in_the_story(cast, client_of, moved):
    question = moved("in_review")
    record_review(question.answers.get(), "disagree", by=cast.member, comment="No.")
    address = f"/admin/register/question/{question.pk}/change/"
    assert "The review ended" not in client_of("triage").get(address).content.decode()
    with clock_at(timezone.now() + timedelta(days=40)):
        record_review(question.answers.get(), "agree", by=cast.owner)  # too late to count
        page = client_of("triage").get(address).content.decode()
        assert "The review ended: 1 of 3 answered, 1 disagrees" in page
        change_status(question, "send_back", by=cast.triage, reason="It is too vague.")
    with clock_at(timezone.now() + timedelta(days=41)):
        assert "The review ended: 1 of 3 answered" in client_of("triage").get(address).content.decode()


def test_a_round_that_was_ended_by_a_move_before_its_day_has_no_such_end(client_of, moved):
    question = moved("agreed")
    with clock_at(timezone.now() + timedelta(days=40)):
        page = client_of("triage").get(f"/admin/register/question/{question.pk}/change/").content.decode()
    assert "The review ended" not in page
