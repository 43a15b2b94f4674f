"""Random walks: whatever is tried, by whomever, the stored status is the one that history replays."""

from contextlib import suppress

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from register.ledger.status_history import get_status_history
from register.ledger.verification import verify
from register.models import Organisation, Question, Topic, User
from register.refusals import Refusal
from register.services.answers import propose_answer, record_review
from register.services.questions import change_status, edit_question, raise_question, reclassify_question
from register.vocabulary import AnswerStatus, Position
from register.workflow import BELONGS_TO, TRANSITIONS
from tests.conftest import CAST, GIVEN
from tests.test_documents import everything_is_kept

PEOPLE = st.sampled_from(sorted(CAST))


class Walk(RuleBasedStateMachine):
    """Two questions, so that one can be merged into the other."""

    @initialize()
    def begin(self):
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.people = {user.username: user for user in User.objects.select_related("organisation")}
        self.questions = [self._raise(n) for n in range(2)]
        self.model = {question.pk: ["raised"] for question in self.questions}

    def _raise(self, n):
        return raise_question(
            by=self.people["triage"],
            title=f"Question {n}?",
            text="Who may?",
            topic=Topic.objects.first(),
            owner=Organisation.objects.get(name="ENA"),
            priority="low",
        )

    def _try(self, service, question, *args, who, **given):
        """Call a service as somebody; a refusal must leave the row as it was."""
        before = Question.objects.filter(pk=question.pk).values().get()
        with suppress(Refusal):
            return service(question, *args, by=self.people[who], **given)
        assert Question.objects.filter(pk=question.pk).values().get() == before
        return None

    @rule(name=st.sampled_from(sorted(TRANSITIONS)), who=PEOPLE, which=st.integers(0, 1), blank=st.booleans())
    def move(self, name, who, which, blank):
        given = {} if blank else dict(GIVEN[name])
        if name == "merge":
            given["merged_into"] = self.questions[1 - which]
        if moved := self._try(change_status, self.questions[which], name, who=who, **given):
            assert moved.status == (TRANSITIONS[name].target or self.model[moved.pk][-2])
            self.model[moved.pk].append(moved.status)

    @rule(who=PEOPLE, which=st.integers(0, 1))
    def propose(self, who, which):
        self._try(propose_answer, self.questions[which], "An answer.", who=who)

    @rule(who=PEOPLE, which=st.integers(0, 1), position=st.sampled_from(Position.values))
    def review(self, who, which, position):
        if answer := self.questions[which].answers.filter(status=AnswerStatus.IN_REVIEW).first():
            with suppress(Refusal):
                record_review(answer, position, by=self.people[who], comment="Hm.")

    @rule(who=PEOPLE, which=st.integers(0, 1), title=st.text(max_size=20))
    def edit(self, who, which, title):
        self._try(edit_question, self.questions[which], who=who, title=title.replace("\x00", ""))

    @rule(who=PEOPLE, which=st.integers(0, 1), classification=st.sampled_from(["public", "members", "restricted"]))
    def reclassify(self, who, which, classification):
        self._try(reclassify_question, self.questions[which], classification, who=who, reason="Because.")

    @invariant()
    def stored_status_is_the_replayed_one(self):
        if not hasattr(self, "model"):
            return
        for question in Question.objects.filter(pk__in=self.model):
            replayed = [change.target for change in get_status_history(question, seen_by=self.people["triage"])]
            assert [question.status, *replayed] == [self.model[question.pk][-1], *self.model[question.pk]]
            for column, statuses in BELONGS_TO.items():
                assert bool(getattr(question, column)) == (question.status in statuses), column

    def teardown(self):
        if hasattr(self, "savepoint"):
            assert verify().problems == []
            assert everything_is_kept()
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.timeout(600)
def test_the_stored_status_is_always_the_replayed_one():
    limits = settings(max_examples=25, stateful_step_count=25, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Walk, settings=limits)
