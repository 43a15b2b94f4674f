"""The lives of questions: who asked them when, what became of them, and what was answered."""

from datetime import UTC, date, datetime, time, timedelta

from register import clock
from register.models import (
    Action,
    ActionLink,
    Answer,
    Group,
    Meeting,
    MeetingLink,
    Organisation,
    Question,
    Topic,
    User,
)
from register.services.intake import prepare_question
from register.services.review_round import make_silent_review
from register.vocabulary import AnswerStatus, Position, Priority
from register.workflow import BELONGS_TO
from tests.benchmarks.words import sentence

# What a question has been at each of its five history rows, and how many in a hundred end so.
LIVES = {
    "raised": (["raised"] * 5, 4),
    "open": (["raised", "open", "awaiting_input", "open", "open"], 12),
    "awaiting_input": (["raised", "open", "awaiting_input", "open", "awaiting_input"], 6),
    "in_review": (["raised", "open", "awaiting_input", "open", "in_review"], 5),
    "agreed": (["raised", "open", "open", "in_review", "agreed"], 3),
    "deferred": (["raised", "open", "awaiting_input", "open", "deferred"], 5),
    "closed": (["raised", "open", "in_review", "agreed", "closed"], 53),
    "withdrawn": (["raised", "open", "awaiting_input", "open", "withdrawn"], 8),
    "merged": (["raised", "open", "awaiting_input", "open", "merged"], 4),
}
ANSWERED = {"in_review": AnswerStatus.IN_REVIEW, "agreed": AnswerStatus.AGREED, "closed": AnswerStatus.AGREED}
FIRST_DAY, LAST_DAY = date(2019, 1, 7), date(2026, 10, 1)
SAID = [Position.AGREE, Position.AGREE, Position.NO_VIEW, Position.NO_RESPONSE]


def noon(day):
    return datetime.combine(day, time(12), UTC)


class Batch:
    """Questions that one meeting raised, in the order of their references from `first` on; `chance` makes them."""

    def __init__(self, chance, first, count, by):
        self.chance, self.first, self.count, self.by = chance, first, count, by
        self.topics, self.bodies = list(Topic.objects.all()), list(Organisation.objects.all())
        self.members = list(User.objects.filter(groups__name="Member"))
        self.ends = chance.choices(list(LIVES), [share for _, share in LIVES.values()], k=count)
        self.days = [self._day() for _ in range(count)]
        self.meeting = Meeting(group=Group.objects.get(name="CCDG"), number=1000 + first // 10, held_on=max(self.days))
        self.ends[0] = "closed"  # others may be merged into it
        self.questions, self.answers, self.actions = [], {}, []

    def _day(self):
        return FIRST_DAY + timedelta(days=self.chance.randrange((LAST_DAY - FIRST_DAY).days))

    def raised(self):
        """Return the questions as they were raised."""
        self.questions = [self._raised(n) for n in range(self.count)]
        return self.questions

    def _raised(self, n):
        chance, day = self.chance, self.days[n]
        question = Question(
            reference=f"DSQ-{self.first + n:03}",
            title=sentence(chance, 8) + "?",
            text=f"{sentence(chance, 20)}. {sentence(chance, 25)}.",
            topic=chance.choice(self.topics),
            owner=chance.choice(self.bodies),
            priority=chance.choice(Priority.values),
            classification=chance.choices(["public", "members", "restricted"], [70, 25, 5])[0],
            recorded_at=noon(day),
            status_since=noon(day),
            raised_on=day,
            due_on=day + timedelta(days=chance.randrange(60, 2500)) if chance.random() < 0.4 else None,
            assignee=self.by if chance.random() < 0.02 else None,
        )
        return prepare_question(question, self.by)

    def moved(self, stage):
        """Return the questions after their next move, or edit where the status stays."""
        for question, end, day in zip(self.questions, self.ends, self.days, strict=True):
            self._move(question, LIVES[end][0][stage], day + timedelta(days=7 * stage))
        return self.questions

    def _move(self, question, status, day):
        if status == question.status:
            question.title = sentence(self.chance, 9) + "?"
            return
        question.working_days_before = question.age(day)
        question.status, question.status_since = status, noon(day)
        question.status_since_day = clock.day_number(day)
        given = self._given(question, day)
        for column, statuses in BELONGS_TO.items():
            default = Question._meta.get_field(column).get_default()
            setattr(question, column, given[column] if status in statuses else default)

    def _given(self, question, day):
        return {
            "waiting_on": self.chance.choice(self.bodies),
            "review_by": day + timedelta(days=30),
            "revisit_on": day + timedelta(days=120),
            "outcome": "overtaken",
            "merged_into": self.questions[0],
            "agreed_answer": self.answers.get(question.pk),
            "decided_at": None,
            "disposition": "SEC modification MP162",
        }

    def answered(self):
        """Return the answers, as they stand in the end."""
        ends = {q: ANSWERED[end] for q, end in zip(self.questions, self.ends, strict=True) if end in ANSWERED}
        self.answers = {question.pk: self._answer(question, status) for question, status in ends.items()}
        return list(self.answers.values())

    def _answer(self, question, status):
        return Answer(
            question=question,
            number=1,
            text=sentence(self.chance, 30),
            status=status,
            classification=question.classification,
            proposed_by=self.by,
        )

    def reviews(self):
        """Return two members' reviews of each answer."""
        return [self._review(answer, member) for answer in self.answers.values() for member in self.members[:2]]

    def _review(self, answer, member):
        review = make_silent_review(answer, member)
        review.position = self.chance.choice(SAID)
        return review

    def links(self):
        """Return a link from each question to the meeting."""
        return [
            MeetingLink(question=question, meeting=self.meeting, kind="listed", paragraph=f"6.{n}")
            for n, question in enumerate(self.questions, 1)
        ]

    def minuted(self):
        """Return the meeting's actions, one for each 25 questions."""
        self.actions = [self._action(n) for n in range(0, self.count, 25)]
        return self.actions

    def _action(self, n):
        return Action(
            group=self.meeting.group,
            meeting=self.meeting,
            reference=f"{self.meeting.number}/{n // 25 + 1:02}",
            text=sentence(self.chance, 15),
            owner=self.chance.choice(self.bodies),
            due_on=self.days[n] + timedelta(days=30),
            status=self.chance.choice(["open", "done", "done", "done"]),
        )

    def action_links(self):
        """Return links from each action to some of the questions that came up with it."""
        return [
            ActionLink(action=action, question=question)
            for n, action in enumerate(self.actions)
            for question in self.questions[25 * n : 25 * n + 6]
        ]
