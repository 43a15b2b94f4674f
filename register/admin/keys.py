"""What an address or a form names a row by: what can be no key names none."""

from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db.models import AutoField
from django.forms import ModelMultipleChoiceField

from register.characters import is_printable


def is_key(value):
    """Return whether text can be the primary key of a row."""
    return value.isascii() and value.isdigit() and len(value) < 19


def is_key_of(model, value):
    """Return whether text can be the primary key of a row of a model: most have numbers, tokens have a digest."""
    return is_key(value) if isinstance(model._meta.pk, AutoField) else is_printable(value)


class KeySelect(AutocompleteSelect):
    """Django's own, which looks for the row of what was sent whatever that is."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [given for given in value if is_key(given)] or [""], attr)


class KeysField(ModelMultipleChoiceField):
    """Django's own, which asks the database for a row of whatever was sent."""

    def clean(self, value):
        for wrong in (key for key in value or () if not is_key(str(key))):
            raise ValidationError(self.error_messages["invalid_pk_value"], params={"pk": wrong})
        return super().clean(value)


class KeyedMixin:
    """A ModelAdmin that looks for a row only by what can be its key."""

    def get_object(self, request, object_id, from_field=None):
        """Return the row of this key, or None; an empty `_to_field` is as none."""
        key = unquote(str(object_id))
        return super().get_object(request, object_id, from_field or None) if is_printable(key) else None

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeySelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return super().formfield_for_manytomany(db_field, request, form_class=KeysField, **kwargs)
