"""A name is found in all that is kept, and taken out of it."""

import io
from datetime import UTC, datetime

import docx
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, models
from django.urls import reverse
from reportlab.pdfgen.canvas import Canvas

from register.characters import fold_for_search
from register.ledger.audited_models import get_audited_models, get_history_models
from register.ledger.unit_of_work import record
from register.ledger.verification import verify
from register.models import (
    Action,
    Answer,
    Group,
    HeadlineReport,
    LedgerEntry,
    Meeting,
    PendingUpload,
    Question,
    Redaction,
)
from register.models.visibility import ClassifiedQuerySet
from register.refusals import NotPermitted, Refused
from register.services.answers import edit_answer, propose_answer, record_review
from register.services.idempotency import raise_once
from register.services.links import link_meeting
from register.services.meetings import add_item, schedule_question
from register.services.pending_uploads import keep_upload
from register.services.questions import change_status, edit_question
from register.services.redaction import (
    find_places,
    find_standing,
    redact,
    redact_everywhere,
    redact_places,
    restrict_places,
)
from register.services.redaction.places import get_searched_fields, get_searched_models, parse_id
from register.services.redaction.redacting import MARK, mark_words
from register.services.redaction.restricting import BELONGS_BY, RESTRICTED_BY
from register.services.reference import keep
from register.services.reports import apply_report, plan_report, read_file
from tests.conftest import in_a_month, refreshed
from tests.test_documents import everything_is_kept

NAME = "Ann Example"
MINUTES = f"""\
Meeting name\tCode Change and Development Group
Meeting number\t17
Date\t18 May 2021
Classification\tPublic

1.1 {NAME} agreed to write it down.

**Action 17/01**

1.2 These questions are open:
- How often may {NAME} fetch reads?
"""


def bring_in(by):
    plan = plan_report(read_file(MINUTES.encode()))
    apply_report(plan, plan.unasked, by=by, file_name=f"Minutes of {NAME}.md", content=MINUTES.encode())
    return HeadlineReport.objects.get()


@pytest.fixture
def spread(cast, raised):
    """A name in every kind of place that the services write, and clean again what has a page to edit it on."""
    question = raised(title=f"May {NAME} read?", text=f"{NAME} asks.", reason=f"{NAME} rang.")
    question = change_status(question, "open", by=cast.triage, reason=f"{NAME} is fine.")
    answer = propose_answer(question, f"{NAME} may.", by=cast.triage, reason=f"As {NAME} said.")
    edit_answer(answer, "The appointed MDR may.", by=cast.triage)
    question = change_status(question, "start_review", by=cast.triage, review_by=in_a_month())
    record_review(answer, "disagree", by=cast.member, comment=f"Not {NAME}.")
    link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage, paragraph=NAME)
    report = bring_in(cast.triage)
    keep_upload(f"{NAME}.md", MINUTES.encode(), purpose="report", by=cast.triage)
    raise_once(NAME, by=cast.triage, title=f"On {NAME}", text="Who?")
    session = SessionStore()
    session["typed"] = NAME
    session.save()
    LogEntry.objects.create(user=cast.triage, object_repr=NAME, action_flag=1)
    for row in Question.objects.all():
        edit_question(row, by=cast.triage, title="May a reader?", text="Who may?", reason="Without a name")
    for action in Action.objects.all():
        action.text = "Write it down."
        keep(action, by=cast.triage)
    return question, report


