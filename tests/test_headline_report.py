"""Reading headline reports: layouts of several kinds, all written for these tests."""

import io
import random
import re
import sys
import textwrap
import zipfile
from contextlib import suppress
from datetime import date

import docx
import pypdf
import pytest
from docx.oxml import parse_xml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from register import headline_report
from register.headline_report.dates import first_date
from register.headline_report.formats import LARGEST_FILE, read_document, read_text
from register.headline_report.formats.pdf import read_pdf
from register.headline_report.formats.word import read_word
from register.headline_report.report import NextMeeting, NotAReport
from tests.test_house import ROOT

HEADER = """\
Meeting name\tArchitecture Working Group\tPurpose of paper\tInformation
Meeting number\t7\tClassification\tPublic
Date and time\t4 May 2021
"""
RESTATED = (ROOT / "fixtures" / "ccdg15-headline-report.md").read_text(encoding="utf-8")


def read_report(text, **options):
    return headline_report.read_report(read_text(text), **options)


def read_file(content):
    return headline_report.read_report(read_document(content))


def get_lines(content):
    """Return what a file's blocks say, a table's rows with tabs."""
    blocks = read_document(content).blocks
    texts = ("\n".join(map("\t".join, block.rows)) if block.rows else block.text for block in blocks)
    return [text for text in texts if text]


def report(body, header=HEADER, **options):
    return read_report(header + "\n" + body, **options)


def minted(body):
    return [
        (action.reference, action.paragraph, action.owner, action.due_as_written) for action in report(body).actions
    ]


# The restated CCDG15 report: what conversion from PDF does to one


def test_the_meeting_is_read_from_the_header():
    meeting = read_report(RESTATED).meeting
    assert (meeting.name, meeting.held_on, meeting.classification, meeting.purpose) == (
        "CCDG15",
        date(2021, 3, 16),
        "public",
        "Information",
    )


def test_every_paragraph_section_and_bullet_is_read():
    read = read_report(RESTATED)
    assert (len(read.sections), len(read.paragraphs), read.unplaced) == (7, 47, [])
    assert [len(read.paragraph(number).bullets) for number in ("1.2", "3.4", "3.29", "6.1")] == [5, 3, 4, 5]


def test_markers_mint_and_mentions_mention():
    read = read_report(RESTATED)
    assert [action.reference for action in read.actions] == [f"15/{n:02}" for n in range(1, 12)]
    assert {mention.reference for mention in read.mentions} == {
        "05/09", "14/01", "14/02", "14/05", "14/06", "14/07", "14/09", "14/10", "14/12", "14/13", "14/18",
    }  # fmt: skip


def test_questions_know_their_bullet_meetings_and_topic():
    topics = {"Read frequency": ["frequency"], "Privacy assessment": ["privacy"]}
    asked = read_report(RESTATED, topics=topics).questions
    assert [(q.paragraph, q.bullet, q.meetings, q.topic) for q in asked] == [
        ("6.1", 1, (), None),
        ("6.1", 2, ("CCDG11",), "Read frequency"),
        ("6.1", 3, ("CCDG14",), None),
        ("6.1", 4, (), "Privacy assessment"),
        ("6.1", 5, ("CCDG13",), None),
    ]


def test_the_next_meeting_is_read_from_the_prose():
    assert read_report(RESTATED).next_meeting == NextMeeting("CCDG16", date(2021, 4, 20))


def test_an_action_about_this_list_serves_the_questions_before_it():
    assert {a.reference: a.serves for a in read_report(RESTATED).actions if a.serves} == {"15/10": "6.1"}


def test_commitments_without_a_marker_are_remarked_and_mint_nothing():
    assert [note.text.split(":")[0] for note in read_report(RESTATED).remarks] == ["3.8", "3.10", "3.26"]


def without_marks(text):
    text = re.sub(r"(?m)^#+\s*|^- (?=\d+\.\d)", "", text).replace("**", "")
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)


