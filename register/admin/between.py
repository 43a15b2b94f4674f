"""The form that asks from when until when, as people name moments."""

from django import forms

from register.refusals import Refused
from register.services.moments import parse_past, parse_since

PARSERS = {"since": parse_since, "until": parse_past}


class BetweenForm(forms.Form):
    since = forms.CharField(label="Since", required=False, help_text="A day, a time in London, or a meeting.")
    until = forms.CharField(label="Until", required=False, help_text="Empty: now.")

    def get_moments(self, user):
        """Return {since, until: the aware moment that each names, or None}; a refusal is on the form."""
        given = self.cleaned_data if self.is_valid() else {}
        moments = {name: self._parse(name, given.get(name, "").strip(), user) for name in PARSERS}
        if all(moments.values()) and moments["until"] < moments["since"]:
            self.add_error("until", "Choose a later moment than the one to begin from.")
        return moments

    def _parse(self, name, text, user):
        try:
            return PARSERS[name](text, user) if text else None
        except Refused as refusal:
            self.add_error(name, str(refusal))
            return None
