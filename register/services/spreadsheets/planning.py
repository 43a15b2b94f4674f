"""Compare a spreadsheet with the register, then raise what is new and edit what is changed."""

from dataclasses import dataclass, field
from typing import Any

from register.ledger.unit_of_work import unit_of_work
from register.models import LedgerHead, Question, User
from register.refusals import Refused
from register.services.intake import raise_questions
from register.services.permissions import require_role
from register.services.questions import edit_question
from register.services.spreadsheets.files import read_rows
from register.services.spreadsheets.sheet import QuestionSheet, get_differences
from register.vocabulary import Role


@dataclass(frozen=True)
class SheetRow:
    """One row: its number in the file, what it is (`new`, `changed`, `held` or `refused`), and what it says.

    `question` holds what the row would make of it; `changes` are {column: (old, new)}; `refusals` are sentences, and
    `label` is what the refused row calls itself.
    """

    number: int
    kind: str
    question: Any = None  # a Question, where the row is not refused
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    label: str = ""


@dataclass(frozen=True)
class SheetPlan:
    """What a spreadsheet would do. `position` is the ledger's at that time; `ignored` are headings not taken.

    `notes` are sentences on what was read of the file.
    """

    rows: list[SheetRow]
    position: int
    ignored: list[str]
    notes: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[SheetRow]:
        return [row for row in self.rows if row.kind == kind]


def plan_sheet(content: bytes, *, by: User) -> SheetPlan:
    """Return the `SheetPlan` of a CSV file or workbook; nothing is written. Raises NotPermitted, Refused."""
    require_role(by, Role.TRIAGE, to="import questions")
    position = LedgerHead.objects.get().position
    data, numbers, notes = read_rows(content)
    sheet = QuestionSheet(by)
    ignored = [heading for heading in data.headers if heading not in sheet.fields]
    result = sheet.import_data(data, dry_run=True, use_transactions=False)
    if result.base_errors:
        raise Refused(f"Mend the file: {result.base_errors[0].error}")
    rows = [_make_row(number, row, cells) for number, row, cells in zip(numbers, result.rows, data.dict, strict=True)]
    return SheetPlan(_refuse_twins(rows, by), position, ignored, notes)


def _make_row(number: int, row: Any, cells: dict[str, Any]) -> SheetRow:
    if row.errors or row.validation_error:
        label = f"{cells['reference']} {cells.get('title') or ''}".strip()
        return SheetRow(number, "refused", refusals=_get_reasons(row), label=label)
    if row.is_new():
        return SheetRow(number, "new", row.instance)
    changes = get_differences(row.original, row.instance) if row.is_update() else {}
    return SheetRow(number, "changed" if changes else "held", row.instance, changes)


def _get_reasons(row: Any) -> list[str]:
    if row.validation_error:
        told = row.validation_error.message_dict.items()
        return [f"{name.replace('_', ' ').capitalize()}: {sentence}" for name, said in told for sentence in said]
    error = row.errors[0].error
    return error.reasons if isinstance(error, Refused) else [f"This row cannot be read: {error}"]


def _refuse_twins(rows: list[SheetRow], by: User) -> list[SheetRow]:
    """Refuse each new row that says what a question of the register, or an earlier row, says word for word."""
    texts = [row.question.text for row in rows if row.kind == "new"]
    held = Question.objects.visible_to(by).filter(text__in=texts).values_list("title", "text", "reference")
    known = {(title, text): reference for title, text, reference in held}
    checked_rows = []
    for row in rows:
        if row.kind == "new" and (twin := known.get((row.question.title, row.question.text))):
            said = [f"Leave it out: {twin} says just this."]
            row = SheetRow(row.number, "refused", refusals=said, label=row.question.title)
        elif row.kind == "new":
            known[row.question.title, row.question.text] = f"row {row.number}"
        checked_rows.append(row)
    return checked_rows


def apply_sheet(file_name: str, content: bytes, *, by: User, position: int) -> SheetPlan:
    """Raise what is new, edit what is changed, in one transaction; return the plan that was applied.

    `position` is that of the plan which the triager saw: where a question was changed after it, Stale says who changed
    what. Raises NotPermitted, Refused; nothing is then written.
    """
    with unit_of_work():
        plan = plan_sheet(content, by=by)
        if refused := plan.of("refused"):
            raise Refused(*(f"Row {row.number}: {' '.join(row.refusals)}" for row in refused[:10]))
        reason = f"Imported from {file_name}"
        for row in plan.of("changed"):
            new = {name: after for name, (_, after) in row.changes.items()}
            edit_question(row.question, by=by, seen=position, reason=reason, **new)
        raise_questions((row.question for row in plan.of("new")), by=by, reason=reason)
        return plan
