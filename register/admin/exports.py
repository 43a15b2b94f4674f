"""A list as it stands, taken away: as CSV, as a workbook, or printed for members."""

from datetime import date

import tablib
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from import_export.formats.base_formats import CSV, XLSX

from register.admin.changelist import refuse_in_a_page
from register.characters import remove_unprintable, unify_line_ends
from register.clock import today
from register.models.people import make_assignee_label
from register.services.spreadsheets.cells import escape_formula

FORMATS = {"csv": CSV, "xlsx": XLSX}

MOST_TAKEN = 10_000  # what a worker can hold in memory, and a spreadsheet's reader in mind

# Said in full in what is taken away, after the list's own columns.
MORE = ("assignee", "raised_on", "text")


@refuse_in_a_page
def export_page(model_admin, request, name):
    """Return the visible rows and columns of the list at this address as a file; formulas are escaped."""
    if name not in FORMATS:
        raise Http404("There is no such format.")
    changelist = _get_changelist(model_admin, request)
    if refused := _refuse_long_list(model_admin, request, changelist):
        return refused
    columns = [*(column for column in changelist.list_display if column != "action_checkbox"), *MORE]
    data = tablib.Dataset(headers=[_get_heading(model_admin, column) for column in columns])
    questions = changelist.get_queryset(request).annotate(assignee_label=make_assignee_label("assignee"))
    for question in questions.iterator(500):
        data.append([_get_cell(column, question) for column in columns])
    form = FORMATS[name]()
    headers = {"Content-Disposition": f'attachment; filename="questions-{today():%Y-%m-%d}.{form.get_extension()}"'}
    content = form.export_data(data)
    if isinstance(content, str):  # a byte order mark, without which Excel takes the file for Windows-1252
        content = content.encode("utf-8-sig")
    return HttpResponse(content, content_type=form.get_content_type(), headers=headers)


def _get_changelist(model_admin, request):
    if not model_admin.has_view_permission(request):
        raise PermissionDenied("Your roles do not cover this.")
    return model_admin.get_changelist_instance(request)


def _refuse_long_list(model_admin, request, changelist):
    """Return the way back to a list that is too long to be made into one file, or None."""
    if changelist.get_queryset(request).order_by()[: MOST_TAKEN + 1].count() <= MOST_TAKEN:
        return None
    ask = f"Filter the list first: at most {MOST_TAKEN:,} questions are taken away at once."
    model_admin.message_user(request, ask, "error")
    return redirect(f"{reverse('admin:register_question_changelist')}?{request.GET.urlencode()}")


def _get_heading(model_admin, column):
    method = getattr(model_admin, column, None)
    return getattr(method, "short_description", column.replace("_", " "))


# What a column of the list holds where that is not an attribute of its own name: numbers and dates stay such.
_PLAIN = {
    "status_word": lambda question: question.get_status_display(),
    "whose_move": lambda question: question.holder,
    "age": lambda question: question.age(today()),
    "here": lambda question: question.get_days_in_status(today()),
    "due": lambda question: question.due_on,
    "priority_word": lambda question: question.get_priority_display(),
    "classification": lambda question: question.get_classification_display(),
    "assignee": lambda question: question.assignee_label,
}


def _get_cell(column, question):
    value = _PLAIN.get(column, lambda row: getattr(row, column))(question)
    if value is None or isinstance(value, int | date):
        return value
    return escape_formula(remove_unprintable(unify_line_ends(str(value))))


@refuse_in_a_page
def print_page(model_admin, request):
    """Show the list at this address as a page that can be posted to members as it is."""
    changelist = _get_changelist(model_admin, request)
    if refused := _refuse_long_list(model_admin, request, changelist):
        return refused
    questions = changelist.get_queryset(request).prefetch_related("meeting_links__meeting__group")
    tab = next((tab["display"] for tab in changelist.tabs if tab["selected"]), "Questions")
    context = {"questions": questions, "title": capfirst(tab), "on": today()}
    return TemplateResponse(request, "register/print.html", context)
