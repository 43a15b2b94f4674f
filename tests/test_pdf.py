"""What a PDF shows is read as blocks: its lines, headings, lists, tables, columns, and the pages that have no text."""

import io
from contextlib import suppress

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate, Table

from register.headline_report.blocks import BlockKind
from register.headline_report.formats import read_document
from register.headline_report.formats.pdf import read_pdf
from register.headline_report.report import NotAReport

PROSE = (
    "DCC agreed to set out what it holds of each meter",
    "and how long it is kept before anybody may fetch",
    "it, so that members can compare this with what the",
    "design asks for in the paper of the last meeting.",
)


class Drawing:
    """Draws on the pages of a PDF, from the top downwards."""

    def __init__(self, size=A4):
        self.file = io.BytesIO()
        self.canvas = Canvas(self.file, pagesize=size)
        self.height = size[1]

    def write(self, left, down, text, size=10, font="Helvetica"):
        self.canvas.setFont(font, size)
        self.canvas.drawString(left, self.height - down, text)

    def write_lines(self, left, down, lines, **options):
        for n, line in enumerate(lines):
            self.write(left, down + 12 * n, line, **options)

    def read(self):
        return read_pdf(self.get_content())

    def get_content(self):
        self.canvas.save()
        return self.file.getvalue()


@pytest.fixture
def drawing():
    return Drawing()


def get_parts(document):
    """Return (name of the kind, label and text, or rows) of each block."""
    return [(b.kind.name, b.rows or f"{b.label} {b.text}".strip()) for b in document.blocks]


def get_texts(document):
    return [block.text for block in document.blocks if block.text]


def get_tables(document):
    return [block.rows for block in document.blocks if block.rows]


def ruled(rows, style=(), **options):
    file = io.BytesIO()
    grid = ("GRID", (0, 0), (-1, -1), 0.5, colors.black)
    SimpleDocTemplate(file, pagesize=A4).build([Table(rows, style=[grid, *style], **options)])
    return read_pdf(file.getvalue())


# Lines and pages


def test_each_line_is_a_block_with_its_place(drawing):
    drawing.write_lines(60, 60, PROSE[:2])
    drawing.canvas.showPage()
    drawing.write(60, 60, "1.1 Who pays for it?")
    blocks = drawing.read().blocks
    assert [(b.kind.name, b.line, b.page) for b in blocks] == [
        ("TEXT", 1, 1), ("TEXT", 2, 1), ("PAGE_EDGE", 3, 2), ("TEXT", 4, 2),
    ]  # fmt: skip
    assert blocks[-1].text == "1.1 Who pays for it?"


def test_words_are_told_apart_by_where_they_stand(drawing):
    for left, word in ((60, "DCC"), (84.5, "agreed"), (118, "to"), (130, "go.")):
        drawing.write(left, 60, word)
    assert get_texts(drawing.read()) == ["DCC agreed to go."]


def test_lines_are_read_from_the_top_however_they_are_drawn(drawing):
    drawing.write(60, 90, "second")
    drawing.write(60, 60, "first")
    assert get_texts(drawing.read()) == ["first", "second"]


def test_a_larger_gap_between_lines_is_a_blank(drawing):
    drawing.write_lines(60, 60, PROSE)
    drawing.write_lines(60, 120, PROSE)
    assert [kind for kind, _ in get_parts(drawing.read())] == ["TEXT"] * 4 + ["BLANK"] + ["TEXT"] * 4


def test_text_on_a_page_that_is_turned_is_read(drawing):
    drawing.canvas.rotate(90)
    drawing.canvas.drawString(60, -60, "1.1 Who pays for it?")
    drawing.canvas.drawString(60, -74, "Action 7/01")
    assert get_texts(drawing.read()) == ["1.1 Who pays for it?", "Action 7/01"]


def test_text_across_the_page_is_left_out_and_told(drawing):
    drawing.write_lines(60, 60, PROSE)
    drawing.canvas.rotate(45)
    drawing.write(300, 600, "DRAFT", size=60)
    document = drawing.read()
    assert get_texts(document) == list(PROSE)
    assert document.left_out == ["Page 1 has text set at an angle, not read: “DRAFT”."]


