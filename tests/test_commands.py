"""The commands, run as an operator runs them."""

import json
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.management.commands import runserver

from register.ledger import triggers
from register.models import Action, LedgerEntry, Meeting, MeetingOutcome, Question, Token, User
from register.services.questions import change_status
from tests.conftest import lift_triggers
from tests.test_ledger import sql


def output(*command, **options):
    out = StringIO()
    call_command(*command, stdout=out, stderr=out, **options)
    return out.getvalue()


def failure(*command):
    out = StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command(*command, stdout=out, stderr=out)
    return stop.value.code, out.getvalue()


@pytest.fixture
def demo(cast):
    settings.DEBUG = True
    call_command("load_demo", stdout=StringIO())
    yield
    settings.DEBUG = False


def test_verify_prints_the_head(raised):
    raised()
    entry = LedgerEntry.objects.last()
    assert f"head {entry.position}:{entry.digest}" in output("verify_ledger")


def test_verify_names_the_first_bad_position_and_exits_1(moved):
    moved("open")
    lift_triggers()
    entry = LedgerEntry.objects.filter(model="question").first()
    sql("UPDATE register_historicalquestion SET title = 'Rewritten'")
    code, said = failure("verify_ledger")
    assert (code, said.splitlines()[0][: len(f"broken: position {entry.position}:")]) == (
        1,
        f"broken: position {entry.position}:",
    )


def test_verify_speaks_json(raised):
    raised()
    entry = LedgerEntry.objects.last()
    verdict = json.loads(output("verify_ledger", "--json"))
    assert verdict == {
        "ok": True,
        "position": entry.position,
        "digest": entry.digest,
        "problems": [],
        "redacted": [],
    }


def test_verify_speaks_json_of_what_is_wrong_too(raised):
    raised()
    sql("UPDATE register_question SET title = 'Rewritten'")
    code, said = failure("verify_ledger", "--json")
    verdict = json.loads(said)
    assert (code, verdict["ok"], verdict["problems"][0]["position"]) == (1, False, verdict["position"])


def test_verify_compares_a_head_noted_earlier(raised):
    raised()
    entry = LedgerEntry.objects.last()
    assert "ok" in output("verify_ledger", f"--expect={entry.position}:{entry.digest}")
    assert failure("verify_ledger", f"--expect={entry.position}:{'0' * 64}")[0] == 1


@pytest.mark.parametrize("expect", ["", "5", "x:y", "5:abc"])
def test_verify_says_how_to_write_a_head(expect, db):
    with pytest.raises(CommandError, match="POSITION:DIGEST"):
        call_command("verify_ledger", f"--expect={expect}")


def test_issue_token_prints_the_token_alone(cast):
    printed = output("issue_token", "feed", "--days", "5")
    assert len(printed.split()) == 1
    assert Token.objects.get().token_key == printed[:15]


@pytest.mark.parametrize(("who", "days"), [("ghost", "90"), ("feed", "0"), ("feed", "99999")])
def test_issue_token_refuses_in_a_sentence(who, days, cast):
    with pytest.raises(CommandError, match=r"\.$"):
        call_command("issue_token", who, "--days", days)


def test_redact_empties_and_says_so(cast, raised):
    raised(text="My number is 07700 900123, who may?")
    position = LedgerEntry.objects.last().position
    said = output("redact", str(position), "--by", "approver", "--reason", "A telephone number")
    assert f"Position {position} is redacted." in said
    assert Question.history.get().text is None
    assert "1 redacted" in output("verify_ledger")


@pytest.mark.parametrize("by", ["triage", "ghost"])
def test_redact_refuses_whoever_may_not(by, raised):
    raised()
    with pytest.raises(CommandError):
        call_command("redact", "1", "--by", by, "--reason", "Why")


# The demo


def test_the_demo_is_what_the_report_left(demo):
    questions = Question.objects.order_by("id")
    assert [str(question.topic) for question in questions] == [
        "MDR role",
        "Read frequency",
        "On-demand reads",
        "Privacy assessment",
        "Identity checks",
    ]
    assert {(q.status, q.owner.name, q.priority, q.classification) for q in questions} == {
        ("open", "Ofgem", "medium", "public")
    }
    assert all(q.answers.count() == 0 for q in questions)


def test_the_demos_questions_are_linked_to_their_meetings(demo):
    listed = [str(question.meeting_links.get()) for question in Question.objects.all()]
    assert listed == ["listed at CCDG15 6.1"] * 5
    assert sorted(map(str, MeetingOutcome.objects.all())) == [f"discussed at CCDG{n}" for n in (11, 13, 14)]


def test_the_demos_actions_have_paragraph_and_owner(demo):
    minted = Action.objects.filter(meeting__number=15)
    assert {a.reference: (a.paragraph, a.owned_by) for a in minted} == {
        "15/01": ("1.3", "Elexon"),
        "15/02": ("3.5", "Elexon"),
        "15/03": ("3.6", "Elexon"),
        "15/04": ("3.15", "Elexon"),
        "15/05": ("3.17", "Ofgem"),
        "15/06": ("3.22", "Elexon"),
        "15/07": ("3.30", "Elexon"),
        "15/08": ("5.2", "Elexon"),
        "15/09": ("5.2", "CCDG members"),
        "15/10": ("6.2", "Ofgem"),
        "15/11": ("7.3", "Ofgem"),
    }
    assert Action.objects.count() == 22
    assert Action.objects.get(reference="15/10").links.count() == 5


def test_the_demo_knows_when_meetings_were_held(demo):
    held = dict(Meeting.objects.values_list("number", "held_on"))
    assert {number: str(day) for number, day in held.items()} == {
        11: "None",
        13: "None",
        14: "None",
        15: "2021-03-16",
        16: "2021-04-20",
    }


def test_loading_the_demo_again_changes_nothing(demo):
    triager = User.objects.get(username="ofgem.triage")
    question = Question.objects.first()
    change_status(question, "await_input", by=triager, waiting_on="DCC", reason="Ask.")
    before = LedgerEntry.objects.count()
    output("load_demo")
    assert (LedgerEntry.objects.count(), Question.objects.get(pk=question.pk).status) == (before, "awaiting_input")


def test_the_demo_refuses_to_load_in_production(db):
    with pytest.raises(CommandError, match="DEBUG=1"):
        call_command("load_demo")


@pytest.fixture
def served(monkeypatch):
    """Where `runserver` was told to serve, in place of serving there."""
    told = []
    monkeypatch.setattr(runserver.Command, "run", lambda self, **_: told.append(f"{self.addr}:{self.port}"))
    return told


def test_the_demo_is_run_migrated_and_loaded(db, served, monkeypatch):
    monkeypatch.setattr(settings, "DEBUG", True)
    lift_triggers()
    said = output("run_demo", "127.0.0.1:8123")
    assert "The register: http://127.0.0.1:8123/" in said
    assert "Trigger register_ledgerentry_no_delete is missing." in said
    assert (triggers.find_missing_triggers(), Question.objects.count(), served) == ([], 5, ["127.0.0.1:8123"])


def test_the_demo_is_not_run_in_production(db, served):
    lift_triggers()
    with pytest.raises(CommandError, match="DEBUG=1"):
        output("run_demo", "127.0.0.1:8123")
    assert (triggers.find_missing_triggers() != [], served) == (True, [])


def test_reference_data_loads_without_the_demo(db):
    output("load_reference")
    before = LedgerEntry.objects.count()
    output("load_reference")
    assert (LedgerEntry.objects.count(), Question.objects.count()) == (before, 0)
