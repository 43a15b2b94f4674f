"""Whatever is hidden shows nowhere: no word of it, past or present, in any answer to a reader who may not see it."""

import itertools
from contextlib import suppress

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from register.models import Action, Group, Meeting, Organisation, Question, Token, Topic, User, clearance
from register.refusals import Refusal
from register.services.answers import propose_answer, reclassify_answer
from register.services.atom import make_address
from register.services.links import link_action, link_meeting
from register.services.questions import change_status, edit_question, raise_question, reclassify_question
from register.services.reference import keep
from register.vocabulary import Classification
from tests.conftest import GIVEN

LEVELS = st.sampled_from(Classification.values)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["reclassify", "edit", "answer", "reclassify_answer", "link", "action", "merge", "await", "open"]
        ),
        st.integers(0, 2),
        LEVELS,
    ),
    min_size=3,
    max_size=9,
)
READERS = ("feed", "member", "triage")
NUMBERS = itertools.count(1)


class Register:
    """Three questions and what is done to them; whatever is written is a word of its own."""

    def __init__(self, levels):
        self.by = User.objects.get(username="lead")
        self.words = {}  # word: the row that says it
        self.questions = [self._raise(level) for level in levels]

    def _raise(self, level):
        word = _word()
        about = {"topic": Topic.objects.get(name="MDR role"), "owner": self.by.organisation, "priority": "low"}
        question = raise_question(by=self.by, classification=level, title=f"{word}?", text=f"{word}!", **about)
        self.words[word] = question
        return question

    def take(self, step, which, level):
        question, word = Question.objects.get(pk=self.questions[which].pk), _word()
        with suppress(Refusal), transaction.atomic():
            self.words[word] = getattr(self, f"_{step}")(question, level, word)

    def _reclassify(self, question, level, word):
        return reclassify_question(question, level, by=self.by, reason=word)

    def _edit(self, question, level, word):
        return edit_question(question, by=self.by, title=f"{word}?", reason=word)

    def _answer(self, question, level, word):
        return propose_answer(question, word, by=self.by, classification=level)

    def _reclassify_answer(self, question, level, word):
        answer = question.answers.last()
        return reclassify_answer(answer, level, by=self.by, reason=word) if answer else question

    def _link(self, question, level, word):
        return link_meeting(question, Meeting.objects.first(), "listed", by=self.by, paragraph=word)

    def _action(self, question, level, word):
        action = Action(group=Group.objects.first(), reference=word[-9:], text=word, classification=level)
        link_action(keep(action, by=self.by), question, by=self.by)
        return action

    def _merge(self, question, level, word):
        return change_status(question, "merge", by=self.by, merged_into=self.questions[0], reason=word)

    def _await(self, question, level, word):
        return change_status(question, "await_input", by=self.by, **GIVEN["await_input"] | {"reason": word})

    def _open(self, question, level, word):
        return change_status(question, "open", by=self.by, reason=word)

    def hidden_from(self, user):
        """Return the words that this reader may not meet, and the references of questions that it may not."""
        words = [word for word, row in self.words.items() if not (_seen_now(row, user) and _said_to(row, word, user))]
        return words + [question.reference for question in self.questions if not _seen_now(question, user)]

    def once_seen_by(self, user):
        """Return the references of what this reader could see and no longer may: its feed tells them, no more."""
        once = [question for question in self.questions if _said_to(question, question.reference, user)]
        return [question.reference for question in once if not _seen_now(question, user)]


def _word():
    return f"Word{next(NUMBERS)}Q"


def _seen_now(row, user):
    return type(row).objects.visible_to(user).filter(pk=row.pk).exists()


def _said_to(row, word, user):
    """True where some version of the row that this reader was cleared for says the word."""
    seen = clearance(user)
    versions = row.history.all().values()
    return any(word in str(version) and version.get("classification") in (None, *seen) for version in versions)


def everything_told_to(user, moment):
    """Return {path: answer} of the API and of the admin's pages that this reader can get, headers and all, as text."""
    _, token = Token.objects.create(user=user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    stamp = moment.isoformat().replace("+", "%2B")
    kinds = ("questions", "answers", "meetings", "actions")
    paths = [f"{kind}/" for kind in (*kinds, "topics", "changes", "events", "ledger")]
    paths += [f"{kind}/?as_at={stamp}" for kind in kinds]
    paths += [f"questions/?ordering={order}" for order in ("-status_since", "recorded_at")]
    paths += [f"questions/{q.reference}/{part}" for q in Question.objects.visible_to(user) for part in ("", "history/")]
    paths += [f"atom/{make_address(user)}/"]
    told = {path: client.get(f"/api/v1/{path}") for path in paths}
    if user.is_staff:
        browser = Client()
        browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
        pages = ["/admin/", "/admin/register/question/?tab=all", "/admin/register/answer/"]
        pages += [f"/admin/register/question/{q.pk}/change/" for q in Question.objects.visible_to(user)]
        told |= {page: browser.get(page) for page in pages}
    assert {answer.status_code for answer in told.values()} == {200}
    return {path: f"{dict(answer.headers)} {answer.content.decode()}" for path, answer in told.items()}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.timeout(600)
def test_nothing_hidden_shows_in_any_answer():
    @settings(max_examples=12, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(levels=st.tuples(LEVELS, LEVELS, LEVELS), steps=STEPS, half=st.integers(0, 9))
    def nothing_shows(levels, steps, half):
        with transaction.atomic():
            register, moment = Register(levels), timezone.now()
            for n, step in enumerate(steps):
                register.take(*step)
                moment = timezone.now() if n == half else moment
            for name in READERS:
                user = User.objects.get(username=name)
                told = everything_told_to(user, moment)
                tombstones = register.once_seen_by(user)
                hidden = register.hidden_from(user)
                shown = [(p, w) for p, text in told.items() for w in hidden if w in text]
                assert [(p, w) for p, w in shown if (p, w in tombstones) != ("changes/", True)] == [], (name, steps)
            transaction.set_rollback(True)

    nothing_shows()


@pytest.mark.parametrize("reader", ["feed", "member"])
def test_a_search_finds_and_orders_nothing_by_what_is_hidden(reader, api, raised, cast):
    shown = [raised(title=f"Shared {n}?").reference for n in range(3)]
    for n in range(3):
        raised(title=f"Shared Hush {n}?", classification="restricted")
    client = api(reader)
    assert client.get("/api/v1/questions/?q=hush").json()["results"] == []
    assert [q["reference"] for q in client.get("/api/v1/questions/?q=shared").json()["results"]] == shown


@pytest.mark.parametrize("model", [Group, Meeting, Topic, Organisation])
def test_reference_data_is_seen_by_whoever_has_a_role_and_nobody_else(model, cast):
    seeing = {name for name, user in vars(cast).items() if model.objects.visible_to(user).exists()}
    assert seeing == set(vars(cast)) - {"nobody"}
