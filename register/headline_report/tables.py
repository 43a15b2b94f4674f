"""What a table of a report is for, as its head row names the columns: actions, decisions, questions or discussion.

Seen in: action logs at the end of a working group's minutes; the Actions, Decisions and Key discussion items of the
MHHS Programme's Design Advisory Group; tables of questions under a paragraph, and comment-and-response tables.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from register.headline_report.labels import LABELS


class TableType(Enum):
    ACTIONS = auto()
    DECISIONS = auto()
    QUESTIONS = auto()
    DISCUSSION = auto()


# {what a column is: the words of its head}, looked for in this order
_COLUMNS = {
    "reference": r"(?:action|decision|dec|act)?\s*(?:ref(?:erence)?|no|number|id|#)\.?(?:\s*(?:no|number)\.?)?|nr\.?|q",
    "owner": r"(?:action\s+)?(?:owner|responsible|lead)s?|(?:by\s+)?who|by\s+whom|assigned\s+to|action\s+(?:on|by)",
    "due": r"(?:action\s+)?(?:due|target|completion)(?:\s+(?:date|by))?|date\s+due|by\s+when|when|deadline",
    "status": r"(?:action\s+)?status|state|open\s*/\s*closed",
    "answer": r"(?:\w+\s+)?(?:response|answer|reply|resolution)s?(?:\s+(?:from|by)\s+.{1,20})?",
    "update": r"(?:latest\s+)?(?:update|progress|comment)s?|latest|notes",
    "raised": r"(?:raised|asked)(?:\s+(?:by|at|in))?|source|from|respondent|member|stakeholder|party|organisation",
    "question": r"(?:open\s+|outstanding\s+)?(?:question|query|queries)s?(?:\s+for\s+.{1,20})?|questions",
    "decision": r"decisions?(?:\s+(?:made|taken))?",
    "discussion": r"(?:key\s+)?(?:discussion|discussion\s+items?|points|summary)",
    "action": r"(?:new\s+|open\s+)?actions?",
    "description": r"(?:action\s+)?(?:description|details?|text|task|wording)",
    "area": r"area|topic|(?:agenda\s+)?item|workstream|subject|section|paragraph|para",
}
_HEADS = {name: re.compile(words, re.I) for name, words in _COLUMNS.items()}


@dataclass(frozen=True)
class TableHead:
    """The type of a table, and {what a column is: its place from 0}."""

    type: TableType
    columns: Mapping[str, int]

    def read(self, row: Sequence[str]) -> dict[str, str]:
        """Return {what a column is: its cell} of a row; a cell that is not there is empty."""
        return {name: row[place].strip() if place < len(row) else "" for name, place in self.columns.items()}


def find_head(rows: Sequence[Sequence[str]]) -> TableHead | None:
    """Return what the first row of a table makes of it, or None where it names no columns that are known."""
    columns: dict[str, int] = {}
    for place, cell in enumerate(rows[0] if len(rows) > 1 else ()):
        name = next((name for name, words in _HEADS.items() if words.fullmatch(cell.strip(" :*"))), None)
        if name:
            columns.setdefault(name, place)
    table_type = _find_type(columns)
    return TableHead(table_type, _name_columns(table_type, columns)) if table_type else None


def _find_type(columns: Mapping[str, int]) -> TableType | None:
    if "question" in columns or {"update", "answer"} <= columns.keys():
        return TableType.QUESTIONS
    if "decision" in columns:
        return TableType.DECISIONS
    if "discussion" in columns and "area" in columns:
        return TableType.DISCUSSION
    is_action = bool(columns.keys() & {"action", "description"})
    return TableType.ACTIONS if is_action and columns.keys() & {"reference", "owner"} else None


def _name_columns(table_type: TableType, columns: Mapping[str, int]) -> dict[str, int]:
    """Return the columns by what they are here.

    A description is the action, and what is headed “Action” beside it its reference; the updates of a table with
    responses are comments.
    """
    named = dict(columns)
    if "description" in named and table_type is TableType.ACTIONS:
        named.setdefault("reference", named.get("action", named["description"]))
        named["action"] = named.pop("description")
    if table_type is TableType.QUESTIONS and "question" not in named:
        named["comment"] = named.pop("update")
    return named


def fill_down(cells: Sequence[str]) -> list[str]:
    """Return a column in which an empty cell takes what stands above it: a cell over several rows."""
    filled: list[str] = []
    for cell in cells:
        filled.append(cell or (filled[-1] if filled else ""))
    return filled


def is_header(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether a table is the header of a report: one of its cells is a label."""
    return any(cell.strip(" :*.").lower() in LABELS for row in rows for cell in row)
