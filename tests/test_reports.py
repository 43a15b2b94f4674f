"""From a report to the register: propose, apply once, propose only differences after."""

from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.db.models.signals import post_init
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from register.ledger.verification import verify
from register.models import (
    Action,
    HeadlineReport,
    LedgerEntry,
    Meeting,
    MeetingLink,
    MeetingOutcome,
    Organisation,
    Origin,
    PendingUpload,
    Question,
)
from register.refusals import NotPermitted
from register.services.links import link_meeting
from register.services.questions import change_status, edit_question
from register.services.reference import keep
from register.services.reports import apply_report, plan_report, read_file
from tests.conftest import refreshed

MINUTES = """\
Meeting name\tCode Change and Development Group
Meeting number\t17
Date\t18 May 2021
Classification\tPublic

1.1 DCC agreed to write it down.

**Action 17/01**

1.2 These questions are open:
- How often may reads be fetched (see CCDG11 Headline Report)?
- Which privacy assessment does an MDR need?

1.3 Ofgem agreed to share this list.

**Action 17/02**

1.4 Work under Action 16/03 goes on. The next CCDG18 is on 15 June 2021.
"""


def plan_of(text):
    return plan_report(read_file(text.encode()))


def bring_in(text, by, accepted=None, **options):
    plan = plan_of(text)
    accepted = plan.unasked if accepted is None else accepted
    return apply_report(plan, accepted, by=by, file_name="minutes.md", content=text.encode(), **options)


def kinds(plan):
    return {proposal.key: str(proposal.kind) for proposal in plan.proposals}


@pytest.fixture
def brought_in(cast):
    bring_in(MINUTES, cast.triage)


def test_a_new_report_proposes_all_that_it_says(cast):
    assert kinds(plan_of(MINUTES)) == {
        "meeting:CCDG17": "new",
        "meeting:CCDG11": "new",
        "meeting:CCDG18": "new",
        "action:17/01": "new",
        "action:17/02": "new",
        "mention:16/03": "mention",
        "question:1.2:1": "new",
        "question:1.2:2": "new",
    }


def test_planning_writes_nothing(cast):
    before = LedgerEntry.objects.count()
    plan_of(MINUTES)
    assert LedgerEntry.objects.count() == before


def test_what_is_applied_arrives_raised_public_and_with_its_reason(cast, brought_in):
    first = Question.objects.order_by("id").first()
    row = first.history.get()
    assert (first.status, first.classification, str(first.topic), str(first.raised_on)) == (
        "raised",
        "public",
        "Read frequency",
        "2021-05-18",
    )
    assert (row.actor, row.history_change_reason) == ("triage", "CCDG17 Headline Report, 1.2")


def test_questions_are_linked_to_their_meetings(cast, brought_in):
    links = [str(link) for link in MeetingLink.objects.order_by("id")]
    assert links == ["listed at CCDG17 1.2", "listed at CCDG17 1.2"]
    assert [str(outcome) for outcome in MeetingOutcome.objects.all()] == ["discussed at CCDG11"]


def test_an_action_about_this_list_serves_its_questions(cast, brought_in):
    assert Action.objects.get(reference="17/02").links.count() == 2
    assert Action.objects.get(reference="17/01").links.count() == 0


def test_actions_have_owner_paragraph_and_origin(cast, brought_in):
    action = Action.objects.get(reference="17/01")
    assert (action.owner.name, action.paragraph, str(action.meeting)) == ("DCC", "1.1", "CCDG17")
    assert action.origins.get().published == "DCC agreed to write it down."


def test_an_unknown_action_that_is_mentioned_becomes_a_stub(cast, brought_in):
    stub = Action.objects.get(reference="16/03")
    assert stub.text.startswith("Mentioned at CCDG17, 1.4")
    assert stub.origins.get().kind == "mentioned"


def test_a_known_action_that_is_mentioned_gets_an_update(cast):
    group = Meeting.objects.first().group
    action = keep(Action(group=group, reference="16/03", text="As we wrote it."), by=cast.triage)
    bring_in(MINUTES, cast.triage)
    assert (refreshed(action).text, action.origins.get().paragraph) == ("As we wrote it.", "1.4")


def test_every_row_has_its_ledger_entry(cast, brought_in):
    assert verify().problems == []


