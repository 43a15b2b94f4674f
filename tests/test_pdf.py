"""What a PDF shows is read as blocks: its lines, and the pages that have no text. What cannot be read is refused."""

import io
from contextlib import suppress

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from register.headline_report.blocks import BlockKind
from register.headline_report.formats import read_document
from register.headline_report.formats.pdf import read_pdf
from register.headline_report.report import NotAReport
from tests.pdf_drawing import PROSE, Drawing, draw_circle, get_parts, get_texts


@pytest.fixture
def drawing():
    return Drawing()


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
