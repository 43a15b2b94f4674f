"""What becomes of an action: updates that are added and never rewritten, some of which close it or open it again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from register.characters import strip_unseen
from register.clock import today
from register.ledger.unit_of_work import Actor, record, unit_of_work
from register.models import Action, ActionUpdate, Meeting
from register.refusals import Refused
from register.services.cleaning import clean_paragraph, clean_remark, clean_row
from register.services.permissions import require_role
from register.services.rows import check_not_stale, reload_visible
from register.vocabulary import ActionStatus, Role, UpdateKind

# The status that an action has after an update of a kind; the other kinds leave it as it is.
GIVES: dict[str, str] = {
    UpdateKind.DONE: ActionStatus.DONE,
    UpdateKind.SUPERSEDED: ActionStatus.SUPERSEDED,
    UpdateKind.TRANSFERRED: ActionStatus.TRANSFERRED,
    UpdateKind.CANCELLED: ActionStatus.CANCELLED,
    UpdateKind.REOPENED: ActionStatus.OPEN,
}


@dataclass(frozen=True)
class Update:
    """What is said of an action. `superseded_by` and `transferred_to` belong to the kinds that are called so.

    `due_on` is another day than it had, where it goes on: noted, carried forward or opened again.
    """

    kind: str
    meeting: Meeting | None = None
    paragraph: str = ""
    note: str = ""
    superseded_by: Action | None = None
    transferred_to: str = ""
    due_on: date | None = None


def update_action(action: Action, update: Update, *, by: Actor, seen: int | None = None) -> ActionUpdate:
    """Add an update to an action, and set its status where the kind gives one; return the update.

    It is of the day of its meeting, or of today in London. `seen` is as in `keep`. Raises NotVisible, NotPermitted,
    Refused, Invalid, Stale.
    """
    with unit_of_work():
        require_role(by, Role.TRIAGE, to="update an action")
        action = reload_visible(action, by)
        check_not_stale(action, seen)
        if refused := get_refusals(action, update):
            raise Refused(*refused)
        made = clean_row(_make_update(action, update))
        _set_status(action, update, by, reason=str(made))
        return record(made, by=by, reason=clean_remark(update.note))


def update_actions(actions: Collection[Action], update: Update, *, by: Actor) -> list[ActionUpdate]:
    """Add the same update to several actions, all or none; return the updates. Raises as `update_action` does.

    The sentences of a refusal name the actions.
    """
    with unit_of_work():
        rows = [reload_visible(action, by) for action in actions]
        if refused := [f"{action}: {why}" for action in rows for why in get_refusals(action, update)]:
            raise Refused(*refused)
        return [update_action(action, update, by=by) for action in rows]


def get_refusals(action: Action, update: Update) -> list[str]:
    """Return the sentences that refuse an update; an empty list lets it pass."""
    return [sentence for check in _CHECKS if (sentence := check(action, update))]


def _refuse_groundless(action: Action, update: Update) -> str | None:
    if (update.meeting and strip_unseen(update.paragraph)) or strip_unseen(update.note):
        return None
    return "Name the meeting and the paragraph of its report, or give a reason."


def _refuse_ended(action: Action, update: Update) -> str | None:
    is_open = action.status == ActionStatus.OPEN
    if update.kind == UpdateKind.REOPENED:
        return "Leave it: it is open." if is_open else None
    if update.kind in (UpdateKind.NOTED,) or is_open:
        return None
    return f"Open it again first: it is {action.get_status_display()}."


def _refuse_heir(action: Action, update: Update) -> str | None:
    if update.kind != UpdateKind.SUPERSEDED:
        return "Name no other action: it is not superseded." if update.superseded_by else None
    if update.superseded_by is None:
        return "Name the action that supersedes it."
    return "Name another action: it cannot supersede itself." if update.superseded_by == action else None


def _refuse_taker(action: Action, update: Update) -> str | None:
    taker = strip_unseen(update.transferred_to)
    if update.kind == UpdateKind.TRANSFERRED:
        return None if taker else "Say to whom it is transferred."
    return "Name nobody who takes it over: it is not transferred." if taker else None


def _refuse_day(action: Action, update: Update) -> str | None:
    ends = GIVES.get(update.kind, ActionStatus.OPEN) != ActionStatus.OPEN
    return "Give no other day: it ends with this." if update.due_on and ends else None


def _refuse_future(action: Action, update: Update) -> str | None:
    held_on = update.meeting.held_on if update.meeting else None
    return f"Choose a meeting that was held: {update.meeting} is to come." if held_on and held_on > today() else None


_CHECKS = (_refuse_groundless, _refuse_ended, _refuse_heir, _refuse_taker, _refuse_day, _refuse_future)


def _make_update(action: Action, update: Update) -> ActionUpdate:
    meeting = update.meeting
    return ActionUpdate(
        action=action,
        kind=update.kind,
        made_on=meeting.held_on if meeting and meeting.held_on else today(),
        meeting=meeting,
        paragraph=clean_paragraph(update.paragraph),
        note=clean_remark(update.note),
    )


def _set_status(action: Action, update: Update, by: Actor, reason: str) -> None:
    if update.kind in GIVES:
        action.status = GIVES[update.kind]
        action.superseded_by = update.superseded_by
        action.transferred_to = strip_unseen(update.transferred_to)
    if update.due_on:
        action.due_on = update.due_on
    if update.kind in GIVES or update.due_on:
        record(clean_row(action), by=by, reason=reason)
