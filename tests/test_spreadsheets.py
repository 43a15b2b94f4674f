"""A spreadsheet of questions: compared first, then recorded, all or nothing, and never a status."""

import io
import re
import zipfile
from datetime import date

import hypothesis
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from hypothesis import strategies

from register.characters import is_printable, shows_something
from register.ledger.unit_of_work import unit_of_work
from register.ledger.verification import verify
from register.models import LedgerHead, PendingUpload, Question
from register.refusals import Invalid, NotPermitted, Refused, Stale
from register.services.intake import raise_questions
from register.services.questions import edit_question
from register.services.spreadsheets import apply_sheet, plan_sheet
from tests.conftest import refreshed

UPLOAD = "/admin/register/question/import/"


def sheet(*rows):
    return "\n".join(rows).encode()


def workbook(*rows):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


NEW = sheet("title,text,topic,priority", "Who pays?,Who pays for it?,mdr role,High")


def position():
    return LedgerHead.objects.get().position


def applied(content, by):
    return apply_sheet("q.csv", content, by=by, position=position())


def test_a_row_without_a_reference_is_raised(cast):
    applied(NEW, cast.triage)
    question = Question.objects.get()
    assert (question.reference, question.status, question.topic.name) == ("DSQ-001", "raised", "MDR role")
    assert (question.priority, question.raised_by, question.history.get().actor) == ("high", cast.triage, "triage")


def test_what_is_raised_in_bulk_verifies(cast):
    rows = [f"Question {n}?,What of {n}?" for n in range(1203)]
    applied(sheet("title,text", *rows), cast.triage)
    assert Question.objects.count() == 1203
    assert (verify().ok, verify().position) == (True, position())


def test_references_go_on_from_the_last(cast, raised):
    last = raised()
    applied(NEW, cast.triage)
    assert Question.objects.latest("id").reference > last.reference


def test_a_status_is_never_taken(cast):
    content = sheet("title,text,status", "Who pays?,Who pays for it?,closed")
    assert plan_sheet(content, by=cast.triage).ignored == ["status"]
    applied(content, cast.triage)
    assert Question.objects.get().status == "raised"


def test_nothing_is_written_by_looking(cast, raised):
    before = (Question.objects.count(), position())
    plan_sheet(NEW, by=cast.triage)
    assert (Question.objects.count(), position()) == before


def test_a_row_with_a_reference_is_compared_and_an_empty_cell_leaves_what_is_held(cast, raised):
    question = raised()
    content = sheet("reference,title,text,owner", f"{question.reference},Another title?,,DCC")
    row = plan_sheet(content, by=cast.triage).of("changed")[0]
    assert set(row.changes) == {"title", "owner"}
    applied(content, cast.triage)
    assert (refreshed(question).title, refreshed(question).text) == ("Another title?", question.text)


def test_what_the_list_exports_comes_back_unchanged(client_of, cast, raised, moved):
    raised(title="=SUM(1) <b>x<y</b> & R&D", due_on=date(2021, 4, 1))
    moved("open")
    for name in ("csv", "xlsx"):
        exported = client_of("triage").get(f"/admin/register/question/export.{name}?tab=all").content
        plan = plan_sheet(exported, by=cast.triage)
        assert [row.kind for row in plan.rows] == ["held", "held"], [row.refusals or row.changes for row in plan.rows]


def test_a_workbook_is_read_with_its_dates(cast):
    applied(workbook(["Title", "Text", "Due"], ["Who pays?", "Who pays for it?", date(2027, 1, 4)]), cast.triage)
    assert Question.objects.get().due_on == date(2027, 1, 4)


REFUSED = {
    "reference,title,text\nDSQ-999,A?,B?": "There is no question DSQ-999",
    "title,text\n,B?": "Give it a title.",
    "title,text,topic\nA?,B?,Gardening": "“Gardening” is not known: choose from",
    "title,text,priority\nA?,B?,huge": "“huge” is not known: choose from",
    "title,text,due\nA?,B?,soon": "“soon” is no date",
    "title,text,raised on\nA?,B?,2099-01-01": "not to come",
    f"title,text\n{'A' * 201},B?": "at most 200 characters",
    "title,text\nA?,B?\nA?,B?": "row 2 says just this",
}


@pytest.mark.parametrize("content", REFUSED, ids=REFUSED.values())
def test_a_row_that_cannot_be_taken_says_why_and_none_is_taken(content, cast):
    refusals = [sentence for row in plan_sheet(content.encode(), by=cast.triage).rows for sentence in row.refusals]
    assert REFUSED[content] in " ".join(refusals)
    with pytest.raises(Refused, match="Row "):
        applied(f"{content}\nGood?,Good one?".encode(), cast.triage)
    assert not Question.objects.exists()