# Pages without text


def draw_picture(canvas):
    picture = "q 595 0 0 842 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \x80 EI Q"
    canvas._code.append(picture)


def test_a_page_without_text_between_others_is_named(drawing):
    drawing.write(60, 60, "before")
    drawing.canvas.showPage()
    draw_picture(drawing.canvas)
    drawing.canvas.showPage()
    drawing.write(60, 60, "after")
    document = drawing.read()
    kinds = [(block.kind.name, block.page) for block in document.blocks]
    assert kinds == [("TEXT", 1), ("PAGE_EDGE", 2), ("UNREAD_PAGE", 2), ("PAGE_EDGE", 3), ("TEXT", 3)]
    assert document.left_out == ["Page 2 has no text: it is a scan or a picture, and was not read."]


def test_a_picture_of_a_page_with_a_running_head_is_named_too(drawing):
    draw_picture(drawing.canvas)
    drawing.write(60, 60, "Headline report")
    document = drawing.read()
    assert [block.kind for block in document.blocks] == [BlockKind.UNREAD_PAGE, BlockKind.TEXT]
    assert document.left_out == ["Page 1 is mostly a picture that was not read."]


def test_an_empty_page_is_no_scan(drawing):
    drawing.write(60, 60, "before")
    drawing.canvas.showPage()
    drawing.canvas.showPage()
    assert drawing.read().left_out == []


def test_invisible_text_is_left_out_and_told(drawing):
    for mode, text, down in ((0, "Seen.", 60), (3, "Secret", 80), (0, "Seen too.", 100)):
        drawing.canvas.saveState()
        line = drawing.canvas.beginText(60, drawing.height - down)
        line.setTextRenderMode(mode)
        line.textLine(text)
        drawing.canvas.drawText(line)
        drawing.canvas.restoreState()
    document = drawing.read()
    assert get_texts(document) == ["Seen.", "Seen too."]
    assert document.left_out == ["Page 1 has text that is drawn invisibly, not read."]


def test_text_beside_the_page_is_left_out_and_told(drawing):
    drawing.write(60, 60, "Seen.")
    drawing.write(-300, 60, "Secret")
    document = drawing.read()
    assert (get_texts(document), len(document.left_out)) == (["Seen."], 1)


def test_text_that_was_recognised_on_a_scan_is_read_and_told(drawing):
    line = drawing.canvas.beginText(60, 700)
    line.setTextRenderMode(3)
    line.textLine("Read by a machine.")
    drawing.canvas.drawText(line)
    document = drawing.read()
    assert get_texts(document) == ["Read by a machine."]
    assert document.left_out == ["Page 1 is a scan: its text was recognised by a machine, so compare it."]


# Headings and lists


def test_a_line_that_is_larger_or_bold_is_a_heading(drawing):
    drawing.write(60, 60, "1. Opening", size=14)
    drawing.write_lines(60, 90, PROSE)
    drawing.write(60, 150, "Appointments", font="Helvetica-Bold")
    drawing.write_lines(60, 180, PROSE)
    headings = [block.text for block in drawing.read().blocks if block.kind is BlockKind.HEADING]
    assert headings == ["1. Opening", "Appointments"]


def test_a_heading_that_wraps_is_one_and_is_not_glued_to_its_paragraph(drawing):
    drawing.write_lines(60, 60, PROSE)
    drawing.write(60, 120, "2. What DCC holds of each meter and", size=13, font="Helvetica-Bold")
    drawing.write(60, 135, "how long it is kept", size=13, font="Helvetica-Bold")
    drawing.write_lines(60, 155, PROSE)
    parts = [part for part in get_parts(drawing.read()) if part[0] == "HEADING"]
    assert parts == [("HEADING", "2. What DCC holds of each meter and how long it is kept")]


def test_two_headings_are_two(drawing):
    drawing.write_lines(60, 60, ["2. Updates", "Appointments"], font="Helvetica-Bold")
    drawing.write_lines(60, 100, PROSE)
    assert [kind for kind, _ in get_parts(drawing.read())][:2] == ["HEADING", "HEADING"]


