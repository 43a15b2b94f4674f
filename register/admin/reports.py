"""Import a headline report: upload, see what it proposes beside what is held, accept, and follow the links."""

from collections import defaultdict
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from register.admin.guarded import RegisterAdmin
from register.models import Group, HeadlineReport, Organisation, Origin, PendingUpload, Topic
from register.refusals import Refusal
from register.services.pending_uploads import discard_upload, get_upload, keep_upload
from register.services.reports import Plan, apply_report, plan_report, read_file
from register.services.reports.applying import get_report_of_file
from register.services.reports.proposals import APPLIED_UNASKED, ItemType, Proposal, ProposalKind
from register.vocabulary import Priority, Purpose, Role

BEFORE = "The report is read first: you see what it proposes beside what the register holds."
NOTHING_TICKED = "Nothing was ticked, so nothing was recorded. The upload is kept: tick something, or discard it."
TITLES = {
    ProposalKind.NEW: "New",
    ProposalKind.CHANGED: "Changed: both wordings side by side",
    ProposalKind.CLASH: "Clashes: for you to decide",
    ProposalKind.TOLD: "What became of actions and questions",
    ProposalKind.DOUBT: "What may have become of them: for you to decide",
    ProposalKind.MENTION: "Mentions of actions",
    ProposalKind.UNCHANGED: "Held already",
}


class UploadForm(forms.Form):
    file = forms.FileField(label="Headline report", help_text="Text, Markdown, PDF or Word (.docx), at most 10 MB.")


@dataclass(frozen=True)
class Row:
    """One proposal as the preview shows it: beside the whole paragraph that it comes from."""

    proposal: Proposal
    paragraph: str
    ticked: bool

    @property
    def is_open(self):
        return self.proposal.kind != ProposalKind.UNCHANGED

    @property
    def takes_owner(self):
        return self.is_open and (self.proposal.key.startswith("action:") or self.raises)

    @property
    def raises(self):
        return self.proposal.what == ItemType.QUESTION and self.proposal.kind == ProposalKind.NEW