FILES = {
    b"": "headings",
    b"title,text": "headings",
    b"t\xff\xfe": "UTF-8",
    b"PK\x03\x04 no workbook": "damaged",
    b"title,title,text\na,b,c": "comes twice",
    b"title,text\nA?,B?,C?,D?": "Give row 2 no more cells",
    b"\x89PNG\x00": "neither",
    b"colour,size\nred,5": "these headings",
    b"title,text\nA?," + b"x" * 200_000: "cannot be read",
}


@pytest.mark.parametrize("content", FILES, ids=FILES.values())
def test_a_file_that_is_no_spreadsheet_says_what_to_do(content, cast):
    with pytest.raises(Refused, match=FILES[content]):
        plan_sheet(content, by=cast.triage)


def test_the_number_of_a_row_is_its_number_in_the_file(cast):
    plan = plan_sheet(sheet("title,text", ",", "", "Who pays?,"), by=cast.triage)
    assert [(row.number, row.label) for row in plan.rows] == [(4, "Who pays?")]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_understood(separator, cast):
    applied(NEW.replace(b",", separator.encode()), cast.triage)
    assert Question.objects.get().priority == "high"


def test_a_day_that_cannot_be_is_refused_before_the_button(cast, raised):
    content = sheet("reference,raised on", f"{raised().reference},2099-01-01")
    assert "not to come" in plan_sheet(content, by=cast.triage).rows[0].refusals[0]


def test_the_same_question_is_not_raised_twice(cast):
    applied(NEW, cast.triage)
    assert "DSQ-001 says just this" in plan_sheet(NEW, by=cast.triage).rows[0].refusals[0]


def test_a_classification_is_changed_on_its_own_page(cast, raised):
    content = sheet("reference,classification", f"{raised(classification='members').reference},Public")
    assert "Reclassify it" in plan_sheet(content, by=cast.triage).rows[0].refusals[0]


def test_a_question_edited_since_the_preview_stops_it(cast, raised):
    question = raised()
    content, seen = sheet("reference,title", f"{question.reference},Mine?"), position()
    edit_question(question, by=cast.lead, title="Theirs?")
    with pytest.raises(Stale):
        apply_sheet("q.csv", content, by=cast.triage, position=seen)
    assert refreshed(question).title == "Theirs?"


def test_members_import_nothing(cast, client_of):
    with pytest.raises(NotPermitted):
        plan_sheet(NEW, by=cast.member)
    assert client_of("member").get(UPLOAD).status_code == 403


def test_one_that_cannot_be_raised_stops_all(cast):
    questions = [Question(title="A?", text="B?"), Question(title="", text="B?")]
    with pytest.raises(Invalid):
        raise_questions(questions, by=cast.triage)
    assert not Question.objects.exists()


def test_bulk_intake_credits_whoever_does_it_and_no_one_after(cast, raised):
    with unit_of_work():
        raise_questions([Question(title="A?", text="B?")], by=cast.lead, reason="From a list")
    raised(by=cast.triage)
    rows = Question.history.order_by("history_id").values_list("actor", "history_change_reason")
    assert list(rows) == [("lead", "From a list"), ("triage", None)]


def test_the_pages_take_a_sheet_from_upload_to_list(client_of):
    client = client_of("triage")
    preview = client.post(UPLOAD, {"file": SimpleUploadedFile("q.csv", NEW)}, follow=True)
    assert "Who pays for it?" in preview.content.decode()
    done = client.post(preview.request["PATH_INFO"], {"position": position()}, follow=True)
    assert "1 raised, 0 edited." in done.content.decode()
    assert (Question.objects.count(), PendingUpload.objects.count()) == (1, 0)


def test_a_preview_with_refused_rows_offers_no_button(client_of):
    content = sheet("title,text", ",B?", "A?,B?")
    page = client_of("triage").post(UPLOAD, {"file": SimpleUploadedFile("q.csv", content)}, follow=True)
    assert "Record these" not in page.content.decode()


def test_another_triagers_upload_is_not_there(client_of):
    preview = client_of("triage").post(UPLOAD, {"file": SimpleUploadedFile("q.csv", NEW)}, follow=True)
    page = client_of("lead").get(preview.request["PATH_INFO"], follow=True)
    assert "That upload is not here" in page.content.decode()


# What an export and the import of it make of any text

_STARTS = strategies.sampled_from(["", "'", "''", "=", "'=1+1", "-", "'-ve' reads", "@", "#N/A", "#REF!", "_x0041_"])
_CHARACTERS = strategies.characters(exclude_categories=["Cs"])
_BODIES = strategies.text(strategies.one_of(_CHARACTERS, strategies.sampled_from("\n\r\t\"',;'=£’\u2028")), max_size=40)
TEXTS = strategies.builds("{}{}".format, _STARTS, _BODIES).filter(
    lambda text: shows_something(text) and is_printable(text)
)


