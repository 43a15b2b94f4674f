"""The workflow of a question: its transitions, who may make them, their inputs, and the guards that refuse them.

`TRANSITIONS` is the one table. Screens and the API's inputs are made from it, and docs/workflow.md is tested against
it. Nothing here reads the database: the caller passes the `Facts` and receives sentences.
"""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from register.vocabulary import Classification, Outcome, Status, strictness

LONGEST_REMARK = 5_000  # characters of a reason or a disposition

Given = Mapping[str, Any]  # inputs' names to their values: text, dates, and the records that were chosen


class Part(StrEnum):
    """A person's relation to one question; a person can have several at once."""

    TRIAGE = "triage"
    APPROVER = "an approver"
    OWNER = "the owner's people"
    RAISER = "its raiser"


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
class Facts:
    """What the guards read of a question and of the person who makes the transition.

    `draft` is the classification of the draft answer, or None where there is none; `written_by_mover` is true where the
    person proposed or reworded the answer in review; `disagreeing` names the reviewers whose disagreement stands;
    `today` is the date in London.
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
    disagreeing: tuple[str, ...] = ()


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
    target: Status
    inputs: tuple[Input, ...] = ()
    guards: tuple[Guard, ...] = ()

    def makers(self, status: Status) -> frozenset[Part]:
        """Return the parts that may make this from `status`; where it does not start there, those from any status."""
        return self.sources.get(status) or frozenset().union(*self.sources.values())

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


def _make_presence_guard(name: str, sentence: str) -> Guard:
    return Guard(f"no {name}", lambda facts, given: None if getattr(facts, f"has_{name}") else sentence)


TRIAGED = (
    _make_presence_guard("owner", "Give it an owner first."),
    _make_presence_guard("topic", "Give it a topic first."),
    _make_presence_guard("priority", "Give it a priority first."),
)


def _no_draft(facts: Facts, given: Given) -> str | None:
    return None if facts.draft else "Propose an answer first: there is no draft to review."


def _hidden_from_members(facts: Facts, given: Given) -> str | None:
    if facts.classification == Classification.RESTRICTED:
        return "Have an approver make the question less strict first: it is Restricted, so members could not review it."
    if facts.draft == Classification.RESTRICTED:
        return "Propose an answer that is not Restricted: members could not review this one."
    return None


def _review_date_gone(facts: Facts, given: Given) -> str | None:
    chosen = given.get("review_by")
    return f"Choose a review date after {_format_date(facts.today)}." if chosen and chosen <= facts.today else None


def _revisit_date_gone(facts: Facts, given: Given) -> str | None:
    chosen = given.get("revisit_on")
    return (
        f"Choose a revisit date no earlier than {_format_date(facts.today)}."
        if chosen and chosen < facts.today
        else None
    )


def _own_answer(facts: Facts, given: Given) -> str | None:
    return "Ask another approver to agree it: you wrote words of this answer." if facts.written_by_mover else None


def _standing_disagreement(facts: Facts, given: Given) -> str | None:
    if not facts.disagreeing or given.get("reason"):
        return None
    return f"Say in the reason how the standing disagreement is dealt with ({', '.join(facts.disagreeing)})."


def _no_decision(facts: Facts, given: Given) -> str | None:
    return None if given.get("meeting") or given.get("reason") else "Name the deciding meeting, or give a reason."


def _target_withdrawn(facts: Facts, given: Given) -> str | None:
    target = given.get("merged_into")
    if target and target.status == Status.WITHDRAWN:
        return f"Choose another question, or reopen {target.reference} first: it is withdrawn."
    return None


def _target_itself(facts: Facts, given: Given) -> str | None:
    target = given.get("merged_into")
    if target and target.reference == facts.reference:
        return f"Choose another question: {facts.reference} cannot be merged into itself, or into what leads to it."
    return None


def _target_stricter(facts: Facts, given: Given) -> str | None:
    target = given.get("merged_into")
    if target and strictness(target.classification) > strictness(facts.classification):
        return f"Make {facts.reference} as strict as {target.reference} first: readers of one could not follow it."
    return None


def _format_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _from(*statuses: Status, by: Iterable[Part]) -> dict[Status, frozenset[Part]]:
    return {status: frozenset(by) for status in statuses}


def _reason(ask: str, note: str = "", required: bool = True) -> Input:
    return Input("reason", InputType.TEXT, ask, note, required)


S, P = Status, Part
_WITH_OWNER = (P.TRIAGE, P.OWNER)

TRANSITIONS = {
    transition.name: transition
    for transition in (
        Transition(
            "open",
            "Open",
            _from(S.RAISED, by=[P.TRIAGE]),
            S.OPEN,
            inputs=(_reason("Say why, if it helps.", required=False),),
            guards=TRIAGED,
        ),
        Transition(
            "await_input",
            "Await input",
            _from(S.OPEN, by=_WITH_OWNER),
            S.AWAITING_INPUT,
            inputs=(
                Input("waiting_on", InputType.ORGANISATION, "Choose the organisation that it waits on."),
                _reason("Give a reason: what was asked.", "what was asked"),
            ),
        ),
        Transition(
            "receive_input",
            "Receive input",
            _from(S.AWAITING_INPUT, by=_WITH_OWNER),
            S.OPEN,
            inputs=(_reason("Give a reason: what came back.", "what came back"),),
        ),
        Transition(
            "start_review",
            "Start review",
            _from(S.OPEN, by=[P.TRIAGE]),
            S.IN_REVIEW,
            inputs=(
                Input("review_by", InputType.DATE, "Give the date to review by.", "a date to come"),
                _reason("Say why, if it helps.", required=False),
            ),
            guards=(
                Guard("no draft answer", _no_draft),
                Guard(
                    "the question or its answer is Restricted, so that members could not see it", _hidden_from_members
                ),
                Guard("the review date is not to come", _review_date_gone, needs_given=True),
            ),
        ),
        Transition(
            "send_back",
            "Send back",
            _from(S.IN_REVIEW, by=[P.TRIAGE]),
            S.OPEN,
            inputs=(_reason("Give a reason: why the answer goes back."),),
        ),
        Transition(
            "agree",
            "Agree",
            _from(S.IN_REVIEW, by=[P.APPROVER]),
            S.AGREED,
            inputs=(
                Input("meeting", InputType.MEETING, "Name the meeting that decided it.", required=False),
                _reason("Say why it is agreed.", required=False),
            ),
            guards=(
                Guard("the approver proposed or reworded the answer", _own_answer),
                Guard("neither a deciding meeting nor a reason is given", _no_decision, needs_given=True),
                Guard("a disagreement stands and no reason deals with it", _standing_disagreement, needs_given=True),
            ),
        ),
        Transition(
            "close",
            "Close",
            _from(S.AGREED, by=[P.TRIAGE]),
            S.CLOSED,
            inputs=(
                Input(
                    "disposition",
                    InputType.TEXT,
                    "Give the disposition: the SEC, BSC or REC change or document where the answer landed, "
                    "or that none is needed.",
                    "where the answer landed, or that none is needed",
                ),
                _reason("Say why, if it helps.", required=False),
            ),
        ),
        Transition(
            "defer",
            "Defer",
            _from(S.RAISED, S.OPEN, S.AWAITING_INPUT, by=[P.TRIAGE]),
            S.DEFERRED,
            inputs=(
                Input("revisit_on", InputType.DATE, "Give the date to revisit it on."),
                _reason("Give a reason: why it is deferred."),
            ),
            guards=(Guard("the revisit date is past", _revisit_date_gone, needs_given=True),),
        ),
        Transition(
            "resume",
            "Resume",
            _from(S.DEFERRED, by=[P.TRIAGE]),
            S.OPEN,
            inputs=(_reason("Give a reason: why it is taken up again."),),
            guards=TRIAGED,
        ),
        Transition(
            "withdraw",
            "Withdraw",
            _from(S.RAISED, by=[P.TRIAGE, P.RAISER]) | _from(S.OPEN, S.AWAITING_INPUT, S.DEFERRED, by=[P.TRIAGE]),
            S.WITHDRAWN,
            inputs=(
                Input("outcome", InputType.CHOICE, "Choose the outcome.", choices=tuple(Outcome.choices)),
                _reason("Give a reason: why it is withdrawn."),
            ),
        ),
        Transition(
            "merge",
            "Merge",
            _from(S.RAISED, S.OPEN, S.AWAITING_INPUT, S.DEFERRED, by=[P.TRIAGE]),
            S.MERGED,
            inputs=(
                Input(
                    "merged_into",
                    InputType.QUESTION,
                    "Choose the question to merge it into; of a merged one, the end of its chain is taken.",
                ),
                _reason("Give a reason: why they are one question."),
            ),
            guards=(
                Guard("the target is withdrawn", _target_withdrawn, needs_given=True),
                Guard("the target is this question, or leads to it", _target_itself, needs_given=True),
                Guard("the target is classified more strictly", _target_stricter, needs_given=True),
            ),
        ),
        Transition(
            "reopen",
            "Reopen",
            _from(S.WITHDRAWN, S.MERGED, by=[P.TRIAGE]) | _from(S.AGREED, S.CLOSED, by=[P.APPROVER]),
            S.OPEN,
            inputs=(_reason("Give a reason: why it is reopened."),),
            guards=TRIAGED,
        ),
    )
}

# The columns that describe one status alone, cleared on the way out of it.
BELONGS_TO = {
    "waiting_on": (S.AWAITING_INPUT,),
    "review_by": (S.IN_REVIEW,),
    "revisit_on": (S.DEFERRED,),
    "outcome": (S.WITHDRAWN,),
    "merged_into": (S.MERGED,),
    "agreed_answer": (S.AGREED, S.CLOSED),
    "disposition": (S.CLOSED,),
}

TRIAGE_HOLDS, MEMBERS_HOLD = "Triage", "Members"

# Who has to act next: a name, or the column of an organisation. A deferred question is its owner's, else triage's.
HELD_BY: dict[str, str] = {
    S.RAISED: TRIAGE_HOLDS,
    S.OPEN: "owner",
    S.AWAITING_INPUT: "waiting_on",
    S.IN_REVIEW: MEMBERS_HOLD,
    S.AGREED: TRIAGE_HOLDS,
}


def holder(status: str, *, owner: str | None, waiting_on: str | None) -> str | None:
    """Return who has to act on a question next, or None once it has ended.

    `owner` and `waiting_on` are organisations' names, or None.
    """
    if status == S.DEFERRED:
        return owner or TRIAGE_HOLDS
    organisations = {"owner": owner, "waiting_on": waiting_on}
    who = HELD_BY.get(status)
    return organisations.get(who, who) if who else None
