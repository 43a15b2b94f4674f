"""Each kind is declared once, and everything about it follows from the declaration."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from register.documents.building import load_rows, read_row
from register.documents.kinds import KINDS, get_documented_kinds
from register.documents.kinds.fields import Classified, Tally, cut
from register.documents.sources import Live, Past
from register.ledger.audited_models import get_audited_models
from register.models import Action, Audited, Change, Group, LedgerHead, Meeting, Question
from register.services.actions import Update, update_action
from register.services.amending import amend_answer
from register.services.answers import propose_answer, record_review
from register.services.links import link_action, link_change, link_meeting
from register.services.meetings import GivenOutcome, add_item, record_outcomes, schedule_question
from register.services.reference import keep
from register.services.suspects.grounds import name_ground
from register.services.suspects.marks import mark_suspect
from register.vocabulary import SuspectCause
from tests.conftest import in_a_month
from tests.test_ledger import make_report

DOCUMENTED = sorted(get_documented_kinds())
ABOUT_A_QUESTION = sorted(
    name for name, model in get_audited_models().items() if model.get_question_id is not Audited.get_question_id
)


@pytest.fixture
def busy(cast, moved):
    """A register in which each relation that a document follows leads somewhere."""
    question = moved("in_review")
    record_review(question.answers.get(), "disagree", by=cast.member, comment="Too vague.")
    action = keep(
        Action(group=Group.objects.get(), reference="15/10", text="Do.", owner_group=Group.objects.get()),
        by=cast.triage,
    )
    link_action(action, question, by=cast.triage)
    link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage)
    to_come = keep(Meeting(group=Group.objects.get(), number=99, held_on=in_a_month()), by=cast.triage)
    later = keep(Meeting(group=Group.objects.get(), number=100, held_on=in_a_month()), by=cast.triage)
    schedule_question(question, to_come, by=cast.triage)
    add_item(to_come, action=action, by=cast.triage)
    record_outcomes(to_come, [GivenOutcome(question, "deferred", to=later)], by=cast.triage)
    answer = propose_answer(moved("open"), "An answer.", by=cast.triage)
    name_ground(answer, question.answers.get(), by=cast.triage)
    name_ground(answer, moved("open"), by=cast.triage)
    report = make_report(Meeting.objects.get(number=15), by=cast.triage)
    for item in (question, action, answer):
        mark_suspect(item, SuspectCause.REMOVED, by=cast.triage, report=report, paragraph="6.1", was="Who?")
    amend_answer(moved("open"), "As amended.", Meeting.objects.get(number=15), by=cast.triage)
    change = keep(Change(code="sec", reference="MP162", title="Half-hourly reads"), by=cast.triage)
    link_change(change, moved("agreed").agreed_answer, by=cast.triage)
    heir = keep(Action(group=Group.objects.get(), reference="16/01", text="Do it."), by=cast.triage)
    update_action(
        action, Update("superseded", Meeting.objects.get(number=15), "2.1", superseded_by=heir), by=cast.triage
    )
    return question


@pytest.mark.parametrize("name", ABOUT_A_QUESTION)
def test_whatever_is_about_a_question_has_words_in_its_timeline(name, busy):
    row = get_audited_models()[name].history.model.objects.first()
    if row is not None:
        assert KINDS[name].describe(row, is_new=True)
    assert type(KINDS[name]).describe is not type(KINDS["topic"]).describe


@pytest.mark.parametrize("name", DOCUMENTED)
def test_all_that_a_document_shows_is_loaded_before_it_is_made(name, busy):
    kind = KINDS[name]
    for source in (Live(), Past(LedgerHead.objects.get().position)):
        rows = load_rows(kind, kind.model._base_manager.values_list("pk", flat=True), source)
        with CaptureQueriesContext(connection) as queries:
            [read_row(kind, row) for row in rows.values()]
        assert (len(rows) > 0, queries.captured_queries) == (True, [])


@pytest.mark.parametrize("name", DOCUMENTED)
def test_as_of_now_the_past_reads_like_the_present(name, busy):
    kind, keys = KINDS[name], list(KINDS[name].model._base_manager.values_list("pk", flat=True))
    now, then = (load_rows(kind, keys, source) for source in (Live(), Past(LedgerHead.objects.get().position)))
    assert {key: read_row(kind, row) for key, row in now.items()} == {
        key: read_row(kind, row) for key, row in then.items()
    }


def test_the_past_is_not_read_from_what_is_there_now(cast, busy):
    then, name = LedgerHead.objects.get().position, busy.topic.name
    busy.topic.name = "Renamed since"
    keep(busy.topic, by=cast.triage)
    (row,) = load_rows(KINDS["question"], [busy.pk], Past(then)).values()
    assert read_row(KINDS["question"], row)["restricted"].document["topic"] == name


def test_rows_of_the_past_are_never_saved_over_the_present(cast, busy):
    (row,) = load_rows(KINDS["question"], [busy.pk], Past(LedgerHead.objects.get().position)).values()
    assert isinstance(row, Question)
    assert row._state.adding


PARTS = [Classified("open to all", ("public",)), Classified("for triage", ("restricted", "public"))]


@pytest.mark.parametrize(
    ("value", "to_members", "to_triage"),
    [
        (PARTS, ["open to all"], ["open to all", "for triage"]),
        ({"parts": PARTS}, {"parts": ["open to all"]}, {"parts": ["open to all", "for triage"]}),
        (PARTS[1], None, "for triage"),
        (Tally([*PARTS, PARTS[0]]), {"open to all": 2}, {"for triage": 1, "open to all": 2}),
        (Classified([PARTS[1], 3], ("members",)), [3], ["for triage", 3]),
        ("plain", "plain", "plain"),
    ],
)
def test_what_a_reader_is_not_cleared_for_is_cut_out(value, to_members, to_triage):
    assert cut(value, ("public", "members")) == to_members
    assert cut(value, ("public", "members", "restricted")) == to_triage
