"""Import the register of changes that a code's body keeps: upload, see what each line would do, record."""

from functools import partial

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from register.admin.uploads import MOST_SHOWN, decide_upload, get_waiting_upload, group_rows
from register.ledger.timeline import compare_words
from register.refusals import Refused
from register.services.change_registers import apply_register, plan_register
from register.services.pending_uploads import keep_choices, keep_upload
from register.vocabulary import ChangeStage, Code, Purpose, Role

LIST = "admin:register_change_changelist"
KINDS = {"new": "New", "changed": "Changed", "unchanged": "Unchanged"}
BEFORE = (
    "Columns: reference, title, stage, address. A line is compared with the change of that reference; an empty "
    "cell leaves what is held. You see what each line would do."
)


class RegisterForm(forms.Form):
    code = forms.ChoiceField(choices=[("", "Choose…"), *Code.choices], help_text="Whose changes these are.")
    file = forms.FileField(label="Register", help_text="A CSV file or a workbook (.xlsx), at most 10 MB.")


def upload_page(model_admin, request):
    """Take a body's file, read it once, and go on to its preview."""
    _check_triage(request)
    form = RegisterForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, code = form.cleaned_data["file"], form.cleaned_data["code"]
        content = file.read()
        try:
            plan_register(content, code, by=request.user)
        except Refused as refusal:
            form.add_error("file", refusal.reasons)
        else:
            pending = keep_upload(file.name, content, purpose=Purpose.CHANGES, by=request.user)
            keep_choices(pending, {"code": [code]}, seen=None)
            return HttpResponseRedirect(reverse("admin:register_change_import_preview", args=[pending.pk]))
    context = _make_context(model_admin, request, form=form, before=BEFORE)
    return TemplateResponse(request, "register/import_upload.html", context)


def preview_page(model_admin, request, pending_id):
    """Show what each line would do; on POST do it, all or none."""
    _check_triage(request)
    pending = get_waiting_upload(request, pending_id, Purpose.CHANGES)
    is_posted = request.method == "POST"
    if pending is None or (is_posted and decide_upload(request, pending, partial(_record, request.user))):
        return HttpResponseRedirect(reverse(LIST))
    context = _make_context(model_admin, request, pending=pending, most=MOST_SHOWN, **_make_plan(pending, request.user))
    return TemplateResponse(request, "register/change_preview.html", context)


def _make_plan(pending, user):
    """Return what the preview shows, or why it can show nothing: what is held may be another since it was uploaded."""
    code = _get_code(pending)
    try:
        plan = plan_register(bytes(pending.content), code, by=user)
    except Refused as refusal:
        return {"refused": refusal.reasons}
    return {"plan": plan, "code": Code(code).label, "groups": group_rows(plan, KINDS, _make_preview_row)}


def _get_code(pending):
    return pending.choices.get("code", [""])[0]


def _record(user, taken, position):
    plan = apply_register(taken.file_name, bytes(taken.content), _get_code(taken), by=user, position=position)
    return f"{len(plan.of('new'))} added, {len(plan.of('changed'))} changed."


def _make_preview_row(row):
    return {"row": row, "changes": [_describe(*difference) for difference in row.differences.items()]}


def _describe(name, values):
    old, new = values
    if name == "stage":
        old, new = (ChangeStage(value).label for value in values)
    pieces = compare_words(old, new) if name == "title" else None
    return {"field": name, "old": old or "nothing", "new": new, "pieces": pieces}


def _make_context(model_admin, request, **more):
    title, base = "Import a register of changes", model_admin.admin_site.each_context(request)
    return {**base, "opts": model_admin.opts, "title": title, "back": reverse(LIST), **more}


def _check_triage(request):
    if not request.user.has_role(Role.TRIAGE):
        raise PermissionDenied("Only Triage may import changes.")
