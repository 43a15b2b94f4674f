"""Changes to codes carry agreed answers, are found by all references that they had, and come from registers."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from register.ledger.verification import verify
from register.models import Change, ChangeLink, PendingUpload, Question
from register.refusals import Invalid, NotPermitted, Refused, Stale
from register.services.change_registers import apply_register, plan_register
from register.services.links import link_change, strike_out
from register.services.questions import change_status, reclassify_question
from register.services.reference import keep
from tests.conftest import GIVEN, refreshed
from tests.test_documents import everything_is_kept

ADMIN = "/admin/register"
FIND = "/admin/find/"


@pytest.fixture
def change(cast):
    return keep(Change(code="sec", reference="DP123", title="Half-hourly reads", stage="development"), by=cast.triage)


@pytest.fixture
def carried(cast, moved, change):
    """An agreed question whose answer a change carries."""
    question = moved("agreed")
    link_change(change, question.agreed_answer, by=cast.triage)
    return question


def renumber(change, reference, cast):
    change = refreshed(change)
    change.reference = reference
    return keep(change, by=cast.triage, reason="It was given a number.")


def uncarried(user):
    return list(Question.objects.visible_to(user).uncarried(user).values_list("pk", flat=True))


def listed(client, address, **query):
    return [row["reference"] for row in client.get(address, query).json()["results"]]


def test_a_change_and_its_link_are_recorded_and_kept(carried):
    link = ChangeLink.objects.get()
    assert (str(link), link.history.get().actor) == (f"{carried.reference} answer 1 carried by SEC DP123", "triage")
    assert everything_is_kept()
    assert verify().ok


def test_only_triage_links_a_change(cast, moved, change):
    with pytest.raises(NotPermitted):
        link_change(change, moved("agreed").agreed_answer, by=cast.member)


def test_an_answer_that_is_not_agreed_is_not_carried(cast, moved, change):
    with pytest.raises(Refused, match="an answer that is agreed"):
        link_change(change, moved("in_review").answers.get(), by=cast.triage)


def test_a_link_made_twice_is_refused_until_the_first_is_struck_out(cast, carried, change):
    with pytest.raises(Refused, match="linked to that answer already"):
        link_change(change, carried.agreed_answer, by=cast.triage)
    strike_out(ChangeLink.objects.get(), by=cast.triage, reason="Another one.")
    assert link_change(change, carried.agreed_answer, by=cast.triage).pk


@pytest.mark.parametrize("reference", ["DP123", "dp 123", "DP0123"])
def test_a_reference_is_of_one_change_of_a_code_however_it_is_written(reference, cast, change):
    with pytest.raises(Refused, match="already a change of that reference"):
        keep(Change(code="sec", reference=reference, title="Another"), by=cast.triage)
    assert keep(Change(code="bsc", reference=reference, title="Another"), by=cast.triage).pk


def test_a_reference_says_something(cast):
    with pytest.raises(Invalid, match="a letter or a digit"):
        keep(Change(code="sec", reference="--", title="A dash"), by=cast.triage)


@pytest.mark.parametrize("written", ["MP162", "mp 162", "SEC MP162", "DP123", "sec dp-123."])
def test_a_change_and_what_it_carries_are_found_by_each_reference_that_it_had(
    written, api, cast, carried, change, client_of
):
    renumber(change, "MP162", cast)
    page = client_of("triage").get(FIND, {"q": written}).content.decode()
    assert "formerly DP123" in page
    assert carried.reference in page
    assert listed(api("triage"), "/api/v1/questions/", q=written) == [carried.reference]
    assert listed(api("triage"), "/api/v1/code-changes/", q=written) == ["SEC MP162"]


def test_a_change_that_carries_nothing_is_led_to(change, client_of):
    assert client_of("member").get(FIND, {"q": "DP123"})["Location"] == f"{ADMIN}/change/{change.pk}/change/"


def test_a_link_that_is_struck_out_finds_no_question(api, cast, carried):
    strike_out(ChangeLink.objects.get(), by=cast.triage, reason="Another one.")
    assert listed(api("triage"), "/api/v1/questions/", q="DP123") == []


def test_what_a_change_carries_is_hidden_with_its_answer(api, cast, carried, change, client_of):
    client, address = api("member"), f"/api/v1/code-changes/{change.pk}/"
    assert [row["question"] for row in client.get(address).json()["answers"]] == [carried.reference]
    reclassify_question(carried, "restricted", by=cast.triage, reason="A secret.")
    assert client.get(address).json()["answers"] == []
    assert carried.reference not in client_of("member").get(f"{ADMIN}/change/{change.pk}/change/").content.decode()
    assert listed(client, "/api/v1/questions/", q="DP123") == []


def test_what_is_agreed_and_not_carried_is_listed_with_its_number_on_the_desk(api, cast, carried, client_of, moved):
    waiting = moved("agreed")
    moved("closed")
    assert uncarried(cast.triage) == [waiting.pk]
    page = client_of("triage").get(f"{ADMIN}/question/?tab=uncarried")
    assert [row.pk for row in page.context["cl"].result_list] == [waiting.pk]
    desk = client_of("triage").get("/admin/").context["desk"]
    section = next(section for section in desk["sections"] if section.name == "uncarried")
    assert (section.figures[0].count, section.lines[0].reference) == (1, waiting.reference)
    assert listed(api("triage"), "/api/v1/questions/", carried="false") == [waiting.reference]
    assert listed(api("triage"), "/api/v1/questions/", carried="true") == [carried.reference]


def test_what_is_not_carried_is_listed_by_how_long_it_has_been_agreed(client_of, moved):
    page = client_of("triage").get(f"{ADMIN}/question/?tab=uncarried")
    assert page.context["cl"].queryset.query.order_by[0] == "-days_in_status"


@pytest.mark.parametrize("stage", ["rejected", "withdrawn"])
def test_a_change_that_came_to_nothing_carries_nothing(stage, cast, carried, change, client_of):
    fresh = refreshed(change)
    fresh.stage = stage
    keep(fresh, by=cast.triage)
    assert uncarried(cast.triage) == [carried.pk]
    assert "Not carried by" in client_of("triage").get(f"{ADMIN}/question/{carried.pk}/change/").content.decode()


def test_carried_as_it_was_at_a_time(api, cast, carried):
    then = api("triage").get("/api/v1/questions/").json()["results"][0]["recorded_at"]
    before = ChangeLink.objects.get().history.get().history_date.isoformat()
    strike_out(ChangeLink.objects.get(), by=cast.triage, reason="Another one.")
    assert listed(api("triage"), "/api/v1/questions/", carried="true", as_at=before) == [carried.reference]
    assert listed(api("triage"), "/api/v1/questions/", carried="true", as_at=then) == []
    assert listed(api("triage"), "/api/v1/questions/", carried="true") == []


def test_carried_survives_a_reopening_and_is_in_doubt(cast, carried, client_of):
    page = f"{ADMIN}/question/{carried.pk}/change/"
    assert "reopened since" not in client_of("triage").get(page).content.decode()
    change_status(carried, "reopen", by=cast.lead, **GIVEN["reopen"])
    content = client_of("triage").get(page).content.decode()
    assert "SEC DP123</a>, reopened since" in content
    assert (
        "reopened since"
        in client_of("triage").get(f"{ADMIN}/change/{Change.objects.get().pk}/change/").content.decode()
    )


def test_the_question_says_what_carries_its_answer(api, carried):
    (answer,) = api("triage").get(f"/api/v1/questions/{carried.reference}/").json()["answers"]
    assert [(row["reference"], row["stage"]) for row in answer["changes"]] == [("SEC DP123", "development")]


def test_a_stage_that_moves_moves_the_document_of_the_question(api, cast, carried, change):
    fresh = refreshed(change)
    fresh.stage = "implemented"
    keep(fresh, by=cast.triage)
    (answer,) = api("triage").get(f"/api/v1/questions/{carried.reference}/").json()["answers"]
    assert answer["changes"][0]["stage"] == "implemented"
    assert verify().ok


def test_a_change_is_linked_on_the_page_of_the_question_and_struck_out_there(change, client_of, moved):
    client, question = client_of("triage"), moved("agreed")
    page = f"{ADMIN}/question/{question.pk}/carried/"
    token = client.get(page).context["form_token"]
    answer = client.post(page, {"form_token": token, "change": "dp123", "reason": ""}, follow=True)
    assert "Carried by" in answer.content.decode()
    page = f"{ADMIN}/changelink/{ChangeLink.objects.get().pk}/strike-out/"
    client.post(page, {"form_token": client.get(page).context["form_token"], "reason": "A slip."})
    assert ChangeLink.objects.get().struck_out


def test_an_answer_is_linked_on_the_page_of_the_change(change, client_of, moved):
    client, question = client_of("triage"), moved("agreed")
    page = f"{ADMIN}/change/{change.pk}/carries/"
    token = client.get(page).context["form_token"]
    client.post(page, {"form_token": token, "answer": question.reference, "reason": ""})
    assert ChangeLink.objects.get().answer == question.agreed_answer


def test_a_reference_of_two_codes_is_asked_about(cast, change, client_of, moved):
    keep(Change(code="bsc", reference="DP123", title="Another"), by=cast.triage)
    client, page = client_of("triage"), f"{ADMIN}/question/{moved('agreed').pk}/carried/"
    said = client.post(page, {"form_token": client.get(page).context["form_token"], "change": "DP123"})
    assert "Say of which code: BSC DP123 or SEC DP123." in said.content.decode()


def test_a_member_reads_changes_and_links_none(carried, change, client_of):
    client = client_of("member")
    assert "Half-hourly reads" in client.get(f"{ADMIN}/change/{change.pk}/change/").content.decode()
    pages = [f"question/{carried.pk}/carried/", f"change/{change.pk}/carries/", "change/import/"]
    assert [client.get(f"{ADMIN}/{page}").status_code for page in pages] == [403, 403, 403]


# A body's register

FILE = (
    "Number,Title,Status,URL,Owner\n"
    "DP123,Half-hourly reads,In development,,Gemserv\n"
    "MP170,On-demand reads,proposed,https://example.org/mp170,DCC\n"
)


def kinds(content, cast, code="sec"):
    return [row.kind for row in plan_register(content.encode(), code, by=cast.triage).rows]


def test_a_register_says_what_is_new_changed_and_unchanged(cast, change):
    assert kinds(FILE, cast) == ["unchanged", "new"]
    assert kinds(FILE.replace("In development", "Approved"), cast) == ["changed", "new"]
    assert kinds(FILE, cast, code="bsc") == ["new", "new"]
    assert plan_register(FILE.encode(), "sec", by=cast.triage).ignored == ["owner"]


def test_a_line_under_a_former_reference_is_the_change_that_had_it(cast, change):
    renumber(change, "MP162", cast)
    assert kinds(FILE, cast) == ["unchanged", "new"]


def test_a_register_is_recorded_once(cast, change):
    content = FILE.replace("In development", "Approved").encode()
    plan = plan_register(content, "sec", by=cast.triage)
    apply_register("sec.csv", content, "sec", by=cast.triage, position=plan.position)
    fresh = refreshed(change)
    assert (fresh.stage, fresh.history.first().history_change_reason) == ("approved", "Imported from sec.csv")
    assert Change.objects.get(reference="MP170").address == "https://example.org/mp170"
    assert kinds(content.decode(), cast) == ["unchanged", "unchanged"]
    assert verify().ok


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",No reference,proposed,", "Line 4: Give the reference."),
        ("MP171,,proposed,", "Line 4: Give the title of MP171, which is new."),
        ("MP171,Reads,soon,", "Line 4: “soon” is not known"),
        ("MP171,Reads,proposed,nowhere", "Line 4: Address: Enter a valid URL."),
        ("mp 170,Reads,proposed,", "Line 4: MP170 has an earlier line"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_in_one_sentence_and_nothing_is_recorded(line, said, cast):
    content = f"{FILE}{line}\n".encode()
    with pytest.raises(Refused) as refused:
        apply_register("sec.csv", content, "sec", by=cast.triage, position=0)
    assert len(refused.value.reasons) == 1
    assert refused.value.reasons[0].startswith(said)
    assert not Change.objects.exists()


def test_an_encoding_that_cannot_be_read_is_named_with_its_line(cast):
    with pytest.raises(Refused, match="line 2 is in another encoding"):
        plan_register(b"reference,title\nMP1,\xe9\n", "sec", by=cast.triage)


def test_what_somebody_changed_after_the_preview_is_not_overwritten(cast, change):
    content = FILE.replace("In development", "Approved").encode()
    plan = plan_register(content, "sec", by=cast.triage)
    fresh = refreshed(change)
    fresh.title = "Reads by the half hour"
    keep(fresh, by=cast.triage)
    with pytest.raises(Stale):
        apply_register("sec.csv", content, "sec", by=cast.triage, position=plan.position)
    assert not Change.objects.filter(reference="MP170").exists()


def test_a_register_is_imported_by_hand(cast, change, client_of):
    client = client_of("triage")
    file = SimpleUploadedFile("sec.csv", FILE.encode())
    shown = client.post(f"{ADMIN}/change/import/", {"code": "sec", "file": file}, follow=True)
    assert "New (1)" in shown.content.decode()
    page, plan = shown.redirect_chain[-1][0], shown.context["plan"]
    done = client.post(page, {"position": plan.position}, follow=True)
    assert "1 added, 0 changed." in done.content.decode()
    assert client.get(page)["Location"] == f"{ADMIN}/change/"


def test_a_preview_of_what_cannot_be_read_any_more_says_so_and_is_discarded(cast, change, client_of):
    client = client_of("triage")
    file = SimpleUploadedFile("sec.csv", FILE.replace("MP170", "MP162").encode())
    page = client.post(f"{ADMIN}/change/import/", {"code": "sec", "file": file}).url
    renumber(change, "MP162", cast)
    shown = client.get(page).content.decode()
    assert "Line 3: MP162 has an earlier line" in shown
    assert "Record these" not in shown
    client.post(page, {"_discard": "1"})
    assert not PendingUpload.objects.exists()