def wrapped(text):
    lines = [line if "\t" in line else "\n".join(textwrap.wrap(line, 80)) for line in text.split("\n")]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "converted",
    [
        RESTATED.replace("\n", "\r\n"),
        RESTATED.replace(" ", "\u00a0"),
        without_marks(RESTATED),
        wrapped(without_marks(RESTATED)),
        re.sub(r"\n\n+", "\n", wrapped(without_marks(RESTATED))),
        re.sub(r"\n\n+", "\n", wrapped(without_marks(RESTATED)).replace("\t", " ")),
    ],
    ids=["CRLF", "spaces that do not break", "no Markdown", "wrapped", "no blank lines", "no tabs"],
)
def test_a_report_reads_the_same_however_it_was_converted(converted):
    whole, read = read_report(RESTATED), read_report(converted)
    assert [(p.number, len(p.bullets)) for p in read.paragraphs] == [
        (p.number, len(p.bullets)) for p in whole.paragraphs
    ]
    assert [(a.reference, a.owner, a.due_as_written) for a in read.actions] == [
        (a.reference, a.owner, a.due_as_written) for a in whole.actions
    ]
    assert (read.mentions, read.meetings, read.unplaced) == (whole.mentions, whole.meetings, [])


# Markers


@pytest.mark.parametrize(
    "marker",
    [
        "**Action 7/01**",
        "- Action 7/01**",
        "### Action 7/01",
        "[ACTION 7/01]",
        "(Action 7/01)",
        "Action7/01",
        "action 7 / 01.",
        "**Action\n7/01**",
        "**Action 7/\n01**",
        "ACTION: 7/01",
        "* **Action 7/01**",
        "\u2022\tAction\u00a07/01",
    ],
)
def test_a_marker_mints_whatever_its_shape(marker):
    assert minted(f"1.1 DCC agreed to look into it.\n\n{marker}\n\n1.2 Next.") == [("7/01", "1.1", "DCC", None)]


@pytest.mark.parametrize(
    "text",
    [
        "1.1 Work on Action 7/01 goes on.",
        "### Appointments (Action 7/01)\n\n1.1 Work goes on.",
        "1.1 Work goes on.\n- as Action 7/01 asks",
    ],
)
def test_a_reference_in_prose_or_a_heading_mentions(text):
    read = report(text)
    assert (read.actions, [m.reference for m in read.mentions]) == ([], ["7/01"])


@pytest.mark.parametrize(
    "text",
    [
        "1.1 Paper 7/01 was noted.",
        "1.1 Comments are due on 07/05.",
        "### Classes (no specific action)\n\n1.1 No action is therefore needed.",
    ],
)
def test_neither_a_date_nor_a_paper_nor_the_bare_word_is_an_action(text):
    read = report(text)
    assert (read.actions, read.mentions) == ([], [])


def test_two_references_in_one_marker_mint_two():
    assert [row[0] for row in minted("1.1 DCC agreed to go.\n\n**Actions 7/01 & 7/02**")] == ["7/01", "7/02"]


@pytest.mark.parametrize("line", ["**Action 6/04**", "Action 6/04: closed."])
def test_an_action_numbered_for_another_meeting_is_a_mention(line):
    read = report(f"1.1 DCC agreed to go.\n\n{line}")
    assert (read.actions, [m.reference for m in read.mentions]) == ([], ["6/04"])


@pytest.mark.parametrize(
    "sentence", ["Elexon told where DCC had got to with\nAction 6/04.", "It\nclosed\nActions 6/04 and 6/05."]
)
def test_a_reference_that_a_wrapped_line_begins_with_is_a_mention(sentence):
    read = report(f"1.1 {sentence}\n\n1.2 Next.")
    assert (read.actions, read.mentions[0].reference, read.unplaced) == ([], "6/04", [])


def test_a_marker_under_a_bare_heading_mints_nothing_and_is_said():
    read = report("1.1 Before.\n\n### Appointments\n\n**Action 7/01**\n\n1.2 After.")
    assert read.actions == []
    assert "follows no paragraph" in read.warnings[0].text


def test_the_first_of_two_markers_of_one_action_counts_and_the_second_is_a_doubt():
    read = report("1.1 DCC agreed to go.\n\nAction 7/01\n\n1.2 Elexon agreed to stay.\n\nAction 7/01", bodies=BODIES)
    assert [(action.paragraph, action.owner) for action in read.actions] == [("1.1", "DCC")]
    assert "stands again on line 11, with owner Elexon" in read.actions[0].doubt