def dump():
    """Return the values of every table of the database, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    yield bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def tells_of(*words):
    return [text[:200] for text in dump() for word in words if word in text.lower()]


def take_out(by):
    return redact_everywhere(NAME, by=by, reason="Personal data")


def test_a_redacted_name_is_nowhere_in_the_database(cast, spread):
    assert tells_of("ann example")
    _, left = take_out(cast.approver)
    assert (left, list(find_places(NAME)), tells_of("ann example", "nn example")) == ([], [], [])
    assert verify().problems == []
    assert everything_is_kept()


def test_the_search_index_tells_it_no_more(cast, raised):
    question = raised(title="Ask Zebedee Quirk")
    edit_question(question, by=cast.triage, title="Ask somebody")
    redact_everywhere("Zebedee Quirk", by=cast.approver, reason="Personal data")
    assert tells_of("zebedee", "quirk") == []


def test_each_place_is_listed_by_what_it_is(spread):
    listed = {place.what for place in find_places(NAME)}
    said = "\n".join(sorted(listed))
    today = datetime.now(UTC)
    for what in (
        "DSQ-001, its title and its text and the reason of the move to open on ",
        "DSQ-001, its title and its text and the reason of the move to raised on ",
        "DSQ-001 answer 1, its text and the reason given on ",
        "member on DSQ-001 answer 1, its comment today",
        "CCDG17 Headline Report, its file today",
        f"CCDG17 Headline Report, the name of its file on {today.day} {today:%B %Y}",
        "asked in CCDG17 Headline Report, 1.2, bullet 1, the words as published today",
        "CCDG action 17/01, its text on ",
        f"pending upload {NAME}.md, to be deleted whole",
    ):
        assert what in said, said


def test_a_name_that_can_be_edited_is_left_to_a_person(cast, raised):
    question = raised(title=f"On {NAME}")
    (left,) = take_out(cast.approver)[1]
    assert (left.id, left.advice) == (
        f"question:{question.pk}:title",
        "edit it in the admin, then redact its history",
    )
    with pytest.raises(Refused, match="edit it in the admin"):
        redact_places([left.id], by=cast.approver, reason="Personal data")


def test_a_frozen_answer_keeps_its_other_words(cast, moved):
    answer = Answer.objects.get(question=moved("in_review"))
    answer.text = "Ask Ann\nExample for it."
    record(answer, by=cast.triage)
    take_out(cast.approver)
    assert refreshed(answer).text == f"Ask {MARK} for it."


def test_readers_see_the_mark(api, cast, client_of, spread):
    question, report = spread
    take_out(cast.approver)
    client = client_of("triage")
    page = client.get(reverse("admin:register_headlinereport_change", args=[report.pk])).content.decode()
    assert f"How often may {MARK} fetch reads?" in page
    history = client.get(reverse("admin:register_question_change", args=[question.pk])).content.decode()
    assert ("<em>redacted</em>" in history, NAME in history) == (True, False)
    moves = api("triage").get(f"/api/v1/questions/{question.reference}/history/").json()
    assert [move["redacted"] for move in moves if move["to"] == "open"] == [True]


def test_a_redacted_file_is_gone_and_its_digest_stays(cast, client_of, spread):
    report = spread[1]
    take_out(cast.approver)
    emptied = refreshed(report)
    assert (bytes(emptied.content), emptied.is_file_redacted, emptied.digest) == (b"", True, report.digest)
    assert emptied.file_name == f"Minutes of {MARK}.md"
    answer = client_of("triage").get(reverse("admin:register_headlinereport_file", args=[report.pk]))
    assert (answer.status_code, answer.content) == (410, b"The file was redacted; its digest stays.\n")


def test_a_redacted_file_is_not_imported_again(cast, spread):
    take_out(cast.approver)
    plan = plan_report(read_file(MINUTES.encode()))
    with pytest.raises(Refused, match="this very file was redacted"):
        apply_report(plan, [p.key for p in plan.proposals], by=cast.triage, file_name="x", content=MINUTES.encode())


def test_a_redaction_that_is_cut_off_leaves_all_as_it_was(cast, spread, monkeypatch):
    def fail():
        raise ZeroDivisionError

    before = sorted(dump())
    monkeypatch.setattr("register.services.redaction.redacting.rebuild_search_indexes", fail)
    with pytest.raises(ZeroDivisionError):
        take_out(cast.approver)
    assert sorted(dump()) == before


def test_who_redacted_and_why_is_in_the_ledger(cast, spread):
    take_out(cast.approver)
    row = HeadlineReport.history.first()
    assert (row.actor, row.history_change_reason) == ("approver", "Personal data")
    assert set(Redaction.objects.values_list("redacted_by__username", "reason")) == {("approver", "Personal data")}


def test_the_reason_of_a_redaction_can_be_redacted(cast, raised):
    raised(text="A secret")
    position = LedgerEntry.objects.last().position
    redact(position, by=cast.approver, reason=f"{NAME} asked for it")
    take_out(cast.approver)
    assert (tells_of("ann example"), verify().problems) == ([], [])


@pytest.mark.parametrize(
    "written", ["ANN EXAMPLE", "Ann\n  Example", "Ánn Example", "Ａｎｎ Exa\u00admple", "An\u200bn Example"]
)
def test_a_name_is_found_however_it_is_written(written, cast, raised):
    raised(reason=f"Ask {written}.")
    assert [place.what.split(",")[0] for place in find_places(NAME)] == ["DSQ-001"]
    assert mark_words(f"Ask {written}.", NAME) == f"Ask {MARK}."


def make_word_file(write):
    document, file = docx.Document(), io.BytesIO()
    write(document)
    document.save(file)
    return file.getvalue()


def write_author(document):
    document.core_properties.author = NAME


def write_in_runs(document):
    paragraph = document.add_paragraph("An")
    paragraph.add_run("n Exam").bold = True
    paragraph.add_run("ple")


def write_in_header(document):
    document.sections[0].header.paragraphs[0].text = NAME


def make_pdf():
    file = io.BytesIO()
    canvas = Canvas(file)
    hidden = canvas.beginText(50, 700)
    hidden.setTextRenderMode(3)
    hidden.textLine(NAME)
    canvas.drawText(hidden)
    canvas.drawString(50, 600, "Seen.")
    canvas.save()
    return file.getvalue()


FILES = {
    "drawn invisibly": make_pdf(),
    "author": make_word_file(write_author),
    "runs": make_word_file(write_in_runs),
    "header": make_word_file(write_in_header),
    "latin": f"Caf\xe9 of {NAME}".encode("latin-1"),
    "utf-16": NAME.encode("utf-16"),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_name_is_found_in_files_seen_or_not(content, cast):
    keep_upload("report", content, purpose="report", by=cast.triage)
    assert len(list(find_places(NAME))) == 1


def test_a_file_that_cannot_be_read_is_named_and_left(cast):
    keep_upload("report", b"PK\x03\x04 broken", purpose="report", by=cast.triage)
    _, left = take_out(cast.approver)
    assert [place.advice for place in left] == ["Look at this file yourself: it is damaged or encrypted."]
    assert PendingUpload.objects.exists()


def test_whoever_wrote_it_stays_and_is_counted(cast, raised):
    cast.triage.first_name, cast.triage.last_name = NAME.split()
    raised()
    assert find_standing("Nobody") == []
    record(cast.triage, by=cast.triage)
    assert find_standing(NAME) == ["Snapshots that name it as who wrote them: 2. The record of who did what stays."]


# Restricting


def test_what_places_belong_to_can_be_restricted(cast, client_of, spread):
    question, report = spread
    change_status(question, "send_back", by=cast.triage, reason="To restrict it")
    listed = [place.id for place in find_places(NAME)]
    kept = [place for place in listed if place.isdecimal() or place.split(":")[0] in ("origin", "headlinereport")]
    restrict_places(kept, by=cast.triage, reason="Personal data")
    rows = [*Question.objects.all(), *Answer.objects.all(), *Action.objects.all(), refreshed(report)]
    assert {row.classification for row in rows} == {"restricted"}
    client = client_of("member")
    for name, row in (
        ("question_change", question),
        ("headlinereport_change", report),
        ("headlinereport_file", report),
    ):
        assert client.get(reverse(f"admin:register_{name}", args=[row.pk])).status_code == 404
    assert restrict_places(kept, by=cast.triage, reason="Personal data") == []
    assert (verify().problems, everything_is_kept()) == ([], True)


def test_nothing_is_restricted_where_one_place_cannot_be(cast, raised):
    question = raised()
    place = f"question:{question.pk}:title"
    with pytest.raises(Refused, match="nothing classifies organisations"):
        restrict_places([place, f"organisation:{cast.triage.organisation_id}:name"], by=cast.triage, reason="Why")
    assert refreshed(question).classification != "restricted"


def test_only_triage_restricts(cast, raised):
    with pytest.raises(NotPermitted):
        restrict_places([f"question:{raised().pk}:title"], by=cast.member, reason="Why")


# Every model


def get_texts(model):
    texts = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
    return [f.name for f in model._meta.concrete_fields if isinstance(f, texts) and not f.choices]


@pytest.mark.parametrize("name", sorted(get_audited_models()))
def test_every_text_of_every_audited_model_is_searched(name):
    for model in (get_audited_models()[name], get_history_models()[name]):
        assert model in get_searched_models()
        beside = {"digest", "remains", "actor", "actor_organisation", "reference", "roles"}
        assert set(get_texts(model)) - {field.name for field in get_searched_fields(model)} <= beside


def test_every_place_of_a_live_row_can_be_named(spread):
    ids = [place.id for place in find_places(NAME) if not place.id.isdecimal()]
    assert [parse_id(place) for place in ids].count(None) == 0
    assert len(ids) > 5


# Refusals and the command


@pytest.mark.parametrize(
    "place", ["9" * 30, "", "origin:999:published", "origin:x:published", "origin:1:kind", "user:1:nothing"]
)
def test_a_place_that_is_none_is_refused(place, cast):
    with pytest.raises(Refused, match=r"There is no (place|entry)"):
        redact_places([place], by=cast.approver, reason="A name")


@pytest.mark.parametrize(("by", "reason", "refusal"), [("triage", "Why", NotPermitted), ("approver", " ", Refused)])
def test_a_redaction_needs_an_approver_and_a_reason(by, reason, refusal, cast):
    with pytest.raises(refusal):
        redact_everywhere(NAME, by=getattr(cast, by), reason=reason)


def test_the_reason_does_not_say_the_name(cast):
    with pytest.raises(Refused, match="out of the reason"):
        redact_everywhere(NAME, by=cast.approver, reason="ann example asked")


def output(*arguments):
    out = io.StringIO()
    call_command("redact", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_finds_and_redacts(cast, raised):
    raised(reason=f"{NAME} rang.")
    position = LedgerEntry.objects.last().position
    assert output("--find", "ann example").startswith(f"{position}  DSQ-001, the reason of the move to raised on ")
    decided = ("--by", "approver", "--reason", "Personal data")
    assert output("--find", NAME, "--redact", *decided).startswith("Redacted: DSQ-001, the reason of the move")
    assert output("--find", NAME) == "Nothing that is kept holds these words.\n"


@pytest.mark.parametrize("arguments", [[], ["1", "--find", "x"], ["1"], ["--find", "x", "--redact"], ["--find", " "]])
def test_the_command_refuses_half_a_request_in_a_sentence(arguments, cast):
    with pytest.raises(CommandError, match=r"\.$"):
        output(*arguments)


def test_text_is_folded_to_compare():
    assert fold_for_search("Ｓtraße ﬁne Café\u200b E\u0301") == "strasse fine cafe e"


def test_an_item_of_an_agenda_is_restricted_with_its_question_or_its_action(cast, moved):
    group = Group.objects.get()
    meeting = keep(Meeting(group=group, number=99, held_on=in_a_month()), by=cast.triage)
    action = keep(Action(group=group, reference="15/10", text="Ring Ms Secretperson."), by=cast.triage)
    items = [
        add_item(meeting, action=action, by=cast.triage),
        schedule_question(moved("open"), meeting, by=cast.triage),
    ]
    free = add_item(meeting, title="Any other business", by=cast.triage)
    restrict_places([f"agendaitem:{item.pk}:presenter" for item in items], by=cast.triage, reason="Personal data")
    assert {row.classification for row in (Action.objects.get(), Question.objects.get())} == {"restricted"}
    with pytest.raises(Refused, match="nothing classifies agenda items"):
        restrict_places([f"agendaitem:{free.pk}:title"], by=cast.triage, reason="Personal data")


CLASSIFIED = [
    name
    for name, model in get_audited_models().items()
    if issubclass(model._default_manager._queryset_class, ClassifiedQuerySet)
]


@pytest.mark.parametrize("name", CLASSIFIED)
def test_whatever_has_a_classification_can_be_restricted_by_its_places(name):
    assert name in BELONGS_BY or get_audited_models()[name] in RESTRICTED_BY
