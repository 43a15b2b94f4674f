"""The filters of the list of actions."""

from django.contrib import admin
from django.db.models import Q

from register.clock import today
from register.refusals import Refused
from register.vocabulary import ActionStatus


class OverdueFilter(admin.SimpleListFilter):
    title = "overdue"
    parameter_name = "overdue"

    def lookups(self, request, model_admin):
        return [("yes", "overdue")]

    def queryset(self, request, queryset):
        if self.value() not in (None, "yes"):
            raise Refused("The filter overdue takes yes.")
        return queryset.overdue(today()) if self.value() else queryset


class WhoseFilter(admin.SimpleListFilter):
    title = "whose"
    parameter_name = "whose"

    def lookups(self, request, model_admin):
        return [("mine", "my organisation's, and open")]

    def queryset(self, request, queryset):
        if self.value() not in (None, "mine"):
            raise Refused("The filter whose takes mine.")
        return queryset.filter(make_own_condition(request.user)) if self.value() else queryset


def make_own_condition(user):
    """Return the condition of the open actions that a person's organisation owns."""
    return Q(status=ActionStatus.OPEN, owner__isnull=False, owner=user.organisation_id)