def test_applying_the_same_report_again_adds_nothing_not_even_a_row(cast, brought_in):
    before = LedgerEntry.objects.count()
    plan = plan_of(MINUTES)
    assert set(kinds(plan).values()) == {"unchanged"}
    assert bring_in(MINUTES, cast.triage) == []
    assert (LedgerEntry.objects.count(), HeadlineReport.objects.count()) == (before, 1)


def test_a_plan_gone_stale_is_compared_again_under_the_lock(cast):
    plan = plan_of(MINUTES)
    bring_in(MINUTES, cast.triage)
    before = LedgerEntry.objects.count()
    apply_report(plan, plan.unasked, by=cast.lead, file_name="again.md", content=b"other bytes")
    assert LedgerEntry.objects.count() == before


def test_only_what_is_accepted_is_applied(cast):
    bring_in(MINUTES, cast.triage, accepted={"question:1.2:2"})
    assert (Question.objects.count(), Action.objects.count()) == (1, 0)


def test_a_triager_chooses_owner_topic_and_priority(cast):
    chosen = {"question:1.2:1": {"owner": "Ofgem", "topic": "MDR role", "priority": "high"}}
    bring_in(MINUTES, cast.triage, choices=chosen)
    question = Question.objects.order_by("id").first()
    assert (question.owner.name, question.topic.name, question.priority) == ("Ofgem", "MDR role", "high")


def test_the_file_is_kept_once_with_who_and_when(cast, brought_in):
    report = HeadlineReport.objects.get()
    assert (bytes(report.content), report.imported_by, str(report.meeting)) == (MINUTES.encode(), cast.triage, "CCDG17")


@pytest.mark.parametrize("role", ["member", "feed", "approver", "nobody"])
def test_only_triage_imports(role, cast):
    with pytest.raises(NotPermitted):
        bring_in(MINUTES, getattr(cast, role))
    assert not HeadlineReport.objects.exists()


# A report revised upstream


def test_a_revised_report_proposes_just_the_differences(cast, brought_in):
    plan = plan_of(MINUTES.replace("DCC agreed to write it down.", "DCC agreed to write all of it down."))
    assert {key for key, kind in kinds(plan).items() if kind != "unchanged"} == {"action:17/01", "edition"}
    changed = plan.of("changed")[0]
    assert (changed.held, changed.published) == ("DCC agreed to write it down.", "DCC agreed to write all of it down.")


def test_a_revised_question_changes_the_one_that_is_held(cast, brought_in):
    bring_in(MINUTES.replace("Which privacy assessment does", "Which sort of privacy assessment does"), cast.triage)
    assert Question.objects.count() == 2
    assert Question.objects.order_by("id").last().text == "Which sort of privacy assessment does an MDR need?"


def test_what_a_triager_reworded_is_a_clash_and_left(cast, brought_in):
    question = Question.objects.order_by("id").last()
    edit_question(question, by=cast.triage, text="In our own words, which assessment?")
    revised = MINUTES.replace("Which privacy assessment does", "Which sort of privacy assessment does")
    assert kinds(plan_of(revised))["question:1.2:2"] == "clash"
    bring_in(revised, cast.triage)
    assert refreshed(question).text == "In our own words, which assessment?"


def test_a_clash_is_applied_where_a_person_decides_so(cast, brought_in):
    question = Question.objects.order_by("id").last()
    edit_question(question, by=cast.triage, text="In our own words, which assessment?")
    revised = MINUTES.replace("Which privacy assessment does", "Which sort of privacy assessment does")
    bring_in(revised, cast.triage, accepted={"question:1.2:2"})
    assert refreshed(question).text == "Which sort of privacy assessment does an MDR need?"
    assert {o.published for o in question.origins.all()} == {
        "Which privacy assessment does an MDR need?",
        "Which sort of privacy assessment does an MDR need?",
    }


def test_items_that_rest_on_a_changed_paragraph_are_marked(cast, brought_in):
    plan = plan_of(MINUTES.replace("These questions are open", "These questions are still open"))
    marked = {proposal.key for proposal in plan.proposals if "reads differently now" in proposal.note}
    assert marked == {"question:1.2:1", "question:1.2:2"}


