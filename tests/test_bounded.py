"""What reads an uploaded file runs in a process of its own: it ends alone where it meets a bound."""

import io
import re
import zipfile

import openpyxl
import pytest

from register import bounded
from register.bounded import OutOfBounds, run_bounded
from register.headline_report.formats import read_document
from register.headline_report.report import NotAReport
from register.refusals import Refused
from register.services.spreadsheets.files import read_rows
from tests.bounded_functions import fill_memory, refuse, return_length, spin, wait
from tests.test_headline_report import PLAIN, word_of


def test_the_result_comes_back():
    assert run_bounded(return_length, b"abc") == 3


def test_what_the_function_raises_comes_back():
    with pytest.raises(NotAReport, match=r"^Not this one\.$"):
        run_bounded(refuse, b"")


def test_what_fills_the_memory_ends_alone():
    with pytest.raises(OutOfBounds, match="512 MB"):
        run_bounded(fill_memory, b"x")


def test_what_keeps_a_processor_busy_ends_alone(monkeypatch):
    monkeypatch.setattr(bounded, "CPU_SECONDS", 1)
    with pytest.raises(OutOfBounds, match="of a processor"):
        run_bounded(spin, b"")


def test_what_waits_ends_alone(monkeypatch):
    monkeypatch.setattr(bounded, "SECONDS", 1)
    with pytest.raises(OutOfBounds, match="more than 1 seconds"):
        run_bounded(wait, b"")


def word_with_empty_paragraphs(count):
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_of(PLAIN.split("\n")))) as whole, zipfile.ZipFile(file, "w", 8) as made:
        for part in whole.namelist():
            body = whole.read(part)
            made.writestr(part, re.sub(b"<w:body>", b"<w:body>" + b"<w:p/>" * count, body))
    return file.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("count", [300_000, 8_000_000])
def test_a_small_word_file_of_empty_paragraphs_is_read_or_refused(count, monkeypatch):
    monkeypatch.setattr(bounded, "CPU_SECONDS", 4)
    content = word_with_empty_paragraphs(count)
    assert len(content) < 165_000
    with pytest.raises(NotAReport, match=r"seconds|too large"):
        read_document(content)


def workbook_with_empty_rows(count):
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["title", "text"])
    book.active.append(["Who?", "Who may?"])
    book.save(file)
    made = io.BytesIO()
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(made, "w", 8) as parts:
        for part in whole.namelist():
            parts.writestr(part, whole.read(part).replace(b"</sheetData>", b"<row/>" * count + b"</sheetData>"))
    return made.getvalue()


@pytest.mark.slow
def test_a_small_workbook_of_very_many_empty_rows_is_refused(monkeypatch):
    monkeypatch.setattr(bounded, "CPU_SECONDS", 4)
    content = workbook_with_empty_rows(15_000_000)
    assert len(content) < 165_000
    with pytest.raises(Refused, match=r"seconds|smaller|at most"):
        read_rows(content)


def test_a_line_of_nothing_but_separators_takes_no_memory():
    assert read_rows(b"title,text\nWho?,Who may?" + b"," * 1_000_000).numbers == [2]
