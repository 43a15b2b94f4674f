"""Headings, lists, tables and columns of a PDF are read as they are set, however they are drawn."""

import io

import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.platypus import SimpleDocTemplate, Table

from register.headline_report.blocks import BlockKind
from register.headline_report.formats.pdf import read_pdf
from tests.pdf_drawing import PROSE, Drawing, draw_circle, get_parts, get_tables, get_texts, ruled


@pytest.fixture
def drawing():
    return Drawing()


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


ROWS = [("alpha", "To send", "DCC"), ("", "the list", ""), ("beta", "To go", "Ofgem")]
READ = (("alpha", "To send the list", "DCC"), ("beta", "To go", "Ofgem"))


def write_rows(drawing, downs):
    for y, cells in zip(downs, ROWS, strict=True):
        for left, cell in zip((60, 160, 260), cells, strict=True):
            drawing.write(left, y, cell)


def test_a_gap_begins_a_row_of_a_table(drawing):
    write_rows(drawing, (60, 72, 90))
    assert get_tables(drawing.read()) == [READ]


def test_a_line_begins_a_row_of_a_table(drawing):
    write_rows(drawing, (60, 72, 84))
    drawing.canvas.line(55, drawing.height - 75, 300, drawing.height - 75)
    assert get_tables(drawing.read()) == [READ]


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
