"""That a meeting was moved or cancelled, in the story of each question that was on its agenda by then."""

from itertools import pairwise

from django.utils.formats import date_format

from register.models import AgendaItem, Meeting


def get_meeting_changes(history):
    """Return items of the timeline for what became of the meetings that a question was scheduled for.

    `history` are the history rows of everything about the question.
    """
    items = [row for row in history if row.instance_type is AgendaItem and row.history_type == "+"]
    if not items:
        return []
    scheduled = {row.meeting_id: row.history_date for row in items}
    meetings = Meeting.objects.select_related("group").in_bulk(scheduled)
    rows = Meeting.history.filter(id__in=meetings).order_by("id", "history_id")
    changes = ((before, row) for before, row in pairwise(rows) if before.id == row.id)
    told = ((row, _describe(before, row)) for before, row in changes if row.history_date > scheduled[row.id])
    return [_make_item(meetings[row.id], row, what) for row, what in told if what]


def _describe(before, after):
    if bool(before.cancelled) != bool(after.cancelled):
        return "is cancelled: what was on its agenda waits" if after.cancelled else "is held after all"
    if before.held_on != after.held_on:
        days = [date_format(day, "j F Y") if day else "no day" for day in (before.held_on, after.held_on)]
        return f"is moved from {days[0]} to {days[1]}"
    return ""


def _make_item(meeting, row, what):
    return {
        "what": f"{meeting} {what}",
        "at": row.history_date,
        "by": row.actor,
        "organisation": row.actor_organisation,
        "reason": row.history_change_reason,
    }
