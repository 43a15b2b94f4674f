"""The workflow table: every move of a question, and what depends on a status."""

from collections.abc import Iterable

from register.vocabulary import Outcome, Status
from register.workflow import guards
from register.workflow.types import Guard, Input, InputType, Part, Transition


def _from(*statuses: Status, by: Iterable[Part]) -> dict[Status, frozenset[Part]]:
    return {status: frozenset(by) for status in statuses}


def _reason(ask: str, note: str = "", required: bool = True) -> Input:
    return Input("reason", InputType.TEXT, ask, note, required)


S, P = Status, Part
_WITH_OWNER = (P.TRIAGE, P.OWNER)
_OVER_SILENCE_OR_DOUBT = (
    Guard("somebody is silent, or nobody was asked, and no reason says why", guards.unanswered, needs_given=True),
    Guard("a disagreement stands and no reason deals with it", guards.standing_disagreement, needs_given=True),
    Guard("what it rests on is suspect and no reason deals with that", guards.suspect_ground, needs_given=True),
)

TRANSITIONS = {
    transition.name: transition
    for transition in (
        Transition(
            "open",
            "Open",
            _from(S.RAISED, by=[P.TRIAGE]),
            S.OPEN,
            inputs=(_reason("Say why, if it helps.", required=False),),
            guards=guards.TRIAGED,
        ),
        Transition(
            "await_input",
            "Ask for input",
            _from(S.OPEN, by=_WITH_OWNER),
            S.AWAITING_INPUT,
            inputs=(
                Input("waiting_on", InputType.ORGANISATION, "Choose the organisation that it waits on."),
                _reason("Give a reason: what was asked.", "what was asked"),
            ),
        ),
        Transition(
            "receive_input",
            "Record what came back",
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
                Guard("no draft answer", guards.no_draft),
                Guard(
                    "the question or its answer is Restricted, so that members could not see it",
                    guards.hidden_from_members,
                ),
                Guard("the review date is not to come", guards.review_date_gone, needs_given=True),
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
                Guard("the approver proposed or reworded the answer", guards.own_answer),
                Guard("neither a deciding meeting nor a reason is given", guards.no_decision, needs_given=True),
                Guard("the deciding meeting is cancelled or to come", guards.meeting_not_held, needs_given=True),
                *_OVER_SILENCE_OR_DOUBT,
            ),
        ),
        Transition(
            "agree_as_amended",
            "Agree as amended",
            _from(S.OPEN, S.AWAITING_INPUT, S.IN_REVIEW, by=[P.APPROVER]),
            S.AGREED,
            inputs=(
                Input(
                    "paragraph",
                    InputType.TEXT,
                    "Give the paragraph of the meeting's report, once there is one.",
                    "where the report says so",
                    required=False,
                ),
                _reason("Say why it is agreed.", required=False),
            ),
            guards=(
                Guard("no text as amended at a meeting waits", guards.nothing_amended),
                Guard("the approver wrote words of it, or of the answer before", guards.own_amendment),
                *_OVER_SILENCE_OR_DOUBT,
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
            guards=(Guard("the revisit date is past", guards.revisit_date_gone, needs_given=True),),
        ),
        Transition(
            "resume",
            "Resume",
            _from(S.DEFERRED, by=[P.TRIAGE]),
            S.OPEN,
            inputs=(_reason("Give a reason: why it is taken up again."),),
            guards=guards.TRIAGED,
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
                Guard("the target is withdrawn", guards.target_withdrawn, needs_given=True),
                Guard("the target is this question, or leads to it", guards.target_itself, needs_given=True),
                Guard("the target is classified more strictly", guards.target_stricter, needs_given=True),
            ),
        ),
        Transition(
            "reopen",
            "Reopen",
            _from(S.WITHDRAWN, S.MERGED, by=[P.TRIAGE]) | _from(S.AGREED, S.CLOSED, by=[P.APPROVER]),
            S.OPEN,
            inputs=(_reason("Give a reason: why it is reopened."),),
            guards=guards.TRIAGED,
        ),
        Transition(
            "undo",
            "Undo the last move",
            # An agreement is told at once and links its meeting: it is reopened, with a reason.
            _from(*(status for status in S if status != S.AGREED), by=[P.MOVER]),
            None,
            inputs=(_reason("Say why, if it helps.", required=False),),
            guards=(Guard("nothing is there to undo, or something was recorded since", guards.nothing_to_undo),),
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
    "decided_at": (S.AGREED, S.CLOSED),
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
