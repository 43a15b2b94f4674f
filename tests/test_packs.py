"""The pack of a meeting: the same in both forms, as strict as asked for, kept, and the same when made again."""

import hashlib
import re
from datetime import timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document
from pypdf import PdfReader

from register.clock import today
from register.ledger.verification import verify
from register.models import Action, Group, LedgerEntry, Meeting, MeetingPack
from register.packs.blocks import Change, Table
from register.packs.facts import gather
from register.packs.layout import make_paper
from register.refusals import NotPermitted, Refused
from register.services.amending import amend_answer
from register.services.answers import propose_answer
from register.services.meetings import add_item, schedule_question
from register.services.packs import keep_pack, make_file
from register.services.questions import edit_question, reclassify_question
from register.services.redaction import find_places, redact_everywhere
from register.services.reference import keep

HOSTILE = '#read("/etc/passwd") $x$ *bold* <b> & £5 ’ŵ\n\nA second paragraph.'


@pytest.fixture
def ready(cast, moved):
    """A meeting in a month with a question and an action on its agenda, and others in review, waiting and agreed."""
    group = Group.objects.get()
    meeting = keep(Meeting(group=group, number=99, held_on=today() + timedelta(days=30)), by=cast.triage)
    question = moved("open", title="Who may fetch?", text=HOSTILE)
    propose_answer(question, "The DCC.", by=cast.triage)
    schedule_question(question, meeting, minutes=10, presenter="Elexon", by=cast.triage)
    action = keep(Action(group=group, reference="15/10", text="Share it."), by=cast.triage)
    add_item(meeting, action=action, by=cast.triage)
    add_item(meeting, title="Any other business", by=cast.triage)
    for status in ("in_review", "awaiting_input", "agreed"):
        moved(status, title=f"That is {status}?")
    return meeting


def make(meeting, by, form="pdf", classification="members", as_at=None):
    return make_file(meeting, by=by, form=form, classification=classification, as_at=as_at)


def read_pdf(content):
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages)


def read_word(content):
    file = Document(BytesIO(content))
    cells = (cell.text for table in file.tables for row in table.rows for cell in row.cells)
    return " ".join(" ".join([*(paragraph.text for paragraph in file.paragraphs), *cells]).split())


READ = {"pdf": read_pdf, "docx": read_word}


@pytest.mark.parametrize("form", READ)
def test_it_says_what_the_meeting_is_about(form, cast, ready):
    text = READ[form](make(ready, cast.triage, form)[0])
    for said in ("CCDG99: papers", "1. DSQ-001 Who may fetch?", "The DCC.", "2. CCDG 15/10", "3. Any other business"):
        assert said in text
    for heading in ("Agenda", "Answers in review", "What waits for facts", "Actions open"):
        assert heading in text


@pytest.mark.parametrize("form", READ)
def test_a_text_that_looks_like_markup_is_printed_as_it_is(form, cast, ready):
    text = READ[form](make(ready, cast.triage, form)[0])
    assert '#read("/etc/passwd") $x$ *bold* <b> & £5 ’ŵ' in text
    assert "root:" not in text


@pytest.mark.parametrize("form", READ)
def test_both_forms_say_every_word_of_the_paper(form, cast, ready):
    amend_answer(ready.agenda.first().question, "The DCC, once.", Meeting.objects.get(number=15), by=cast.triage)
    content, facts = make(ready, cast.triage, form)
    words = re.findall(r"\w{3,}", " ".join(said for block in make_paper(facts).blocks for said in tell(block)))
    text = READ[form](content).replace("- ", "")
    assert {"once", "Elexon", "Owner"} <= set(words)
    assert not [word for word in words if word not in text]


def tell(block):
    """Return all texts of a block: a table's cells and the pieces of a change too."""
    if isinstance(block, Table):
        return [cell for row in (block.headings, *block.rows) for cell in row]
    return [words for _, words in block.pieces] if isinstance(block, Change) else [block.text]