def test_an_action_that_came_from_no_report_is_a_clash(cast):
    keep(
        Action(group=Meeting.objects.first().group, reference="17/01", text="Ours.", meeting=Meeting.objects.first()),
        by=cast.triage,
    )
    assert kinds(plan_of(MINUTES))["action:17/01"] == "clash"


def test_a_meeting_held_on_another_day_is_a_clash(cast):
    keep(Meeting(group=Meeting.objects.first().group, number=17, held_on="2021-05-11"), by=cast.triage)
    assert kinds(plan_of(MINUTES))["meeting:CCDG17"] == "clash"


def test_a_meeting_of_that_number_years_ago_is_another(cast):
    keep(Meeting(group=Meeting.objects.first().group, number=17, held_on="2015-05-11"), by=cast.triage)
    assert kinds(plan_of(MINUTES))["meeting:CCDG17"] == "new"


def test_an_undated_meeting_gets_its_date(cast):
    meeting = keep(Meeting(group=Meeting.objects.first().group, number=17), by=cast.triage)
    bring_in(MINUTES, cast.triage)
    assert str(refreshed(meeting).held_on) == "2021-05-18"


def test_a_question_that_resembles_one_held_is_linked_not_doubled(cast, brought_in):
    later = (
        MINUTES.replace("17", "18").replace("18 May", "15 June").replace("CCDG18 is on 15 June", "CCDG19 is on 20 July")
    )
    later = later.replace("How often may reads be fetched", "How often may the reads be fetched")
    link = next(p for p in plan_of(later).proposals if p.key == "question:1.2:1")
    assert (link.what, link.kind, link.target.reference) == ("link", "new", "DSQ-001")
    assert link.score >= 75
    bring_in(later, cast.triage)
    assert Question.objects.count() == 2
    assert [str(link) for link in Question.objects.order_by("id").first().meeting_links.all()] == [
        "listed at CCDG17 1.2",
        "listed at CCDG18 1.2",
    ]


WORDS = ["who", "may", "read", "reads", "meter", "meters", "is", "an", "agent", "frequency", "frequencies"]
SAID = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)
LATER = """\
Meeting name\tCode Change and Development Group
Meeting number\t18
Date\t15 June 2021
Classification\tPublic

1.1 These questions are open:
- {} (see CCDG15 Headline Report)?
"""


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(SAID, min_size=1, max_size=5), asked=SAID, end=st.sampled_from(["?", " (see CCDG15)!", ",--?"]))
@example(said=["who"], asked="who a", end="?")  # 75, and no lengths further apart reach that
@example(said=["who a"], asked="who", end="?")
def test_a_link_is_proposed_to_whichever_of_all_questions_resembles_it_most(said, asked, end, raised, cast):
    with transaction.atomic():
        questions = [raised(text=words.title() + end) for words in said]
        for question in questions:
            link_meeting(question, Meeting.objects.get(number=15), "listed", by=cast.triage)
        proposed = plan_of(LATER.format(asked.title())).proposals[-1]
        transaction.set_rollback(True)
    scores = [fuzz.token_sort_ratio(asked, words) for words in said]
    best = scores.index(max(scores))
    likeliest = (questions[best], round(scores[best])) if scores[best] >= 75 else (None, None)
    assert (proposed.target, proposed.score) == likeliest


@pytest.mark.parametrize(("asked", "loaded"), [("Who pays for it", 0), ("Who may fetch the data, and how often", 1)])
def test_a_question_is_loaded_whole_only_where_a_link_to_it_is_proposed(asked, loaded, raised):
    for n in range(3):
        raised(text=f"Who may fetch the data, and how often? {n}")
    made = []
    post_init.connect(count := lambda **told: made.append(told), sender=Question)
    plan_of(LATER.format(asked))
    post_init.disconnect(count, sender=Question)
    assert len(made) == loaded


def test_a_members_report_brings_in_questions_for_members(cast):
    bring_in(MINUTES.replace("Public", "Members"), cast.triage)
    assert set(Question.objects.values_list("classification", flat=True)) == {"members"}
    assert not Origin.objects.visible_to(cast.feed).exists()


def test_an_owner_whom_the_register_does_not_know_is_left_to_the_triager(cast):
    bring_in(MINUTES.replace("DCC agreed", "SECAS agreed"), cast.triage)
    assert Action.objects.get(reference="17/01").owner is None
    assert not Organisation.objects.filter(name="SECAS").exists()


