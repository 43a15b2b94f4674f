"""At which meetings questions came up, or are to come up, and what became of them there."""

from collections import defaultdict
from dataclasses import dataclass

from django.urls import reverse

from register.models import AgendaItem, Meeting, MeetingLink, MeetingOutcome


@dataclass(frozen=True)
class BroughtUp:
    """One thing that a meeting did with a question: `how` says what, `note` more of it.

    `strike_out` is the address at which it is struck out as a mistake.
    """

    meeting: Meeting
    how: str
    paragraph: str = ""
    note: str = ""
    strike_out: str = ""

    def __str__(self) -> str:
        return f"{self.how} at {self.meeting}" + (f", paragraph {self.paragraph}" if self.paragraph else "")


def list_brought_up(questions, user):
    """Return {primary key of a question: [BroughtUp]}, by the dates of the meetings, in three queries.

    That a question is scheduled is told until an outcome tells what became of it.
    """
    told = defaultdict(list)
    for row, line in (*_read_links(questions, user), *_read_items(questions, user), *_read_outcomes(questions, user)):
        told[row.question_id].append(line)
    for lines in told.values():
        lines.sort(key=lambda line: (line.meeting.held_on is not None, line.meeting.held_on))
    return told


def _read(model, questions, user):
    rows = model.objects.visible_to(user).filter(question__in=questions, struck_out=False)
    return rows.select_related("meeting__group").order_by("pk")


def _read_links(questions, user):
    for link in _read(MeetingLink, questions, user):
        address = reverse("admin:register_meetinglink_strike_out", args=[link.pk])
        yield link, BroughtUp(link.meeting, link.get_kind_display(), link.paragraph, strike_out=address)


def _read_items(questions, user):
    for item in _read(AgendaItem, questions, user).unsettled():
        address = reverse("admin:register_agendaitem_strike_out", args=[item.pk])
        how = "scheduled, cancelled since" if item.meeting.cancelled else "scheduled"
        yield item, BroughtUp(item.meeting, how, strike_out=address)


def _read_outcomes(questions, user):
    for outcome in _read(MeetingOutcome, questions, user).select_related("deferred_to__group"):
        address = reverse("admin:register_meetingoutcome_strike_out", args=[outcome.pk])
        how = outcome.get_result_display() + (f" to {outcome.deferred_to}" if outcome.deferred_to else "")
        yield outcome, BroughtUp(outcome.meeting, how, outcome.paragraph, outcome.note, address)