def test_a_closing_summary_that_agrees_adds_only_what_was_left_open():
    body = "1.1 DCC agreed to write.\n\nAction 7/01\n\n2. Action summary\n\nAction 7/01 – DCC – write – 4 June 2021\n"
    read = report(body, bodies=BODIES)
    assert [(a.paragraph, a.owner, a.due_as_written, a.doubt) for a in read.actions] == [
        ("1.1", "DCC", "4 June 2021", "")
    ]


# Owners and due dates


@pytest.mark.parametrize(
    ("sentence", "owner", "due"),
    [
        ("Elexon agreed to find out.", "Elexon", None),
        ("DCC will find out by 20 May 2021.", "DCC", "20 May 2021"),
        ("The DCC undertook to report within two weeks.", "DCC", "two weeks"),
        ("National Grid agreed to report by the next meeting.", "National Grid", "the next meeting"),
        ("DCC confirmed that it has the data. It will send the data.", "DCC", None),
        ("Ofgem and Elexon agreed to meet.", None, None),
        ("DCC spoke first. Elexon spoke next. It will write a note.", None, None),
        ("Somebody has to find out.", None, None),
        ("A member agreed to find out.", None, None),
        ("Members agreed to send comments by 7 May.", "AWG members", "7 May"),
        ("Elexon agreed to write. DCC noted the offer.", "Elexon", None),
        ("DCC noted the offer. Elexon therefore agreed to write.", "Elexon", None),
    ],
)
def test_an_owner_is_read_and_never_guessed(sentence, owner, due):
    assert minted(f"1.1 {sentence}\n\n**Action 7/01**") == [("7/01", "1.1", owner, due)]


def test_a_task_handed_on_is_the_second_actions():
    body = "1.1 Elexon agreed to send it round and give members two weeks to comment.\n\n**Actions 7/01 & 7/02**"
    assert [(row[2], row[3]) for row in minted(body)] == [("Elexon", None), ("AWG members", "two weeks")]


def test_two_actions_of_one_commitment_have_no_owner():
    body = "1.1 Elexon agreed to write and to publish.\n\n**Actions 7/01 & 7/02**"
    assert [row[2] for row in minted(body)] == [None, None]


# Questions


def test_a_sentence_that_asks_is_a_question():
    assert [(q.text, q.bullet) for q in report("1.1 It was noted. Who pays for it? Nobody knew.").questions] == [
        ("Who pays for it?", None)
    ]


def test_bullets_are_questions_only_where_they_are_announced():
    body = "1.1 What matters is:\n- which data\n- for whom\n\n1.2 These questions are open:\n- which data\n- for whom?"
    assert [(q.paragraph, q.bullet) for q in report(body).questions] == [("1.2", 1), ("1.2", 2)]


def test_two_topics_that_fit_alike_suggest_neither():
    topics = {"A": ["reads"], "B": ["identity"]}
    assert report("1.1 Does identity matter for reads?", topics=topics).questions[0].topic is None


# Layouts


def test_furniture_inside_a_list_and_a_sentence_is_set_apart():
    body = (
        "1.1 The group asked for:\n- one\n\n---\n\n## Headline report\n\n- two\n\n"
        "1.2 A sentence that goes\n\n---\n\n## Headline report\n\nover the page.\n\n---\n\n## Headline report\n"
    )
    read = report(body)
    assert [bullet.text for bullet in read.paragraph("1.1").bullets] == ["one", "two"]
    assert read.paragraph("1.2").text == "A sentence that goes over the page."
    assert (read.unplaced, len(read.furniture)) == ([], 6)


def test_running_heads_that_differ_by_page_are_set_apart():
    pages = "\n".join(f"AWG7 papers, page {n} of 4\n1.{n} Paragraph {n} says so." for n in range(1, 5))
    assert [p.text for p in report(pages).paragraphs] == [f"Paragraph {n} says so." for n in range(1, 5)]


def test_plain_text_sections_and_headings_are_told_from_sentences():
    body = "1. Opening\n1.1 Hello.\nAppointments (Action 6/01)\n1.2 Work goes on.\n2. Close\n2.1 Good bye."
    read = report(body)
    assert [section.title for section in read.sections] == ["Opening", "Close"]
    assert read.paragraph("1.2").heading == "Appointments (Action 6/01)"
    assert read.mentions[0].paragraph == "1.2"


