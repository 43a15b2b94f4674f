"""The whole status × transition matrix, as each role, against a table written out here from the design."""

from datetime import timedelta

import pytest
from django.db import transaction

from register.clock import today
from register.models import Meeting, Organisation, Question, Topic
from register.refusals import NotPermitted, NotVisible, Refused
from register.services.amending import amend_answer
from register.services.answers import propose_answer
from register.services.questions import change_status, edit_question, raise_question
from register.vocabulary import Status
from register.workflow import TRANSITIONS, holder
from tests.conftest import GIVEN, PATHS, everything_about, refreshed

TRIAGE = {"triage", "lead", "superuser"}
APPROVER = {"approver", "lead", "superuser"}
OWNERS = TRIAGE | {"owner"}
EVERYBODY = ("triage", "approver", "lead", "owner", "member", "raiser", "feed", "owning_feed", "nobody", "superuser")

# transition: (target, {source: who may})
DESIGN = {
    "open": ("open", {"raised": TRIAGE}),
    "await_input": ("awaiting_input", {"open": OWNERS}),
    "receive_input": ("open", {"awaiting_input": OWNERS}),
    "start_review": ("in_review", {"open": TRIAGE}),
    "send_back": ("open", {"in_review": TRIAGE}),
    "agree": ("agreed", {"in_review": APPROVER}),
    "agree_as_amended": ("agreed", dict.fromkeys(("open", "awaiting_input", "in_review"), APPROVER)),
    "close": ("closed", {"agreed": TRIAGE}),
    "defer": ("deferred", dict.fromkeys(("raised", "open", "awaiting_input"), TRIAGE)),
    "resume": ("open", {"deferred": TRIAGE}),
    "withdraw": (
        "withdrawn",
        {"raised": TRIAGE | {"raiser"}, **dict.fromkeys(("open", "awaiting_input", "deferred"), TRIAGE)},
    ),
    "merge": ("merged", dict.fromkeys(("raised", "open", "awaiting_input", "deferred"), TRIAGE)),
    "reopen": ("open", {"withdrawn": TRIAGE, "merged": TRIAGE, "agreed": APPROVER, "closed": APPROVER}),
    "undo": (None, {status: set() for status in Status if status != "agreed"}),
}


def attempt(question, name, user, given):
    """Return the new status, or the refusal, and undo a move that was made."""
    try:
        with transaction.atomic():
            status = change_status(question, name, by=user, **given).status
            transaction.set_rollback(True)
            return status
    except (NotPermitted, NotVisible, Refused) as refusal:
        return refusal


@pytest.mark.parametrize("name", [name for name in DESIGN if name != "undo"])  # tests/test_undo.py
@pytest.mark.parametrize("status", PATHS)
def test_each_role_makes_the_moves_of_the_table_and_no_others(status, name, cast, moved, raised):
    question = moved(status, asked_by_a_member(cast))
    given = dict(GIVEN[name])
    if name == "merge":
        given["merged_into"] = raised()
    if name == "start_review" and status == "open":
        propose_answer(question, "An answer.", by=cast.triage)
    if name == "agree_as_amended" and status in DESIGN[name][1]:
        amend_answer(question, "As amended.", Meeting.objects.get(number=15), by=cast.triage)
    target, sources = DESIGN[name]
    before = everything_about(question)
    for role in EVERYBODY:
        outcome = attempt(question, name, getattr(cast, role), given)
        if role in sources.get(status, ()):
            assert outcome == target, (role, outcome)
        else:
            assert isinstance(outcome, NotPermitted | NotVisible | Refused), role
            assert everything_about(question) == before, role


def asked_by_a_member(cast):
    question = raise_question(by=cast.raiser, title="May a member ask?", text="May a member ask this?")
    return edit_question(
        question,
        by=cast.triage,
        owner=Organisation.objects.get(name="ENA"),
        topic=Topic.objects.get(name="MDR role"),
        priority="low",
    )


def test_the_table_has_the_designs_transitions_and_no_others():
    assert {name: (t.target, set(t.sources)) for name, t in TRANSITIONS.items()} == {
        name: (target, set(sources)) for name, (target, sources) in DESIGN.items()
    }


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("raised", "Triage"),
        ("open", "ENA"),
        ("awaiting_input", "DCC"),
        ("in_review", "Members"),
        ("agreed", "Triage"),
        ("closed", None),
        ("deferred", "ENA"),
        ("withdrawn", None),
        ("merged", None),
    ],
)
def test_the_holder_follows_the_status(status, expected, moved):
    assert moved(status).holder == expected


def test_a_deferred_question_without_owner_is_held_by_triage():
    assert holder(Status.DEFERRED, owner=None, waiting_on=None) == "Triage"


@pytest.mark.parametrize("name", [name for name in GIVEN if any(i.required for i in TRANSITIONS[name].inputs)])
@pytest.mark.parametrize("blank", [None, "", "  \n\t"])
def test_each_required_input_is_asked_for_when_missing_or_blank(name, blank, cast, moved, raised):
    question = moved(next(iter(TRANSITIONS[name].sources)))
    if name == "start_review":
        propose_answer(question, "An answer.", by=cast.triage)
    required = [item for item in TRANSITIONS[name].inputs if item.required]
    before = everything_about(question)
    with pytest.raises(Refused) as refusal:
        change_status(question, name, by=cast.lead, **{item.name: blank for item in required})
    assert refusal.value.reasons == [item.ask for item in required]
    assert everything_about(question) == before


