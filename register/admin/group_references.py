"""The page on how a group's reports write references of actions: declared, tried on a file, and kept."""

from functools import partial

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from register.admin.problems import add_refusal
from register.admin.rows import get_row_for
from register.admin.short_page import ReasonForm, SeenForm, make_page, short_page
from register.headline_report.references import ReferenceShape
from register.models import Group
from register.refusals import Refusal
from register.services.reference import keep
from register.services.reports import read_file
from register.vocabulary import Role

SHAPE = {
    "reference_prefix": "prefix",
    "reference_after_prefix": "after_prefix",
    "reference_meeting_digits": "meeting_digits",
    "reference_between": "between",
    "reference_number_digits": "number_digits",
}
EXAMPLE = (14, 1)  # the meeting and the number of the action that the page shows written so


class ReferencesForm(SeenForm, ReasonForm):
    file = forms.FileField(
        required=False, label="A report to try it on", help_text="It is read and shown here; nothing of it is kept."
    )
    field_order = [*SHAPE, "file", "reason"]

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            try:
                Group(**{name: cleaned[name] for name in SHAPE}).validate_constraints()
            except ValidationError as refused:
                self.add_error("reference_between", refused.messages)
        return cleaned

    @property
    def shape(self):
        """The `ReferenceShape` that is declared."""
        return ReferenceShape(**{part: self.cleaned_data[name] for name, part in SHAPE.items()})


LABELS = {
    "reference_prefix": "Letters before the numbers (DAG of DAG14-01)",
    "reference_after_prefix": "Between the letters and the meeting's number",
    "reference_meeting_digits": "Digits of the meeting's number",
    "reference_between": "Between the meeting's number and the action's",
    "reference_number_digits": "Digits of the action's number",
}
NO_HELP = dict.fromkeys(SHAPE, "")
ReferencesForm.base_fields.update(forms.fields_for_model(Group, fields=list(SHAPE), labels=LABELS, help_texts=NO_HELP))


def references_page(admin, request, object_id):
    """Show how the group writes references; on POST try it on a file, or keep it."""
    group = get_row_for(admin, request, object_id, Role.TRIAGE, to="say how a group writes references")
    shown = {
        "title": f"How reports of {group} write references",
        "button": "Keep it",
        "about": group,
        "back": reverse("admin:register_group_change", args=[group.pk]),
        "template": "register/group_references.html",
    }
    if request.method == "POST" and "_try" in request.POST:
        form = ReferencesForm(request.POST, request.FILES)
        return make_page(admin, request, form, **shown, **_try(form, group))
    initial = {**{name: getattr(group, name) for name in SHAPE}, "seen": group.version}
    act, example = partial(_keep, group, request.user), group.reference_shape.format(*EXAMPLE)
    return short_page(admin, request, form_class=ReferencesForm, initial=initial, act=act, example=example, **shown)


def _keep(group, user, given):
    for name in SHAPE:
        setattr(group, name, given[name])
    keep(group, by=user, seen=given["seen"], reason=given["reason"])
    return f"Reports of {group} write {group.reference_shape.format(*EXAMPLE)}."


def _try(form, group):
    """Return what the page shows of a trial: how a reference is written, and what the file reads as."""
    if not form.is_valid():
        return {}
    told = {"example": form.shape.format(*EXAMPLE)}
    file = form.cleaned_data["file"]
    if file is None:
        form.add_error("file", "Choose a report to try it on.")
        return told
    try:
        report = read_file(file.read(), shapes={group.name: form.shape})
    except Refusal as refusal:
        add_refusal(refusal, form)
        return told
    return told | {"tried": report, "file_name": file.name}
