"""Raise, edit and reclassify questions, and change their status."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from register import clock
from register.characters import strip_unseen
from register.clock import EARLIEST, today
from register.ledger.unit_of_work import Actor, record, unit_of_work
from register.models import Action, Answer, Question, SuspectMark, User
from register.refusals import Invalid, NotPermitted, Refused
from register.services import review_round
from register.services.cleaning import apply_changes, clean_remark, clean_row, require_text
from register.services.inputs import parse_inputs
from register.services.permissions import get_parts, require_role
from register.services.rows import Check, check_not_stale, check_nothing, reload_visible, unit_of_work_on
from register.services.undoing import get_last_move, undo_move
from register.vocabulary import Classification, Position, Role, Status, strictness
from register.workflow import BELONGS_TO, TRANSITIONS, Facts, Part, Transition

CONTENT = ("title", "text", "topic")  # what a question asks; the rest of EDITABLE is who deals with it, and when
EDITABLE = (*CONTENT, "owner", "assignee", "priority", "due_on", "raised_on")
# An answer rests on the words as they stand in these, so that an edit of them needs a reason.
ANSWERED = (Status.IN_REVIEW, Status.AGREED, Status.CLOSED)
MEMBERS_MAY_GIVE = {"title", "text", "topic", "raised_on"}


def raise_question(
    *,
    by: Actor,
    title: str,
    text: str,
    classification: str = Classification.MEMBERS,
    reason: str = "",
    **given: Any,
) -> Question:
    """Raise a question, and return it with its permanent reference.

    Triage may give any of `EDITABLE` and a classification; a member title, text, topic and `raised_on`. Raises
    NotPermitted, Refused, Invalid.
    """
    permit_raising(by)
    given = {"title": strip_unseen(title or ""), "text": strip_unseen(text or ""), **given}
    _check_names(given)
    _check_fields_for_role(by, given, classification)
    _check_assignee(given.get("assignee"))
    with unit_of_work():
        return record_raised(Question(classification=classification, **given), by=by, reason=reason)


def permit_raising(by: Actor) -> None:
    """Raise NotPermitted unless this person may raise questions."""
    require_role(by, Role.TRIAGE, Role.MEMBER, to="raise a question")


def record_raised(question: Question, *, by: Actor, reason: str) -> Question:
    """Give a question its reference, start its clock and record it, under the head lock; return it."""
    question.reference = f"DSQ-{get_next_number():03}"
    return record(clean_row(start_question(question, by)), by=by, reason=clean_remark(reason))


def start_question(question: Question, by: Actor) -> Question:
    """Set who raised an unsaved question and start its working-day clock; return it. Raises Refused."""
    question.raised_by = _get_user(by)
    question.working_days_before = count_days_before_record(question)
    question.status_since_day = clock.day_number(clock.london_date(question.status_since))
    return question


def _get_user(by: Actor) -> User | None:
    """Return the actor where it is a user, whom a foreign key can refer to, or None for the system."""
    return by if isinstance(by, User) else None


def _check_names(given: Iterable[str]) -> None:
    if unknown := sorted(set(given) - set(EDITABLE)):
        raise Refused(f"Leave out {', '.join(unknown)}: only {', '.join(EDITABLE)} can be given.")


def _check_fields_for_role(by: Actor, given: Mapping[str, Any], classification: str) -> None:
    beyond = sorted(name for name, value in given.items() if value and name not in MEMBERS_MAY_GIVE)
    if not (by and by.has_role(Role.TRIAGE)) and (beyond or classification != Classification.MEMBERS):
        raise NotPermitted(f"Leave {', '.join(beyond) or 'the classification'} to Triage.")


def get_next_number() -> int:
    """Return the number of the next reference: 7 after DSQ-006. Call it under the head lock."""
    # Read from history, which nobody can delete from: a reference is never used twice.
    last = Question.history.order_by("-id").values_list("reference", flat=True).first()
    return int(last.removeprefix("DSQ-")) + 1 if last else 1


def count_days_before_record(question: Question) -> int:
    """Return the working days from `raised_on`, where that is given, to the date in London of `recorded_at`.

    Raises Refused where `raised_on` lies before `clock.EARLIEST` or after the record.
    """
    recorded = clock.london_date(question.recorded_at)
    if question.raised_on and not EARLIEST <= question.raised_on <= recorded:
        raise Refused(f"Choose a day from {EARLIEST.year} on and not to come: it is when the question was first asked.")
    return clock.working_days(question.raised_on or recorded, recorded)


def _check_assignee(assignee: User | None) -> None:
    """Refuse a new assignment; whoever has a question already keeps it, also after they left.

    All who can be assigned may see every question: their roles are cleared for everything.
    """
    if assignee and not User.objects.assignable().filter(pk=assignee.pk).exists():
        ask = f"Assign it to somebody active in Triage or Approver: {assignee} is not."
        raise Invalid({"assignee": [ask]})


def permit_edit(by: Actor) -> None:
    """Raise NotPermitted unless this person may edit questions."""
    require_role(by, Role.TRIAGE, to="edit a question")


def edit_question(
    question: Question,
    *,
    by: Actor,
    seen: int | None = None,
    check: Check = check_nothing,
    reason: str = "",
    **changes: Any,
) -> Question:
    """Set columns of `EDITABLE`; return the question.

    `seen` is the version of the document that the editor read: raises Stale, with who changed what, where the question
    itself was changed after it. An edit that changes nothing records nothing. `check` is as in `rows.unit_of_work_on`.
    Raises NotVisible, NotPermitted, Refused, Invalid.
    """
    with unit_of_work_on(question, by, check) as question:
        permit_edit(by)
        _check_names(changes)
        check_not_stale(question, seen)
        counted = count_days_before_record(question)
        if changed := apply_changes(question, changes):
            if {"title", "text"} & set(changed) and question.status in ANSWERED:
                require_text(
                    reason, f"Give a reason: what is {question.get_status_display()} are the words as they stand."
                )
            question.working_days_before += count_days_before_record(question) - counted
            if "assignee" in changed:
                _check_assignee(question.assignee)
            record(clean_row(question), by=by, reason=clean_remark(reason))
        return question


@contextmanager
def unless_changed(question: Question, seen: int) -> Iterator[None]:
    """Do what is inside as one write, under the head lock. Raises Stale as `check_not_stale` does."""
    with unit_of_work():
        check_not_stale(question, seen)
        yield


def change_status(
    question: Question, name: str, *, by: Actor, check: Check = check_nothing, reason: str = "", **given: Any
) -> Question:
    """Make the transition called `name` and return the question. The one place where a status changes.

    `given` holds the transition's inputs, as rows or as people name them (see `inputs.parse_inputs`); `check` is as in
    `rows.unit_of_work_on`. Raises NotVisible, NotPermitted, or Refused with every reason at once, and changes nothing
    then.
    """
    values, wrong = parse_inputs(_get_transition(name), {"reason": reason, **given}, by)
    with unit_of_work_on(question, by, check) as question:
        transition = permit_move(question, name, by)
        facts = get_facts(question, by, with_answers=bool(transition.guards))
        values = _reload_questions(values, by)
        if reasons := transition.refusals(facts, values, wrong):
            raise Refused(*reasons)
        return _apply_transition(question, transition, values, by)


def _reload_questions(values: Mapping[str, Any], by: Actor) -> dict[str, Any]:
    """Return parsed inputs with each question read again under the lock, at the end of its chain of merges.

    Guards read more of it than its key. Under the lock a chain ends: nothing is merged into what leads to itself.
    """
    return {name: _reload_end(value, by) if isinstance(value, Question) else value for name, value in values.items()}


def _reload_end(question: Question, by: Actor) -> Question:
    question = reload_visible(question, by)
    while question.merged_into:
        question = question.merged_into
    return reload_visible(question, by)


def permit_move(question: Question, name: str, by: Actor) -> Transition:
    """Return the transition called `name`, which this person may make. Raises NotPermitted, Refused."""
    transition = _get_transition(name)
    parts = get_parts(question, by) if transition.target else get_facts(question, by, with_answers=False).parts
    if not transition.may_be_made_by(parts, Status(question.status)):
        raise NotPermitted(describe_makers(transition, question))
    return transition


def _get_transition(name: str) -> Transition:
    if name not in TRANSITIONS:
        raise Refused(f"Choose a transition from {', '.join(TRANSITIONS)}: “{name}” is none of them.")
    return TRANSITIONS[name]


def describe_makers(transition: Transition, question: Question | Facts) -> str:
    """Return the sentence that names the parts which may make a transition from the question's present status."""
    who = " or ".join(sorted(transition.makers(Status(question.status))))
    return f"Only {who} may make this move: “{transition.label}” on {question.reference}."


