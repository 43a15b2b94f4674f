from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group as RoleGroup

from register.admin.changelist import OfferedFiltersMixin
from register.admin.guarded import RegisterAdmin
from register.admin.keys import KeyedMixin
from register.admin.refusable_forms import RefusableForm
from register.admin.used_once import UsedOnceMixin
from register.models import Token, User
from register.services.reference import LAST_SIGNS_IN, is_last_superuser, keep_roles, keep_user, set_password
from register.vocabulary import Role

# Roles are made by a migration and mean something in code: they are not for renaming.
admin.site.unregister(RoleGroup)


class ChangeUserForm(RefusableForm, UserChangeForm):
    pass


class AddUserForm(RefusableForm, AdminUserCreationForm):
    pass


class SetPasswordForm(AdminPasswordChangeForm):
    def clean(self):
        cleaned = super().clean()
        if not self.cleaned_data["set_usable_password"] and is_last_superuser(self.user):
            self.add_error("usable_password", LAST_SIGNS_IN)
        return cleaned

    def save(self, commit=True):
        """Set the password of the login as it is now: what else was changed since it was read stays."""
        password = self.cleaned_data["password1"] if self.cleaned_data["set_usable_password"] else None
        saved = set_password(self.user, password, by=self.user.viewer)
        self.user.__dict__.update(saved.__dict__)
        return self.user


@admin.register(User)
class UserAdmin(RegisterAdmin, DjangoUserAdmin):
    """Logins: kept by superusers, seen by Triage, who assign questions to them."""

    form = ChangeUserForm
    add_form = AddUserForm
    change_password_form = SetPasswordForm
    search_fields = ("username", "first_name", "last_name")
    list_display = ("username", "display_name", "organisation", "is_active")
    list_select_related = ("organisation",)
    list_filter = ("is_active", "groups")
    seen_fields = ("username", "first_name", "last_name", "organisation", "is_active", "groups")
    fieldsets = (
        (None, {"fields": ("username", "password", "first_name", "last_name", "email", "organisation")}),
        ("What they may do", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
    )
    add_fieldsets = (
        (
            None,
            {"fields": ("username", "organisation", "is_staff", "groups", "usable_password", "password1", "password2")},
        ),
    )

    def get_queryset(self, request):
        return User.objects.order_by("username")

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change=change, **({} if change else {"form": self.add_form}), **kwargs)

    def get_fieldsets(self, request, obj=None):
        if obj and (not request.user.is_superuser or getattr(request, "is_of_the_past", False)):
            return [(None, {"fields": self.seen_fields})]
        return super().get_fieldsets(request, obj)

    def has_module_permission(self, request):
        return request.user.is_active and request.user.has_role(Role.TRIAGE)

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_add_permission(self, request):
        return request.user.is_active and request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return self.has_add_permission(request) and not getattr(request, "is_of_the_past", False)

    def save_model(self, request, obj, form, change):
        keep_user(obj, by=request.user, seen=form.cleaned_data.get("seen"))

    def save_related(self, request, form, formsets, change):
        keep_roles(form.instance, form.cleaned_data["groups"], by=request.user)


class IssueForm(forms.ModelForm):
    days = forms.IntegerField(initial=90, min_value=1, max_value=3650, help_text="until it expires")

    class Meta:
        model = Token
        fields = ("user",)


@admin.register(Token)
class TokenAdmin(UsedOnceMixin, OfferedFiltersMixin, KeyedMixin, admin.ModelAdmin):
    """API tokens, kept by superusers: issued, shown once, and revoked. Several a client, so that they can overlap."""

    form = IssueForm
    list_display = ("user", "token_key", "created", "expiry", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__username", "token_key")
    autocomplete_fields = ("user",)
    readonly_fields = ("token_key", "created", "expiry", "last_used_at")
    actions = None
    delete_confirmation_template = "register/token_revoke.html"

    def has_module_permission(self, request):
        return request.user.is_active and request.user.is_superuser

    has_add_permission = has_module_permission

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    has_delete_permission = has_view_permission

    def has_change_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        return ("user", *self.readonly_fields) if obj else ("user", "days")

    def get_readonly_fields(self, request, obj=None):
        return self.readonly_fields if obj else ()

    def save_model(self, request, obj, form, change):
        expiry = timedelta(days=form.cleaned_data["days"])
        issued, token = Token.objects.create(user=form.cleaned_data["user"], expiry=expiry)
        obj.__dict__.update(issued.__dict__)
        messages.warning(request, f"Note the token of {issued.user} now, it is not shown again: {token}")

    def log_deletions(self, request, queryset):
        return None
