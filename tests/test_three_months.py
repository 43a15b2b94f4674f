"""Three months of a group in the register: reports, agendas, outcomes, packs. After each step all places agree."""

from datetime import date, datetime, time

import pytest

from register.clock import LONDON
from register.ledger.verification import verify
from register.management.example.moved_clock import clock_at
from register.models import (
    Action,
    AgendaItem,
    Group,
    Meeting,
    MeetingOutcome,
    MeetingPack,
    Organisation,
    Question,
    Topic,
)
from register.services.amending import amend_answer
from register.services.answers import propose_answer
from register.services.meetings import GivenOutcome, record_outcomes, schedule_question
from register.services.packs import keep_pack, make_file
from register.services.questions import change_status
from register.services.reference import keep
from register.services.triage import triage_question
from tests.conftest import refreshed
from tests.test_desk import figures
from tests.test_documents import everything_is_kept
from tests.test_reports import bring_in

FIRST = """\
Meeting name\tCode Change and Development Group
Meeting number\t31
Date\t18 March 2031
Classification\tPublic

1.1 DCC agreed to write it down.

**Action 31/01**

1.2 Elexon agreed to ask the suppliers.

**Action 31/02**

1.3 These questions are open:
- How often may reads be fetched?
- Which privacy assessment does an MDR need?
- Who checks the identity of the MDR?
"""

SECOND = """\
Meeting name\tCode Change and Development Group
Meeting number\t32
Date\t15 April 2031
Classification\tPublic

1.1 The DCC confirmed that Action 31/01 is complete.

1.2 Action 31/02 has been superseded by Action 32/01.

1.3 Ofgem agreed to ask all parties.

**Action 32/01**

1.4 DSQ-003 was not reached.
"""


class Group31:
    """The group's life: `on` sets the clock, and `look` sees that every place says the same."""

    def __init__(self, cast, client_of, api):
        self.cast, self.client_of, self.api = cast, client_of, api
        self.copies, self.cursors = {}, {}

    def on(self, *day, hour=10):
        return clock_at(datetime.combine(date(*day), time(hour), LONDON))

    def look(self, **expected):
        """Check desk, lists, feed, documents and ledger; `expected` are figures of the desk of Triage, by label."""
        assert everything_is_kept()
        assert verify().ok
        self.check_desk(expected)
        for reader in ("feed", "member"):
            self.check_copy(reader)

    def check_desk(self, expected):
        client = self.client_of("triage")
        page = client.get("/admin/").content.decode()
        for count, address in figures(page):
            assert client.get(address).context["cl"].result_count == count, address
        for label, count in expected.items():
            said = f"{count} {label.replace('_', ' ')}<" in page
            assert said if count else f" {label.replace('_', ' ')}<" not in page, (label, page)

    def check_copy(self, reader):
        """Follow the feed from where this reader was, and compare the copy with what the list shows."""
        client, copy = self.api(reader), self.copies.setdefault(reader, {})
        more = True
        while more:
            page = client.get("/api/v1/changes/", {"since": self.cursors.get(reader, "0")}).json()
            for item in page["results"]:
                copy[item["reference"]] = item.get("status")
            self.cursors[reader], more = page["next"], page["more"]
        listed = client.get("/api/v1/questions/?limit=100").json()["results"]
        assert {q["reference"]: q["status"] for q in listed} == {
            key: status for key, status in copy.items() if key.startswith("DSQ")
        }


@pytest.fixture
def life(cast, client_of, api):
    return Group31(cast, client_of, api)


def find(reference):
    return Question.objects.get(reference=reference)


def meet(number, held_on, by):
    found = Meeting.objects.filter(group=Group.objects.get(), number=number).first()
    return found or keep(Meeting(group=Group.objects.get(), number=number, held_on=held_on), by=by)


def import_and_triage(life):
    by = life.cast.triage
    bring_in(FIRST, by)
    life.look(to_triage=3)
    dcc = Organisation.objects.get(name="DCC")
    for question in Question.objects.all():
        triage_question(
            question, [("open", {})], by=by, owner=dcc, topic=Topic.objects.get(name="MDR role"), priority="high"
        )
    change_status(find("DSQ-002"), "await_input", by=by, waiting_on="DCC", reason="Which one?")
    life.look(to_triage=0)


