"""The filters of the list of actions."""

from register.admin.one_choice import OneChoiceFilter
from register.clock import today


class OverdueFilter(OneChoiceFilter):
    title = "overdue"
    parameter_name = "overdue"
    choice = ("yes", "overdue")

    def narrow(self, rows, user):
        return rows.overdue(today())


class WhoseFilter(OneChoiceFilter):
    title = "whose"
    parameter_name = "whose"
    choice = ("mine", "my organisation's, and open")

    def narrow(self, rows, user):
        return rows.open_of(user.organisation)
