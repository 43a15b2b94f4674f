"""Search all that is kept for words: every text of every model, reasons, histories, uploads and the text of files."""

import json
from collections.abc import Iterator
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Count

from register.characters import fold_for_search
from register.headline_report.formats.whole_text import extract_whole_text
from register.headline_report.report import NotAReport
from register.ledger.audited_models import get_history_models
from register.models import Document
from register.refusals import Refused
from register.services.redaction.places import Place, get_searched_fields, get_searched_models, make_places

ROWS = 500  # fetched together; of rows with files, which may have megabytes, one


def fold_words(text: str) -> str:
    """Return text folded to compare, with one blank between words: lines may break anywhere."""
    return " ".join(fold_for_search(text).split())


def find_places(words: str) -> Iterator[Place]:
    """Yield the places that hold words, however they are capitalised, accented or broken into lines. Raises Refused."""
    wanted = fold_words(words)
    if not wanted:
        raise Refused("Give the words to look for.")
    for model in get_searched_models():
        if fields := get_searched_fields(model):
            yield from _find_in_model(model, fields, wanted)


def _find_in_model(model: Any, fields: list[models.Field], wanted: str) -> Iterator[Place]:
    columns = [field.name for field in fields]
    has_files = any(isinstance(field, models.BinaryField) for field in fields)
    rows = model._base_manager.order_by("pk").values_list("pk", *columns).iterator(chunk_size=1 if has_files else ROWS)
    for pk, *values in rows:
        texts = {column: _read(model, column, value) for column, value in zip(columns, values, strict=True)}
        found = [column for column, (text, _) in texts.items() if wanted in fold_words(text)]
        doubts = {column: doubt for column, (_, doubt) in texts.items() if doubt}
        if found:
            yield from make_places(model._base_manager.get(pk=pk), found)
        for column, doubt in doubts.items():
            yield from make_places(model._base_manager.get(pk=pk), [column], doubt)


def _read(model: type[models.Model], column: str, value: Any) -> tuple[str, str]:
    """Return (the text of a column's value, why it cannot be read)."""
    if isinstance(value, bytes | memoryview):
        return _read_file(bytes(value))
    if model is Session and column == "session_data":
        return json.dumps(SessionStore().decode(value), ensure_ascii=False, default=str), ""
    if value is None or isinstance(value, str):
        return value or "", ""
    return json.dumps(value, ensure_ascii=False, default=str), ""


def _read_file(content: bytes) -> tuple[str, str]:
    try:
        return extract_whole_text(content), ""
    except NotAReport as refusal:
        return "", str(refusal)


def find_standing(words: str) -> list[str]:
    """Return sentences on where words stand that no redaction takes out: who wrote what, and former references."""
    wanted = fold_words(words)
    written = sum(_count(model.objects.all(), "actor", wanted) for model in get_history_models().values())
    former = _count(Document.objects.filter(body=None), "reference", wanted)
    sentences = {
        f"Snapshots that name it as who wrote them: {written}. The record of who did what stays.": written,
        f"Former references in the change feed: {former}. They tell clients what is gone.": former,
    }
    return [sentence for sentence, count in sentences.items() if count]


def _count(rows: Any, column: str, wanted: str) -> int:
    values = rows.order_by().values_list(column).annotate(times=Count("pk"))
    return sum(times for value, times in values if value and wanted in fold_words(value))
