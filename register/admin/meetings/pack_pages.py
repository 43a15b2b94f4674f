"""The page on which the pack of a meeting is made, and the files that were sent round."""

from django import forms
from django.contrib import admin
from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse

from register.admin.problems import add_refusal
from register.admin.rows import get_row_for
from register.models import MeetingPack, clearance
from register.refusals import NotVisible, Refused
from register.services.moments import parse_as_at
from register.services.packs import get_openable_packs, keep_pack, make_file, open_pack
from register.vocabulary import Classification, PackFormat, Role

TYPES = {
    PackFormat.PDF: "application/pdf",
    PackFormat.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


class PackForm(forms.Form):
    form = forms.ChoiceField(choices=PackFormat.choices, widget=forms.RadioSelect, initial="pdf", label="As")
    classification = forms.ChoiceField(label="For", help_text="Nothing that is stricter is in it.")
    as_at = forms.CharField(
        required=False, label="As at", help_text="A day (its end), a time in London, or a meeting. Empty: now."
    )
    sent_to = forms.CharField(
        required=False, max_length=200, label="Sent to", help_text="For whom: the file is kept, with its digest."
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        seen = clearance(user)
        self.fields["classification"].choices = [choice for choice in Classification.choices if choice[0] in seen]


def pack_page(model_admin, request, object_id):
    """Hand out the pack that is asked for, or show the form and the packs that were kept."""
    meeting = get_row_for(model_admin, request, object_id, Role.TRIAGE, Role.APPROVER, to="make a pack")
    initial = {"form": PackFormat.PDF, "classification": Classification.MEMBERS}
    form = PackForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _make(meeting, form.cleaned_data, request.user)
        except Refused as refusal:
            add_refusal(refusal, form)
    context = {
        **admin.site.each_context(request),
        "title": f"Pack of {meeting}",
        "meeting": meeting,
        "form": form,
        "packs": get_openable_packs(meeting, request.user),
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "register/pack.html", context)


def _make(meeting, given, user):
    moment = parse_as_at(given["as_at"], user) if given["as_at"] else None
    form, classification = given["form"], given["classification"]
    content, facts = make_file(meeting, by=user, form=form, classification=classification, as_at=moment)
    if given["sent_to"]:
        keep_pack(meeting, content, facts, by=user, form=form, sent_to=given["sent_to"])
    return _answer(content, form, f"{meeting}-{classification}")


def pack_file(model_admin, request, object_id, pack_id):
    """Hand out a pack that was kept, to whoever may still read all of it."""
    pack = MeetingPack.objects.visible_to(request.user).filter(meeting=object_id, pk=pack_id).first()
    if pack is None:
        raise Http404("There is no such pack.")
    try:
        content = open_pack(pack, request.user)
    except NotVisible as refusal:
        raise Http404("There is no such pack.") from refusal
    except Refused as refusal:
        return HttpResponse(f"{refusal}\n", content_type="text/plain", status=410)
    return _answer(content, pack.format, f"{pack.meeting}-{pack.classification}-{pack.pk}")


def _answer(content, form, name):
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return HttpResponse(content, content_type=TYPES[PackFormat(form)], headers=headers)
