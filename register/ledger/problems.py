"""What a verification of the ledger reports."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """What is wrong, and at which position; None where the fault has no position, such as a row without an entry."""

    position: int | None
    what: str