@admin.register(HeadlineReport)
class HeadlineReportAdmin(RegisterAdmin):
    list_display = ("__str__", "file_name", "classification", "imported_by", "imported_at")
    list_select_related = ("meeting__group", "imported_by")
    search_fields = ("file_name", "digest")
    fields = ("meeting", "file_name", "digest", "classification", "imported_by", "imported_at")
    change_list_template = "register/report_list.html"
    change_form_template = "register/report.html"

    def has_add_permission(self, request):
        return False  # a report comes in by importing it

    def has_change_permission(self, request, obj=None):
        return False

    def get_urls(self):
        def page(view):
            return self.admin_site.admin_view(view)

        return [
            path("import/", page(self.upload_view), name="register_headlinereport_import"),
            path("import/<int:pending_id>/", page(self.preview_view), name="register_headlinereport_preview"),
            path("<int:object_id>/file/", page(self.file_view), name="register_headlinereport_file"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        may_import = request.user.has_role(Role.TRIAGE)
        return super().changelist_view(request, {"may_import": may_import, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        origins = Origin.objects.visible_to(request.user).filter(report=self.get_object(request, object_id))
        origins = origins.select_related("question", "action__group", "report__meeting__group")
        return super().change_view(request, object_id, form_url, {"origins": origins, **(extra_context or {})})

    def file_view(self, request, object_id):
        """Hand out the file as it was imported, never to be opened as a page of this site."""
        report = self.get_object(request, object_id)
        if report is None:
            raise Http404("There is no such report.")
        if report.is_file_redacted:
            return HttpResponse("The file was redacted; its digest stays.\n", content_type="text/plain", status=410)
        headers = {"Content-Disposition": f'attachment; filename="{report.meeting}-headline-report"'}
        return HttpResponse(bytes(report.content), content_type="application/octet-stream", headers=headers)

    def upload_view(self, request):
        """Take a file, read it once to see that it is a report, and go on to its preview."""
        self._check_triage(request)
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            content = file.read()
            try:
                read_file(content)
                pending = keep_upload(file.name, content, purpose=Purpose.REPORT, by=request.user)
            except Refusal as refusal:
                form.add_error("file", refusal.reasons)
            else:
                return HttpResponseRedirect(reverse("admin:register_headlinereport_preview", args=[pending.pk]))
        return TemplateResponse(
            request, "register/import_upload.html", self._make_context(request, form=form, before=BEFORE)
        )

    def preview_view(self, request, pending_id):
        """Show the plan; on POST apply what is ticked."""
        self._check_triage(request)
        try:
            pending = get_upload(request.user, pending_id, Purpose.REPORT)
        except PendingUpload.DoesNotExist:
            messages.info(request, "That upload is not here: it was applied or discarded.")
            return HttpResponseRedirect(reverse("admin:register_headlinereport_changelist"))
        report = read_file(bytes(pending.content))
        if request.method == "POST" and (done := self._decide(request, pending, report)):
            return done
        context = self._make_preview(request, pending, plan_report(report))
        return TemplateResponse(request, "register/import_preview.html", context)

    def _decide(self, request, pending, report):
        if "_discard" in request.POST:
            discard_upload(pending)
            messages.info(request, "The upload is discarded; nothing was recorded.")
            return HttpResponseRedirect(reverse("admin:register_headlinereport_changelist"))
        try:
            applied = apply_report(
                Plan(report),  # compared under the lock, and so not here as well
                set(request.POST.getlist("accept")),
                by=request.user,
                file_name=pending.file_name,
                content=bytes(pending.content),
                choices=_read_choices(request.POST),
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return None
        if not applied:
            messages.info(request, NOTHING_TICKED)
            return None
        discard_upload(pending)
        return self._show_summary(request, report.meeting.name, applied, get_report_of_file(bytes(pending.content)))

    def _show_summary(self, request, meeting, applied, report):
        kinds = [f"{sum(p.kind == kind for p in applied)} {kind}" for kind in APPLIED_UNASKED]
        messages.success(request, f"{meeting} Headline Report: {', '.join(kinds)}; recorded as {request.user}.")
        return HttpResponseRedirect(reverse("admin:register_headlinereport_change", args=[report.pk]))

    def _make_preview(self, request, pending, plan):
        report, ticked = plan.report, plan.unasked
        paragraphs = {paragraph.number: paragraph.full_text for paragraph in report.paragraphs}
        groups = [
            (kind, TITLES[kind], [Row(p, paragraphs.get(p.paragraph, ""), p.key in ticked) for p in plan.of(kind)])
            for kind in TITLES
        ]
        return self._make_context(
            request,
            pending=pending,
            gone=plan.gone,
            report=report,
            groups=[group for group in groups if group[2]],
            notes=[
                ("Commitments without a marker", report.remarks),
                ("Doubts", report.warnings),
                ("Not placed", report.unplaced),
                ("Page furniture left out", report.doubtful_furniture),
            ],
            owners=[*Organisation.objects.current().values_list("name", flat=True)]
            + [f"{name} members" for name in Group.objects.values_list("name", flat=True)],
            topics=list(Topic.objects.current().values_list("name", flat=True)),
            priorities=Priority.choices,
        )

    def _make_context(self, request, **more):
        base = self.admin_site.each_context(request)
        back = reverse("admin:register_headlinereport_changelist")
        return {**base, "opts": self.opts, "back": back, "title": "Import a headline report", **more}

    def _check_triage(self, request):
        if not request.user.has_role(Role.TRIAGE):
            raise PermissionDenied("Only Triage may import a report.")


def _read_choices(posted):
    """Return {key: {owner, topic, priority, due}} as the triager left the fields of each proposal."""
    choices = defaultdict(dict)
    for field in posted:
        name, _, key = field.partition(":")
        if name in ("owner", "topic", "priority", "due"):
            choices[key][name] = posted[field]
    return choices
