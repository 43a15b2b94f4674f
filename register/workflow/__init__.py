"""The workflow of a question: its transitions, who may make them, their inputs, and the guards that refuse them.

`TRANSITIONS` is the one table. Screens and the API's inputs are made from it, and docs/workflow.md is tested against
it. Nothing here reads the database: the caller passes the `Facts` and receives sentences.
"""

from register.workflow.guards import MISSING
from register.workflow.table import BELONGS_TO, HELD_BY, MEMBERS_HOLD, TRANSITIONS, TRIAGE_HOLDS, holder
from register.workflow.types import (
    LONGEST_REMARK,
    UNDONE_WITHIN,
    Facts,
    Given,
    Guard,
    Input,
    InputType,
    LastMove,
    Part,
    Transition,
)

__all__ = [
    "BELONGS_TO",
    "HELD_BY",
    "LONGEST_REMARK",
    "MEMBERS_HOLD",
    "MISSING",
    "TRANSITIONS",
    "TRIAGE_HOLDS",
    "UNDONE_WITHIN",
    "Facts",
    "Given",
    "Guard",
    "Input",
    "InputType",
    "LastMove",
    "Part",
    "Transition",
    "holder",
]
