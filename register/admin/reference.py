from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse

from register.admin.group_references import EXAMPLE, SHAPE, references_page
from register.admin.guarded import RegisterAdmin
from register.admin.kept import KeptAdmin
from register.admin.merging import MergedAdmin
from register.admin.short_page import ReasonForm, short_page
from register.admin.used_once import used_once
from register.models import ActionLink, Group, MeetingLink, Organisation, Topic
from register.services.links import link_action, link_meeting, strike_out
from register.vocabulary import LINKED_NOW, Role


@admin.register(Organisation)
class OrganisationAdmin(MergedAdmin):
    list_display = ("name", "full_name", "merged_into")
    list_select_related = ("merged_into",)
    search_fields = ("name", "full_name")


@admin.register(Topic)
class TopicAdmin(MergedAdmin):
    list_display = ("name", "merged_into")
    list_select_related = ("merged_into",)
    search_fields = ("name",)


@admin.register(Group)
class GroupAdmin(KeptAdmin):
    list_display = ("name", "full_name")
    search_fields = ("name", "full_name")
    exclude = tuple(SHAPE)  # declared on a page of its own, where it can be tried
    change_form_template = "register/group.html"

    def get_urls(self):
        page = self.admin_site.admin_view(self.references_view)
        return [path("<int:object_id>/references/", page, name="register_group_references"), *super().get_urls()]

    @used_once
    def references_view(self, request, object_id):
        """Declare how the group's reports write references of actions, and try it on a file."""
        return references_page(self, request, object_id)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        group = self.get_object(request, object_id)
        example = group and group.reference_shape.format(*EXAMPLE)
        return super().change_view(request, object_id, form_url, {"example": example, **(extra_context or {})})


class LinkAdmin(RegisterAdmin):
    """Links are added and struck out; nothing else about them changes."""

    def get_queryset(self, request):
        return super().get_queryset(request).filter(struck_out=False)

    def has_change_permission(self, request, obj=None):
        return False

    def has_module_permission(self, request):
        return False  # reached from the question's page, not from the index

    def get_urls(self):
        name = f"register_{self.opts.model_name}_strike_out"
        page = path("<int:object_id>/strike-out/", self.admin_site.admin_view(self.strike_out_view), name=name)
        return [page, *super().get_urls()]

    @used_once
    def strike_out_view(self, request, object_id):
        """Strike out a mistaken link."""
        link = self.get_object(request, object_id)
        if link is None:
            raise Http404("There is no such link.")
        if not request.user.has_role(Role.TRIAGE):
            raise PermissionDenied("Only Triage may strike out a link.")

        def act(given):
            self.strike_out(link, given["reason"], by=request.user)
            return f"Struck out: {link}."

        back = self.get_address(link)
        title = f"Strike out: {link}"
        return short_page(
            self, request, form_class=ReasonForm, act=act, title=title, button="Strike out", about=link, back=back
        )

    def strike_out(self, link, reason, by):
        strike_out(link, by=by, reason=reason)

    def get_address(self, row):
        return reverse("admin:register_question_change", args=[row.question_id])

    def response_add(self, request, obj, post_url_continue=None):
        super().response_post_save_add(request, obj)
        return HttpResponseRedirect(reverse("admin:register_question_change", args=[obj.question_id]))


@admin.register(MeetingLink)
class MeetingLinkAdmin(LinkAdmin):
    fields = ("question", "meeting", "kind", "paragraph")
    autocomplete_fields = ("question", "meeting")

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        kwargs["choices"] = [("", "---------"), *((kind.value, kind.label) for kind in LINKED_NOW)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        saved = link_meeting(**form.cleaned_data, by=request.user)
        obj.__dict__.update(saved.__dict__)


@admin.register(ActionLink)
class ActionLinkAdmin(LinkAdmin):
    fields = ("action", "question")
    autocomplete_fields = ("action", "question")

    def save_model(self, request, obj, form, change):
        saved = link_action(**form.cleaned_data, by=request.user)
        obj.__dict__.update(saved.__dict__)
