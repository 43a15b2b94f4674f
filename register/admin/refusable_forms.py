"""The form of a row: it says why a service refused, and nobody overwrites with it what they have not seen."""

from django import forms

from register.ledger.versions import get_snapshot_at
from register.refusals import Invalid, Stale


class RefusableForm(forms.ModelForm):
    """A form that can say why a service refused what it holds, with what was typed still in it.

    A form that changes a row carries as `seen` the version that it showed; `version` of its instance is that of now.
    Where the row was changed in between, the form comes back once: what the others changed and this person left alone
    is brought up to date, what this person typed is kept, and each such field says what it was and what it is now.
    """

    refusal = None
    is_kept = True  # when a session ends, as `kept_text` says

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.changed_meanwhile = {}
        if self.instance.pk:
            version = getattr(self.instance, "version", None)
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=version)
            for field in self._many_fields:
                field.show_hidden_initial = True  # history has no column of them
        if isinstance(self.refusal, Stale):
            self._bring_up_to_date()

    @property
    def _many_fields(self):
        return [field for field in self.fields.values() if isinstance(field, forms.ModelMultipleChoiceField)]

    def clean(self):
        cleaned = super().clean()
        if isinstance(self.refusal, Invalid):
            for name, sentences in self.refusal.fields.items():
                self.add_error(name if name in self.fields else None, sentences)
        elif self.refusal:
            self.add_error(None, self.refusal.reasons)
            for name, sentence in self.changed_meanwhile.items():
                self.add_error(name, sentence)
        elif "seen" in self.fields and self.cleaned_data.get("seen") is None:
            self.add_error(None, "Open the page again: what was sent does not say which version it was made on.")
        return cleaned

    def _bring_up_to_date(self):
        """Keep what this person typed, take over what the others changed, and let the next save pass."""
        shown = get_snapshot_at(self.instance, int(self.data["seen"]))
        self.data = self.data.copy()
        self.data["seen"] = self.instance.version
        for name in self.fields.keys() & self.initial.keys():
            field, now = self.fields[name], self.initial[name]
            before = self._get_shown(name, field, shown)
            if field.has_changed(before, field.prepare_value(now)):
                self._bring_field_up_to_date(name, field, before, now)

    def _get_shown(self, name, field, shown):
        if field.show_hidden_initial:
            return field.hidden_widget().value_from_datadict(self.data, self.files, f"initial-{name}")
        column = self._meta.model._meta.get_field(name).attname
        return getattr(shown, column, None)

    def _bring_field_up_to_date(self, name, field, before, now):
        typed = self[name].data
        change = f"It was “{self._describe(field, before)}” and is “{self._describe(field, now)}” now"
        if not field.has_changed(before, typed):
            self._put(name, field, field.prepare_value(now))
            self.changed_meanwhile[name] = f"{change}, which stands here."
        elif field.has_changed(field.prepare_value(now), typed):
            self.changed_meanwhile[name] = f"{change}; what you typed is kept here."

    def _put(self, name, field, value):
        """Put a value where the browser would have sent it."""
        key = self.add_prefix(name)
        if isinstance(field, forms.BooleanField):
            self.data.setlist(key, ["on"] if value else [])
            if not value:
                del self.data[key]
        elif isinstance(value, list | tuple):
            self.data.setlist(key, value)
        else:
            self.data[key] = "" if value is None else value

    def _describe(self, field, value):
        if isinstance(field, forms.BooleanField):
            return "yes" if value else "no"
        if isinstance(field, forms.ModelMultipleChoiceField):
            keys = [getattr(row, "pk", row) for row in value or ()]
            return ", ".join(str(row) for row in field.queryset.filter(pk__in=keys)) or "nothing"
        if value in (None, ""):
            return "nothing"
        if isinstance(field, forms.ModelChoiceField):
            return str(field.queryset.filter(pk=value).first() or "something that cannot be chosen")
        return dict(getattr(field, "choices", ())).get(value, value)