def test_a_word_that_goes_on_in_the_next_line_is_one(drawing):
    drawing.write_lines(60, 60, ["1.1 It was held before the vote of the Non-", "Smart segment, with more to say."])
    assert get_texts(drawing.read()) == ["1.1 It was held before the vote of the Non-Smart segment, with more to say."]


def test_words_are_joined_where_a_document_parts_them(drawing):
    drawing.write_lines(60, 60, ["it was the objec-", "tive of the whole"] * 8)
    assert get_texts(drawing.read()) == ["it was the objective of the whole"] * 8


def draw_circle(canvas, left, y):
    canvas.circle(left + 2, y, 1.5, fill=1, stroke=0)


def draw_square(canvas, left, y):
    canvas.rect(left, y - 1.5, 3, 3, fill=1, stroke=0)


def draw_dingbat(canvas, left, y):
    canvas.setFont("ZapfDingbats", 6)
    canvas.drawString(left, y - 2, "l")


def draw_glyph(canvas, left, y):
    canvas.setFont("Helvetica", 10)
    canvas.drawString(left, y - 3, "•")


@pytest.mark.parametrize("draw", [draw_circle, draw_square, draw_dingbat, draw_glyph])
def test_a_bullet_is_the_label_of_its_item_however_it_is_drawn(drawing, draw):
    drawing.write(60, 60, "1.2 Questions are:")
    draw(drawing.canvas, 62, drawing.height - 77)
    drawing.write_lines(78, 80, ["Who pays", "for it?"])
    label = "●" if draw is draw_dingbat else "•"
    item, rest = drawing.read().blocks[-2:]
    assert (item.kind, item.text, rest.text) == (BlockKind.ITEM, "Who pays", "for it?")
    assert item.label in (label, "•")


def test_a_number_that_is_set_apart_is_a_label(drawing):
    for n, text in enumerate(("Who pays for it?", "Who is told?")):
        drawing.write(60, 60 + 12 * n, f"{n + 1}.")
        drawing.write(80, 60 + 12 * n, text)
    assert get_parts(drawing.read()) == [("ITEM", "1. Who pays for it?"), ("ITEM", "2. Who is told?")]


def test_a_number_at_the_head_of_a_wrapped_line_is_none(drawing):
    drawing.write_lines(60, 60, ["1.1 The questions are as told in the annex under the number", "15. They are DCC's."])
    assert get_texts(drawing.read())[-1] == "15. They are DCC's."


# Tables


def test_a_ruled_table_is_read_by_its_cells():
    rows = [["Reference", "Action", "Owner"], ["15/01", "DCC to send\nthe list", "DCC"], ["15/02", "", "Ofgem"]]
    expected = (("Reference", "Action", "Owner"), ("15/01", "DCC to send the list", "DCC"), ("15/02", "", "Ofgem"))
    assert get_tables(ruled(rows)) == [expected]


def test_a_cell_over_several_columns_stands_once_and_one_over_rows_leaves_its_place():
    rows = [["Open actions", "", ""], ["MDR", "15/01", "DCC"], ["", "15/02", "Ofgem"]]
    spans = [("SPAN", (0, 0), (2, 0)), ("SPAN", (0, 1), (0, 2))]
    assert get_tables(ruled(rows, spans)) == [(("Open actions",), ("MDR", "15/01", "DCC"), ("", "15/02", "Ofgem"))]


def test_the_items_of_a_list_in_a_cell_are_lines():
    assert get_tables(ruled([["1.1", "To send:\n• the list\n• the paper"]])) == [
        (("1.1", "To send:\n• the list\n• the paper"),)
    ]


def test_a_word_too_long_for_its_column_is_one():
    rows = [["Classific\nation", "Public"], ["Meeting\nname", "AWG"], ["Meeting", "7"]]
    document = ruled(rows, colWidths=[54, 80])
    assert [row[0] for row in get_tables(document)[0]] == ["Classification", "Meeting name", "Meeting"]


def test_a_frame_around_text_is_no_table(drawing):
    drawing.canvas.rect(50, drawing.height - 110, 300, 60)
    drawing.write_lines(60, 60, PROSE)
    assert get_texts(drawing.read()) == list(PROSE)


