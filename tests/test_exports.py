"""A list taken away holds the rows and columns that it shows, and nothing that could run."""

import csv
import io

import openpyxl
import pytest
from django.db import models

from register.models import Question
from tests.test_admin import LIST


def table(answer, kind):
    """Return the rows of an exported file, headings first."""
    assert answer.status_code == 200
    if kind == "csv":
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_is_exported_as_it_is_filtered(kind, client_of, moved):
    shown, _ = moved("open", title="Shown?"), moved("closed")
    rows = table(client_of("member").get(f"{LIST}export.{kind}"), kind)
    assert rows[0][:4] == ["reference", "title", "topic", "status"]
    assert [row[:4] for row in rows[1:]] == [[shown.reference, "Shown?", "MDR role", "open"]]
    assert len(table(client_of("member").get(f"{LIST}export.{kind}?tab=all"), kind)) == 3


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("formula", ["=1+1", "@SUM(A1)", "+1", "-1"])
def test_formulas_do_not_run(kind, formula, client_of, moved):
    moved("open", title=formula)
    cell = table(client_of("triage").get(f"{LIST}export.{kind}"), kind)[1][1]
    assert cell[:1] not in ("=", "@", "+", "-")


@pytest.mark.parametrize("address", ["export.csv?tab=all", "print/?tab=all"])
def test_nothing_hidden_is_taken_away(address, client_of, raised):
    raised(title="Hush", classification="restricted")
    assert "Hush" not in client_of("member").get(LIST + address).content.decode()
    assert "Hush" in client_of("triage").get(LIST + address).content.decode()


def test_the_printed_list_says_what_members_need(client_of, moved):
    question = moved("awaiting_input")
    page = client_of("triage").get(f"{LIST}print/").content.decode()
    for said in (question.reference, question.text, "awaiting input", "ENA", "DCC", "As at"):
        assert said in page


@pytest.mark.parametrize("address", ["export.csv", "print/"])
def test_a_stranger_takes_nothing_away(address, client, db):
    assert client.get(LIST + address).url.startswith("/admin/login/")


def test_an_unknown_format_is_404(client_of):
    assert client_of("triage").get(f"{LIST}export.exe").status_code == 404


def test_a_workbook_survives_what_it_cannot_carry(client_of, raised):
    question = raised()
    models.QuerySet(Question).filter(pk=question.pk).update(title="a bell \x07")  # as it was stored once
    assert client_of("triage").get("/admin/register/question/export.xlsx").status_code == 200


@pytest.mark.parametrize("address", ["export.csv", "export.xlsx", "print/"])
def test_a_list_too_long_to_take_away_is_shown_again_with_the_reason(address, client_of, raised, monkeypatch):
    monkeypatch.setattr("register.admin.exports.MOST_TAKEN", 1)
    raised(), raised()
    client = client_of("triage")
    page = client.get(f"{LIST}{address}?tab=triage", follow=True)
    assert page.redirect_chain[0][0] == f"{LIST}?tab=triage"
    assert "Filter the list first: at most 1 questions are taken away at once." in page.content.decode()
    assert client.get(f"{LIST}{address}?tab=mine").status_code == 200