@pytest.mark.parametrize("name", ["csv", "xlsx"])
@hypothesis.settings(max_examples=30, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(title=TEXTS, text=TEXTS)
@hypothesis.example(title="'-ve' reads", text="first line\r\nsecond line")
@hypothesis.example(title="-", text="#N/A")
def test_any_text_comes_back_from_an_export_as_it_was(name, client_of, cast, raised, title, text):
    question = raised(title=title, text=text)
    address = f"/admin/register/question/export.{name}?tab=all&q={question.reference}"
    plan = plan_sheet(client_of("triage").get(address).content, by=cast.triage)
    assert [(row.kind, row.changes, row.refusals) for row in plan.rows] == [("held", {}, [])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_pounds_and_apostrophes_are_read_in_any_encoding_of_unicode(encoding, cast):
    content = "title,text\nDCC’s view?,£5 or café?".encode(encoding)
    assert plan_sheet(content, by=cast.triage).rows[0].question.text == "£5 or café?"


def test_a_csv_file_of_windows_1252_is_refused(cast):
    with pytest.raises(Refused, match="UTF-8"):
        plan_sheet("title,text\nDCC’s view?,£5?".encode("cp1252"), by=cast.triage)


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\u2029"])
def test_line_ends_of_another_kind_change_nothing(end, cast, raised):
    question = raised(text="one\ntwo")
    before = position()
    edit_question(question, by=cast.triage, text=f"one{end}two")
    assert (position(), raised(text=f"one{end}two").text) == (before, "one\ntwo")


def test_line_ends_that_were_stored_before_clash_with_nothing(cast, raised):
    question = raised()
    models.QuerySet(Question).filter(pk=question.pk).update(text="one\r\ntwo")  # as it was stored once
    content = sheet("reference,text", f'{question.reference},"one\ntwo"')
    assert [row.kind for row in plan_sheet(content, by=cast.triage).rows] == ["held"]


# Workbooks as other programs write them


def altered(content, part, pattern, replacement):
    """Return a workbook with a part of it written otherwise."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w") as after:
        for item in before.infolist():
            data = before.read(item)
            after.writestr(item, re.sub(pattern, replacement, data) if item.filename == part else data)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("stated", [b"", b'<dimension ref="A1"/>', b'<dimension ref="A1:A3"/>'])
def test_a_workbook_is_read_whole_whatever_size_it_states(stated, cast):
    content = workbook(["title", "text"], *([f"Question {n}?", f"What of {n}?"] for n in range(5)))
    content = altered(content, SHEET, rb"<dimension [^>]*/>", stated)
    assert [row.kind for row in plan_sheet(content, by=cast.triage).rows] == ["new"] * 5


def test_the_preview_names_the_sheet_and_what_is_hidden_in_it(client_of):
    book, file = openpyxl.Workbook(), io.BytesIO()
    for row in (["title", "text"], ["A?", "B?"], ["C?", "D?"]):
        book.active.append(row)
    book.active.title = "Questions"
    book.active.row_dimensions[3].hidden = book.active.column_dimensions["B"].hidden = True
    book.create_sheet("Notes")
    book.save(file)
    upload = SimpleUploadedFile("q.xlsx", file.getvalue())
    page = client_of("triage").post(UPLOAD, {"file": upload}, follow=True).content.decode()
    for said in ("The sheet “Questions” was read, and not Notes.", "row 3.", "hidden columns"):
        assert said in page


WORKBOOKS = {
    "hold an error: A2": [["title", "text"], ["#REF!", "B?"]],
    "no value yet: B2": [["title", "text"], ["A?", "=1+1"]],
    "row of headings": [],
    "these headings": [[2**70, 1e300], [1, 2]],
}


@pytest.mark.parametrize("said", WORKBOOKS)
def test_a_workbook_of_junk_says_what_to_do(said, cast):
    with pytest.raises(Refused, match=said):
        plan_sheet(workbook(*WORKBOOKS[said]), by=cast.triage)


CELLS = {
    "no date": ["due", 44271],
    "not 16 March 0026": ["due", "0026-03-16"],
    "not 16 March 2206": ["raised on", "16/03/2206"],
    "There is no question 1.18": ["reference", 2**70],
}


@pytest.mark.parametrize("said", CELLS)
def test_a_cell_of_junk_says_what_to_do(said, cast):
    heading, cell = CELLS[said]
    plan = plan_sheet(workbook(["title", "text", heading], ["A?", "B?", cell]), by=cast.triage)
    assert said in " ".join(plan.rows[0].refusals)
