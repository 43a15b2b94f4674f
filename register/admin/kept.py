"""The base of pages of rows that questions refer to, which Triage keeps."""

from django import forms

from register.admin.guarded import RegisterAdmin
from register.admin.refusable_forms import RefusableForm


class KeptForm(RefusableForm):
    reason = forms.CharField(required=False, help_text="Why, for the history.")


class KeptAdmin(RegisterAdmin):
    form = KeptForm