def test_numbers_alone_on_their_line_take_the_text_below():
    read = report("1.1\nThe text stands below its number.\n1.2\nSo does this.")
    assert [p.text for p in read.paragraphs] == ["The text stands below its number.", "So does this."]


def test_a_decimal_in_a_wrapped_line_is_no_paragraph():
    assert [p.number for p in report("1.1 There are\n3.5 million meters.\n1.2 Next.").paragraphs] == ["1.1", "1.2"]


@pytest.mark.parametrize(
    "header",
    [
        "Meeting name: Architecture Working Group\nMeeting number: 7\nDate: 4 May 2021\nClassification: Public\n",
        "| Meeting name | Architecture Working Group |\n| Meeting number | 7 |\n"
        "| Date | 4 May 2021 |\n| Classification | Public |\n",
        "Meeting name Architecture Working Group Purpose of paper Information\n"
        "Meeting number 7 Classification Public\nDate and time 4 May 2021\n",
        "**Meeting name**\tAWG\n**Meeting number**\t7\n**Date**\tTuesday 4th May 2021\n**Classification**\tPublic\n",
        "# AWG 7 Headline Report\nDate: 04/05/2021\nClassification: Public\n",
    ],
)
def test_a_header_is_read_in_any_layout(header):
    meeting = report("1.1 The AWG met.", header).meeting
    assert (meeting.name, meeting.held_on, meeting.classification) == ("AWG7", date(2021, 5, 4), "public")


def test_what_conversion_does_to_characters_is_undone():
    body = (
        "1.1 The of\ufb01ce agreed to con\u00ad\n\ufb01rm non\u2011Settlement\u00a0data.\r\n\r\n"
        "1.2 \u201cQuoted\u201d.\r\n"
    )
    read = read_report("\ufeff" + HEADER + body)
    assert read.paragraph("1.1").text == "The office agreed to confirm non-Settlement data."
    assert read.paragraph("1.2").text == "\u201cQuoted\u201d."


def test_meetings_are_named_in_every_way():
    read = report("1.1 See CCDG11, CCDG 12, CCDG-13 and [CCDG14](https://example.org/x), not SMETS2.", groups=["CCDG"])
    assert read.meetings == ["CCDG11", "CCDG12", "CCDG13", "CCDG14"]


def test_what_has_no_place_is_listed_with_its_line():
    read = report("1.1 Said.\n\nA stray remark that belongs nowhere.\n\n1.2 More.")
    assert [(note.line, note.text) for note in read.unplaced] == [(7, "A stray remark that belongs nowhere.")]


def test_a_paragraph_number_used_twice_drops_nothing_in_silence():
    read = report("1.1 One.\n1.1 Another.")
    assert ([p.text for p in read.paragraphs], [n.text for n in read.unplaced]) == (["One."], ["1.1 Another."])


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("16 March 2021", date(2021, 3, 16)),
        ("Tuesday 16th March 2021", date(2021, 3, 16)),
        ("the 16th of March, 2021", date(2021, 3, 16)),
        ("16 Mar 21", date(2021, 3, 16)),
        ("16/03/2021", date(2021, 3, 16)),
        ("16.03.21", date(2021, 3, 16)),
        ("2021-03-16", date(2021, 3, 16)),
        ("March 16, 2021", date(2021, 3, 16)),
        ("16 March", date(2020, 3, 16)),
        ("31 February 2021", None),
        ("no date", None),
    ],
)
def test_dates_are_read_as_british_minutes_write_them(written, day):
    assert first_date(f"Held on {written} at ten.", year=2020) == day