def get_facts(question: Question, by: Actor, *, with_answers: bool = True) -> Facts:
    """Return the facts about a question and a person that the workflow table reads.

    Guards alone read the facts about its answers: `with_answers` False leaves them empty, and saves two queries.
    """
    last_move = get_last_move(question, by)
    facts = Facts(
        reference=question.reference,
        status=Status(question.status),
        today=today(),
        parts=get_parts(question, by) | ({Part.MOVER} if last_move else set()),
        classification=Classification(question.classification),
        has_owner=question.owner_id is not None,
        has_topic=question.topic_id is not None,
        has_priority=bool(question.priority),
        last_move=last_move,
    )
    return _add_answers(facts, question, by) if with_answers else facts


def _add_answers(facts: Facts, question: Question, by: Actor) -> Facts:
    draft, reviewed = review_round.get_open_answers(question)
    positions = review_round.get_given_positions(reviewed)
    written = _has_written(by, reviewed)
    return replace(
        facts,
        draft=Classification(draft.classification) if draft else None,
        written_by_mover=written,
        amended_at=str(draft.amended_at) if draft and draft.amended_at else None,
        amended_by_mover=written or _has_written(by, draft),
        disagreeing=review_round.get_disagreements(reviewed) if reviewed else (),
        asked=len(positions),
        silent=positions.count(Position.NO_RESPONSE),
        suspect=_describe_doubts(question, reviewed or draft),
    )


