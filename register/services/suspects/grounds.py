"""Name what an answer rests on, take it back, and carry it over to the question that another became."""

from register.ledger.unit_of_work import Actor, record
from register.models import Answer, AnswerGround, Question, User
from register.refusals import Refused
from register.services.cleaning import clean_remark, clean_row
from register.services.permissions import get_parts, require_part
from register.services.rows import reload_visible, unit_of_work_on
from register.services.striking_out import strike_out_row
from register.services.suspects.judging import get_readers, get_state
from register.vocabulary import AnswerStatus, strictness
from register.workflow import Part


def can_name_ground(answer: Answer, by: Actor) -> bool:
    """Return whether a person may say what an answer rests on; of one that is superseded nobody does any more."""
    return answer.status != AnswerStatus.SUPERSEDED and bool(get_parts(answer.question, by) & {Part.TRIAGE, Part.OWNER})


def name_ground(answer: Answer, ground: Question | Answer, *, by: User, reason: str = "") -> AnswerGround:
    """Record that an answer rests on a question or on another answer, as that is worded now; return it.

    Triage or the people of the question's owner may. The readers of the answer must be able to read it, and nothing
    rests on itself, however far round. Raises NotVisible, NotPermitted, Refused, Invalid.
    """
    with unit_of_work_on(answer.question, by):
        answer, ground = reload_visible(answer, by), reload_visible(ground, by)
        require_part(answer.question, by, Part.TRIAGE, Part.OWNER, to="say what an answer rests on")
        if refused := _refuse(answer, ground):
            raise Refused(refused)
        named = AnswerGround(answer=answer, **_point_at(ground))
        return record(clean_row(take_note(named)), by=by, reason=clean_remark(reason))


def _point_at(ground: Question | Answer) -> dict[str, Question | Answer]:
    return {"rests_on_question" if isinstance(ground, Question) else "rests_on_answer": ground}


def take_note(named: AnswerGround) -> AnswerGround:
    """Set the words, the state and the classification of what an answer rests on to those of now; return it unsaved."""
    ground = named.ground
    named.words, named.state, named.read_by = ground.text, get_state(ground), get_readers(ground)
    return named


def _refuse(answer: Answer, ground: Question | Answer) -> str | None:
    if answer.status == AnswerStatus.SUPERSEDED:
        return f"Name it of the answer that stands: {answer} is superseded."
    if ground in (answer, answer.question):
        return "Choose another one: an answer does not rest on itself, or on its own question."
    if strictness(get_readers(ground)) > strictness(get_readers(answer)):
        return f"Choose another one, or make the answer stricter: not all its readers may see {ground.reference}."
    if _rests_on(ground, answer):
        return f"Choose another one: {ground.reference} rests on {answer} itself."
    return None


def _rests_on(ground: Question | Answer, answer: Answer) -> bool:
    """Return whether a question or an answer rests on an answer, or on the question of it, however far."""
    seen: set[Question | Answer] = set()
    waiting: list[Question | Answer] = [ground]
    while waiting:
        one = waiting.pop()
        if one in (answer, answer.question):
            return True
        if one not in seen:
            seen.add(one)
            waiting += _list_grounds(one)
    return False


def _list_grounds(one: Question | Answer) -> list[Question | Answer]:
    """Return what an answer, or any standing answer to a question, rests on."""
    of = {"answer": one} if isinstance(one, Answer) else {"answer__question": one}
    rows = AnswerGround.objects.filter(**of, struck_out=False).exclude(answer__status=AnswerStatus.SUPERSEDED)
    return [row.ground for row in rows.select_related("rests_on_question", "rests_on_answer__question")]


def strike_out_ground(ground: AnswerGround, *, by: Actor, reason: str) -> AnswerGround:
    """Mark a ground that was named by mistake as struck out; return it. Raises NotVisible, NotPermitted, Refused."""
    return strike_out_row(ground, "ground", by=by, reason=reason)


def carry_over_grounds(question: Question, into: Question, *, by: Actor, reason: str, is_ended: bool) -> None:
    """Let what rests on a question rest on another as well: on the half of a split, or what it was merged into.

    With `is_ended` it rests on the first no more. An answer to the other question does not come to rest on that.
    """
    rows = AnswerGround.objects.filter(rests_on_question=question, struck_out=False)
    for ground in rows.select_related("answer__question"):
        held = AnswerGround.objects.filter(answer=ground.answer, rests_on_question=into, struck_out=False).exists()
        if ground.answer.question_id != into.pk and not held and not _rests_on(into, ground.answer):
            record(
                clean_row(take_note(AnswerGround(answer=ground.answer, rests_on_question=into))), by=by, reason=reason
            )
        if is_ended:
            ground.struck_out = True
            record(ground, by=by, reason=reason)
