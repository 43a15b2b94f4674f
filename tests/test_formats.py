"""Formats beside text, PDF and Word: a web page and a mail are read; what is not read is named."""

import io
from contextlib import suppress

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st

from register import headline_report
from register.headline_report.blocks import BlockKind
from register.headline_report.formats import read_document, read_text
from register.headline_report.formats.html import read_html
from register.headline_report.formats.mail import read_mail
from register.headline_report.report import NotAReport

HEADER = "Meeting name: Code Change & Development Group (CCDG)\nMeeting number: 24\nDate: 14 December 2021\n\n"
BODY = "1. Opening\n\n1.1 DCC agreed to go.\n\nAction 24/01\n"
PAGE = """\
<!DOCTYPE html><html><head><title>Not this</title><style>p {color: red}</style></head><body>
<h1>Headline report</h1>
<table><tr><th>Meeting name</th><td>Code Change &amp; Development Group (CCDG)</td></tr>
<tr><th>Meeting number</th><td>24</td></tr><tr><th>Date</th><td>14 December 2021</td></tr></table>
<h2>1. Opening</h2><p>1.1 DCC agreed
to go.</p><p><b>Action 24/01</b></p>
<p style="display: none">1.2 Secret.</p>
<p>1.3 These questions are open:</p><ul><li>Who pays</li><li>Who reads</li></ul>
<table><tr><th>Ref</th><th>Action</th><th>Owner</th></tr><tr><td>23/04</td><td>Go</td><td>DCC</td></tr></table>
</body></html>
"""
MAIL = """\
From: A Secretary <a@example.org>
To: members@example.org
Subject: CCDG24
Date: Mon, 20 Dec 2021 09:00:00 +0000
MIME-Version: 1.0
Content-Type: {kind}; charset=utf-8

"""


def read(content):
    return headline_report.read_report(read_document(content), bodies=["DCC"])


def test_a_web_page_is_read_with_its_tables_and_lists():
    report = read(PAGE.encode())
    assert (report.meeting.name, [a.reference for a in report.actions]) == ("CCDG24", ["24/01"])
    assert [q.text for q in report.questions] == ["Who pays", "Who reads"]
    assert [m.reference for m in report.mentions] == ["23/04"]
    assert report.left_out == ["The page has hidden text, not read: “1.2 Secret.”."]


@pytest.mark.parametrize(("kind", "body"), [("text/plain", HEADER + BODY), ("text/html", PAGE)])
def test_a_mail_is_read_by_its_body_and_its_own_date_is_not_the_meetings(kind, body):
    report = read((MAIL.format(kind=kind) + body).encode())
    assert (report.meeting.name, str(report.meeting.held_on)) == ("CCDG24", "2021-12-14")
    assert [a.reference for a in report.actions] == ["24/01"]


def test_what_a_mail_quotes_is_left_out_and_told():
    report = read((MAIL.format(kind="text/plain") + HEADER + BODY + "\n> 1.2 An older mail.\n").encode())
    assert (len(report.paragraphs), report.left_out) == (1, ["The mail quotes another one, not read."])


def test_the_head_of_a_mail_that_was_copied_with_the_text_is_left_out_and_told():
    copied = "From: A Secretary\nSent: 20 December 2021\nTo: All\nDate: 20 December 2021\n\n"
    document = read_text(copied + HEADER + BODY)
    assert str(headline_report.read_report(document).meeting.held_on) == "2021-12-14"
    assert "The head of a mail" in document.left_out[0]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"{\\rtf1 Meeting}", "RTF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Word"),
        (b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text", "OpenDocument"),
    ],
)
def test_a_format_that_is_not_read_is_named(content, name):
    with pytest.raises(NotAReport, match=name):
        read_document(content)


def test_a_report_in_another_language_is_refused_and_never_garbled():
    with pytest.raises(NotAReport, match="no meeting number"):
        read("Enw'r cyfarfod: Grŵp\nRhif y cyfarfod: 12\n\n1.1 Agorodd y Cadeirydd.\n".encode())


@given(st.binary(max_size=300))
def test_any_bytes_behind_the_head_of_a_mail_or_a_page_are_read_or_refused(noise):
    for read_any, head in ((read_mail, MAIL.format(kind="text/html")), (read_mail, MAIL), (read_html, "<html>")):
        with suppress(NotAReport):
            assert read_any(head.encode() + noise).blocks is not None


# Word, as people lay it out


def save(document):
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_paragraphs_and_lists_in_cells_are_read_in_their_order():
    document = docx.Document()
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    cells[0].text, cells[1].text = "1.1", "These questions are open:"
    cells[1].add_paragraph("Who pays", style="List Bullet")
    kinds = [(block.kind, block.text) for block in read_document(save(document)).blocks]
    assert kinds[-2:] == [(BlockKind.TEXT, "1.1 These questions are open:"), (BlockKind.ITEM, "Who pays")]


def test_a_log_in_a_table_stays_one_even_with_lists_in_its_cells():
    document = docx.Document()
    table = document.add_table(rows=2, cols=3)
    for cell, text in zip(table.rows[0].cells, ("Ref", "Action", "Owner"), strict=True):
        cell.text = text
    for cell, text in zip(table.rows[1].cells, ("24/01", "Count:", "DCC"), strict=True):
        cell.text = text
    table.cell(1, 1).add_paragraph("reads", style="List Bullet")
    blocks = read_document(save(document)).blocks
    assert [block.rows for block in blocks if block.rows] == [
        (("Ref", "Action", "Owner"), ("24/01", "Count: reads", "DCC"))
    ]


def test_a_paragraph_deleted_under_tracking_is_not_counted():
    document = docx.Document()
    for text in ("First", "", "Second"):
        document.add_paragraph(text, style="List Number")
    deleted = f"<w:del {nsdecls('w')}><w:r><w:delText>Gone</w:delText></w:r></w:del>"
    document.paragraphs[1]._p.append(parse_xml(deleted))
    texts = [f"{block.label} {block.text}" for block in read_document(save(document)).blocks]
    assert texts == ["1. First", "2. Second"]
