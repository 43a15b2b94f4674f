"""A list as it stands, taken away as CSV or as a workbook."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import tablib
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from import_export.formats.base_formats import CSV, XLSX

from register.admin.changelist import refuse_in_a_page
from register.characters import remove_unprintable, unify_line_ends
from register.clock import today
from register.models.people import make_assignee_label
from register.services.spreadsheets.cells import escape_formula

FORMATS = {"csv": CSV, "xlsx": XLSX}

MOST_TAKEN = 10_000  # what a worker can hold in memory, and a spreadsheet's reader in mind

# Heading: what stands below it of a question. Numbers and dates stay such.
COLUMNS = {
    "reference": lambda question: question.reference,
    "title": lambda question: question.title,
    "topic": lambda question: question.topic,
    "status": lambda question: question.get_status_display(),
    "owner": lambda question: question.owner,
    "whose move": lambda question: question.holder,
    "working days old": lambda question: question.age(today()),
    "working days here": lambda question: question.get_days_in_status(today()),
    "due": lambda question: question.due_on,
    "priority": lambda question: question.get_priority_display(),
    "classification": lambda question: question.get_classification_display(),
    "assignee": lambda question: question.assignee_label,
    "raised on": lambda question: question.raised_on,
    "text": lambda question: question.text,
}


@dataclass(frozen=True)
class Exported:
    """What a list is taken away as: the beginning of the file's name, and its columns; `prepare` completes the rows."""

    name: str
    columns: Mapping[str, Callable[[Any], Any]]
    prepare: Callable[[Any], Any] = lambda rows: rows


QUESTIONS = Exported("questions", COLUMNS, lambda rows: rows.annotate(assignee_label=make_assignee_label("assignee")))


@refuse_in_a_page
def export_page(model_admin, request, name):
    """Return the visible rows of the list at this address as a file; formulas are escaped."""
    if name not in FORMATS:
        raise Http404("There is no such format.")
    changelist = get_changelist(model_admin, request)
    if refused := refuse_long_list(model_admin, request, changelist):
        return refused
    exported = model_admin.exported
    rows = exported.prepare(changelist.get_queryset(request)).iterator(500)
    lines = ([get_value(row) for get_value in exported.columns.values()] for row in rows)
    return make_file_response(exported.name, name, exported.columns, lines)


def make_file_response(called, name, headings, lines):
    """Return lines of values under headings as a file of the format `name`, called with today's date."""
    data = tablib.Dataset(headers=list(headings))
    for line in lines:
        data.append([_make_cell(value) for value in line])
    form = FORMATS[name]()
    headers = {"Content-Disposition": f'attachment; filename="{called}-{today():%Y-%m-%d}.{form.get_extension()}"'}
    content = form.export_data(data)
    if isinstance(content, str):  # a byte order mark, without which Excel takes the file for Windows-1252
        content = content.encode("utf-8-sig")
    return HttpResponse(content, content_type=form.get_content_type(), headers=headers)


def get_changelist(model_admin, request):
    if not model_admin.has_view_permission(request):
        raise PermissionDenied("Your roles do not cover this.")
    return model_admin.get_changelist_instance(request)


def refuse_long_list(model_admin, request, changelist):
    """Return the way back to a list that is too long to be made into one file, or None."""
    if changelist.get_queryset(request).order_by()[: MOST_TAKEN + 1].count() <= MOST_TAKEN:
        return None
    ask = f"Filter the list first: at most {MOST_TAKEN:,} {model_admin.exported.name} are taken away at once."
    model_admin.message_user(request, ask, "error")
    return redirect(f"{reverse(f'admin:register_{model_admin.opts.model_name}_changelist')}?{request.GET.urlencode()}")


def _make_cell(value):
    if value is None or isinstance(value, int | date):
        return value
    return escape_formula(remove_unprintable(unify_line_ends(str(value))))