def _describe_doubts(question: Question, answer: Answer | None) -> tuple[str, ...]:
    """Return what is suspect of a question and of the answer that is to be agreed."""
    if answer is None:
        return ()
    marks = SuspectMark.objects.standing_on(question).filter(Q(question=question) | Q(answer=answer))
    return tuple(str(mark) for mark in marks.select_related("question", "answer__question"))


def _has_written(by: Actor, answer: Answer | None) -> bool:
    return answer is not None and isinstance(by, User) and by.pk in review_round.get_writers(answer)


def get_moves(question: Question, by: Actor) -> list[tuple[Transition, list[str]]]:
    """Return [(transition, refusals)] for the transitions that a person may make from the present status.

    `refusals` are the sentences that hold before any input is given; where there are none, the transition is possible.
    """
    status, facts = Status(question.status), get_facts(question, by, with_answers=False)
    possible = [t for t in TRANSITIONS.values() if status in t.sources and t.may_be_made_by(facts.parts, status)]
    if any(transition.guards for transition in possible if transition.target):
        facts = _add_answers(facts, question, by)
    return [(transition, transition.initial_refusals(facts)) for transition in possible]


def _apply_transition(question: Question, transition: Transition, values: dict[str, Any], by: Actor) -> Question:
    reason = values.pop("reason", "")
    if transition.target is None:
        return undo_move(question, by=by, reason=reason)
    question.agreed_answer = review_round.apply_transition(question, transition, values, by=by, reason=reason)
    _restart_clock(question)
    question.status = transition.target
    for column, statuses in BELONGS_TO.items():
        if column in values:
            setattr(question, column, values[column])
        elif question.status not in statuses:
            setattr(question, column, _get_default(column))
    return record(question, by=by, reason=reason)


def _get_default(column: str) -> Any:
    field: Any = Question._meta.get_field(column)
    return field.get_default()


def _restart_clock(question: Question) -> None:
    now = timezone.now()
    question.working_days_before = question.age(clock.london_date(now))
    question.status_since, question.status_since_day = now, clock.day_number(clock.london_date(now))


def put_back_review(
    question: Question, review_by: date | None, *, by: Actor, seen: int | None = None, reason: str
) -> Question:
    """Set a later `review_by` for a question in review; return it. `seen` is as in `edit_question`.

    Raises NotVisible, NotPermitted, Refused.
    """
    with unit_of_work_on(question, by) as question:
        check_not_stale(question, seen)
        require_role(by, Role.TRIAGE, to="move a review's end")
        reason = require_text(reason, "Give a reason: why the review ends on another day.")
        if question.status != Status.IN_REVIEW:
            raise Refused(f"{question.reference} is {question.get_status_display()}: only a review has an end to move.")
        if refused := clock.get_day_refusal(review_by):
            raise Refused(refused)
        if review_by is None or review_by <= max(question.review_by or today(), today()):
            raise Refused("Choose a later date than the one it has, and one to come.")
        question.review_by = review_by
        return record(question, by=by, reason=reason)


def reclassify_question(
    question: Question, classification: str, *, by: Actor, seen: int | None = None, reason: str = ""
) -> Question:
    """Change a question's classification; return it. Triage may make it stricter, an approver looser with a reason.

    Its answers and reviews become as strict, for none may be looser than the question. `seen` is as in
    `edit_question`. Raises NotVisible, NotPermitted, Refused.
    """
    with unit_of_work_on(question, by) as question:
        check_not_stale(question, seen)
        check_reclassification(question, classification, by, reason)
        if classification == question.classification:
            raise Refused(f"Leave it: {question.reference} is {question.get_classification_display()} already.")
        in_review = question.status == Status.IN_REVIEW
        if in_review and classification == Classification.RESTRICTED:
            raise Refused("Send the answer back first: members could not finish a review of a Restricted question.")
        question.classification = classification
        record(clean_row(question), by=by, reason=clean_remark(reason))
        review_round.tighten_classification(question.answers.all(), classification, by=by, reason=clean_remark(reason))
        return question


def check_reclassification(row: Question | Answer | Action, classification: str, by: Actor, reason: str) -> None:
    """Raise NotPermitted or Refused unless `by` may change the row's classification to this one, for that reason."""
    if classification not in Classification.values:
        raise Refused("Choose a classification: Public, Members or Restricted.")
    if strictness(classification) >= strictness(row.classification):
        require_role(by, Role.TRIAGE, to="make a classification stricter")
        return
    require_role(by, Role.APPROVER, to="make a classification looser")
    require_text(reason, "Give a reason: why it may be seen more widely.")