# Refusals


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "this one is empty"),
        ("   \n\t", "this one is empty"),
        ("Dear all,\n1.1 Hello.", "no meeting number"),
        (HEADER + "Nothing numbered.", "no numbered paragraph"),
        (HEADER + "1.1 One.\n" + HEADER.replace("7", "8") + "1.1 Two.", "a second one begins on line"),
        ("Meeting number\t7\n1.1 Nobody met.", "no meeting name"),
    ],
)
def test_what_is_no_report_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(NotAReport, match=sentence):
        read_report(text)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.randoms(use_true_random=False),
    st.sampled_from(["shuffle", "cut", "double", "swap", "noise"]),
    st.text(max_size=40),
)
def test_a_mangled_report_is_read_or_refused_and_nothing_else(chance, way, noise):
    lines = RESTATED.split("\n")
    if way == "shuffle":
        chance.shuffle(lines)
    elif way == "cut":
        lines = [line[: chance.randint(0, 80)] for line in lines[chance.randint(0, 60) :]]
    elif way == "double":
        lines = [line for line in lines for _ in range(chance.choice([1, 1, 2]))]
    else:
        for _ in range(30):
            place = chance.randrange(len(lines))
            lines[place] = noise + lines[place] if way == "noise" else lines[chance.randrange(len(lines))]
    with suppress(NotAReport):
        assert read_report("\n".join(lines)).paragraphs


@settings(max_examples=200)
@given(st.text())
def test_any_text_at_all_is_read_or_refused(text):
    for candidate in (text, HEADER + "1.1 A" + text):
        with suppress(NotAReport):
            read_report(candidate)


def test_the_work_grows_no_faster_than_the_report():
    """Counted in calls, not seconds: four times the text, about four times the calls."""

    def calls(copies):
        body = "\n".join(
            f"{n}.1 Elexon agreed to go.\n\nAction 7/{n}\n\n{n}.2 Open questions are:\n- which?\n- whose?\n"
            for n in range(1, copies)
        )
        counted = 0

        def count(*_):
            nonlocal counted
            counted += 1

        sys.setprofile(count)
        try:
            report(body)
        finally:
            sys.setprofile(None)
        return counted

    assert calls(400) < 5 * calls(100)


# Files


def pdf_of(text, **options):
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, **options)
    for start in range(0, len(lines := text.expandtabs(4).split("\n")), 55):
        cursor = canvas.beginText(40, 800)
        for line in lines[start : start + 55]:
            cursor.textLine(line)
        canvas.drawText(cursor)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def word_of(lines, style=None):
    file, document = io.BytesIO(), docx.Document()
    for line in lines:
        document.add_paragraph(line, style=style)
    document.save(file)
    return file.getvalue()


PLAIN = HEADER + "1. Opening\n1.1 DCC agreed to go.\nAction 7/01\n1.2 Who pays for it?\n"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.encode("utf-16"),
        pdf_of(PLAIN),
        word_of(PLAIN.split("\n")),
    ],
    ids=["text", "text with a BOM", "UTF-16", "PDF", "Word"],
)
def test_each_kind_of_file_gives_the_same_report(content):
    read = read_file(content)
    assert (read.meeting.name, [a.owner for a in read.actions], len(read.questions)) == ("AWG7", ["DCC"], 1)


def test_tables_and_headings_of_a_word_file_are_read():
    file, document = io.BytesIO(), docx.Document()
    table = document.add_table(rows=0, cols=2)
    for label, value in (("Meeting name", "AWG"), ("Meeting number", "7"), ("Date", "4 May 2021")):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, value
    document.add_heading("1. Opening", 2)
    document.add_paragraph("1.1 The group met.")
    document.add_paragraph("with a point", style="List Bullet")
    document.save(file)
    read = read_file(file.getvalue())
    assert (read.meeting.name, read.meeting.held_on, read.sections[0].title) == ("AWG7", date(2021, 5, 4), "Opening")
    assert [bullet.text for bullet in read.paragraph("1.1").bullets] == ["with a point"]


def encrypted_pdf():
    writer, file = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_of(PLAIN))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(file)
    return file.getvalue()


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b"\0" * 80_000_000)
    return file.getvalue()


def scan():
    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.rect(10, 10, 500, 700, fill=1)
    canvas.save()
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "this file is empty"),
        (bytes(range(256)) * 10, "this file is none of them"),
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "this file is none of them"),
        (b"%PDF-1.7\n\x89PNG not really", "damaged"),
        (encrypted_pdf(), "encrypted"),
        (scan(), "a scan"),
        (bomb(), "unpacks to more"),
        (b"PK\x03\x04 not really", "damaged"),
        ("Meeting name\tCafé".encode("latin-1"), "UTF-8"),
        (b"x" * (LARGEST_FILE + 1), "at most 10 MB"),
    ],
    ids=["empty", "binary", "picture", "picture as PDF", "encrypted", "scan", "bomb", "no zip", "latin-1", "large"],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(content, sentence):
    with pytest.raises(NotAReport, match=sentence):
        read_document(content)


