"""Changes from the register of a code's body: compare its file with what is held, then record what differs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from register.clock import today
from register.ledger.unit_of_work import unit_of_work
from register.models import Change, LedgerHead, User
from register.models.changes import make_change_key
from register.refusals import Refused
from register.services.cleaning import apply_changes, clean_row, is_same
from register.services.permissions import require_role
from register.services.reference import keep
from register.services.spreadsheets.cells import ChoiceCell, read_text
from register.services.spreadsheets.files import read_table
from register.vocabulary import ChangeStage, Code, Role

COLUMNS = ("reference", "title", "stage", "address")
# What bodies head these columns with.
HEADINGS = {
    **dict.fromkeys(("number", "mod", "modification", "modification_number", "change", "change_number"), "reference"),
    "name": "title",
    "status": "stage",
    **dict.fromkeys(("url", "link"), "address"),
}
STAGE = ChoiceCell(ChangeStage.choices)


@dataclass(frozen=True)
class RegisterRow:
    """One line: its number in the file, what it is (`new`, `changed` or `unchanged`), and the change as it says.

    `differences` are {column: (old, new)}.
    """

    number: int
    kind: str
    change: Change
    differences: dict[str, tuple[Any, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class RegisterPlan:
    """What a body's file would do. `position` is the ledger's at that time; `ignored` are headings not taken."""

    rows: list[RegisterRow]
    position: int
    ignored: list[str]

    def of(self, kind: str) -> list[RegisterRow]:
        return [row for row in self.rows if row.kind == kind]


def plan_register(content: bytes, code: str, *, by: User) -> RegisterPlan:
    """Return the `RegisterPlan` of a CSV file or workbook of the changes to one code; nothing is written.

    An empty cell leaves what is held. Raises NotPermitted, and Refused with the first line that cannot be read.
    """
    require_role(by, Role.TRIAGE, to="import changes")
    if code not in Code.values:
        raise Refused("Choose the code whose changes these are.")
    position = LedgerHead.objects.get().position
    names, lines, _ = read_table(content, COLUMNS, HEADINGS)
    held, rows, had = _index_changes(code), [], set()
    for number, cells in lines:
        row = _read_row(number, dict(zip(names, cells, strict=False)), held, code)
        if id(row.change) in had:
            raise Refused(f"Line {number}: {row.change.reference} has an earlier line, so leave one of them out.")
        had.add(id(row.change))
        rows.append(row)
    return RegisterPlan(rows, position, [name for name in names if name and name not in COLUMNS])


def _index_changes(code: str) -> dict[str, Change]:
    """Return {key of a reference: the change to a code that has it now or, where none has, had it last}."""
    changes = {change.pk: change for change in Change.objects.filter(code=code)}
    had = Change.history.filter(id__in=changes).order_by("history_id").values_list("reference_key", "id")
    return {key: changes[pk] for key, pk in had if key} | {row.reference_key: row for row in changes.values()}


def _read_row(number: int, cells: Mapping[str, Any], held: dict[str, Change], code: str) -> RegisterRow:
    try:
        given = _read_cells(cells)
        reference = given.pop("reference", "")
        change = held.setdefault(make_change_key(reference), Change(code=code, reference=reference, stage=""))
        differences = {name: (getattr(change, name), value) for name, value in given.items()}
        differences = {name: pair for name, pair in differences.items() if not is_same(*pair)}
        apply_changes(change, given)
        _check(change)
    except (Refused, ValueError) as error:
        reason = error.reasons[0] if isinstance(error, Refused) else str(error)
        raise Refused(f"Line {number}: {reason}") from None
    if change.pk is None:
        return RegisterRow(number, "new", change)
    return RegisterRow(number, "changed" if differences else "unchanged", change, differences)


def _read_cells(cells: Mapping[str, Any]) -> dict[str, str]:
    given = {name: text for name in COLUMNS if (text := read_text(cells.get(name) or ""))}
    return given | ({"stage": STAGE.clean(given["stage"])} if "stage" in given else {})


def _check(change: Change) -> None:
    """Raise Refused where a change lacks what every one has, or holds what none can."""
    missing = [name for name in ("reference", "title", "stage") if not getattr(change, name)]
    if missing:
        raise Refused(f"Give the {missing[0]}{f' of {change.reference}, which is new' if change.reference else ''}.")
    clean_row(change)


def apply_register(file_name: str, content: bytes, code: str, *, by: User, position: int) -> RegisterPlan:
    """Record the changes that are new or changed, all or none, as checked today; return the plan that was applied.

    `position` is that of the plan which the person saw: where a change was changed after it, Stale says who changed
    what. Raises NotPermitted, Refused.
    """
    with unit_of_work():
        plan = plan_register(content, code, by=by)
        for row in [*plan.of("new"), *plan.of("changed")]:
            row.change.checked_on = today()
            keep(row.change, by=by, seen=position, reason=f"Imported from {file_name}")
        return plan
