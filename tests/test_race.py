"""Eight writers and four readers at once: each reader's copy ends as what the lists show it."""

import random
import threading
import time
from contextlib import suppress

import pytest
from django.db import connection, connections, transaction
from rest_framework.test import APIClient

from register.ledger.unit_of_work import unit_of_work
from register.ledger.verification import verify
from register.models import Group, LedgerHead, Meeting, Organisation, Question, Token, Topic, User
from register.refusals import Refusal
from register.services.answers import propose_answer
from register.services.intake import raise_questions
from register.services.links import link_meeting
from register.services.questions import change_status, edit_question, raise_question, reclassify_question
from register.services.reference import keep
from tests.conftest import GIVEN
from tests.test_documents import everything_is_kept
from tests.test_feeds import applied, apply, of_kind, position_of, shown
from tests.test_lists import everything_is_tallied

READERS = ("feed", "member", "triage", "owning_feed")
# SQLite lets one write at a time, and who waits longest is not who is next.
WRITERS, CHANGES = (8, 10_000) if connection.vendor == "postgresql" else (2, 1_000)


class Writer:
    """Somebody who does whatever comes to mind, and holds transactions open meanwhile."""

    def __init__(self, number):
        self.chance, self.number = random.Random(number), number
        self.by = User.objects.get(username="lead")

    def work(self, until):
        while LedgerHead.objects.get().position < until:
            with transaction.atomic():
                Question.objects.count()  # the transaction is open before the lock is asked for
                self._dawdle()
                with suppress(Refusal), unit_of_work():
                    for _ in range(self.chance.randint(1, 6)):
                        self._one_change()
                    self._dawdle()

    def _dawdle(self):
        time.sleep(self.chance.choice((0, 0, 0.001, 0.004)))

    def _one_change(self):
        act = self.chance.choices(list(self.ACTS), [weight for _, weight in self.ACTS])[0][0]
        with suppress(Refusal):
            act(self)

    def _any(self, model=Question):
        return model.objects.order_by("pk")[self.chance.randrange(model.objects.count())]

    def _raise(self):
        raise_question(
            by=self.by,
            title=f"Asked by {self.number}?",
            text="Who may?",
            topic=self._any(Topic),
            owner=self._any(Organisation),
            priority="low",
            classification=self.chance.choice(["public", "public", "members", "restricted"]),
        )

    def _edit(self):
        edit_question(self._any(), by=self.by, title=f"Edited {self.chance.random()}?", reason="Because.")

    def _move(self):
        name = self.chance.choice(["open", "await_input", "receive_input", "defer", "resume", "withdraw", "reopen"])
        change_status(self._any(), name, by=self.by, **GIVEN[name])

    def _merge(self):
        change_status(self._any(), "merge", by=self.by, merged_into=self._any(), reason="The same.")

    def _reclassify(self):
        level = self.chance.choice(["public", "members", "restricted"])
        reclassify_question(self._any(), level, by=self.by, reason="Because.")

    def _answer(self):
        propose_answer(self._any(), "An answer.", by=self.by, classification=self.chance.choice([None, "public"]))

    def _link(self):
        link_meeting(self._any(), self._any(Meeting), "listed", by=self.by, paragraph=str(self.chance.randint(1, 99)))

    def _raise_many(self):
        asked = (Question(title=f"{self.number}: {n}?", text="Who may?", classification="public") for n in range(25))
        raise_questions(asked, by=self.by)

    def _rename(self):
        row = self._any(self.chance.choice([Topic, Organisation]))
        row.name = f"{row.name.split(' ~')[0]} ~{self.chance.randint(1, 999)}"
        keep(row, by=self.by)

    ACTS = (
        (_raise, 6),
        (_raise_many, 2),
        (_edit, 30),
        (_move, 25),
        (_merge, 3),
        (_reclassify, 12),
        (_answer, 6),
        (_link, 6),
        (_rename, 2),
    )


class Reader:
    """A client that keeps a copy by way of `/changes/`, whatever is written meanwhile."""

    def __init__(self, username):
        _, token = Token.objects.create(user=User.objects.get(username=username))
        self.client, self.held, self.since, self.reached = APIClient(), {}, "0", 0
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        self.chance, self.done = random.Random(username), threading.Event()

    def work(self):
        while not self.done.wait(self.chance.uniform(0.1, 0.6)):
            self.poll()
        self.poll()

    def poll(self):
        more = True
        while more:
            page = self.client.get(f"/api/v1/changes/?since={self.since}&limit={self.chance.randint(20, 500)}").json()
            positions = [item["position"] for item in page["results"]]
            assert positions == sorted(set(positions))
            assert not positions or positions[0] > self.reached
            apply(page["results"], self.held)
            self.since, self.reached, more = page["next"], position_of(page), page["more"]


def start(work, *given):
    errors = []

    def run():
        try:
            work(*given)
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, errors


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
def test_every_readers_copy_is_what_the_lists_show_it():
    first = Writer(0)
    for number in range(20, 40):
        keep(Meeting(group=Group.objects.get(), number=number), by=first.by)
    for _ in range(40):
        first._raise()
    until = LedgerHead.objects.get().position + CHANGES
    readers = [Reader(name) for name in READERS]
    reading = [start(reader.work) for reader in readers]
    written = [start(Writer(number).work, until) for number in range(WRITERS)]
    for thread, errors in written:
        thread.join(500)
        assert (thread.is_alive(), errors) == (False, [])
    for reader, (thread, errors) in zip(readers, reading, strict=True):
        reader.done.set()
        thread.join(60)
        assert (thread.is_alive(), errors) == (False, [])
        assert of_kind(reader.held) == shown(reader.client)
        assert of_kind(reader.held, "meeting") == shown(reader.client, "meeting")
        assert applied(reader.client) == reader.held
    assert everything_is_kept()
    everything_is_tallied()
    assert verify().ok
