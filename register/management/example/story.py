"""The busy month: sixty questions in every status and age, meetings held and one to come, and their actions."""

from datetime import datetime, timedelta
from functools import partial

from register.clock import start_of_day, today
from register.management.example.cast import GROUP, Cast
from register.management.example.lives import Life
from register.management.example.moved_clock import Diary
from register.vocabulary import Classification, MeetingResult, Outcome

BEGINS = 150  # days ago
MEETINGS = ((1, -111), (2, -83), (3, -55), (4, -20), (5, 8))  # (number, days from today)
NEXT, LAST = f"{GROUP}5", f"{GROUP}4"
RAISERS = ("member.one", "ofgem.triage", "member.four", "elexon.triage", "member.three")
# For each answer in review: (begun so many days ago, ends so many days from today, the members' positions).
# The first member is silent in seven, two wait for an approver, and one that has ended is disagreed with.
REVIEWS = (
    (26, -7, "-AAANA"),
    (21, -3, "AADA-C"),
    (17, -4, "-A-NA-"),
    (14, 1, "AAAAAC"),
    (13, 2, "-DA-A-"),
    (11, 2, "ANAAAA"),
    (9, 5, "--A-C-"),
    (7, 8, "-A----"),
    (5, 9, "-A-D--"),
    (3, 13, "------"),
)
# (what it was given by, reference, what was asked, of whom, due so many days from today)
ACTIONS = (
    (54, "3/1", "Send the pilot's failure counts by meter type.", "DCC", -36),
    (19, "4/1", "Confirm which code section names the role.", "Gemserv", -9),
    (19, "4/2", "Circulate the revised read schedule.", "Elexon", -3),
    (19, "4/3", "Ask suppliers how consent is kept.", "RECCo", 6),
    (19, "4/4", "Draft the addition to the privacy assessment.", "Ofgem", 12),
)


class Story:
    def __init__(self) -> None:
        self.diary, self.cast, self.told = Diary(), Cast(), 0

    def tell(self) -> None:
        """Note who takes part, and what becomes of each question and action."""
        self.diary.note(BEGINS, self.cast.assemble)
        for number, days in MEETINGS:
            held_on = self.diary.find_day(days)
            self.diary.note(max(30, 1 - days), partial(self.cast.hold_meeting, number, held_on))
        self._tell_raised()
        self._tell_open()
        self._tell_waiting()
        self._tell_reviews()
        self._tell_decided()
        self._tell_ended()
        self._tell_actions()

    def _add(self, **options):
        life = Life(self.told, self.diary, self.cast, **options)
        self.told += 1
        return life

    def _tell_raised(self):
        for place in range(15):
            self._add().raise_by(1 + 2 * place, RAISERS[place % len(RAISERS)])

    def _tell_open(self):
        classified = {1: Classification.RESTRICTED, 4: Classification.PUBLIC, 8: Classification.PUBLIC}
        for place, due_in in enumerate((-12, -4, 3, 7, 10, 14, None, 21, None, 28, None)):
            life = self._add(classification=classified.get(place, Classification.MEMBERS))
            life.open(6 + 9 * place, due_in=due_in, assignee=(None, "ofgem.triage", "elexon.triage")[place % 3])
            if place in (2, 5):
                life.propose(2)
            if place in (3, 7):
                life.schedule(2, NEXT, minutes=15, presenter="Ofgem")

    def _tell_waiting(self):
        asked = (("DCC", 24), ("DCC", 15), ("Elexon", 11), ("DCC", 8), ("RECCo", 8), ("Gemserv", 5), ("DCC", 3))
        for place, (body, ago) in enumerate(asked):
            life = self._add()
            life.open(ago + 12, due_in=9 if place % 2 else None)
            if place == 0:
                life.move(ago + 9, "await_input", waiting_on="Elexon", reason="Asked for the settlement view of it.")
                life.move(ago + 4, "receive_input", reason="Daily is enough for settlement.")
            life.move(ago, "await_input", waiting_on=body, reason=f"Asked {body} what it does today, and its cost.")
            self._tell_last_agenda(place, life)

    def _tell_last_agenda(self, place, life):
        """Of those that wait: one was put off at the last meeting, and two are not settled yet."""
        if place in (0, 1):
            life.schedule(26, LAST, minutes=15)
        if place == 1:
            life.settle(17, LAST, MeetingResult.DEFERRED, to=NEXT, note="The DCC had not answered yet.")

    def _tell_reviews(self):
        for place, (ago, ends_in, positions) in enumerate(REVIEWS):
            life = self._add()
            life.open(ago + 15)
            life.review(ago, ends_in, positions)
            if place in (3, 5):
                life.schedule(2, NEXT, minutes=10)

    def _tell_decided(self):
        for ago in (2, 6, 18, 30):
            life = self._add()
            life.agree(ago)
            life.schedule(26, LAST, minutes=10, presenter="Elexon")
            life.settle(17, LAST, MeetingResult.ANSWER_PRESENTED, paragraph="3.1")
        for ago in (12, 25, 40, 55):
            life = self._add()
            life.agree(ago + 10)
            life.move(ago, "close", disposition="A modification of the SEC, raised for the next release.")

    def _tell_ended(self):
        for ago, due_in in ((30, -3), (12, 40), (9, 60)):
            life = self._add()
            life.open(ago + 10)
            day = self.diary.find_day(due_in)
            life.move(ago, "defer", revisit_on=day, reason="Waits for the pilot's second month.")
        for ago, outcome in ((20, Outcome.OVERTAKEN), (9, Outcome.OUT_OF_SCOPE), (3, Outcome.NO_LONGER_ASKED)):
            life = self._add()
            life.open(ago + 6)
            life.move(ago, "withdraw", outcome=outcome, reason="The decision on the read schedule settles it.")
        target = self._add()
        target.open(33)
        for ago in (14, 4):
            life = self._add()
            life.open(ago + 5)
            life.move(ago, "merge", into=target, reason="The same question in other words.")

    def _tell_actions(self):
        for ago, reference, text, owner, due_in in ACTIONS:
            due_on = self.diary.find_day(due_in)
            self.diary.note(ago, partial(self.cast.give_action, reference, text, owner, due_on))
        self.diary.note(30, partial(self.cast.finish_action, ACTIONS[0][1]))


def get_beginning() -> datetime:
    """Return the moment before which nothing of the example happened."""
    return start_of_day(today() - timedelta(days=BEGINS + 7))


def tell_story() -> int:
    """Make the example in the database; return how many questions it has. The reference data must be there."""
    story = Story()
    story.tell()
    story.diary.play()
    return story.told
