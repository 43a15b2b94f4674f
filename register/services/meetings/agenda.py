"""Put questions, actions and other items on a meeting's agenda, order them, and carry them over."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max
from django.utils.formats import date_format

from register.clock import today
from register.ledger.unit_of_work import Actor, record, unit_of_work
from register.models import Action, AgendaItem, Meeting, Question
from register.refusals import Refused
from register.services.cleaning import apply_changes, clean_remark, clean_row, require_text
from register.services.permissions import require_role
from register.services.rows import check_not_stale, reload_visible
from register.services.striking_out import strike_out_row
from register.vocabulary import ENDED, MeetingState, Role

HOW = ("minutes", "presenter", "paper")  # an item is dealt with


def schedule_question(question: Question, meeting: Meeting, *, by: Actor, reason: str = "", **how: Any) -> AgendaItem:
    """Put a question at the end of the agenda of a meeting to come; return the item. `how` has columns of `HOW`.

    Raises NotVisible, NotPermitted, Refused, Invalid.
    """
    with unit_of_work():
        require_role(by, Role.TRIAGE, to="schedule a question")
        question, meeting = reload_visible(question, by), reload_visible(meeting, by)
        if question.status in ENDED:
            raise Refused(f"Reopen {question.reference} first: it is {question.get_status_display()}.")
        return _append(AgendaItem(meeting=meeting, question=question, **how), by, reason)


def add_item(
    meeting: Meeting, *, by: Actor, action: Action | None = None, title: str = "", reason: str = "", **how: Any
) -> AgendaItem:
    """Put an action, or what a title says, at the end of an agenda; return the item. As `schedule_question`."""
    with unit_of_work():
        require_role(by, Role.TRIAGE, to="keep an agenda")
        meeting = reload_visible(meeting, by)
        action = action and reload_visible(action, by)
        title = clean_remark(title) if action else require_text(title, "Say what the item is.")
        return _append(AgendaItem(meeting=meeting, action=action, title=title, **how), by, reason)


def put_on_agenda(
    meeting: Meeting, questions: Sequence[Question] = (), actions: Sequence[Action] = (), *, by: Actor
) -> list[AgendaItem]:
    """Put questions and actions at the end of an agenda, all or none; return the items. As `schedule_question`."""
    with unit_of_work():
        scheduled = [schedule_question(question, meeting, by=by) for question in questions]
        return scheduled + [add_item(meeting, by=by, action=action) for action in actions]


def note_item(meeting: Meeting, title: str, *, by: Actor, reason: str) -> AgendaItem:
    """Add what a meeting's report says that it took, such as a decision, behind the agenda; return the item.

    It may be held by now, for a report comes after it. Raises NotVisible, NotPermitted, Invalid.
    """
    with unit_of_work():
        require_role(by, Role.TRIAGE, to="keep an agenda")
        meeting = reload_visible(meeting, by)
        return _record_last(AgendaItem(meeting=meeting, title=title), by, reason)


def _append(item: AgendaItem, by: Actor, reason: str) -> AgendaItem:
    _check_to_come(item.meeting)
    return _record_last(item, by, reason)


def _record_last(item: AgendaItem, by: Actor, reason: str) -> AgendaItem:
    last = AgendaItem.objects.filter(meeting=item.meeting).aggregate(last=Max("place"))["last"]
    item.place = (last or 0) + 1
    return record(clean_row(item), by=by, reason=clean_remark(reason))


def takes_items(meeting: Meeting) -> bool:
    """Return whether something can still be put on the agenda: it can on the day itself."""
    state = meeting.get_state(today())
    return state == MeetingState.PLANNED or (state == MeetingState.HELD and meeting.held_on == today())


def _check_to_come(meeting: Meeting) -> None:
    """Raise Refused unless something can still be put on the agenda."""
    if takes_items(meeting):
        return
    if meeting.is_cancelled:
        raise Refused(f"Choose another meeting: {meeting} is cancelled.")
    held_on = date_format(meeting.held_on, "j F Y") if meeting.held_on else ""
    raise Refused(f"Record an outcome instead: {meeting} was held on {held_on}, and nothing can be put on it now.")


def edit_item(item: AgendaItem, *, by: Actor, seen: int | None = None, reason: str = "", **changes: Any) -> AgendaItem:
    """Change columns of `HOW`, or the title of an item that has one; return the item. `seen` is as in `keep`.

    Raises NotVisible, NotPermitted, Refused, Invalid, Stale.
    """
    with unit_of_work():
        require_role(by, Role.TRIAGE, to="keep an agenda")
        item = reload_visible(item, by)
        check_not_stale(item, seen)
        if apply_changes(item, changes):
            record(clean_row(item), by=by, reason=clean_remark(reason))
        return item


def order_agenda(meeting: Meeting, keys: Sequence[int], *, by: Actor) -> int:
    """Put the items of these primary keys in this order; return how many changed place.

    Items that are not named, as those that came meanwhile, stay after those before which they stood. Raises NotVisible,
    NotPermitted.
    """
    with unit_of_work():
        require_role(by, Role.TRIAGE, to="keep an agenda")
        items = list(AgendaItem.objects.visible_to(by).standing().filter(meeting=meeting))
        wanted = {key: order for order, key in enumerate(keys)}
        moved = sorted((item for item in items if item.pk in wanted), key=lambda item: wanted[item.pk])
        # The places that the named ones hold are dealt out among them anew.
        places = sorted(item.place for item in moved)
        changed = [(item, place) for item, place in zip(moved, places, strict=True) if item.place != place]
        for item, place in changed:
            item.place = place
            record(item, by=by, reason="Moved on the agenda.")
        return len(changed)


def strike_out_item(item: AgendaItem, *, by: Actor, reason: str) -> AgendaItem:
    """Take an item off the agenda that was put there by mistake; return it. Raises as `edit_item` does.

    One of which an outcome tells stays: what happened to it is part of the past.
    """
    with unit_of_work():
        struck = strike_out_row(item, "item", by=by, reason=reason)
        if struck.outcomes.filter(struck_out=False).exists():
            raise Refused(f"Leave it: an outcome says what became of {struck} at {struck.meeting}.")
        return struck


def carry_over(item: AgendaItem, meeting: Meeting, *, by: Actor, reason: str = "") -> AgendaItem:
    """Put what an item is about on the agenda of another meeting too; return the new item.

    The old one stays as it was: what became of it there is told by an outcome. Raises as `schedule_question` does.
    """
    how = {name: getattr(item, name) for name in HOW}
    with unit_of_work():
        item = reload_visible(item, by)
        if item.question:
            return schedule_question(item.question, meeting, by=by, reason=reason, **how)
        return add_item(meeting, by=by, action=item.action, title=item.title, reason=reason, **how)
