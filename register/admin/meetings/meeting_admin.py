"""Meetings: a list with the next one first, and a page for each with its agenda and outcomes."""

from functools import partial

from django.contrib import admin
from django.db.models import Case, F, Value, When
from django.urls import path
from django.utils.formats import date_format

from register.admin.kept import KeptAdmin
from register.admin.meetings.agenda_pages import add_page, item_page, order_page
from register.admin.meetings.layout import get_meeting_address, get_meeting_panels
from register.admin.meetings.outcome_pages import outcomes_page
from register.admin.meetings.pack_pages import pack_file, pack_page
from register.admin.reference import LinkAdmin
from register.admin.short_page import DayInput
from register.clock import today
from register.models import AgendaItem, Meeting, MeetingOutcome
from register.models.search import parse_meeting_name
from register.refusals import Refused
from register.services.meetings import strike_out_item, strike_out_outcome
from register.vocabulary import MeetingState


def _put_next_first():
    """Return the ordering of meetings: those to come by their dates, then those that were, the latest first."""
    on = today()
    is_past = Case(When(held_on__lt=on, then=Value(1)), default=Value(0))
    to_come = Case(When(held_on__gte=on, then=F("held_on")))
    return is_past, to_come, F("held_on").desc(nulls_last=True), "-pk"


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [*MeetingState.choices, ("unsettled", "held or cancelled, with questions to settle")]

    def queryset(self, request, queryset):
        if self.value() == "unsettled":
            return queryset.unsettled(today(), request.user)
        if self.value() and self.value() not in MeetingState:
            raise Refused("There is no such state of a meeting.")
        return queryset.in_state(self.value(), today()) if self.value() else queryset


@admin.register(Meeting)
class MeetingAdmin(KeptAdmin):
    list_display = ("__str__", "held_on", "state", "agenda")
    list_select_related = ("group",)
    list_filter = ("group", StateFilter)
    search_fields = ("minuted_name",)
    change_form_template = "register/meeting.html"

    def get_queryset(self, request):
        return super().get_queryset(request).with_name().with_items(request.user)

    def get_ordering(self, request):
        return _put_next_first()

    def find_named(self, rows, text):
        return rows.find_by_name(parse_meeting_name(text))

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "held_on":
            kwargs["widget"] = DayInput()
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="state")
    def state(self, meeting):
        state = meeting.get_state(today())
        return state.label if meeting.held_on or state != MeetingState.PLANNED else "no date known"

    @admin.display(description="on its agenda")
    def agenda(self, meeting):
        return meeting.items

    def get_heading(self, meeting):
        return f"{meeting}, {date_format(meeting.held_on, 'l j F Y')}" if meeting.held_on else str(meeting)

    def get_urls(self):
        def page(view):
            return self.admin_site.admin_view(partial(view, self))

        return [
            path("<int:object_id>/agenda/add/", page(add_page), name="register_meeting_agenda_add"),
            path("<int:object_id>/agenda/order/", page(order_page), name="register_meeting_agenda_order"),
            path("<int:object_id>/agenda/<int:item_id>/", page(item_page), name="register_meeting_agenda_item"),
            path("<int:object_id>/pack/", page(pack_page), name="register_meeting_pack"),
            path("<int:object_id>/pack/<int:pack_id>/", page(pack_file), name="register_meeting_pack_file"),
            path("<int:object_id>/outcomes/", page(outcomes_page), name="register_meeting_outcomes"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        meeting = self.get_object(request, object_id)
        panels = {"is_whole": True, **get_meeting_panels(meeting, request.user)} if meeting else {}
        return super().change_view(request, object_id, form_url, {**panels, **(extra_context or {})})


class _AtMeetingAdmin(LinkAdmin):
    """Rows that are made on the meeting's pages or a question's, and here are struck out alone."""

    def has_add_permission(self, request):
        return False

    def get_address(self, row):
        return super().get_address(row) if row.question_id else get_meeting_address(row.meeting)


@admin.register(AgendaItem)
class AgendaItemAdmin(_AtMeetingAdmin):
    fields = ("meeting", "question", "action", "title", "minutes", "presenter", "paper")

    def strike_out(self, link, reason, by):
        strike_out_item(link, by=by, reason=reason)


@admin.register(MeetingOutcome)
class MeetingOutcomeAdmin(_AtMeetingAdmin):
    fields = ("question", "meeting", "result", "deferred_to", "paragraph", "note")

    def strike_out(self, link, reason, by):
        strike_out_outcome(link, by=by, reason=reason)