def prepare(life):
    """Put three questions on the next agenda, one of them with an answer."""
    by = life.cast.triage
    meeting = meet(32, date(2031, 4, 15), by)
    for question in Question.objects.order_by("pk"):
        schedule_question(question, meeting, minutes=10, by=by)
    propose_answer(find("DSQ-001"), "Once a day.", by=by)
    life.look()
    return meeting


def send_round(life, meeting):
    content, facts = make_file(meeting, by=life.cast.triage, form="pdf", classification="members")
    with life.on(2031, 4, 14, hour=12):
        keep_pack(meeting, content, facts, by=life.cast.triage, form="pdf", sent_to="All members")


def settle_by_page(life, meeting):
    """Record two outcomes on the page: one was discussed, and one put off to the next meeting."""
    later = meet(33, date(2031, 5, 20), life.cast.triage)
    items = {item.question.reference: item.pk for item in AgendaItem.objects.filter(meeting=meeting)}
    first, second = items["DSQ-001"], items["DSQ-002"]
    sent = {f"{first}-result": "discussed", f"{first}-seen": "0", f"{second}-result": "deferred"}
    sent |= {f"{second}-to": later.pk, f"{second}-seen": "0", "other-result": ""}
    answer = life.client_of("triage").post(f"/admin/register/meeting/{meeting.pk}/outcomes/", sent)
    assert answer.status_code == 302
    assert find("DSQ-002").schedulings.count() == 2
    return later


def import_outcomes(life):
    bring_in(SECOND, life.cast.triage)
    assert Action.objects.get(reference="31/01").status == "done"
    assert Action.objects.get(reference="31/02").superseded_by.reference == "32/01"
    assert MeetingOutcome.objects.get(question=find("DSQ-003")).result == "not_reached"
    life.look(to_settle=0)


def agree_amended(life, meeting):
    question = find("DSQ-001")
    amend_answer(question, "Once a day, and once more where the first failed.", meeting, by=life.cast.triage)
    change_status(question, "agree_as_amended", by=life.cast.approver, reason="In the room.", paragraph="1.5")
    told = life.api("triage").get("/api/v1/questions/DSQ-001/history/").json()[-1]
    assert (told["to"], told["answer"], told["meeting"]) == ("agreed", 2, "CCDG32")
    life.look()


def cancel(life, meeting):
    meeting = refreshed(meeting)
    meeting.cancelled = True
    keep(meeting, by=life.cast.triage, reason="Too few can come.")
    life.look(to_settle=1)
    later = meet(34, date(2031, 6, 17), life.cast.triage)
    record_outcomes(meeting, [GivenOutcome(find("DSQ-002"), "deferred", to=later)], by=life.cast.triage)
    life.look(to_settle=0)


@pytest.mark.slow
def test_three_months_of_a_group(cast, life):
    by = cast.triage
    with life.on(2031, 3, 19):
        import_and_triage(life)
    with life.on(2031, 4, 14):
        meeting = prepare(life)
    with life.on(2031, 4, 14, hour=11):
        send_round(life, meeting)
    with life.on(2031, 4, 16):
        life.look(to_settle=1)
        later = settle_by_page(life, meeting)
        life.look(to_settle=1)
    with life.on(2031, 4, 20):
        import_outcomes(life)
        agree_amended(life, meeting)
    with life.on(2031, 4, 22):
        change_status(find("DSQ-003"), "defer", by=by, revisit_on=date(2031, 5, 18), reason="After the decision.")
        life.look(deferred_due=0)
    with life.on(2031, 5, 19):
        life.look(deferred_due=1)
        cancel(life, later)
    with life.on(2031, 6, 16):
        sent = MeetingPack.objects.get()
        again, _ = make_file(meeting, by=by, form="pdf", classification="members", as_at=sent.as_at)
        assert again == bytes(sent.content)
