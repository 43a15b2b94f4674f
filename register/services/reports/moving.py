"""Give rows that rest on paragraphs the numbers that these have in a later edition."""

from collections.abc import Callable, Sequence
from typing import Any

from register.models import ActionUpdate, MeetingLink, MeetingOutcome

# What two rows of a model may not have in common beside the paragraph; of other models two may be alike.
DIFFERS_BY: dict[type, tuple[str, ...]] = {
    MeetingLink: ("question_id", "kind"),
    MeetingOutcome: ("question_id", "result"),
    ActionUpdate: ("action_id", "kind"),
}

Move = tuple[Any, str]  # a row, and the number that its paragraph has now


def move_in_order(rows: Sequence[Any], moves: Sequence[Move], point: Callable[[Any, str], None]) -> None:
    """Call `point` with each row and its new number, once no row that is alike holds that.

    The database refuses two that are alike even for a moment. One whose new place such a row holds that stays is left.
    """
    going = _leave_out_blocked(rows, list(moves))
    while going:
        taken = {_get_key(row, row.paragraph) for row, _ in going}
        free = [(row, number) for row, number in going if _get_key(row, number) not in taken]
        if not free:  # they change places
            point(going[0][0], f"moving {going[0][0].pk}")
        for row, number in free:
            point(row, number)
        going = [move for move in going if move not in free]


def _leave_out_blocked(rows: Sequence[Any], going: list[Move]) -> list[Move]:
    while True:
        moving = {(type(row), row.pk) for row, _ in going}
        held = {_get_key(row, row.paragraph) for row in rows if (type(row), row.pk) not in moving}
        may = [(row, number) for row, number in going if _get_key(row, number) not in held]
        if len(may) == len(going):
            return going
        going = may


def _get_key(row: Any, paragraph: str) -> tuple[Any, ...]:
    names = DIFFERS_BY.get(type(row), ("pk",))
    return (type(row), *(getattr(row, name) for name in names), paragraph)
