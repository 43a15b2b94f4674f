"""The list and page of headline reports, their upload, and the files that they came from."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from register.admin.guarded import RegisterAdmin
from register.admin.reports.editions import list_editions
from register.admin.reports.forms import UploadForm
from register.admin.reports.preview import LIST, preview_page
from register.models import DismissedItem, HeadlineReport, Origin, PendingUpload
from register.refusals import Refusal
from register.services.pending_uploads import get_upload, keep_upload
from register.services.reports import read_file
from register.services.reports.dismissing import get_dismissers, take_back
from register.vocabulary import Purpose, Role

BEFORE = "The report is read first: you see what it proposes beside what the register holds."


@admin.register(HeadlineReport)
class HeadlineReportAdmin(RegisterAdmin):
    list_display = ("__str__", "file_name", "classification", "imported_by", "imported_at")
    list_select_related = ("meeting__group", "imported_by")
    search_fields = ("file_name", "digest")
    fields = ("meeting", "file_name", "digest", "classification", "imported_by_whom", "imported_at")
    change_list_template = "register/report_list.html"
    change_form_template = "register/report.html"

    @admin.display(description="imported by")
    def imported_by_whom(self, report):
        return report.imported_by or "-"  # without a link, for most readers may not open it

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
            path(
                "import/<int:pending_id>/file/",
                page(self.pending_file_view),
                name="register_headlinereport_pending_file",
            ),
            path(
                "left-out/<int:dismissed_id>/take-back/",
                page(require_POST(self.take_back_view)),
                name="register_headlinereport_take_back",
            ),
            path("<int:object_id>/file/", page(self.file_view), name="register_headlinereport_file"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        may_import = request.user.has_role(Role.TRIAGE)
        return super().changelist_view(request, {"may_import": may_import, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        report = self.get_object(request, object_id)
        origins = Origin.objects.visible_to(request.user).filter(report=report)
        shown = {
            "editions": list_editions(report, request.user, request.GET.get("edition", "")) if report else [],
            "origins": origins.select_related("question", "action__group", "report__meeting__group"),
            "dismissed": _list_dismissed(report),
            "may_take_back": request.user.has_role(Role.TRIAGE),
        }
        return super().change_view(request, object_id, form_url, {**shown, **(extra_context or {})})

    def file_view(self, request, object_id):
        """Hand out the file as it was imported."""
        report = self.get_object(request, object_id)
        if report is None:
            raise Http404("There is no such report.")
        if report.is_file_redacted:
            return HttpResponse("The file was redacted; its digest stays.\n", content_type="text/plain", status=410)
        return _hand_out(bytes(report.content), f"{report.meeting}-headline-report")

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
            request, "register/import_upload.html", self.make_context(request, form=form, before=BEFORE)
        )

    def preview_view(self, request, pending_id):
        """Show what a waiting upload proposes; on POST do what was decided."""
        self._check_triage(request)
        return preview_page(self, request, pending_id)

    def pending_file_view(self, request, pending_id):
        """Hand out a PDF that waits to its uploader, to be opened at a page; anything else is only taken away."""
        self._check_triage(request)
        try:
            pending = get_upload(request.user, pending_id, Purpose.REPORT)
        except PendingUpload.DoesNotExist as error:
            raise Http404("There is no such upload.") from error
        content = bytes(pending.content)
        if content.lstrip()[:5] != b"%PDF-":
            return _hand_out(content, "upload")
        return HttpResponse(content, "application/pdf", headers={"Content-Disposition": "inline"})

    def take_back_view(self, request, dismissed_id):
        """Let a report propose again what was left out of it."""
        self._check_triage(request)
        row = DismissedItem.objects.visible_to(request.user).filter(pk=dismissed_id).first()
        if row is None:
            raise Http404("There is no such item.")
        take_back(row, by=request.user)
        messages.success(request, f"Taken back: {row.item} is proposed again when the report is imported again.")
        return HttpResponseRedirect(reverse("admin:register_headlinereport_change", args=[row.report_id]))

    def make_context(self, request, **more):
        base = self.admin_site.each_context(request)
        return {**base, "opts": self.opts, "back": reverse(LIST), "title": "Import a headline report", **more}

    def _check_triage(self, request):
        if not request.user.has_role(Role.TRIAGE):
            raise PermissionDenied("Only Triage may import a report.")


def _hand_out(content, name):
    """Return a file to be taken away, never to be opened as a page of this site."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


def _list_dismissed(report):
    """Return [(what was left out of a report, who said so and when)], what was taken back among it."""
    rows = list(report.dismissed_items.all()) if report else []
    said = get_dismissers(rows)
    return [(row, said.get(row.pk)) for row in rows]
