"""The page that shows what a report proposes: put right, left out, kept for later, and recorded as it was shown."""

import re
from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from register.admin.reports import preview as preview_module
from register.ledger.verification import verify
from register.models import Action, DismissedItem, HeadlineReport, LedgerEntry, Meeting, Origin, PendingUpload, Question
from register.services.links import link_meeting
from register.services.reports import read_file
from tests.test_reports import MINUTES, bring_in, kinds, plan_of, upload

REPORT = MINUTES.replace("1.4 Work", "1.4 Elexon agreed to ask the suppliers. Work").replace(
    "1.1 DCC", "The Chair thanked everybody for coming early.\n\n1.1 DCC"
)
FIRST, SECOND = "question:1.2:1", "question:1.2:2"
PRIVACY = "Which privacy assessment does an MDR need?"


class Importer:
    """A triager at the page: `send` posts its fields as they stand, but for what is given."""

    def __init__(self, client, text=REPORT):
        self.client, self.address = client, upload(client, text).url
        self.page = client.get(self.address)

    @property
    def shown(self):
        return self.page.content.decode()

    def read_fields(self):
        """Return {name: [values]} of what the page would send."""
        context = self.page.context
        forms = [context["header"], *(row.form for row in context["rows"])]
        fields = {form.add_prefix(f.name): [_show(f)] for form in forms for f in form}
        fields |= {"accept": [row.proposal.key for row in context["rows"] if row.is_ticked]}
        fields |= {"skip": [row.proposal.key for row in context["rows"] if row.is_skipped]}
        return fields | {"seen": [context["seen"]], "shown": [context["shown"]]}

    def send(self, button="_record", value="", **given):
        """Send the page, with fields given as they are called but for ":", written `__` here."""
        typed = {name.replace("__", ":"): value for name, value in given.items()}
        self.page = self.client.post(self.address, {**self.read_fields(), button: value, **typed})
        return self.page

    def reopen(self):
        self.page = self.client.get(self.address)
        return self.page

    def get_row(self, key):
        return next(row for row in self.page.context["rows"] if row.proposal.key == key)


def _show(bound):
    value = bound.field.widget.format_value(bound.value())
    return (value[0] if value else "") if isinstance(value, list) else value or ""


@pytest.fixture
def importer(client_of):
    return lambda text=REPORT: Importer(client_of("triage"), text)


def places(page):
    return {place.number: place for place in page.context["places"]}


# Where it stands


def test_commitments_and_loose_lines_stand_at_their_paragraph(importer):
    found = places(importer().page)
    assert [note.words for note in found["1.4"].notes] == ["Elexon agreed to ask the suppliers."]
    assert [note.words for note in found[""].notes] == ["The Chair thanked everybody for coming early."]


def test_a_doubt_of_the_reader_stands_at_its_paragraph(importer):
    asker = importer(REPORT.replace("1.4 Elexon", "1.6 Elexon"))
    assert [doubt.text for doubt in places(asker.page)["1.6"].doubts] == ["Paragraph 1.6 follows 1.3: one is missing."]


def test_a_row_with_a_doubt_is_unticked(importer, monkeypatch):
    def read_doubtfully(content):
        report = read_file(content)
        for item in (report.actions[0], report.questions[0]):
            object.__setattr__(item, "doubt", "Two bodies commit themselves.")
        return report

    monkeypatch.setattr(preview_module, "read_file", read_doubtfully)
    page = importer().page
    doubtful = [row for row in page.context["rows"] if row.proposal.kind == "doubt"]
    assert [(row.proposal.key, row.is_ticked) for row in doubtful] == [("action:17/01", False), (FIRST, False)]
    assert page.content.decode().count("Two bodies commit themselves.") == 2


def test_what_changed_is_shown_word_by_word(importer, cast):
    bring_in(REPORT, cast.triage)
    asker = importer(REPORT.replace("Which privacy assessment", "Which sort of privacy assessment"))
    assert "Which<ins> sort of</ins> privacy" in asker.shown


def test_a_pdf_is_opened_at_the_page_of_a_paragraph(importer, client_of, monkeypatch):
    def read_pages(content):
        report = read_file(REPORT.encode())
        report.paragraphs[1].page = 3
        return report

    asker = importer()
    PendingUpload.objects.update(content=b"%PDF-1.7 not read here")
    monkeypatch.setattr(preview_module, "read_file", read_pages)
    asker.reopen()
    address = f"{asker.address}file/"
    assert f'href="{address}#page=3"' in asker.shown
    file = asker.client.get(address)
    assert (file["Content-Type"], file["Content-Disposition"]) == ("application/pdf", "inline")
    assert client_of("lead").get(address).status_code == 404