# The command


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "minutes.md"
    path.write_text(MINUTES)
    return path


def command(*arguments):
    out = StringIO()
    call_command("import_report", *map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_dry_run_writes_nothing(cast, file):
    before = LedgerEntry.objects.count()
    assert "8 would be applied" in command(file, "--dry-run")
    assert LedgerEntry.objects.count() == before


def test_the_command_applies_as_somebody_or_as_the_system(cast, file):
    assert "8 applied, 0 left as clashes" in command(file, "--by", "triage")
    assert HeadlineReport.objects.get().imported_by == cast.triage
    assert "0 applied" in command(file)


def test_without_a_name_the_system_is_credited(cast, file):
    command(file)
    assert {row.actor for row in Question.history.all()} == {"system"}
    assert verify().problems == []


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 99, b"Dear all, nothing happened."])
def test_a_file_that_is_no_report_is_refused_and_nothing_written(content, cast, tmp_path):
    path = tmp_path / "other"
    path.write_bytes(content)
    before = LedgerEntry.objects.count()
    with pytest.raises(CommandError, match=r"\.$"):
        command(path)
    assert LedgerEntry.objects.count() == before


@pytest.mark.parametrize("arguments", [["/nowhere.md"], ["--by", "ghost"], ["--by", "member"]])
def test_the_command_refuses_in_a_sentence(arguments, cast, file):
    if arguments[0] == "--by":
        arguments = [file, *arguments]
    with pytest.raises(CommandError, match=r"\.$"):
        command(*arguments)


# The admin

IMPORT = "/admin/register/headlinereport/import/"


def upload(client, text=MINUTES, name="minutes.md"):
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, text.encode())})


def test_a_triager_uploads_sees_accepts_and_follows_the_links(cast, client_of):
    client = client_of("triage")
    preview = upload(client).url
    page = client.get(preview)
    ticked = [row.proposal.key for row in page.context["rows"] if row.is_ticked]
    assert "How often may reads be fetched" in page.content.decode()
    done = client.post(preview, {"accept": ticked, "owner:question:1.2:1": "Ofgem"}, follow=True)
    assert "7 new, 0 changed, 1 mention" in done.content.decode()
    question = Question.objects.order_by("id").first()
    assert question.owner.name == "Ofgem"
    assert f"/admin/register/question/{question.pk}/change/" in done.content.decode()
    assert not PendingUpload.objects.exists()


def test_an_upload_of_which_nothing_is_ticked_is_kept(cast, client_of):
    client = client_of("triage")
    preview = upload(client).url
    assert "The upload is kept" in client.post(preview, {}).content.decode()
    assert client.get(preview).status_code == 200


def test_clashes_are_not_ticked(cast, client_of):
    keep(Meeting(group=Meeting.objects.first().group, number=17, held_on="2021-05-11"), by=cast.triage)
    client = client_of("triage")
    rows = client.get(upload(client).url).context["rows"]
    assert [row.is_ticked for row in rows if row.proposal.kind == "clash"] == [False]


def test_an_upload_can_be_discarded(cast, client_of):
    client = client_of("triage")
    client.post(upload(client).url, {"_discard": "1"})
    assert not PendingUpload.objects.exists()
    assert not HeadlineReport.objects.exists()


def test_an_upload_that_is_no_report_is_refused_on_the_form(cast, client_of):
    page = upload(client_of("triage"), "Dear all, nothing happened.")
    assert "no numbered paragraph" in page.content.decode()
    assert not PendingUpload.objects.exists()


@pytest.mark.parametrize("role", ["member", "approver"])
def test_an_upload_by_somebody_who_may_not_is_403(role, cast, client_of):
    client = client_of(role)
    assert client.get(IMPORT).status_code == upload(client).status_code == 403
    assert not PendingUpload.objects.exists()


def test_nobody_sees_anothers_upload(cast, client_of):
    preview = upload(client_of("triage")).url
    assert client_of("lead").get(preview).url == "/admin/register/headlinereport/"


def test_each_item_shows_the_report_and_paragraph_it_came_from(cast, client_of, brought_in):
    question = Question.objects.order_by("id").first()
    change_status(question, "withdraw", by=cast.triage, outcome="overtaken", reason="Settled.")
    for url in (f"question/{question.pk}", f"action/{Action.objects.get(reference='17/01').pk}"):
        page = client_of("member").get(f"/admin/register/{url}/change/").content.decode()
        assert "CCDG17 Headline Report" in page


