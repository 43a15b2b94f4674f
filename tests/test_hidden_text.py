"""What a reader of a file does not see as its text is not read, and it is said that it is there."""

import io
from typing import NamedTuple

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.pdfgen.canvas import Canvas

from register.headline_report.formats import read_document
from tests.test_reports import MINUTES

W = nsdecls("w", "r", "wp", "a")
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
WPS = 'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
BOX = "<w:txbxContent><w:p><w:r><w:t>Boxed.</w:t></w:r></w:p></w:txbxContent>"


def read(document):
    file = io.BytesIO()
    document.save(file)
    return read_file(file.getvalue())


def read_file(content):
    """Return (the text of a file's blocks, what is left out)."""
    document = read_document(content)
    texts = ["\n".join(map("\t".join, block.rows)) if block.rows else block.text for block in document.blocks]
    return Read("\n".join(filter(None, texts)), document.left_out)


class Read(NamedTuple):
    text: str
    left_out: list[str]


def make_document(run_xml=""):
    """Return a document whose one paragraph reads “Seen.”, with this XML behind."""
    document = docx.Document()
    paragraph = document.add_paragraph("Seen.")
    if run_xml:
        for child in parse_xml(f"<w:p {W} {MC} {WPS}>{run_xml}</w:p>"):
            paragraph._p.append(child)
    return document


HIDDEN = {
    "vanish": "<w:r><w:rPr><w:vanish/></w:rPr><w:t>Secret</w:t></w:r>",
    "vanish, said at length": '<w:r><w:rPr><w:vanish w:val="true"/></w:rPr><w:t>Secret</w:t></w:r>',
    "webHidden": "<w:r><w:rPr><w:webHidden/></w:rPr><w:t>Secret</w:t></w:r>",
    "inserted and hidden": "<w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>Secret</w:t></w:r></w:ins>",
    "deleted": "<w:del><w:r><w:delText>Secret</w:delText></w:r></w:del>",
    "moved away": "<w:moveFrom><w:r><w:t>Secret</w:t></w:r></w:moveFrom>",
}
BOXED = {
    "text box": f"<w:r><w:pict>{BOX}</w:pict></w:r>",
    "text box of two forms": "<w:r><mc:AlternateContent>"
    f"<mc:Choice Requires='wps'><w:drawing>{BOX}</w:drawing></mc:Choice>"
    f"<mc:Fallback><w:pict>{BOX}</w:pict></mc:Fallback></mc:AlternateContent></w:r>",
}


@pytest.mark.parametrize("xml", HIDDEN.values(), ids=HIDDEN)
def test_text_that_is_not_seen_is_left_out_and_told(xml):
    file = read(make_document(xml))
    assert (file.text, len(file.left_out), "“Secret”" in file.left_out[0]) == ("Seen.", 1, True)


@pytest.mark.parametrize("xml", BOXED.values(), ids=BOXED)
def test_a_box_is_read_once_after_the_paragraph_that_holds_it(xml):
    assert read(make_document(xml)) == ("Seen.\nBoxed.", [])


SEEN = {
    "vanish taken back": '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> More.</w:t></w:r>',
    "white": '<w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t> More.</w:t></w:r>',
    "inserted": "<w:ins><w:r><w:t> More.</w:t></w:r></w:ins>",
    "result of a field": '<w:fldSimple w:instr=" SEQ x "><w:r><w:t> More.</w:t></w:r></w:fldSimple>',
    "choice": "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:t> More.</w:t></mc:Choice>"
    "<mc:Fallback><w:t>Twice</w:t></mc:Fallback></mc:AlternateContent></w:r>",
    "fallback": "<w:r><mc:AlternateContent><mc:Choice Requires='odd' xmlns:odd='urn:odd'><w:t>Odd</w:t></mc:Choice>"
    "<mc:Fallback><w:t> More.</w:t></mc:Fallback></mc:AlternateContent></w:r>",
}


@pytest.mark.parametrize("xml", SEEN.values(), ids=SEEN)
def test_text_that_is_seen_is_read(xml):
    assert read(make_document(xml)) == ("Seen. More.", [])


def test_the_code_of_a_field_is_no_text():
    code = "<w:r><w:fldChar w:fldCharType='begin'/><w:instrText>Secret</w:instrText></w:r>"
    assert read(make_document(code)).text == "Seen."


@pytest.mark.parametrize("kind", [WD_STYLE_TYPE.PARAGRAPH, WD_STYLE_TYPE.CHARACTER])
def test_a_style_hides_and_so_does_one_that_is_based_on_it(kind):
    document = make_document()
    document.styles.add_style("Hushed", kind).font.hidden = True
    heir = document.styles.add_style("Heir", kind)
    heir.base_style = document.styles["Hushed"]
    if kind == WD_STYLE_TYPE.PARAGRAPH:
        document.add_paragraph("Secret", style="Heir")
    else:
        document.paragraphs[0].add_run("Secret", style="Heir")
    assert read(document) == ("Seen.", ["The file has hidden text, not read: “Secret”."])


def test_two_styles_that_both_hide_show():
    document = docx.Document()
    for name, kind in (("Block", WD_STYLE_TYPE.PARAGRAPH), ("Word", WD_STYLE_TYPE.CHARACTER)):
        document.styles.add_style(name, kind).font.hidden = True
    document.add_paragraph(style="Block").add_run("Seen.", style="Word")
    assert read(document).text == "Seen."


@pytest.mark.parametrize("mark", ["w:hidden", "w:del"])
def test_a_row_that_is_not_seen_is_left_out(mark):
    document = make_document()
    table = document.add_table(2, 1)
    table.cell(0, 0).text, table.cell(1, 0).text = "Kept", "Secret"
    table.rows[1]._tr.get_or_add_trPr().append(parse_xml(f"<{mark} {W}/>"))
    assert read(document).text == "Seen.\nKept"


def test_comments_are_no_text_and_told():
    document = make_document()
    document.add_comment(document.paragraphs[0].runs, text="Secret", author="A")
    assert read(document) == ("Seen.", ["The file has comments, not read: “Secret”."])


def test_the_preview_tells(client_of):
    document, file = docx.Document(), io.BytesIO()
    for line in MINUTES.split("\n"):
        document.add_paragraph(line)
    document.paragraphs[-2].add_run("A secret.").font.hidden = True
    document.save(file)
    upload = SimpleUploadedFile("r.docx", file.getvalue())
    page = client_of("triage").post("/admin/register/headlinereport/import/", {"file": upload}, follow=True)
    assert page.content.decode().count("A secret.") == 1
    assert "The file has hidden text, not read: “A secret.”." in page.content.decode()


def make_pdf(*lines):
    """Return a PDF of (rendering mode, text) lines."""
    file = io.BytesIO()
    canvas = Canvas(file)
    for n, (mode, line) in enumerate(lines):
        canvas.saveState()
        text = canvas.beginText(72, 700 - 20 * n)
        text.setTextRenderMode(mode)
        text.textLine(line)
        canvas.drawText(text)
        canvas.restoreState()
    canvas.save()
    return file.getvalue()


def test_invisible_text_of_a_pdf_is_left_out_and_told():
    file = read_file(make_pdf((0, "Seen."), (3, "Secret"), (0, "Seen too.")))
    assert (file.text.split("\n")[:2], len(file.left_out)) == (["Seen.", "Seen too."], 1)


def test_the_text_of_a_scan_is_read_and_told():
    file = read_file(make_pdf((3, "Read by a machine.")))
    assert (file.text.strip(), "is a scan" in file.left_out[0]) == ("Read by a machine.", True)