def test_a_file_that_is_no_pdf_is_never_a_page_of_this_site(importer):
    asker = importer("<script>1</script>\n" + REPORT)
    assert asker.client.get(f"{asker.address}file/")["Content-Disposition"].startswith("attachment")


def test_the_page_costs_the_same_however_much_was_left_out_or_changed(importer, cast):
    bring_in(REPORT, cast.triage, accepted=["action:17/01", "action:17/02"])
    asker = importer(REPORT.replace("write it down", "write it up"))
    with CaptureQueriesContext(connection) as few:
        asker.reopen()
    asker.send(accept=[], skip=[FIRST])
    asker = importer(REPORT.replace("write it down", "write it up").replace("share this", "share the"))
    with CaptureQueriesContext(connection) as many:
        asker.reopen()
    assert len(many) - len(few) <= 1  # who left out what


# Put right


def test_an_action_is_put_right_before_it_is_recorded(importer):
    importer().send(
        **{
            "words:action:17/01": "The DCC writes it down.",
            "owner:action:17/01": "Elexon",
            "due:action:17/01": "2021-06-04",
            "paragraph:action:17/01": "1.3",
        }
    )
    action = Action.objects.get(reference="17/01")
    assert (action.text, action.owner.name, action.due_on, action.paragraph) == (
        "The DCC writes it down.",
        "Elexon",
        date(2021, 6, 4),
        "1.3",
    )
    assert Origin.objects.get(action=action).published == "DCC agreed to write it down."


def test_what_was_put_right_is_held_when_the_report_comes_again(importer):
    importer().send(
        **{f"words:{SECOND}": "Which privacy impact assessment does an MDR need?", f"paragraph:{SECOND}": "1.3"}
    )
    assert set(kinds(plan_of(REPORT)).values()) == {"unchanged"}
    assert verify().ok


def test_one_priority_is_given_to_all_but_who_has_another(importer):
    importer().send(**{"priority:report": "low", f"priority:{SECOND}": "high"})
    assert list(Question.objects.order_by("pk").values_list("priority", flat=True)) == ["low", "high"]


def test_another_group_or_date_is_compared_again_before_anything_is_recorded(importer):
    asker = importer()
    before = LedgerEntry.objects.count()
    asker.send(**{"group:report": "AWG", "held_on:report": "2021-05-19", "owner:action:17/01": "Ofgem"})
    assert LedgerEntry.objects.count() == before
    asker.reopen()
    assert asker.get_row("meeting:AWG17").proposal.published == "19 May 2021"
    asker.send(accept=["meeting:AWG17", "action:17/01"])
    assert Action.objects.get().owner.name == "Ofgem"
    assert str(Action.objects.get().meeting) == "AWG17"


REFUSED = [
    ("words:action:17/01", "", "Action 17/01: give the words"),
    ("paragraph:action:17/01", "above", "Give the paragraph by its number"),
    ("due:action:17/01", "soon", "Action 17/01: enter a valid date."),
    ("due:action:17/01", "0021-06-01", "its year looks mistyped"),
    (f"owner:{FIRST}", "The Moon", "The Moon is not one of the choices"),
    ("held_on:report", "never", "Enter a valid date."),
    ("words:action:17/01", "a\x07b", "Action 17/01"),
]


@pytest.mark.parametrize(("name", "typed", "said"), REFUSED)
def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(name, typed, said, importer):
    asker, before = importer(), LedgerEntry.objects.count()
    asker.send(**{name: typed, f"words:{SECOND}": "What I typed at length."})
    assert said in asker.shown
    assert f'href="#id_{name}"' in asker.shown
    assert "What I typed at length." in asker.shown
    assert asker.shown.count("<title>Error: ") == 1
    assert LedgerEntry.objects.count() == before


def test_a_commitment_is_made_an_action_and_a_loose_line_a_question(importer):
    note, loose = "note-commitment-0", "note-unplaced-0"
    importer().send(
        **{f"make:{note}": "action", f"reference:{note}": "17/03", f"owner:{note}": "Elexon"},
        **{f"make:{loose}": "question", f"words:{loose}": "Who thanks the Chair?", f"priority:{loose}": "low"},
    )
    action, question = Action.objects.get(reference="17/03"), Question.objects.get(text="Who thanks the Chair?")
    assert (action.text, action.owner.name, action.paragraph) == (
        "Elexon agreed to ask the suppliers.",
        "Elexon",
        "1.4",
    )
    assert question.priority == "low"


def test_what_was_made_of_a_line_is_not_proposed_again_nor_called_gone(importer):
    note, loose = "note-commitment-0", "note-unplaced-0"
    fields = {f"make:{note}": "action", f"reference:{note}": "17/03", f"make:{loose}": "question"}
    importer().send(**fields)
    again = importer()
    assert "made into" in again.shown
    assert again.page.context["gone"] == []
    assert "make:note" not in again.shown


