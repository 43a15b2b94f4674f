"""What a meeting is for: its agenda, and what became of each question there."""

from register.services.meetings.agenda import (
    add_item,
    carry_over,
    edit_item,
    note_item,
    order_agenda,
    put_on_agenda,
    schedule_question,
    strike_out_item,
    takes_items,
)
from register.services.meetings.outcomes import (
    WITHOUT_MEETING,
    GivenOutcome,
    note_decision,
    note_discussion,
    record_outcomes,
    strike_out_outcome,
)

__all__ = [
    "WITHOUT_MEETING",
    "GivenOutcome",
    "add_item",
    "carry_over",
    "edit_item",
    "note_decision",
    "note_discussion",
    "note_item",
    "order_agenda",
    "put_on_agenda",
    "record_outcomes",
    "schedule_question",
    "strike_out_item",
    "strike_out_outcome",
    "takes_items",
]
