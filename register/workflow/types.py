"""What a row of the workflow table is made of, and the facts that it is read with."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from register.vocabulary import Classification, Status

UNDONE_WITHIN = timedelta(minutes=10)
LONGEST_REMARK = 5_000  # characters of a reason or a disposition

Given = Mapping[str, Any]  # inputs' names to their values: text, dates, and the records that were chosen


class Part(StrEnum):
    """A person's relation to one question; a person can have several at once."""

    TRIAGE = "triage"
    APPROVER = "an approver"
    OWNER = "the owner's people"
    RAISER = "its raiser"
    MOVER = "whoever made the last move, for ten minutes"


class InputType(StrEnum):
    """The type of an input's value; it selects the form field, the parser and the type in the API."""

    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"
    ORGANISATION = "organisation"
    QUESTION = "question"
    MEETING = "meeting"


@dataclass(frozen=True)
class Input:
    """One input of a transition.

    `ask` is both its help text and the refusal where a required input is missing; `note` says what the value means to
    a reader of this table.
    """

    name: str
    kind: InputType
    ask: str
    note: str = ""
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LastMove:
    """The last move of a question: from status `source`; `is_last` where nothing was recorded of it since."""

    source: Status
    is_last: bool


@dataclass(frozen=True)
class Facts:
    """What the guards read of a question and of the person who makes the transition.

    `draft` is the classification of the draft answer, or None where there is none; `written_by_mover` is true where the
    person proposed or reworded the answer in review, and `amended_by_mover` where they wrote words of that or of its
    amended text; `amended_at` names the meeting that amended it, or is None where nothing waits to be agreed so.
    `disagreeing` names the reviewers whose disagreement stands; of those `asked`, `silent` have not answered. `suspect`
    names what of the question and its answer to be agreed is in doubt. `today` is the date in London. `last_move` is
    known to whoever made it, while it can be undone.
    """

    reference: str
    status: Status
    today: date
    parts: frozenset[Part]
    classification: Classification
    has_owner: bool
    has_topic: bool
    has_priority: bool
    draft: Classification | None = None
    written_by_mover: bool = False
    amended_at: str | None = None
    amended_by_mover: bool = False
    disagreeing: tuple[str, ...] = ()
    asked: int = 0
    silent: int = 0
    suspect: tuple[str, ...] = ()
    last_move: LastMove | None = None


@dataclass(frozen=True)
class Guard:
    """One check: `says` names it in docs/workflow.md; `check` returns the refusal as a sentence, or None to pass.

    `needs_given` is true of a check that reads the inputs; the others are also made before there are any.
    """

    says: str
    check: Callable[[Facts, Given], str | None]
    needs_given: bool = False


@dataclass(frozen=True)
class Transition:
    name: str
    label: str
    sources: Mapping[Status, frozenset[Part]]
    target: Status | None  # None: the status before
    inputs: tuple[Input, ...] = ()
    guards: tuple[Guard, ...] = ()

    def makers(self, status: Status) -> frozenset[Part]:
        """Return the parts that may make this from `status`; where it does not start there, those from any status."""
        return self.sources.get(status) or frozenset().union(*self.sources.values())

    def get_target(self, facts: Facts) -> Status | None:
        """Return the status that it leads to: for `undo` the one before, or None where there is none."""
        return self.target or (facts.last_move.source if facts.last_move else None)

    def may_be_made_by(self, parts: AbstractSet[Part], status: Status) -> bool:
        return bool(self.makers(status) & parts)

    def initial_refusals(self, facts: Facts) -> list[str]:
        """Return the refusals that do not depend on inputs, as sentences; a wrong status is returned alone."""
        if facts.status not in self.sources:
            return [_explain_wrong_status(self, facts)]
        return _collect_refusals(self.guards, facts, {}, needs_given=False)

    def refusals(self, facts: Facts, given: Given, wrong: Mapping[str, str]) -> list[str]:
        """Return every reason to refuse this move with these inputs, as sentences; an empty list lets it pass.

        `given` maps inputs' names to their parsed values; `wrong` maps the names that could not be parsed to sentences.
        """
        initial = self.initial_refusals(facts)
        if facts.status not in self.sources:
            return initial
        missing = [
            item.ask for item in self.inputs if item.required and not given.get(item.name) and item.name not in wrong
        ]
        return initial + list(wrong.values()) + missing + _collect_refusals(self.guards, facts, given, needs_given=True)


def _collect_refusals(guards: Iterable[Guard], facts: Facts, given: Given, *, needs_given: bool) -> list[str]:
    found = (guard.check(facts, given) for guard in guards if guard.needs_given == needs_given)
    return [sentence for sentence in found if sentence]


def _explain_wrong_status(transition: Transition, facts: Facts) -> str:
    sources = [status.label for status in transition.sources]
    listed = " or ".join(filter(None, [", ".join(sources[:-1]), sources[-1]]))
    return (
        f"{facts.reference} is {Status(facts.status).label}: “{transition.label}” is for questions that are {listed}."
    )
