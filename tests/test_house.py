"""The house rules: imports run one way, and no call goes behind the history's back."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from register.ledger.audited_models import get_audited_models
from register.models import (
    AtomAddress,
    Document,
    FormUse,
    PendingUpload,
    Preferences,
    RaisedOnce,
    SearchPassage,
    SearchText,
    Tally,
    Token,
    UnfinishedRelease,
)
from register.models.ledger import LedgerEntry, LedgerHead

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {
    "vocabulary": 0,
    "refusals": 0,
    "workflow": 0,
    "clock": 0,
    "characters": 0,
    "bounded": 0,
    "spreadsheet_files": 0,
    "headline_report": 0,
    "outages": 0,
    "sqlite_file": 0,
    "models": 1,
    "ledger": 1,
    "documents": 1,
    "packs": 1,
    "services": 2,
    "request_id": 2,
    "admin": 3,
    "api": 3,
    "management": 3,
    "client_address": 2,
    "kept_text": 2,
    "session_end": 2,
    "access_log": 3,
    "sign_in": 3,
    "admin_site": 3,
    "health": 3,
    "templatetags": 4,
}
# Within the record: rows, then the order of their changes, then what is shown of them, then what goes round on paper.
RECORD = {("ledger", "models"), ("documents", "ledger"), ("documents", "models")}
RECORD |= {("packs", "documents"), ("packs", "ledger"), ("packs", "models")}
FILES = sorted(path for path in (ROOT / "register").rglob("*.py") if "migrations" not in path.parts)


def room_of(path):
    return path.relative_to(ROOT / "register").parts[0].removesuffix(".py")


def imports(path):
    """Yield the rooms that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "register":
            names = [node.module] if "." in node.module else [f"register.{alias.name}" for alias in node.names]
            yield from (name.split(".")[1] for name in names)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_imports_run_down_and_never_sideways_between_entrances(path):
    here = room_of(path)
    if here in ("__init__", "apps"):
        return
    for there in imports(path):
        assert there in FLOORS, f"{there} has no floor"
        down = FLOORS[there] < FLOORS[here]
        along = here == there or FLOORS[here] == FLOORS[there] == 0 or (here, there) in RECORD
        assert down or along, f"{here} imports {there}"


@pytest.mark.parametrize("path", [path for path in FILES if path.name != "apps.py"], ids=str)
def test_no_import_hides_inside_a_function(path):
    functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
    assert not [node for f in functions for node in ast.walk(f) if isinstance(node, ast.Import | ast.ImportFrom)]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_rule_reads_the_database_or_a_request(path):
    if FLOORS.get(room_of(path)) == 0:
        text = path.read_text()
        assert ".objects" not in text
        assert "request" not in text.replace("no request", "").replace("whoever asks", "")


def test_every_table_of_ours_is_audited_or_named_here():
    ours = set(apps.get_app_config("register").get_models())
    histories = {model.history.model for model in get_audited_models().values()}
    unaudited = {AtomAddress, Document, LedgerHead, LedgerEntry, PendingUpload, Preferences, RaisedOnce, Tally, Token}
    unaudited |= {FormUse, SearchPassage, SearchText, UnfinishedRelease}
    assert ours - histories - set(get_audited_models().values()) == unaudited


def test_every_foreign_key_of_an_audited_model_protects():
    keys = [f for m in get_audited_models().values() for f in m._meta.fields if isinstance(f, models.ForeignKey)]
    assert {key.remote_field.on_delete for key in keys} == {models.PROTECT}
