"""Import a spreadsheet of questions: upload, see what each row would do, record."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from register.ledger.timeline import compare_words
from register.models import PendingUpload
from register.refusals import Refusal, Refused
from register.services.pending_uploads import discard_upload, get_upload, keep_upload
from register.services.spreadsheets import apply_sheet, plan_sheet
from register.vocabulary import Purpose, Role

LIST = "admin:register_question_changelist"
KINDS = {"refused": "Refused: mend these rows first", "changed": "Changed", "new": "New", "held": "Held already"}
BEFORE = (
    "Columns: reference, title, text, topic, owner, priority, classification, due, raised on. "
    "A row without a reference is a new question, and arrives raised; one with a reference is compared with that "
    "question, and an empty cell leaves what is held. You see what each row would do."
)
MOST_SHOWN = 200  # rows of a kind on the preview; the heading counts them all


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
    try:
        pending = get_upload(request.user, pending_id, Purpose.QUESTIONS)
    except PendingUpload.DoesNotExist:
        messages.info(request, "That upload is not here: it was recorded or discarded.")
        return HttpResponseRedirect(reverse(LIST))
    if request.method == "POST" and _decide(request, pending):
        return HttpResponseRedirect(reverse(LIST))
    plan = plan_sheet(bytes(pending.content), by=request.user)
    found = [(kind, title, plan.of(kind)) for kind, title in KINDS.items()]
    groups = [(kind, title, _make_preview_rows(rows), len(rows)) for kind, title, rows in found if rows]
    context = _make_context(model_admin, request, pending=pending, plan=plan, groups=groups, most=MOST_SHOWN)
    return TemplateResponse(request, "register/sheet_preview.html", context)


def _decide(request, pending):
    """Do what the triager decided; return False where that was refused."""
    if "_discard" in request.POST:
        messages.info(request, "The upload is discarded; nothing was recorded.")
    else:
        position = request.POST.get("position", "")
        position = int(position) if position.isdigit() and len(position) < 19 else 0
        try:
            plan = apply_sheet(pending.file_name, bytes(pending.content), by=request.user, position=position)
        except Refusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
            return False
        messages.success(request, f"{len(plan.of('new'))} raised, {len(plan.of('changed'))} edited.")
    discard_upload(pending)
    return True


def _make_preview_rows(rows):
    return [
        {"row": row, "changes": [_describe_change(*change) for change in row.changes.items()]}
        for row in rows[:MOST_SHOWN]
    ]


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
