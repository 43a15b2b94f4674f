"""Follow every unit of work: what rests on a question or an answer that changed is suspect at once, however far."""

from typing import Any

from register.ledger.unit_of_work import UnitOfWork
from register.models import Answer, AnswerGround, Audited, Question, SuspectMark
from register.services.suspects.grounds import carry_over_grounds
from register.services.suspects.judging import find_causes, find_grounds
from register.services.suspects.marks import end_mark, mark_suspect
from register.vocabulary import Status, SuspectCause, SuspectEnd

Key = tuple[type[Any], int]


class GroundWatcher:
    """Observes one unit of work: notes what was recorded that answers may rest on, and marks these before the commit.

    What it marks may have answers that rest on it in turn, so it goes on until nothing is left.
    """

    def __init__(self, unit: UnitOfWork) -> None:
        self.unit = unit
        self.touched: set[Key] = set()

    def on_record(self, position: int, instance: Audited) -> None:
        if isinstance(instance, Question | Answer | AnswerGround | SuspectMark):
            self.touched.add((type(instance), instance.pk))

    def on_undo(self, position: int) -> None:
        """Keep what was noted: it is judged by what stands in the end."""

    def before_commit(self) -> None:
        while self.touched:
            touched, self.touched = self.touched, set()
            for ground in find_grounds(touched):
                if not self._carry_over(ground):
                    self._judge(ground)

    def _carry_over(self, ground: AnswerGround) -> bool:
        """Let what rests on a question that was merged rest on what that leads to; return whether it did so."""
        question = ground.rests_on_question
        if question is None or question.status != Status.MERGED or ground.struck_out:
            return False
        carry_over_grounds(question, question.get_merge_chain()[-1], by=self.unit.by, reason="", is_ended=True)
        return True

    def _judge(self, ground: AnswerGround) -> None:
        """Mark the answer for each cause that its ground gives; end the marks whose cause is there no more.

        That is where a move was undone, words were put back, or the answer rests on it no more.
        """
        causes = find_causes(ground)
        standing = {SuspectCause(mark.cause): mark for mark in ground.suspect_marks.filter(standing=True)}
        for cause in causes - standing.keys():
            mark_suspect(ground.answer, cause, by=self.unit.by, ground=ground)
        for cause in sorted(standing.keys() - causes):
            end_mark(standing[cause], SuspectEnd.SETTLED, by=self.unit.by, reason="")