HEADER = [
    ("Meeting", "Code Change &", "Purpose of", "Information"),
    ("name", "Development", "paper", ""),
    ("", "Group – MHHS", "", ""),
    ("Meeting", "15", "Classification", "Public"),
    ("number", "", "", ""),
]


@pytest.mark.parametrize("gap", [0, 4])
def test_a_table_without_lines_is_read_by_its_columns(drawing, gap):
    down = [60, 72, 84, 96 + gap, 108 + gap]
    for y, cells in zip(down, HEADER, strict=True):
        for left, cell in zip((60, 110, 200, 280), cells, strict=True):
            drawing.write(left, y, cell)
    drawing.write_lines(60, 150, PROSE)
    assert get_tables(drawing.read()) == [
        (
            ("Meeting name", "Code Change & Development Group – MHHS", "Purpose of paper", "Information"),
            ("Meeting number", "15", "Classification", "Public"),
        )
    ]


def test_labels_and_values_side_by_side_are_a_table(drawing):
    for n, (label, value) in enumerate(
        (("Meeting name", "Code Change &"), ("", "Development Group"), ("Date", "4 May"))
    ):
        drawing.write(60, 60 + 12 * n, label)
        drawing.write(160, 60 + 12 * n, value)
    assert get_tables(drawing.read()) == [(("Meeting name", "Code Change & Development Group"), ("Date", "4 May"))]


def test_paragraphs_with_their_numbers_set_apart_are_no_table(drawing):
    for n in range(3):
        drawing.write(60, 60 + 24 * n, f"1.{n + 1}")
        drawing.write(90, 60 + 24 * n, "DCC agreed to go.")
    assert get_texts(drawing.read()) == [f"1.{n} DCC agreed to go." for n in (1, 2, 3)]


def test_a_head_without_lines_is_the_first_row_of_the_table_below():
    rows = [["Reference", "Action", "Owner"], ["15/01", "To send the list", "DCC"], ["15/02", "To go", "Ofgem"]]
    file = io.BytesIO()
    body = ("GRID", (0, 1), (-1, -1), 0.5, colors.black)
    SimpleDocTemplate(file, pagesize=A4).build([Table(rows, style=[body], colWidths=[80, 120, 80])])
    assert get_tables(read_pdf(file.getvalue())) == [tuple(map(tuple, rows))]


def test_a_table_whose_lines_are_not_drawn_keeps_the_text_that_it_was_laid_as(drawing):
    for n, cells in enumerate((("Reference", "Action", "Owner"), ("15/01", "To go.", "DCC"))):
        for left, cell in zip((60, 160, 260), cells, strict=True):
            drawing.write(left, 60 + 12 * n, cell)
    assert drawing.read().blocks[0].text == "Reference\tAction\tOwner\n15/01\tTo go.\tDCC"


# Columns


def test_columns_are_read_one_after_the_other(drawing):
    drawing.write(60, 50, "Headline report of the group, over both of its columns and more of the page", size=10)
    drawing.write_lines(60, 80, PROSE)
    drawing.write_lines(320, 80, ["1.2 Then it was asked", *PROSE])
    assert get_texts(drawing.read())[1:] == [*PROSE, "1.2 Then it was asked", *PROSE]


def test_running_heads_and_feet_stand_outside_of_columns(drawing):
    for page in (1, 2):
        drawing.write(60, 30, "CCDG")
        drawing.write(450, 30, "Headline report")
        drawing.write_lines(60, 70 + 10 * page, PROSE)
        drawing.write_lines(320, 70 + 10 * page, [f"{page}.2 Then it was asked", *PROSE])
        drawing.write(60, 800, f"Page {page}")
        drawing.canvas.showPage()
    texts = get_texts(drawing.read())
    assert texts[0].split("\t") == ["CCDG", "Headline report"]
    assert texts[1:10] == [*PROSE, "1.2 Then it was asked", *PROSE]
    assert texts[10] == "Page 1"


def test_a_marker_that_begins_two_pages_is_no_running_head(drawing):
    for number in (1, 4):
        drawing.write(60, 60, f"Action 15/0{number}", font="Helvetica-Bold")
        drawing.write_lines(60, 80, PROSE)
        drawing.canvas.showPage()
    assert [kind for kind, _ in get_parts(drawing.read())].count("HEADING") == 2


