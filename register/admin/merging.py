"""The page on which an organisation or a topic is merged into another that is the same."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path, reverse

from register.admin.kept import KeptAdmin
from register.admin.short_page import ReasonForm, SeenForm, short_page
from register.admin.used_once import used_once
from register.services.briefing import Passage
from register.services.merging_names import get_referring, merge_names
from register.vocabulary import Role


class MergedAdmin(KeptAdmin):
    """Pages of rows of which two can be one."""

    change_form_template = "register/merged_name.html"

    def get_urls(self):
        page = self.admin_site.admin_view(self.merge_view)
        name = f"register_{self.opts.model_name}_merge"
        return [path("<int:object_id>/merge/", page, name=name), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        row = self.get_object(request, object_id)
        more = {"may_merge": bool(row and not row.merged_into_id and request.user.has_role(Role.TRIAGE))}
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    @used_once
    def merge_view(self, request, object_id):
        """Merge the row into another, after a look at all that refers to it."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404(f"There is no such {self.opts.verbose_name}.")
        if not request.user.has_role(Role.TRIAGE):
            raise PermissionDenied(f"Only Triage may merge {self.opts.verbose_name_plural}.")

        def act(given):
            left = merge_names(row, by=request.user, **given)
            return f"{row} is merged into {left}: what bore the one bears the other."

        return short_page(
            self,
            request,
            form_class=self._make_form(row),
            initial={"seen": row.version},
            act=act,
            title=f"Merge {row} into another",
            button="Merge",
            about=row,
            reading=[Passage(f"What bears {row} now", lines=tuple(_count_referring(row, request.user)))],
            back=reverse(f"admin:register_{self.opts.model_name}_change", args=[row.pk]),
        )

    def _make_form(self, row):
        rows = self.model.objects.current().exclude(pk=row.pk)
        into = forms.ModelChoiceField(rows, label="Merge into", help_text=f"{row} is offered no more then.")
        return type("MergeForm", (ReasonForm, SeenForm), {"into": into, "field_order": ["into", "reason"]})


def _count_referring(row, user):
    """Yield a line for each kind of row that bears a name: how many the user may see."""
    found = False
    for column, rows in get_referring(row):
        seen = rows.model.objects.visible_to(user) if hasattr(rows.model.objects, "visible_to") else rows.model.objects
        if count := seen.filter(**{column: row}).count():
            found = True
            field = rows.model._meta.get_field(column)
            yield f"{rows.model._meta.verbose_name_plural} ({field.verbose_name}): {count:,}"
    if not found:
        yield "Nothing that you may see."