@pytest.mark.parametrize("form", READ)
def test_made_twice_it_is_the_same_to_the_byte(form, cast, ready):
    moment = timezone.now()
    assert make(ready, cast.triage, form, as_at=moment)[0] == make(ready, cast.triage, form, as_at=moment)[0]


def test_as_at_a_past_moment_it_equals_the_one_made_then(cast, moved, ready):
    moment = timezone.now()
    then = make(ready, cast.triage, as_at=moment)[0]
    for item in ready.agenda.all():
        if item.question:
            edit_question(item.question, by=cast.triage, title="Reworded since?")
    moved("in_review", title="Come since?")
    assert make(ready, cast.triage, as_at=moment)[0] == then
    assert "Reworded since?" in read_pdf(make(ready, cast.triage)[0])


def test_nothing_stricter_is_in_it_and_what_was_made_stricter_is_named_to_the_maker(cast, ready):
    question, moment = ready.agenda.first().question, timezone.now()
    assert "DSQ-001" in read_pdf(make(ready, cast.triage, as_at=moment)[0])
    reclassify_question(question, "restricted", by=cast.triage)
    content, facts = make(ready, cast.triage, as_at=moment)
    assert "DSQ-001" not in read_pdf(content)
    assert facts.left_out == ["DSQ-001"]
    assert "DSQ-001" in read_pdf(make(ready, cast.triage, classification="restricted", as_at=moment)[0])


def test_nobody_makes_one_stricter_than_they_may_read_and_members_make_none(cast, ready):
    with pytest.raises(NotPermitted):
        make(ready, cast.member)
    with pytest.raises(Refused, match="PDF or Word"):
        make(ready, cast.triage, form="rtf")
    with pytest.raises(Refused, match="a moment that is past"):
        make(ready, cast.triage, as_at=timezone.now() + timedelta(days=1))


def test_a_meeting_without_questions_says_so(cast):
    meeting = keep(Meeting(group=Group.objects.get(), number=98, held_on=today()), by=cast.triage)
    text = read_pdf(make(meeting, cast.triage)[0])
    assert "Nothing is on the agenda." in text
    assert "No answer is in review." in text


def test_the_foot_of_each_page_names_classification_meeting_and_head(cast, ready):
    content, facts = make(ready, cast.triage, classification="public")
    head = LedgerEntry.objects.get(position=facts.position)
    for page in PdfReader(BytesIO(content)).pages:
        foot = f"Public · CCDG99 · ledger {head.position}, {head.digest[:16]}"
        assert foot in " ".join(page.extract_text().split())


def test_the_pdf_is_tagged_titled_and_in_english(cast, ready):
    reader = PdfReader(BytesIO(make(ready, cast.triage)[0]))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"] == "en-GB"
    assert reader.metadata.title == "CCDG99: papers"
    structure = str(collect_tags(catalogue["/StructTreeRoot"]))
    for tag in ("/H1", "/H2", "/Table", "/TH"):
        assert tag in structure