def test_all_refusals_come_together(cast, raised):
    question = raised(owner=None, topic=None, priority="")
    with pytest.raises(Refused) as refusal:
        change_status(question, "open", by=cast.triage)
    assert refusal.value.reasons == [
        "Give it an owner first.",
        "Give it a topic first.",
        "Give it a priority first.",
    ]


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("await_input", {"waiting_on": "Nobody Ltd"}, "There is no organisation called “Nobody Ltd”."),
        ("merge", {"merged_into": "DSQ-999"}, "There is no question called “DSQ-999”."),
        ("defer", {"revisit_on": "soon"}, "Give revisit_on as a date such as 2026-11-30, not “soon”."),
        ("defer", {"revisit_on": "2021-03-16"}, "Choose a revisit date no earlier than"),
        ("withdraw", {"outcome": "bored"}, "Choose outcome from out_of_scope, overtaken, transferred"),
        ("withdraw", {"waiting_on": "DCC"}, "Leave out waiting_on: “Withdraw” does not take it."),
        ("merge", {"reason": 7}, "Give reason as text."),
    ],
)
def test_an_input_that_cannot_be_understood_is_named(name, given, sentence, cast, moved):
    question = moved("open")
    before = everything_about(question)
    with pytest.raises(Refused) as refusal:
        change_status(question, name, by=cast.triage, **{"reason": "Because.", **given})
    assert any(reason.startswith(sentence) for reason in refusal.value.reasons)
    assert everything_about(question) == before


def test_an_unknown_transition_is_refused(cast, moved):
    with pytest.raises(Refused, match="“teleport” is none of them"):
        change_status(moved("open"), "teleport", by=cast.triage)


@pytest.mark.parametrize("days", [0, -1])
def test_a_review_needs_a_date_to_come(days, cast, moved):
    question = moved("open")
    propose_answer(question, "An answer.", by=cast.triage)
    with pytest.raises(Refused, match="Choose a review date after"):
        change_status(question, "start_review", by=cast.triage, review_by=today() + timedelta(days=days))


@pytest.mark.parametrize("which", ["question", "answer"])
def test_what_is_restricted_cannot_go_to_members(which, cast, raised):
    question = raised(classification="restricted" if which == "question" else "public")
    change_status(question, "open", by=cast.triage)
    propose_answer(question, "Secret.", by=cast.triage, classification="restricted")
    with pytest.raises(Refused, match="members could not review"):
        change_status(question, "start_review", by=cast.triage, **GIVEN["start_review"])


def test_an_approver_cannot_agree_their_own_answer(cast, moved):
    question = moved("open")
    propose_answer(question, "Mine.", by=cast.lead)
    change_status(question, "start_review", by=cast.triage, **GIVEN["start_review"])
    with pytest.raises(Refused, match="you wrote words of this answer"):
        change_status(question, "agree", by=cast.lead, meeting="CCDG16")


def test_agreeing_needs_a_meeting_or_a_reason(cast, moved):
    question = moved("in_review")
    with pytest.raises(Refused, match="Name the deciding meeting, or give a reason"):
        change_status(question, "agree", by=cast.lead)
    assert change_status(question, "agree", by=cast.lead, reason="By email.").status == "agreed"


def test_the_deciding_meeting_has_an_outcome(cast, moved):
    question = moved("agreed")
    assert [str(outcome) for outcome in question.meeting_outcomes.all()] == ["decided at CCDG16"]


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("itself", "cannot be merged into itself"),
        ("withdrawn", "first: it is withdrawn"),
        ("stricter", "readers of one could not follow it"),
    ],
)
def test_a_merge_needs_a_fit_target(target, sentence, cast, moved, raised):
    question = moved("open")
    into = {
        "itself": lambda: question,
        "withdrawn": lambda: moved("withdrawn"),
        "stricter": lambda: raised(classification="members"),
    }[target]()
    with pytest.raises(Refused, match=sentence):
        change_status(question, "merge", by=cast.triage, merged_into=into.reference, reason="Same.")


def test_leaving_a_status_clears_what_belonged_to_it(cast, moved):
    question = change_status(moved("awaiting_input"), "receive_input", by=cast.owner, reason="Yes.")
    assert question.waiting_on is None


def test_reopening_clears_the_agreed_answer_which_history_keeps(cast, moved):
    question = change_status(moved("closed"), "reopen", by=cast.lead, reason="New facts.")
    assert (question.agreed_answer, question.disposition) == (None, "")
    assert question.answers.get().status == "superseded"
    assert question.history.filter(agreed_answer__isnull=False).exists()


def test_the_second_of_two_same_moves_is_refused(cast, moved):
    question = moved("open")
    stale = refreshed(question)
    change_status(question, "await_input", by=cast.triage, **GIVEN["await_input"])
    with pytest.raises(Refused, match="is awaiting input: “Ask for input” is for questions that are open"):
        change_status(stale, "await_input", by=cast.triage, **GIVEN["await_input"])


def test_a_hidden_question_is_not_there_to_be_moved(cast, raised):
    question = raised(classification="restricted")
    with pytest.raises(NotVisible):
        change_status(question, "withdraw", by=cast.owner, **GIVEN["withdraw"])
    assert Question.objects.get(pk=question.pk).status == "raised"


def test_a_feed_client_of_the_owning_organisation_is_not_the_owners_people(cast, moved):
    with pytest.raises(NotPermitted):
        change_status(moved("open"), "await_input", by=cast.owning_feed, **GIVEN["await_input"])
