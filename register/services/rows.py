"""Read the rows that a person may see, and open a unit of work on one of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model

from register.clock import format_moment
from register.ledger.unit_of_work import Actor, unit_of_work
from register.ledger.versions import get_changes_since
from register.models import Question
from register.refusals import NotVisible, Stale

Row = TypeVar("Row", bound=Model)
Check = Callable[[Any], None]


def get_visible(model: type[Row], by: Actor, **key: Any) -> Row:
    """Return the row of that key as it is now. Raises NotVisible where there is none that `by` may see."""
    try:
        return model._default_manager.visible_to(by).get(**key)  # type: ignore[attr-defined]
    except ObjectDoesNotExist:
        raise NotVisible(f"There is no such {model._meta.verbose_name}.") from None


def reload_visible(row: Row, by: Actor) -> Row:
    """Return a fresh copy of a row. Raises NotVisible as `get_visible` does."""
    return get_visible(type(row), by, pk=row.pk)


def check_nothing(row: Any) -> None:
    """Do nothing: the check of a service whose caller gives none of its own."""


@contextmanager
def unit_of_work_on(row: Row, by: Actor, check: Check = check_nothing) -> Iterator[Row]:
    """Open a unit of work, read the row again under the head lock, and yield the fresh copy.

    `check(row)` is called with it first, and raises where nothing may be written (as where an If-Match fails). Raises
    NotVisible as `get_visible` does.
    """
    with unit_of_work():
        fresh = reload_visible(row, by)
        check(fresh)
        yield fresh


def check_not_stale(row: Any, seen: int | None) -> None:
    """Raise Stale where the row itself was changed after the version `seen` of it; None skips the check.

    Call it under the head lock, so that of two who write at once one is told.
    """
    if seen is None or row.pk is None:
        return
    if since := get_changes_since(row, seen):
        called = row.reference if isinstance(row, Question) else f"This {row._meta.verbose_name}"
        raise Stale(
            f"{called} was changed since you opened it, so nothing was saved.",
            [f"{edit.by} changed {' and '.join(edit.what)} at {format_moment(edit.at)}." for edit in since],
        )