def test_the_kept_file_is_handed_out_as_it_was_and_never_as_a_page(cast, client_of, brought_in):
    answer = client_of("member").get(f"/admin/register/headlinereport/{HeadlineReport.objects.get().pk}/file/")
    assert answer.content == MINUTES.encode()
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_members_report_is_hidden_from_who_may_not_see_it(cast, client_of):
    bring_in(MINUTES.replace("Public", "Restricted"), cast.triage)
    url = f"/admin/register/headlinereport/{HeadlineReport.objects.get().pk}"
    assert {client_of("member").get(f"{url}/{rest}").status_code for rest in ("change/", "file/", "history/")} == {404}


# What a newcomer found

ASKED = MINUTES.replace("\n- Which privacy assessment does an MDR need?", "")


def texts():
    return [question.text for question in Question.objects.order_by("id")]


def test_a_question_put_in_before_another_rewrites_neither(cast):
    first = MINUTES.replace(
        "How often may reads be fetched (see CCDG11 Headline Report)?", "How often may the adaptor read a meter?"
    )
    first = first.replace("Which privacy assessment does an MDR need?", "How often may the supplier read a meter?")
    bring_in(first, cast.triage)
    bring_in(
        first.replace(
            "- How often may the adaptor", "- How often may the network read a meter?\n- How often may the adaptor"
        ),
        cast.triage,
    )
    assert texts()[:2] == ["How often may the adaptor read a meter?", "How often may the supplier read a meter?"]
    assert "How often may the network read a meter?" not in texts()[:2]


def test_two_questions_of_one_paragraph_are_told_apart(cast):
    asked = MINUTES.replace(
        "1.4 Work", "1.4 Should the DCC sign the entry form? Should the Panel sign the exit form? Work"
    )
    bring_in(asked, cast.triage)
    revised = asked.replace("Should the DCC", "Must the DCC").replace("Should the Panel", "Must the SEC Panel")
    bring_in(revised, cast.triage)
    assert texts()[2:] == ["Must the DCC sign the entry form?", "Must the SEC Panel sign the exit form?"]
    assert set(kinds(plan_of(revised)).values()) == {"unchanged"}


def test_each_proposal_has_a_key_of_its_own(cast):
    plan = plan_of(MINUTES.replace("1.4 Work", "1.4 Is it so? Who pays? Work"))
    assert len(kinds(plan)) == len(plan.proposals)


def test_a_question_that_says_the_opposite_is_left_to_a_person(cast):
    bring_in(
        MINUTES.replace("Which privacy assessment does an MDR need?", "Should the MDR read Export Meters daily?"),
        cast.triage,
    )
    later = (
        MINUTES.replace("17", "19")
        .replace("18 May", "20 July")
        .replace("CCDG18 is on 15 June 2021", "CCDG20 is on 17 August 2021")
    )
    later = later.replace("Which privacy assessment does an MDR need?", "Should the MDR not read Export Meters daily?")
    proposed = next(p for p in plan_of(later).proposals if p.key == "question:1.2:2")
    assert (proposed.what, proposed.kind) == ("link", "clash")


def test_a_report_put_back_to_earlier_words_is_a_change(cast, brought_in):
    revised = MINUTES.replace("Which privacy assessment does", "Which sort of privacy assessment does")
    bring_in(revised, cast.triage)
    assert kinds(plan_of(MINUTES))["question:1.2:2"] == "changed"
    bring_in(MINUTES, cast.triage, {"question:1.2:2"})  # unasked it is an old file that was taken by mistake
    assert texts()[1] == "Which privacy assessment does an MDR need?"


def test_what_is_gone_from_a_revised_report_is_said(cast, brought_in):
    revised = MINUTES.replace("\n**Action 17/01**\n", "").replace("\n- Which privacy assessment does an MDR need?", "")
    assert plan_of(revised).gone == [
        "Action 17/01 (1.1) is no longer in the report.",
        "DSQ-002 (1.2) is no longer in the report.",
    ]


def test_a_very_long_question_is_compared_by_its_beginning(cast, brought_in):
    assert plan_of(MINUTES.replace("Which privacy", "Which " + "very " * 8_000 + "privacy")).proposals