@pytest.mark.parametrize(
    ("reference", "said"), [("", "give the action a reference"), ("17/02", "17/02 is another action")]
)
def test_an_action_that_is_made_needs_a_reference_of_its_own(reference, said, importer):
    asker = importer()
    asker.send(**{"make:note-commitment-0": "action", "reference:note-commitment-0": reference})
    assert escape(said) in asker.shown
    assert not Action.objects.exists()


# Raised anew, left out


@pytest.fixture
def alike(raised, cast):
    question = raised(text="How often may reads be fetched at all?", title="How often?")
    link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage)
    return question


def test_a_question_is_raised_anew_where_a_link_is_proposed(alike, importer, cast):
    asker = importer(REPORT.replace("CCDG11", "CCDG15"))
    assert asker.get_row(FIRST).proposal.what == "link"
    asker.send(**{f"as:{FIRST}": "anew", f"owner:{FIRST}": "Ofgem"})
    made = Question.objects.exclude(pk=alike.pk).order_by("pk").first()
    assert (made.text, made.owner.name) == ("How often may reads be fetched (see CCDG15 Headline Report)?", "Ofgem")
    assert kinds(plan_of(REPORT.replace("CCDG11", "CCDG15")))[FIRST] == "unchanged"


def test_a_link_is_made_where_nothing_else_is_chosen(alike, importer):
    importer(REPORT.replace("CCDG11", "CCDG15")).send()
    assert Question.objects.count() == 2
    assert alike.origins.exists()


@pytest.mark.parametrize(("column", "said"), [("skip", "skipped"), ("not_a_question", "not a question")])
def test_what_is_left_out_stays_so_for_the_next_edition_and_can_be_seen(column, said, importer):
    importer().send(**{column: [SECOND]})
    assert not Question.objects.filter(text=PRIVACY).exists()
    moved = REPORT.replace("1.2 These", "1.2 We met. Is this a new question? These").replace("1.3 Ofgem", "1.5 Ofgem")
    again = importer(moved)
    assert [
        (p.published, row.get_dismissed_as_display(), by.actor) for p, row, by in again.page.context["dismissed"]
    ] == [(PRIVACY, said, "triage")]
    again.send()
    assert not Question.objects.filter(text=PRIVACY).exists()
    assert verify().ok


def test_the_command_leaves_out_what_a_person_left_out(importer, cast):
    importer().send(skip=[SECOND, "action:17/02"])
    assert bring_in(REPORT, cast.triage) == []


def test_what_was_left_out_is_taken_back(importer):
    importer().send(skip=[SECOND])
    again = importer()
    again.send("_take_back", str(DismissedItem.objects.get().pk), **{"owner:action:17/01": "Elexon"})
    again.reopen()
    assert again.get_row(SECOND).is_ticked
    again.send()
    assert Question.objects.filter(text=PRIVACY).exists()


def test_the_page_of_a_report_tells_what_was_left_out_and_takes_it_back(importer, client_of):
    asker = importer()
    asker.send(skip=[SECOND])
    report = f"/admin/register/headlinereport/{HeadlineReport.objects.get().pk}/change/"
    page = asker.client.get(report).content.decode()
    address = re.search(r'action="([^"]+/take-back/)"', page)[1]
    assert client_of("member").post(address).status_code == 403
    asker.client.post(address)
    assert DismissedItem.objects.get().is_taken_back
    assert "take-back" not in asker.client.get(report).content.decode()


def test_skipping_alone_is_recorded_and_nothing_else(importer):
    importer().send(accept=[], skip=[SECOND])
    assert (DismissedItem.objects.count(), Question.objects.count(), Action.objects.count()) == (1, 0, 0)


# Kept for later


def test_an_upload_that_waits_is_on_the_desk_of_its_uploader_alone(importer, client_of):
    asker = importer()
    assert asker.address in asker.client.get("/admin/").content.decode()
    assert asker.address not in client_of("lead").get("/admin/").content.decode()


def test_what_was_ticked_and_typed_is_kept_for_who_comes_back(importer):
    asker = importer()
    kept = {"owner:action:17/01": "Ofgem", "due:action:17/01": "half typ", f"words:{FIRST}": "How often?"}
    asker.send("_keep", accept=["action:17/01", FIRST], skip=[SECOND], **kept, **{"make:note-commitment-0": "action"})
    asker.reopen()
    rows = {row.proposal.key: row for row in asker.page.context["rows"]}
    assert {key for key, row in rows.items() if row.is_ticked} == {"action:17/01", FIRST}
    assert rows[SECOND].is_skipped
    assert all(
        f'value="{typed}"' in asker.shown or f">\n{typed}<" in asker.shown for typed in ("half typ", "How often?")
    )
    assert '<option value="Ofgem" selected>' in asker.shown
    assert '<option value="action" selected>' in asker.shown
    assert not Question.objects.exists()


