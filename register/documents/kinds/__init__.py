"""The kinds of item that the register has, each declared once.

A declaration says what the documents of the kind show, of which rows of other kinds, who sees it, whether it is in the
feed, and how its changes read in a question's timeline. Documents, the schema, the look-up of what shows a row, the
resources of the API and the timeline are made from it.
"""

from register.documents.kinds import (
    action,
    agenda,
    answer,
    change,
    meeting,
    origin,
    question,
    reference_data,
    review,
    suspect,
)
from register.documents.kinds.kind import KINDS, Kind, get_documented_kinds, get_kind

__all__ = [
    "KINDS",
    "Kind",
    "action",
    "agenda",
    "answer",
    "change",
    "get_documented_kinds",
    "get_kind",
    "meeting",
    "origin",
    "question",
    "reference_data",
    "review",
    "suspect",
]
