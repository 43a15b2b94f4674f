"""Import the register of changes that a code's body keeps: upload, see what each line would do, record."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from register.ledger.timeline import compare_words
from register.models import PendingUpload
from register.refusals import Refusal, Refused
from register.services.change_registers import apply_register, plan_register
from register.services.pending_uploads import discard_upload, get_upload, keep_choices, keep_upload, take_upload
from register.vocabulary import ChangeStage, Code, Purpose, Role

LIST = "admin:register_change_changelist"
KINDS = {"new": "New", "changed": "Changed", "unchanged": "Unchanged"}
BEFORE = (
    "Columns: reference, title, stage, address. A line is compared with the change of that reference; an empty "
    "cell leaves what is held. You see what each line would do."
)
MOST_SHOWN = 200  # rows of a kind on the preview; the heading counts them all


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
    try:
        pending = get_upload(request.user, pending_id, Purpose.CHANGES)
    except PendingUpload.DoesNotExist:
        messages.info(request, "That upload is not here: it was recorded or discarded.")
        return HttpResponseRedirect(reverse(LIST))
    if request.method == "POST" and _decide(request, pending):
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
    found = [(kind, title, plan.of(kind)) for kind, title in KINDS.items()]
    groups = [(kind, title, _make_preview_rows(rows), len(rows)) for kind, title, rows in found if rows]
    return {"plan": plan, "code": Code(code).label, "groups": groups}


def _get_code(pending):
    return pending.choices.get("code", [""])[0]


def _decide(request, pending):
    """Do what the triager decided; return False where that was refused."""
    if "_discard" in request.POST:
        discard_upload(pending)
        messages.info(request, "The upload is discarded; nothing was recorded.")
        return True
    position = request.POST.get("position", "")
    position = int(position) if position.isdigit() and len(position) < 19 else 0
    try:
        with take_upload(pending, seen=None) as taken:
            content, code = bytes(taken.content), _get_code(taken)
            plan = apply_register(taken.file_name, content, code, by=request.user, position=position)
    except Refusal as refusal:
        messages.error(request, " ".join(refusal.reasons))
        return False
    messages.success(request, f"{len(plan.of('new'))} added, {len(plan.of('changed'))} changed.")
    return True


def _make_preview_rows(rows):
    return [
        {"row": row, "changes": [_describe(*difference) for difference in row.differences.items()]}
        for row in rows[:MOST_SHOWN]
    ]


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
