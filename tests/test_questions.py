"""Raising, editing and reclassifying questions."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from register.clock import today
from register.ledger.status_history import get_status_history
from register.ledger.versions import get_version
from register.models import Organisation, Question, SearchText
from register.refusals import Invalid, NotPermitted, NotVisible, Refused, Stale
from register.services.answers import propose_answer
from register.services.questions import (
    change_status,
    edit_question,
    put_back_review,
    raise_question,
    reclassify_question,
)
from tests.conftest import everything_about, in_a_month, refreshed


def test_references_follow_each_other(raised):
    first, second = raised().reference, raised().reference
    assert int(second.removeprefix("DSQ-")) == int(first.removeprefix("DSQ-")) + 1


def test_a_reference_is_not_reused_even_when_its_row_is_lost(raised):
    lost = raised()
    SearchText.objects.filter(question=lost).delete()
    Question._base_manager.filter(pk=lost.pk)._raw_delete("default")
    assert raised().reference > lost.reference


def test_the_reference_grows_past_three_digits(cast, raised):
    question = raised()
    question.reference = "DSQ-999"
    question.save()
    assert raised().reference == "DSQ-1000"


def test_a_question_is_for_members_unless_said_otherwise(cast):
    assert raise_question(by=cast.member, title="A title", text="A text").classification == "members"


@pytest.mark.parametrize("role", ["feed", "nobody", "approver"])
def test_only_triage_and_members_raise(role, cast):
    with pytest.raises(NotPermitted, match="Only Triage or Member may raise a question"):
        raise_question(by=getattr(cast, role), title="A title", text="A text")


def test_a_member_leaves_triage_to_triage(cast):
    with pytest.raises(NotPermitted, match="Leave owner, priority to Triage"):
        raise_question(
            by=cast.member, title="A title", text="A text", owner=Organisation.objects.first(), priority="high"
        )


@pytest.mark.parametrize("field", ["title", "text"])
def test_a_question_says_something(field, cast):
    with pytest.raises(Invalid) as refusal:
        raise_question(by=cast.triage, **{"title": "A title", "text": "A text", field: "   "})
    assert list(refusal.value.fields) == [field]


def test_a_status_cannot_be_given(cast):
    with pytest.raises(Refused, match="Leave out status"):
        raise_question(by=cast.triage, title="A title", text="A text", status="closed")


def test_an_edit_is_recorded_with_its_reason(cast, raised):
    question = edit_question(raised(), by=cast.triage, title="A better title", reason="Clearer")
    row = question.history.first()
    assert (row.title, row.history_change_reason, row.actor, row.actor_organisation) == (
        "A better title",
        "Clearer",
        "triage",
        "Elexon",
    )


def test_an_edit_that_changes_nothing_records_nothing(cast, raised):
    question = raised()
    edit_question(question, by=cast.triage, title=question.title)
    assert question.history.count() == 1


def test_the_actor_and_reason_are_not_credited_with_the_next_save(cast, raised):
    question = edit_question(raised(), by=cast.triage, title="A better title", reason="Clearer")
    question.save()
    row = question.history.first()
    assert (row.actor, row.history_change_reason) == ("system", None)


def test_history_keeps_the_organisation_as_it_was_then(cast, raised):
    question = raised(by=cast.triage)
    cast.triage.organisation = Organisation.objects.get(name="RECCo")
    cast.triage.save()
    assert question.history.first().actor_organisation == "Elexon"


def test_a_stale_edit_is_refused_and_says_who_changed_what(cast, raised):
    question = raised()
    seen = get_version(question)
    edit_question(question, by=cast.lead, seen=seen, title="First come")
    before = everything_about(question)
    with pytest.raises(Stale) as refusal:
        edit_question(question, by=cast.triage, seen=seen, text="Second come")
    assert "lead (Ofgem) changed title at " in refusal.value.changes[0]
    assert everything_about(question) == before


def test_an_open_question_keeps_its_owner(cast, moved):
    with pytest.raises(Invalid, match="Keep an owner, a topic and a priority"):
        edit_question(moved("open"), by=cast.triage, owner=None)


def test_members_do_not_edit(cast, raised):
    with pytest.raises(NotPermitted):
        edit_question(raised(), by=cast.owner, title="Mine")


def test_the_age_counts_from_the_day_it_was_first_asked(raised):
    question = raised(raised_on=date(2021, 3, 16))
    assert question.age(today()) > 1400


def test_correcting_that_day_corrects_the_age(cast, raised):
    question = edit_question(raised(), by=cast.triage, raised_on=today() - timedelta(days=14))
    assert 8 <= question.age(today()) <= 10


def test_a_question_is_not_first_asked_tomorrow(raised):
    with pytest.raises(Refused, match="not to come"):
        raised(raised_on=today() + timedelta(days=1))


@pytest.mark.parametrize(
    ("status", "impossible"),
    [
        ("raised", {"status": "lost"}),
        ("open", {"owner": None}),
        ("open", {"waiting_on_id": 1}),
        ("awaiting_input", {"waiting_on": None}),
        ("in_review", {"review_by": None}),
        ("agreed", {"agreed_answer": None}),
        ("closed", {"disposition": ""}),
        ("deferred", {"revisit_on": None}),
        ("withdrawn", {"outcome": ""}),
        ("merged", {"merged_into": None}),
        ("open", {"priority": "urgent"}),
        ("open", {"classification": "secret"}),
    ],
)
def test_the_database_refuses_what_cannot_be(status, impossible, moved):
    question = refreshed(moved(status))
    for column, value in impossible.items():
        setattr(question, column, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        question.save()


def test_the_database_refuses_a_question_merged_into_itself(moved):
    question = moved("merged")
    question.merged_into = question
    with pytest.raises(IntegrityError), transaction.atomic():
        question.save()


def test_triage_makes_a_question_stricter_and_its_answers_follow(cast, moved):
    question = moved("open")
    answer = propose_answer(question, "An answer.", by=cast.triage)
    reclassify_question(question, "restricted", by=cast.triage)
    assert refreshed(answer).classification == "restricted"


def test_only_an_approver_makes_a_question_looser(cast, raised):
    question = raised(classification="restricted")
    with pytest.raises(NotPermitted, match="looser"):
        reclassify_question(question, "public", by=cast.triage, reason="It is out.")
    assert reclassify_question(question, "public", by=cast.approver, reason="It is out.").classification == "public"


def test_making_a_question_looser_needs_a_reason(cast, raised):
    with pytest.raises(Refused, match="Give a reason"):
        reclassify_question(raised(classification="members"), "public", by=cast.lead, reason="  ")


def test_a_question_in_review_cannot_become_restricted(cast, moved):
    with pytest.raises(Refused, match="Send the answer back first"):
        reclassify_question(moved("in_review"), "restricted", by=cast.triage)


def test_a_review_is_put_back_with_a_reason(cast, moved):
    question = moved("in_review")
    later = in_a_month() + timedelta(days=7)
    assert put_back_review(question, later, by=cast.triage, reason="Holidays").review_by == later


@pytest.mark.parametrize(("days", "reason"), [(-1, "Sooner"), (0, "The same"), (7, " ")])
def test_a_review_is_not_put_back_to_no_later_or_without_reason(days, reason, cast, moved):
    question = moved("in_review")
    with pytest.raises(Refused):
        put_back_review(question, in_a_month() + timedelta(days=days), by=cast.triage, reason=reason)


@pytest.mark.parametrize(
    ("classification", "seen_by"),
    [
        ("public", {"triage", "approver", "lead", "owner", "member", "raiser", "feed", "owning_feed", "superuser"}),
        ("members", {"triage", "approver", "lead", "owner", "member", "raiser", "owning_feed", "superuser"}),
        ("restricted", {"triage", "approver", "lead", "superuser"}),
    ],
)
def test_each_role_sees_what_its_clearance_allows(classification, seen_by, cast, raised):
    question = raised(classification=classification)
    seeing = {name for name, user in vars(cast).items() if question in Question.objects.visible_to(user)}
    assert seeing == seen_by


def test_an_inactive_user_sees_and_does_nothing(cast, raised):
    question = raised()
    cast.triage.is_active = False
    with pytest.raises(NotVisible):
        change_status(question, "open", by=cast.triage)


def test_the_status_history_says_who_when_from_to_and_why(cast, moved):
    first, *_, last = get_status_history(moved("awaiting_input"), seen_by=cast.feed)
    assert (first.source, first.target) == (None, "raised")
    assert (last.source, last.target, last.by, last.organisation, last.reason) == (
        "open",
        "awaiting_input",
        "lead",
        "Ofgem",
        "What does the DCC say?",
    )


def test_a_past_version_shows_under_the_stricter_classification(cast, moved):
    question = moved("open", classification="restricted")
    reclassify_question(question, "public", by=cast.lead, reason="It is out.")
    first = get_status_history(question, seen_by=cast.feed)[0]
    assert (first.target, first.by, first.reason) == ("open", "", "What came before is not shown to you.")
    assert len(get_status_history(question, seen_by=cast.triage)) == 2


def test_nothing_audited_is_deleted(raised):
    question = raised()
    with pytest.raises(Refused, match="nothing in the register is deleted"):
        question.delete()


@pytest.mark.parametrize("call", ["delete", "update", "bulk_create", "bulk_update"])
def test_calls_that_leave_no_history_are_refused(call, db):
    with pytest.raises(Refused, match="leaves no history"):
        getattr(Question.objects.all(), call)()


def test_a_move_keeps_what_the_clock_had_counted(cast, moved):
    question = moved("open", raised_on=today() - timedelta(days=14))
    counted, before = question.age(today()), question.status_since
    question = change_status(question, "await_input", by=cast.triage, waiting_on="DCC", reason="Ask.")
    assert question.working_days_before == counted > 0
    assert question.status_since > before
    assert question.age(today() + timedelta(days=30)) == counted


@pytest.mark.parametrize("status", ["in_review", "agreed", "closed"])
def test_words_that_were_answered_change_for_a_reason_alone(status, cast, moved):
    question = moved(status)
    with pytest.raises(Refused, match="Give a reason"):
        edit_question(question, by=cast.triage, text="Something else?")
    assert (
        edit_question(question, by=cast.triage, text="Something else?", reason="A misprint.").text == "Something else?"
    )
