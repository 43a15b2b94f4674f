"""Changes to codes: a list, and a page that says which answers each carries."""

from functools import partial

from django.contrib import admin
from django.urls import path

from register.admin.code_changes.carrying import link_answer_page
from register.admin.code_changes.import_pages import preview_page, upload_page
from register.admin.kept import KeptAdmin
from register.admin.reference import LinkAdmin
from register.admin.short_page import DayInput
from register.models import Change, ChangeLink
from register.vocabulary import Role


@admin.register(Change)
class ChangeAdmin(KeptAdmin):
    list_display = ("full_reference", "title", "stage", "checked_on")
    list_filter = ("code", "stage")
    search_fields = ("reference", "title")
    change_form_template = "register/change.html"
    change_list_template = "register/change_list.html"
    unsaid_in_history = (*KeptAdmin.unsaid_in_history, "reference_key")

    def get_urls(self):
        def page(view):
            return self.admin_site.admin_view(partial(view, self))

        return [
            path("<int:object_id>/carries/", page(link_answer_page), name="register_change_carries"),
            path("import/", page(upload_page), name="register_change_import"),
            path("import/<int:pending_id>/", page(preview_page), name="register_change_import_preview"),
            *super().get_urls(),
        ]

    @admin.display(description="reference", ordering="reference_key")
    def full_reference(self, change):
        return change.full_reference

    def find_named(self, rows, text):
        return rows & rows.model.objects.named(text)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "checked_on":
            kwargs["widget"] = DayInput()
        if db_field.name == "address":
            kwargs["assume_scheme"] = "https"
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changelist_view(self, request, extra_context=None):
        may_import = request.user.has_role(Role.TRIAGE)
        return super().changelist_view(request, {"may_import": may_import, **(extra_context or {})})

    def change_view(self, request, object_id, form_url="", extra_context=None):
        change = self.get_object(request, object_id)
        panels = {"is_whole": True, **_get_panels(change, request.user)} if change else {}
        return super().change_view(request, object_id, form_url, {**panels, **(extra_context or {})})


def _get_panels(change, user):
    """Return what the template shows of a change, as far as the user may see it."""
    links = ChangeLink.objects.visible_to(user).standing().filter(change=change).select_related("answer__question")
    return {
        "code_change": change,
        "former": change.list_former_references(),
        "links": links,
        "is_triage": user.has_role(Role.TRIAGE),
    }


@admin.register(ChangeLink)
class ChangeLinkAdmin(LinkAdmin):
    """Linked on pages of the question and of the change; here they are struck out."""

    fields = ("change", "answer")
    list_select_related = ("change", "answer__question")

    def has_add_permission(self, request):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("change", "answer__question")

    def get_address(self, row):
        return super().get_address(row.answer)
