"""Cursors: how far a reader has come, and which history of the register it followed to there."""

import re
from typing import NamedTuple

from rest_framework.exceptions import APIException

from register.documents.serving import get_clearance
from register.ledger.histories import has_entry

DIGITS = 16  # of a digest: enough to tell one history from another
MARK = re.compile(r"([0-9]{1,18})\.([0-9a-f]{16}|)\.([a-z]+)")


class BeginAgain(APIException):
    """What the reader holds is not what this register would have told it."""

    status_code = 410
    problem_type = "tag:register,2021:problems/begin-again"
    title = "Begin again"

    def __init__(self, why):
        super().__init__(f"Begin again from the start, and drop what you hold: {why}")


class Mark(NamedTuple):
    """The state of the register that a page was read from: the reader's last entry, its digest, and the clearance."""

    position: int
    digest: str
    clearance: str

    def __str__(self):
        return f"{self.position}.{self.digest}.{self.clearance}"


def make_mark(head, user):
    """Return the mark of a page that was read no later than this head was."""
    return Mark(head.position, head.digest[:DIGITS], get_clearance(user))


def parse_mark(text):
    """Return the mark that a text stands for. Raises ValueError."""
    match = MARK.fullmatch(text)
    if match is None:
        raise ValueError("This is no mark.")
    return Mark(int(match[1]), match[2], match[3])


def check_mark(mark, reading):
    """Raise BeginAgain where the mark is of another history than the register's, or of another clearance."""
    if mark.clearance != get_clearance(reading.user):
        raise BeginAgain("the roles of your login have changed, and with them what it may read.")
    if mark == make_mark(reading.head, reading.user) or not mark.position:
        return
    if not has_entry(mark.position, mark.digest):
        raise BeginAgain("the register was put back from a backup since.")


class Cursor(NamedTuple):
    """A position of a feed. One that was given by hand has no mark, and nothing can be told of its history."""

    position: int = 0
    mark: Mark | None = None

    def __str__(self):
        return f"{self.position}.{self.mark}" if self.position else "0"


def parse_cursor(text):
    """Return the cursor that a text stands for: one that a page gave, or a plain position. Raises ValueError."""
    position, _, mark = text.partition(".")
    if not re.fullmatch("[0-9]{1,18}", position):
        raise ValueError("This is no position.")
    return Cursor(int(position), parse_mark(mark) if "." in text else None)
