"""A filter of a list that is on or off."""

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters


class OneChoiceFilter(admin.SimpleListFilter):
    """Has one `choice`: (what stands in the address, label). `narrow` is what it does. Another is refused."""

    choice = ("yes", "yes")

    def lookups(self, request, model_admin):
        return [self.choice]

    def queryset(self, request, queryset):
        if self.value() not in (None, self.choice[0]):
            raise IncorrectLookupParameters(self.value())
        return self.narrow(queryset, request.user) if self.value() else queryset

    def narrow(self, rows, user):
        raise NotImplementedError