def collect_tags(node, depth=0):
    """Return the types of the structure elements at a node and below."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [tag for child in node for tag in collect_tags(child, depth + 1)]
    if not hasattr(node, "get"):
        return []
    return [node.get("/S"), *(collect_tags(node["/K"], depth + 1) if "/K" in node and depth < 30 else [])]


def test_the_word_file_has_header_rows_headings_and_a_language(cast, ready):
    content = make(ready, cast.triage, "docx")[0]
    with ZipFile(BytesIO(content)) as parts:
        body = parts.read("word/document.xml").decode()
    assert body.count("<w:tblHeader") == len(Document(BytesIO(content)).tables)
    assert 'w:pStyle w:val="Heading1"' in body
    assert Document(BytesIO(content)).core_properties.language == "en-GB"


def test_a_pack_that_was_sent_is_kept_verified_and_opened_by_its_readers(cast, client_of, ready):
    content, facts = make(ready, cast.triage)
    pack = keep_pack(ready, content, facts, by=cast.triage, form="pdf", sent_to="All members")
    assert pack.digest == hashlib.sha256(content).hexdigest()
    assert pack.history.get().digest == pack.digest
    assert verify().ok
    address = f"/admin/register/meeting/{ready.pk}/pack/{pack.pk}/"
    assert client_of("member").get(address).content == content
    reclassify_question(ready.agenda.first().question, "restricted", by=cast.triage)
    assert client_of("member").get(address).status_code == 404
    assert client_of("triage").get(address).content == content


def test_a_changed_file_is_found_out(cast, ready):
    content, facts = make(ready, cast.triage)
    keep_pack(ready, content, facts, by=cast.triage, form="pdf")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE register_meetingpack SET content = %s", [b"another"])
    assert "the file of meetingpack" in str(verify().problems)


def test_a_redaction_reaches_it(cast, client_of, ready):
    question = ready.agenda.first().question
    edit_question(question, by=cast.triage, text="Ring Ms Secretperson.")
    content, facts = make(ready, cast.triage)
    pack = keep_pack(ready, content, facts, by=cast.triage, form="pdf")
    edit_question(question, by=cast.triage, text="Ring somebody.")
    assert any(place.id == f"meetingpack:{pack.pk}:content" for place in find_places("Secretperson"))
    redact_everywhere("Secretperson", by=cast.approver, reason="A name.")
    assert MeetingPack.objects.get().is_file_redacted
    assert client_of("triage").get(f"/admin/register/meeting/{ready.pk}/pack/{pack.pk}/").status_code == 410
    assert verify().ok


def test_an_approver_who_is_not_in_triage_makes_one(client_of, ready):
    client, address = client_of("approver"), f"/admin/register/meeting/{ready.pk}/"
    assert f"{address}pack/" in client.get(f"{address}change/").content.decode()
    answer = client.post(f"{address}pack/", {"form": "docx", "classification": "members"})
    assert answer["Content-Disposition"].startswith("attachment")
    assert client_of("member").get(f"{address}pack/").status_code == 403


def test_the_page_hands_out_the_file_and_keeps_what_is_sent(client_of, ready):
    client, address = client_of("triage"), f"/admin/register/meeting/{ready.pk}/pack/"
    given = {"form": "docx", "classification": "members", "sent_to": "All members"}
    answer = client.post(address, given)
    assert answer["Content-Disposition"] == 'attachment; filename="CCDG99-members.docx"'
    assert "sent to All members" in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("tomorrowish", "Name a day such as 2021-04-15"),
        ("2099-01-01", "is to come"),
        ("2010-01-01", "it begins on"),
        ("2021-03-28T01:30", "the clock skipped that hour"),
        ("CCDG11", "that of CCDG11 is not known"),
    ],
)
def test_a_moment_that_is_none_gets_a_sentence(when, said, cast, client_of, ready):
    keep(Meeting(group=Group.objects.get(), number=11), by=cast.triage)
    given = {"form": "pdf", "classification": "members", "as_at": when}
    page = client_of("triage").post(f"/admin/register/meeting/{ready.pk}/pack/", given)
    assert said in page.content.decode()


def test_the_command_writes_both_forms_and_names_what_was_left_out(cast, ready, tmp_path):
    moment, told = timezone.now().isoformat(), StringIO()
    reclassify_question(ready.agenda.first().question, "restricted", by=cast.triage)
    call_command("pack", "CCDG99", by="triage", as_at=moment, to=tmp_path, stdout=told)
    assert {path.name for path in tmp_path.iterdir()} == {"CCDG99-members.pdf", "CCDG99-members.docx"}
    assert "made stricter since: DSQ-001" in told.getvalue()
    with pytest.raises(CommandError, match="There is no meeting called CCDG77"):
        call_command("pack", "CCDG77", by="triage")


def test_it_asks_the_database_as_often_for_many_questions_as_for_few(cast, moved, ready):
    def count():
        with CaptureQueriesContext(connection) as made:
            gather(ready, "members", timezone.now())
        return len(made)

    few = count()
    for n in range(6):
        schedule_question(moved("open", title=f"More, {n}?"), ready, by=cast.triage)
    assert count() == few