@settings(max_examples=60)
@given(st.randoms(use_true_random=False), st.sampled_from(["pdf", "word"]))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(chance, kind):
    content = bytearray(pdf_of(PLAIN) if kind == "pdf" else word_of(PLAIN.split("\n")))
    for _ in range(chance.randint(1, 40)):
        content[chance.randrange(5, len(content))] = chance.randrange(256)
    extract = read_pdf if kind == "pdf" else read_word
    with suppress(NotAReport):
        extract(bytes(content[: chance.randint(len(content) // 2, len(content))]))


def test_shuffled_lines_of_a_long_report_are_read_or_refused():
    lines = RESTATED.split("\n") * 20
    random.Random(7).shuffle(lines)
    with pytest.raises(NotAReport):
        read_report("\n".join(lines))


# What a newcomer found

BODIES = ["Elexon", "Ofgem", "DCC", "RECCo", "Gemserv", "SEC Panel"]


@pytest.mark.parametrize(
    ("line", "reference", "owner"),
    [
        ("Action 7/01 - RECCo", "7/01", "RECCo"),
        ("Action 7/01 (SEC Panel)", "7/01", "SEC Panel"),
        ("**ACTION 7/01: Gemserv to circulate the minutes to all.**", "7/01", "Gemserv"),
        ("Action 7/2 - owner: Utilita - due 1 March", "7/2", "Utilita"),
        ("New action 7/06", "7/06", None),
        ("Action no. 7/05", "7/05", None),
    ],
)
def test_a_marker_with_words_around_it_mints_after_its_paragraph(line, reference, owner):
    read = report(f"1.1 It was settled.\n{line}\n1.2 Next.", bodies=BODIES)
    assert [(a.reference, a.paragraph, a.owner) for a in read.actions] == [(reference, "1.1", owner)]
    assert read.paragraph("1.2").heading == ""


@pytest.mark.parametrize("line", ["Actions 7/07 to 7/10", "Actions 7/07-7/10", "**Actions 7/07 – 7/10**"])
def test_a_range_of_references_is_written_out(line):
    read = report(f"1.1 It was settled.\n\n{line}\n\n1.2 Next.")
    assert [action.reference for action in read.actions] == ["7/07", "7/08", "7/09", "7/10"]


def test_a_range_that_is_mentioned_is_written_out():
    mentioned = report("1.1 Actions 6/01 – 6/03 are closed and Action 6/07 is open.").mentions
    assert [mention.reference for mention in mentioned] == ["6/01", "6/02", "6/03", "6/07"]


@pytest.mark.parametrize("line", ["ACTION AWG7-01: Programme to update the minutes.", "Action 7.11"])
def test_what_looks_like_a_marker_and_is_not_understood_raises_a_doubt(line):
    assert "looks like an action's marker" in report(f"1.1 Said.\n\n{line}\n\n1.2 Next.").warnings[0].text


def test_a_reference_of_this_meeting_that_nothing_mints_raises_a_doubt():
    assert "no marker of its own" in report("1.1 As Action 7/09 says.").warnings[0].text


def test_a_marker_after_text_without_a_number_says_so():
    read = report("1.1 Start.\n\nElexon agreed to write to the DCC.\n\nAction 7/01\n", bodies=BODIES)
    assert (read.actions[0].owner, read.actions[0].text) == ("Elexon", "Elexon agreed to write to the DCC.")
    assert "follows text without a number" in read.warnings[0].text


def test_a_sentence_that_recurs_is_no_furniture():
    body = "\n".join(f"1.{n} Of item {n} the group was content with\nthis approach." for n in range(1, 5))
    assert report(body).paragraph("1.1").text == "Of item 1 the group was content with this approach."


def test_a_number_alone_in_the_middle_of_a_sentence_stays():
    read = report("1.1 It was settled in\n2021\nand goes on under Action\n6/01\nas before.")
    assert read.paragraph("1.1").text == "It was settled in 2021 and goes on under Action 6/01 as before."
    assert [mention.reference for mention in read.mentions] == ["6/01"]


def test_header_lines_are_listed_unless_a_label_stands_in_them():
    read = report("1.1 Hello.", HEADER + "Update: RECCo joined the working group\nJane Lee, candidate\n")
    assert [note.text for note in read.unplaced] == ["Update: RECCo joined the working group", "Jane Lee, candidate"]


@pytest.mark.parametrize("bullet", ["\uf0b7 ", "\x7f ", "\u2022\n", "1. "])
def test_bullets_of_every_kind_are_read(bullet):
    marks = [bullet.replace("1", str(n)) for n in (1, 2, 3)]
    body = "1.1 The outstanding questions are:\n" + "\n".join(
        mark + text for mark, text in zip(marks, ("Who pays?", "Which version applies", "How many"), strict=True)
    )
    assert [q.text for q in report(body).questions] == ["Who pays?", "Which version applies", "How many"]


@pytest.mark.parametrize(
    ("sentence", "owner", "due"),
    [
        ("Elexon or Ofgem will reply by 01/04/2021.", None, "01/04/2021"),
        ("Elexon noted that Ofgem will publish. Ofgem asked Elexon to circulate it by 5 May.", "Elexon", "5 May"),
        ("Elexon agreed to share. The new System will be live in May.", "Elexon", None),
        ("It was agreed that Elexon will check. Once done, Half Hourly Settlement will begin.", "Elexon", None),
        ("Elexon agreed to check. Meters will be read daily.", "Elexon", None),
        ("Members asked about latency. It will be considered by the DCC.", None, None),
        ("Elexon will not share the paper.", None, None),
        ("Elexon agreed to tell DCC that Settlement will change.", "Elexon", None),
        ("Elexon agreed, at the Chair's request, to check.", "Elexon", None),
        ("Elexon's PAF team will check.", "Elexon", None),
        ("Gemserv was asked to report.", "Gemserv", None),
        ("SECAS agreed to report by Friday 2 April.", "SECAS", "Friday 2 April"),
        ("DCC will report by close of play on 2 April.", "DCC", "close of play on 2 April"),
        ("DCC will report by w/c 22 March 2021.", "DCC", "w/c 22 March 2021"),
        ("DCC will report by 21-Jun-21.", "DCC", "21-Jun-21"),
    ],
)
def test_only_a_body_that_commits_itself_is_an_owner(sentence, owner, due):
    action = report(f"1.1 {sentence}\n\n**Action 7/01**", bodies=BODIES).actions[0]
    assert (action.owner, action.due_as_written) == (owner, due)


@pytest.mark.parametrize(
    ("body", "name", "day"),
    [
        ("1.1 The next meeting is AWG8 on 12 January.", "AWG8", date(2022, 1, 12)),
        ("1.1 The next meeting is on 20 June. The next SEC Panel meeting is on 1 July 2021.", None, date(2021, 6, 20)),
        ("1.1 Bye.\n\nNext meeting: 6th July 2021, AWG8.", "AWG8", date(2021, 7, 6)),
        ("1.1 Bye.\n\nNext AWG: 14 September 2021", None, date(2021, 9, 14)),
    ],
)
def test_the_next_meeting_is_this_groups_and_to_come(body, name, day):
    assert report(body).next_meeting == NextMeeting(name, day)


def test_a_decimal_at_the_head_of_a_wrapped_line_is_no_paragraph():
    read = report("1. A\n1.1 It takes\n2.5 GB and no more.\n1.2 Next.")
    assert [p.number for p in read.paragraphs] == ["1.1", "1.2"]


@pytest.mark.parametrize("asked", ["He asked “Who pays?”.", "Is it so?1", "Who pays? (see AWG6 Headline Report)."])
def test_a_question_asks_whatever_stands_behind_its_mark(asked):
    assert [q.text for q in report(f"1.1 {asked}").questions] == [asked]


@pytest.mark.parametrize("lead", ["The DCC was asked:", "Queries were raised. These were:"])
def test_questions_are_announced_in_several_ways(lead):
    assert len(report(f"1.1 {lead}\n- which version\n- how many").questions) == 2


@pytest.mark.parametrize("written", ["16-Mar-2021", "16Mar2021", "16th-17th March 2021"])
def test_more_dates_are_read(written):
    assert first_date(written) == date(2021, 3, 16)


def test_two_reports_known_by_their_titles_alone_are_refused():
    titled = "CCDG{} Headline Report\nDate: 16 March 2021\n1.1 Hello.\n"
    with pytest.raises(NotAReport, match="second one begins"):
        read_report(titled.format(15) + titled.format(16))


def test_the_same_report_twice_in_one_file_is_refused():
    with pytest.raises(NotAReport, match="second one begins"):
        read_report((HEADER + "1.1 Hello.\n") * 2)


def test_a_group_is_named_beside_the_meetings_number():
    read = report("1.1 Hello.", "Programme Steering Group (PSG) Headline Report\nMeeting number: PSG 08\n")
    assert read.meeting.name == "PSG8"


@pytest.mark.parametrize(
    "line",
    [
        "**",
        "__",
        "****",
        "\u200b",
        "# a" + " " * 20_000 + "x",
        "1.1 A" + " " * 20_000 + "x",
        "[" * 20_000,
        "- " * 20_000,
        "Action " * 5_000,
    ],
)
def test_no_line_takes_more_than_its_length(line):
    assert report(f"1.1 Hello.\n{line}\n1.2 Bye.").paragraph("1.1")


# Word, as people write it


def word_file(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def numbered_document(levels):
    """Return a Word document whose own numbering counts `1.` and `1.1`, with a paragraph for each (level, text)."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    patterns = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for n, (form, pattern) in enumerate([("decimal", "%1."), ("decimal", "%1.%2"), ("lowerLetter", "(%3)")])
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    numbering.insert(0, parse_xml(f'<w:abstractNum xmlns:w="{space}" w:abstractNumId="77">{patterns}</w:abstractNum>'))
    for number in (88, 89):
        numbering.append(
            parse_xml(f'<w:num xmlns:w="{space}" w:numId="{number}"><w:abstractNumId w:val="77"/></w:num>')
        )
    for number, level, text in levels:
        properties = document.add_paragraph(text)._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = number
        properties.get_or_add_ilvl().val = level
    return document


def test_the_numbers_that_word_counts_are_read():
    document = numbered_document(
        [
            (88, 0, "Opening"),
            (88, 1, "The group met."),
            (88, 2, "with a point"),
            (89, 1, "DCC agreed to go."),
            (89, 0, "Close"),
            (89, 1, "Good bye."),
        ]
    )
    for line in reversed(HEADER.strip().split("\n")):
        document.paragraphs[0].insert_paragraph_before(line)
    read = read_file(word_file(document))
    assert [section.title for section in read.sections] == ["Opening", "Close"]
    assert [(p.number, len(p.bullets)) for p in read.paragraphs] == [("1.1", 1), ("1.2", 0), ("2.1", 0)]


def test_tracked_insertions_and_content_controls_are_read_and_deletions_are_not():
    document = docx.Document()
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    paragraph = document.add_paragraph("RECCo ")._p
    paragraph.append(parse_xml(f"<w:ins {space}><w:r><w:t>agreed to draft it.</w:t></w:r></w:ins>"))
    paragraph.append(parse_xml(f"<w:del {space}><w:r><w:delText>gone</w:delText></w:r></w:del>"))
    control = f"<w:sdt {space}><w:sdtContent><w:p><w:r><w:t>Held in a control.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(0, parse_xml(control))
    assert get_lines(word_file(document)) == ["Held in a control.", "RECCo agreed to draft it."]


def test_equal_cells_of_a_table_row_all_stay():
    document = docx.Document()
    cells = document.add_table(rows=1, cols=4).rows[0].cells
    for cell, text in zip(cells, ("16/05", "DCC", "DCC", "Publish"), strict=True):
        cell.text = text
    assert get_lines(word_file(document)) == ["16/05\tDCC\tDCC\tPublish"]


def test_a_pdf_that_opens_without_its_owners_password_is_read():
    writer, file = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_of(PLAIN))), io.BytesIO()
    writer.encrypt("", "owner", algorithm="RC4-128")
    writer.write(file)
    assert "DCC agreed to go." in "\n".join(get_lines(file.getvalue()))