def test_a_paragraph_goes_on_over_the_edge_of_a_page(drawing):
    for number, lines in enumerate((PROSE[:2], PROSE[2:]), 1):
        drawing.write(60, 30, "Headline report", size=16)
        drawing.write_lines(60, 60, lines)
        drawing.write(60, 800, f"Page {number} of 2")
        drawing.canvas.showPage()
    assert get_parts(drawing.read())[2:7] == [
        ("TEXT", PROSE[1]), ("TEXT", "Page 1 of 2"), ("PAGE_EDGE", ""), ("TEXT", "Headline report"), ("TEXT", PROSE[2]),
    ]  # fmt: skip


def test_the_head_of_a_table_that_goes_on_is_its_first_row(drawing):
    for number in (1, 2):
        rows = [("Reference", "Action", "Owner"), (f"15/0{number}", "To go." * number, "DCC" * number)]
        for left, cells in zip((60, 160, 260), zip(*rows, strict=True), strict=True):
            drawing.write_lines(left, 60, cells)
        drawing.canvas.showPage()
    assert [rows[0] for rows in get_tables(drawing.read())] == [("Reference", "Action", "Owner")] * 2


# What is refused


def encrypt(content, *passwords):
    writer, file = pypdf.PdfWriter(clone_from=io.BytesIO(content)), io.BytesIO()
    writer.encrypt(*passwords, algorithm="RC4-128")
    writer.write(file)
    return file.getvalue()


def make_pages(count):
    drawing = Drawing()
    for _ in range(count):
        drawing.write(60, 60, "1.1 Who pays for it?")
        drawing.canvas.showPage()
    return drawing.get_content()


def make_scan():
    drawing = Drawing()
    draw_picture(drawing.canvas)
    return drawing.get_content()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7\n\x89PNG not really", "Give a whole PDF"),
        (b"", "Give a whole PDF"),
        (encrypt(make_pages(1), "secret"), "without its password"),
        (make_pages(301), "at most 300 pages"),
        (make_scan(), "pictures of pages only"),
    ],
    ids=["damaged", "empty", "encrypted", "long", "scan"],
)
def test_a_pdf_that_cannot_be_read_is_refused_in_a_sentence(content, sentence):
    with pytest.raises(NotAReport, match=sentence):
        read_pdf(content)


def test_an_owners_password_does_not_prevent_reading():
    assert get_texts(read_pdf(encrypt(make_pages(1), "", "owner"))) == ["1.1 Who pays for it?"]


def make_bomb():
    """Return a small PDF whose page unpacks to more glyphs than fit into the memory of the process that reads."""
    canvas = Canvas(file := io.BytesIO(), pageCompression=1)
    canvas._code.append("BT /F1 10 Tf " + f"({'a' * 100}) Tj " * 200_000 + "ET")
    canvas.save()
    return file.getvalue()


def test_a_pdf_that_unpacks_to_too_much_is_refused_in_a_sentence():
    with pytest.raises(NotAReport, match="Give the report as text: it takes more than 512 MB"):
        read_document(make_bomb())


def make_one_of_each():
    drawing = Drawing()
    drawing.write(60, 50, "1. Opening", size=14)
    draw_circle(drawing.canvas, 62, drawing.height - 77)
    drawing.write(78, 80, "Who pays for it?")
    drawing.canvas.grid([60, 100, 200, 300], [500, 520, 540])
    drawing.canvas.drawString(65, 505, "15/01")
    drawing.write_lines(60, 400, PROSE)
    drawing.write_lines(320, 400, PROSE)
    return drawing.get_content()


ONE_OF_EACH = make_one_of_each()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(ONE_OF_EACH) - 1), st.integers(0, 255)), max_size=40), st.integers(0, 400))
def test_a_damaged_pdf_is_read_or_refused_and_nothing_else(flips, cut):
    content = bytearray(ONE_OF_EACH)
    for place, byte in flips:
        content[place] = byte
    with suppress(NotAReport):
        read_pdf(bytes(content[: len(content) - cut]))