def test_nothing_ticked_keeps_the_upload_and_what_was_typed(importer):
    asker = importer()
    asker.send(accept=[], **{f"owner:{FIRST}": "Ofgem"})
    assert "The upload is kept" in asker.shown
    assert '<option value="Ofgem" selected>' in asker.shown
    assert PendingUpload.objects.exists()


def test_keys_are_switched_off_and_nothing_typed_is_lost(importer, cast):
    asker = importer()
    assert "data-keys" in asker.shown
    asker.send("_keys", "off", **{f"owner:{FIRST}": "Ofgem"})
    asker.reopen()
    assert "data-keys" not in asker.shown
    assert '<option value="Ofgem" selected>' in asker.shown


# As it was shown


def test_an_upload_that_was_changed_in_another_window_is_not_recorded(importer):
    asker, before = importer(), LedgerEntry.objects.count()
    PendingUpload.objects.update(content=REPORT.replace("suppliers", "panel").encode())
    asker.send()
    assert "was changed in another window" in asker.shown
    assert LedgerEntry.objects.count() == before
    asker.send()
    assert LedgerEntry.objects.count() > before


def test_an_upload_that_was_recorded_in_another_window_is_not_recorded_twice(importer, cast):
    asker = importer()
    fields = asker.read_fields()
    asker.send()
    before = LedgerEntry.objects.count()
    page = asker.client.post(asker.address, fields, follow=True)
    assert "recorded or discarded meanwhile, so nothing was recorded" in page.content.decode()
    assert LedgerEntry.objects.count() == before


def test_what_changed_in_the_register_meanwhile_is_shown_again_first(importer, cast):
    asker = importer()
    bring_in(REPORT.replace("DCC agreed to write it down", "DCC agreed to write it up"), cast.triage)
    before = LedgerEntry.objects.count()
    asker.send()
    assert "17/01 changed in the register since this was shown, so nothing was recorded" in asker.shown
    assert LedgerEntry.objects.count() == before
    assert asker.get_row("action:17/01").proposal.kind == "changed"


def test_what_is_held_meanwhile_in_the_same_words_leaves_nothing_to_record(importer, cast):
    asker = importer()
    bring_in(REPORT, cast.triage)
    before = LedgerEntry.objects.count()
    asker.send()
    assert "holds by now what was ticked" in asker.shown
    assert (LedgerEntry.objects.count(), PendingUpload.objects.count()) == (before, 1)


def test_an_upload_of_another_kind_of_file_is_kept(importer, cast, client_of):
    client = client_of("triage")
    file = SimpleUploadedFile("q.csv", b"title,text\nWho?,Who may?\n")
    address = client.post("/admin/register/question/import/", {"file": file}).url
    assert address in client.get("/admin/").content.decode()


# Another edition

EDITION = MINUTES.replace("- How often may reads be fetched", "- How often, and when, may reads be fetched")


def test_another_edition_says_what_it_changes(cast, importer):
    bring_in(MINUTES, cast.triage)
    page = importer(EDITION)
    assert re.search(
        r"This is another edition of the <a [^>]+>CCDG17 Headline Report</a> of .*: 1 reworded\.", page.shown
    )
    assert "<ins>often, and when,</ins>" in page.shown.split("What it changes")[1].split("</details>")[0]
    assert places(page.page)[""].rows[0].proposal.key == "edition"


def test_another_edition_is_ticked_and_has_nothing_to_put_right(cast, importer):
    bring_in(MINUTES, cast.triage)
    row = importer(EDITION).get_row("edition")
    assert (row.is_ticked, list(row.form.fields)) == (True, [])


def test_an_edition_that_is_unticked_is_not_kept(cast, importer):
    bring_in(MINUTES, cast.triage)
    importer(EDITION).send(accept=[])
    assert HeadlineReport.objects.count() == 1


def test_a_first_edition_is_not_called_another(importer):
    assert "another edition" not in importer().shown


# What is left to decide

DOUBTFUL = MINUTES.replace("1.1 DCC agreed", "1.1 Ofgem agreed to ask. DCC agreed")


def list_messages(answer):
    return " ".join(map(str, get_messages(answer.wsgi_request)))


def test_an_upload_with_rows_left_to_decide_waits_on(importer):
    answer = importer(DOUBTFUL).send()
    assert "1 row is left for you to decide" in list_messages(answer)
    assert bytes(PendingUpload.objects.get().content) == DOUBTFUL.encode()


def test_an_upload_of_which_all_is_decided_is_gone(importer):
    answer = importer(DOUBTFUL).send(skip=["action:17/01"])
    assert "left for you to decide" not in list_messages(answer)
    assert not PendingUpload.objects.exists()
