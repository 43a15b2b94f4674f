"""Import a spreadsheet of questions: upload, see what each row would do, record."""

from functools import partial

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from register.admin.uploads import MOST_SHOWN, decide_upload, get_waiting_upload, group_rows
from register.ledger.timeline import compare_words
from register.refusals import Refused
from register.services.pending_uploads import keep_upload
from register.services.spreadsheets import apply_sheet, plan_sheet
from register.vocabulary import Purpose, Role

LIST = "admin:register_question_changelist"
KINDS = {"refused": "Refused: mend these rows first", "changed": "Changed", "new": "New", "held": "Held already"}
BEFORE = (
    "Columns: reference, title, text, topic, owner, priority, classification, due, raised on. "
    "A row without a reference is a new question, and arrives raised; one with a reference is compared with that "
    "question, and an empty cell leaves what is held. You see what each row would do."
)


class SheetForm(forms.Form):
    file = forms.FileField(label="Spreadsheet", help_text="A workbook (.xlsx) or CSV file, at most 10 MB.")


def upload_page(model_admin, request):
    """Take a spreadsheet, read it once, and go on to its preview."""
    _check_triage(request)
    form = SheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            plan_sheet(content, by=request.user)
        except Refused as refusal:
            form.add_error("file", refusal.reasons)
        else:
            pending = keep_upload(file.name, content, purpose=Purpose.QUESTIONS, by=request.user)
            return HttpResponseRedirect(reverse("admin:register_question_import_preview", args=[pending.pk]))
    context = _make_context(model_admin, request, form=form, before=BEFORE)
    return TemplateResponse(request, "register/import_upload.html", context)


def preview_page(model_admin, request, pending_id):
    """Show what each row would do; on POST do it, all or none."""
    _check_triage(request)
    pending = get_waiting_upload(request, pending_id, Purpose.QUESTIONS)
    is_posted = request.method == "POST"
    if pending is None or (is_posted and decide_upload(request, pending, partial(_record, request.user))):
        return HttpResponseRedirect(reverse(LIST))
    plan = plan_sheet(bytes(pending.content), by=request.user)
    groups = group_rows(plan, KINDS, _make_preview_row)
    context = _make_context(model_admin, request, pending=pending, plan=plan, groups=groups, most=MOST_SHOWN)
    return TemplateResponse(request, "register/sheet_preview.html", context)


def _record(user, taken, position):
    plan = apply_sheet(taken.file_name, bytes(taken.content), by=user, position=position)
    return f"{len(plan.of('new'))} raised, {len(plan.of('changed'))} edited."


def _make_preview_row(row):
    return {"row": row, "changes": [_describe_change(*change) for change in row.changes.items()]}


def _describe_change(name, values):
    old, new = values
    prose = name in ("title", "text")
    return {
        "field": name.removesuffix("_on").replace("_", " "),
        "old": old or "nothing",
        "new": new,
        "pieces": compare_words(old, new) if prose else None,
    }


def _make_context(model_admin, request, **more):
    title, base = "Import a spreadsheet of questions", model_admin.admin_site.each_context(request)
    return {**base, "opts": model_admin.opts, "title": title, "back": reverse(LIST), **more}


def _check_triage(request):
    if not request.user.has_role(Role.TRIAGE):
        raise PermissionDenied("Only Triage may import questions.")
