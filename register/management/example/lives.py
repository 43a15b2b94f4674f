"""What becomes of each example question: it is raised, and then takes the steps of its life."""

from register.management.example.cast import Cast
from register.management.example.moved_clock import Diary
from register.management.example.texts import COMMENTS, get_topic_name, make_answer, make_text, make_title
from register.models import Question, Topic
from register.services.answers import propose_answer, record_review
from register.services.meetings import GivenOutcome, record_outcomes, schedule_question
from register.services.questions import change_status, edit_question, raise_question
from register.vocabulary import AnswerStatus, Classification, Position, Priority

PRIORITIES = (Priority.MEDIUM, Priority.LOW, Priority.HIGH, Priority.MEDIUM)
OWNERS = ("Elexon", "DCC", "RECCo", "Gemserv", "Ofgem")
LETTERS = {
    "A": Position.AGREE,
    "C": Position.AGREE_WITH_COMMENTS,
    "D": Position.DISAGREE,
    "N": Position.NO_VIEW,
}  # any other letter is silence


class Life:
    """One question of the example; each method notes a step for so many days ago."""

    question: Question

    def __init__(self, number: int, diary: Diary, cast: Cast, classification: str = Classification.MEMBERS) -> None:
        self.number, self.diary, self.cast, self.classification = number, diary, cast, classification

    def raise_by(self, days_ago: int, person: str, *, triaged: bool = False) -> None:
        """Raise it, with all that triage gives where it is `triaged`."""

        def act():
            given = self._get_triaged() if triaged else {}
            title, text = make_title(self.number), make_text(self.number)
            self.question = raise_question(by=self.cast.logins[person], title=title, text=text, **given)

        self.diary.note(days_ago, act)

    def _get_triaged(self):
        return {
            "topic": Topic.objects.get(name=get_topic_name(self.number)),
            "owner": self.cast.bodies[OWNERS[self.number % len(OWNERS)]],
            "priority": PRIORITIES[self.number % len(PRIORITIES)],
            "classification": self.classification,
        }

    def open(self, days_ago: int, *, due_in: int | None = None, assignee: str | None = None) -> None:
        """Raise and open it: due so many days from today, with somebody of Triage, where these are given."""
        self.raise_by(days_ago + 4, "ofgem.triage", triaged=True)
        self.move(days_ago, "open")
        if due_in is not None:
            self._edit(days_ago, "due_on", lambda: self.diary.find_day(due_in))
        if assignee:
            self._edit(days_ago, "assignee", lambda: self.cast.logins[assignee])

    def _edit(self, days_ago, column, get_value):
        def act():
            edit_question(self.question, by=self.cast.logins["ofgem.triage"], **{column: get_value()})

        self.diary.note(days_ago, act)

    def move(self, days_ago: int, name: str, *, by: str = "ofgem.triage", into: "Life | None" = None, **given) -> None:
        """Make a transition with these inputs; `into` is the question to merge it into."""

        def act():
            inputs = given | ({"merged_into": into.question} if into else {})
            self.question = change_status(self.question, name, by=self.cast.logins[by], **inputs)

        self.diary.note(days_ago, act)

    def propose(self, days_ago: int) -> None:
        def act():
            propose_answer(self.question, make_answer(self.number), by=self.cast.logins["elexon.triage"])

        self.diary.note(days_ago, act)

    def review(self, days_ago: int, ends_in: int, positions: str) -> None:
        """Have an answer reviewed until so many days from today; `positions` has a letter for each member's."""
        self.propose(days_ago + 3)
        self.move(days_ago, "start_review", review_by=self.diary.find_day(ends_in))
        for place, (member, letter) in enumerate(zip(self.cast.members, positions, strict=True)):
            if letter in LETTERS:
                self._take_position(max(1, days_ago - 1 - place), member, LETTERS[letter])

    def _take_position(self, days_ago, member, position):
        def act():
            answer = self.question.answers.get(status=AnswerStatus.IN_REVIEW)
            comment = COMMENTS.get(position, "")
            record_review(answer, position=position, comment=comment, by=self.cast.logins[member])

        self.diary.note(days_ago, act)

    def agree(self, days_ago: int) -> None:
        """Open it, have an answer reviewed that nobody disagrees with, and agree that."""
        self.open(days_ago + 40)
        self.review(days_ago + 20, -days_ago - 5, "AAC-NA")
        self.move(days_ago, "agree", by="ofgem.approver", reason="All who said something agree.")

    def schedule(self, days_ago: int, meeting: str, **how) -> None:
        def act():
            schedule_question(self.question, self.cast.meetings[meeting], by=self.cast.logins["ofgem.triage"], **how)

        self.diary.note(days_ago, act)

    def settle(self, days_ago: int, meeting: str, result: str, to: str = "", **said) -> None:
        """Record what became of it at a meeting; `to` is the meeting that it was put off to."""

        def act():
            meetings, by = self.cast.meetings, self.cast.logins["elexon.triage"]
            given = GivenOutcome(self.question, result, to=meetings[to] if to else None, **said)
            record_outcomes(meetings[meeting], [given], by=by)

        self.diary.note(days_ago, act)
