"""The base of the register's admin pages: shown by visibility, written through services, never deleted."""

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed
from django.urls import reverse
from django.utils.html import format_html
from simple_history.admin import SimpleHistoryAdmin

from register.admin.changelist import OfferedFiltersMixin
from register.admin.keys import KeyedMixin, is_key
from register.admin.refusable_forms import RefusableForm
from register.admin.used_once import UsedOnceMixin
from register.kept_text import bring_back
from register.ledger.versions import get_redacted_ids, get_version_by_key
from register.models import User, clearance
from register.models.visibility import get_classifications
from register.refusals import NotPermitted, NotVisible, Refusal
from register.services.reference import keep
from register.vocabulary import Role


def is_visible(row, user):
    """Return whether a user with a role may see a row, by the classifications that are loaded with it.

    Logins have none: their names are visible to everybody with a role.
    """
    return isinstance(row, User) or set(get_classifications(row)) <= set(clearance(user))


class RegisterAdmin(UsedOnceMixin, OfferedFiltersMixin, KeyedMixin, SimpleHistoryAdmin):
    form = RefusableForm
    kept_by = (Role.TRIAGE,)
    list_per_page = 50
    history_list_per_page = 50
    actions = None
    unsaid_in_history = ("status_since", "status_since_day", "working_days_before")

    # Who may

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def has_module_permission(self, request):
        return bool(clearance(request.user))

    def has_view_permission(self, request, obj=None):
        return bool(clearance(request.user))

    def has_add_permission(self, request):
        return any(request.user.has_role(role) for role in self.kept_by)

    def has_change_permission(self, request, obj=None):
        return self.has_add_permission(request) and not getattr(request, "is_of_the_past", False)

    def has_delete_permission(self, request, obj=None):
        return False

    # Only what the person may see can be chosen, preset or shown

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        rows = db_field.related_model.objects.all()
        rows = rows.current() if hasattr(rows, "current") else rows
        kwargs.setdefault("queryset", rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request):
        given = super().get_changeform_initial_data(request)
        keys = {field.name for field in self.opts.fields if field.is_relation}
        return {name: value for name, value in given.items() if name not in keys or is_key(value)}

    def get_object(self, request, object_id, from_field=None):
        """Return the row of that key, or None where there is none that the user may see.

        A page that a GET asks for reads it once, though Django's own view asks for it again. A form that is posted
        changes its row before it is valid, so there each call reads a row of its own.
        """
        if request.method not in ("GET", "HEAD"):
            return self.load_object(request, object_id, from_field)
        rows, key = request.__dict__.setdefault("loaded_rows", {}), (self.model, str(object_id), from_field)
        if key not in rows:
            rows[key] = self.load_object(request, object_id, from_field)
        return rows[key]

    def load_object(self, request, object_id, from_field=None):
        """Read the row of that key with its `version` from the database, or return None."""
        # Before the row: a change between the two is then told of once too often, not once too little.
        version = get_version_by_key(self.model, object_id) if is_key(str(object_id)) else None
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            row.viewer, row.version = request.user, version
        return row

    def linked(self, row, viewer):
        """Return a link to a related row, or a dash where there is none that the viewer may see."""
        if row is None or not is_visible(row, viewer):
            return "-"
        url = reverse(f"admin:register_{row._meta.model_name}_change", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, row)

    # Writing

    def save_model(self, request, obj, form, change):
        given = form.cleaned_data
        keep(obj, by=request.user, seen=given.get("seen"), reason=given.get("reason", ""))

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        request = bring_back(request)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except NotVisible as refusal:
            raise Http404 from refusal
        except NotPermitted as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except Refusal as refusal:
            # Once more, with the refusal on the form, so that what was typed comes back.
            request.refusal = refusal
            return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and not getattr(request, "is_of_the_past", False):
            context |= {"title": self.get_heading(obj), "subtitle": None}
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def get_heading(self, row):
        """Return what the page of a row is headed by: the thing itself."""
        return str(row)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", None)})

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404(f"There is no such {opts.verbose_name}.")

    # History and ledger are the only log: Django's own would be a second one.

    def log_change(self, request, obj, message):
        return None

    # The past

    def history_view(self, request, object_id, extra_context=None):
        self._check_visible(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        """Show one past version. The package's own page saves on POST, whatever its settings say."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        self._check_visible(request, object_id)
        history = self.get_history_queryset(request, self.model.history, "id", unquote(object_id))
        if not is_key(version_id) or not history.filter(history_id=version_id).exists():
            raise Http404("There is no such version.")
        request.is_of_the_past = True
        return super().history_form_view(request, object_id, version_id, extra_context)

    def get_history_queryset(self, request, history_manager, pk_name, object_id):
        rows = super().get_history_queryset(request, history_manager, pk_name, object_id)
        if any(field.name == "classification" for field in rows.model._meta.fields):
            rows = rows.filter(classification__in=clearance(request.user))
        return rows

    def get_fields(self, request, obj=None):
        if getattr(request, "is_of_the_past", False) and not self.fields:
            return [field.name for field in self.opts.fields if field.editable and not field.primary_key]
        return super().get_fields(request, obj)

    def get_readonly_fields(self, request, obj=None):
        if getattr(request, "is_of_the_past", False):
            return flatten_fieldsets(self.get_fieldsets(request, obj))
        return super().get_readonly_fields(request, obj)

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True):
        """Say what each version changed, in words, naming nothing that the person may not see."""
        rows = list(historical_records)
        emptied = get_redacted_ids(rows)
        for row, before in zip(rows, [*rows[1:], None], strict=True):
            row.is_redacted = row.history_id in emptied
            comparable = before is not None and not emptied & {row.history_id, before.history_id}
            row.history_delta_changes = list(self._differences(request, before, row)) if comparable else []

    def _differences(self, request, before, after):
        for field in after.tracked_fields:
            old, new = getattr(before, field.attname), getattr(after, field.attname)
            if old != new and field.name not in self.unsaid_in_history:
                values = [self.display_value(request, field, getattr(row, field.name)) for row in (before, after)]
                yield {"field": field.verbose_name, "old": values[0], "new": values[1]}

    def display_value(self, request, field, value):
        """Return how a field's value reads to this person; that of a foreign key is the row that it refers to."""
        if value in (None, ""):
            return "nothing"
        if field.is_relation:
            return value if is_visible(value, request.user) else "something hidden"
        return dict(field.flatchoices).get(value, value)

    def _check_visible(self, request, object_id):
        # The package looks for history rows, not for the object: one that is hidden would show.
        if self.get_object(request, unquote(object_id)) is None:
            raise Http404(f"There is no such {self.opts.verbose_name}.")
