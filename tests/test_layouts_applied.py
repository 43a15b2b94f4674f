"""What other layouts bring becomes rows: doubts wait for a person, decisions and joint actions find their place."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from register.models import Action, AgendaItem, Group, Organisation, Question, Topic
from register.services.answers import get_offered_answer, propose_answer
from register.services.questions import edit_question
from register.services.reference import keep
from register.services.reports.proposals import ItemType, ProposalKind
from tests.conftest import refreshed
from tests.test_layouts import PROGRAMME, TABLE
from tests.test_reports import bring_in, plan_of

HEADER = """\
Meeting name: Code Change and Development Group (CCDG)
Meeting number: {}
Date: 18 May 2021
Classification: Public

"""


@pytest.mark.parametrize(
    "body",
    [
        "1.1 Ofgem agreed to write. Elexon agreed to draw.\n\nAction 17/01\n",
        "1.1 DCC agreed to go.\n\nAction 17/01\n\n1.2 Elexon agreed to stay.\n\nAction 17/01\n",
    ],
)
def test_a_row_in_doubt_says_so_and_is_not_ticked(cast, body):
    plan = plan_of(HEADER.format(17) + body)
    proposal = next(proposal for proposal in plan.proposals if proposal.what == ItemType.ACTION)
    assert (proposal.kind, bool(proposal.note), proposal.key in plan.unasked) == (ProposalKind.DOUBT, True, False)


def test_of_a_report_whose_group_is_in_doubt_nothing_is_ticked(cast):
    body = "1.1 The Chair opened DWG17.\n\n1.2 DWG members met and DWG18 is next. DCC agreed to go.\n\nAction 17/01\n"
    plan = plan_of(HEADER.format(17) + body)
    assert (plan.unasked, bool(plan.proposals)) == (set(), True)


def test_a_report_of_tables_is_recorded_with_its_decisions_and_again_it_changes_nothing(cast):
    bring_in(PROGRAMME, cast.triage)
    assert list(AgendaItem.objects.values_list("title", flat=True)) == ["DAG-DEC09: The minutes of May were approved"]
    assert set(Action.objects.values_list("reference", "paragraph")) == {
        ("DAG07-01", "Design"), ("DAG07-02", "Design"), ("DAG06-04", ""),
    }  # fmt: skip
    assert {str(proposal.kind) for proposal in plan_of(PROGRAMME).proposals} == {"unchanged"}


def test_decisions_without_references_are_all_recorded(cast):
    table = "| Area | Decision |\n| Reads | Reads are daily |\n| Costs | Costs are shared |\n"
    bring_in(HEADER.format(17) + f"1.1 The group met.\n\n{table}", cast.triage)
    assert set(AgendaItem.objects.values_list("title", flat=True)) == {
        "Decision: Reads are daily",
        "Decision: Costs are shared",
    }


@pytest.mark.parametrize("typed", ["DAG07-01", "dag07-01", "Action DAG07-01."])
def test_an_action_is_found_by_the_reference_of_its_groups_shape(client_of, cast, typed):
    bring_in(PROGRAMME, cast.triage)
    action = Action.objects.get(reference="DAG07-01")
    found = client_of("triage").get("/admin/find/", {"q": typed})
    assert found.headers.get("Location") == f"/admin/register/action/{action.pk}/change/"


def test_an_action_of_a_joint_meeting_is_the_other_groups(cast):
    body = "1.1 DCC agreed to go.\n\nAction 17/01\n\n1.2 Elexon agreed to stay.\n\nAction 8/01 (AWG)\n"
    text = HEADER.format("CCDG17 / AWG8") + body
    plan = plan_of(text)
    assert "action:8/01" not in plan.unasked
    bring_in(text, cast.triage, {"action:17/01", "action:8/01"})
    assert {(str(a.group), a.reference, str(a.meeting)) for a in Action.objects.all()} == {
        ("CCDG", "17/01", "CCDG17"),
        ("AWG", "8/01", "AWG8"),
    }


def test_an_answer_beside_a_question_is_offered_until_one_is_proposed(cast, moved, client_of):
    bring_in(HEADER.format(17) + f"1.1 These are open:\n\n{TABLE}\n", cast.triage)
    question = Question.objects.get(text="Who may fetch a read")
    assert get_offered_answer(question, cast.triage) == "Not known yet"
    given = {"owner": Organisation.objects.get(name="DCC"), "topic": Topic.objects.first(), "priority": "low"}
    opened = moved("open", question=edit_question(question, by=cast.triage, **given))
    page = client_of("triage").get("/admin/register/answer/add/", {"question": opened.pk})
    assert page.context["adminform"].form["text"].value() == "Not known yet"
    propose_answer(opened, "Everybody.", by=cast.triage)
    assert get_offered_answer(opened, cast.triage) == ""


# How a group writes references


@pytest.fixture
def group(cast):
    return keep(Group(name="SECP"), by=cast.triage)


DECLARED = {
    "reference_prefix": "SECP",
    "reference_after_prefix": "_",
    "reference_meeting_digits": "0",
    "reference_between": "_",
    "reference_number_digits": "2",
    "reason": "As its papers have it.",
}
PAPER = HEADER.replace("Code Change and Development Group (CCDG)", "SECP").format(101) + (
    "1.1 DCC agreed to count.\n\nSECP_101_04: DCC to count the meters.\n"
)


def post(client, group, **given):
    url = f"/admin/register/group/{group.pk}/references/"
    shown = client.get(url).context["form"]
    return client.post(url, {"seen": shown["seen"].value(), **DECLARED, **given}, follow=True)


def test_a_shape_is_tried_on_a_file_and_not_kept(client_of, group):
    file = SimpleUploadedFile("paper.txt", PAPER.encode())
    page = post(client_of("triage"), group, file=file, _try="1").content.decode()
    assert "SECP_14_01" in page
    assert "<strong>SECP_101_04</strong> DCC to count the meters" in page
    assert refreshed(group).reference_prefix == ""


def test_a_shape_that_is_kept_is_how_reports_are_read(client_of, group):
    assert "Reports of SECP write SECP_14_01." in post(client_of("triage"), group).content.decode()
    assert [action.reference for action in plan_of(PAPER).report.actions] == ["SECP_101_04"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"reference_between": ""}, "Say how many digits both numbers have"),
        ({"reference_prefix": "S3P"}, "Give letters alone."),
        ({"_try": "1"}, "Choose a report to try it on."),
        ({"_try": "1", "file": SimpleUploadedFile("x.txt", b"Dear all")}, "no numbered paragraph"),
    ],
)
def test_a_shape_that_cannot_be_is_refused_in_a_sentence(client_of, group, given, sentence):
    page = post(client_of("triage"), group, **given).content.decode()
    assert sentence in page
    assert refreshed(group).reference_prefix == ""


def test_a_member_does_not_say_how_references_are_written(client_of, group):
    assert client_of("member").get(f"/admin/register/group/{group.pk}/references/").status_code == 403
