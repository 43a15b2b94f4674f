"""What is in doubt shows on pages, in lists and on the desk to who may see it; Triage brings it to its end there."""

import pytest

from register.ledger.unit_of_work import record
from register.models import Action, HeadlineReport, SuspectMark
from register.services.answers import propose_answer, reclassify_answer
from register.services.questions import edit_question, reclassify_question
from register.services.suspects.grounds import name_ground
from tests.conftest import refreshed
from tests.test_editions import CUT, MOVED, REWORDED, WORK, bring_in_edition, get_question
from tests.test_reports import MINUTES, bring_in

ADMIN = "/admin/register/"
IN_DOUBT = 'id="in-doubt"'


def page_of(client, row, **query):
    return client.get(f"{ADMIN}{row._meta.model_name}/{row.pk}/change/", query).content.decode()


def send(client, row, name, **fields):
    """Send the short page of a row; return where it leads, or the page where it refuses."""
    answer = client.post(f"{ADMIN}{row._meta.model_name}/{row.pk}/{name}/", fields)
    return answer.headers.get("Location") or answer.content.decode()


@pytest.fixture
def first(cast):
    bring_in(MINUTES, cast.triage)


@pytest.fixture
def reworded(cast, first):
    bring_in_edition(REWORDED, cast)
    return SuspectMark.objects.get()


@pytest.fixture
def resting(cast, moved):
    """Two questions, the second one's answer, and the ground that it is."""
    ground, question = moved("open"), moved("in_review")
    return ground, question, question.answers.get(), name_ground(question.answers.get(), ground, by=cast.triage)


def reword(question, cast):
    return edit_question(question, by=cast.triage, text="Who may fetch it at night?", reason="It reads better.")


def restrict(report, cast):
    report.classification = "restricted"
    record(report, by=cast.lead, reason="It names a customer.")


# The card


@pytest.mark.parametrize("role", ["triage", "member"])
def test_the_page_of_a_question_says_why_it_is_in_doubt(role, reworded, client_of):
    page = page_of(client_of(role), get_question())
    card = page.split(IN_DOUBT)[1].split("</section>")[0]
    assert "Paragraph 1.2 of the" in card
    assert "<ins>often, and when,</ins>" in card
    assert "by triage, who imported minutes.md" in card
    assert page.index(IN_DOUBT) < page.index('id="timeline"')


def test_nothing_is_shown_where_nothing_is_suspect(first, client_of):
    client = client_of("triage")
    for page in (page_of(client, get_question()), page_of(client, Action.objects.first())):
        assert "In doubt" not in page
        assert "suspect" not in page


def test_an_action_and_an_answer_have_the_card_as_well(cast, first, resting, client_of):
    bring_in_edition(WORK, cast)
    reword(resting[0], cast)
    assert IN_DOUBT in page_of(client_of("member"), Action.objects.get(reference="17/01"))
    assert "which was changed since" in page_of(client_of("member"), resting[2])


@pytest.mark.parametrize(("role", "offered"), [("triage", True), ("approver", False), ("member", False)])
def test_only_triage_is_offered_to_clear_it(role, offered, reworded, client_of):
    page = page_of(client_of(role), get_question())
    assert (f"suspectmark/{reworded.pk}/clear/" in page, f"suspectmark/{reworded.pk}/take/" in page) == (offered,) * 2


def test_the_new_wording_is_offered_only_where_there_is_one(cast, first, client_of):
    bring_in_edition(CUT, cast)
    page = page_of(client_of("triage"), get_question())
    assert "/clear/" in page
    assert "/take/" not in page


def test_what_follows_from_another_mark_leads_to_that_one(cast, resting, moved, client_of):
    ground, _, answer, _ = resting
    far = moved("in_review")
    name_ground(far.answers.get(), answer, by=cast.triage)
    reword(ground, cast)
    card = page_of(client_of("triage"), far).split(IN_DOUBT)[1].split("</section>")[0]
    assert f'answer/{answer.pk}/change/#in-doubt">{answer.reference}</a>, which is suspect itself' in card
    assert "/clear/" not in card


# What is hidden


def test_a_member_sees_nothing_of_a_mark_that_is_for_triage_alone(cast, resting, client_of):
    ground, question, answer, _ = resting
    reclassify_question(refreshed(ground), "restricted", by=cast.triage, reason="It names a supplier.")
    for row in (question, answer):
        assert "not all its readers may see" in page_of(client_of("triage"), row)
        page = page_of(client_of("member"), row)
        assert "suspect" not in page.replace("suspectmark", "")
        assert ground.reference not in page
    assert list_questions(client_of("triage")) == [question]
    assert list_questions(client_of("member")) == []


def test_a_ground_that_is_hidden_since_is_not_named_in_a_mark_that_shows(cast, resting, client_of):
    ground, question, _, _ = resting
    reword(ground, cast)
    reclassify_question(refreshed(ground), "restricted", by=cast.triage, reason="It names a supplier.")
    page = page_of(client_of("member"), question)
    assert "rests on something hidden, which was changed since" in page
    assert ground.reference not in page
    assert "at night" not in page


def test_a_mark_of_a_report_that_was_restricted_is_hidden_with_it(cast, reworded, client_of):
    restrict(reworded.report, cast)
    assert IN_DOUBT in page_of(client_of("triage"), get_question())
    assert IN_DOUBT not in page_of(client_of("member"), get_question())


def test_a_mark_on_an_answer_that_is_hidden_is_hidden_with_it(cast, moved, client_of):
    ground, question = moved("open"), moved("open")
    answer = propose_answer(question, "Only the appointed MDR may.", by=cast.triage)
    name_ground(answer, ground, by=cast.triage)
    reword(ground, cast)
    reclassify_answer(answer, "restricted", by=cast.triage, reason="It names a supplier.")
    assert IN_DOUBT not in page_of(client_of("member"), question)
    assert list_questions(client_of("member")) == []


@pytest.mark.parametrize("page", ["clear", "take"])
def test_a_member_has_no_page_to_end_a_mark(page, reworded, client_of):
    assert client_of("member").get(f"{ADMIN}suspectmark/{reworded.pk}/{page}/").status_code == 403


# Its end


def test_it_is_cleared_with_a_reason(reworded, client_of):
    client = client_of("triage")
    assert "Give a reason: why it stands all the same." in send(client, reworded, "clear", reason="")
    assert send(client, reworded, "clear", reason="It is asked so.").endswith("#in-doubt")
    assert refreshed(reworded).ended_as == "cleared"
    page = page_of(client, get_question())
    assert IN_DOUBT not in page
    assert "No longer suspect: cleared" in page


def test_the_new_wording_is_shown_and_taken(reworded, client_of):
    client = client_of("triage")
    assert "<ins>often, and when,</ins>" in client.get(f"{ADMIN}suspectmark/{reworded.pk}/take/").content.decode()
    send(client, reworded, "take")
    assert get_question("How often, and when")
    assert refreshed(reworded).ended_as == "taken"


def test_the_page_to_clear_what_is_cleared_leads_back(reworded, client_of):
    client = client_of("triage")
    send(client, reworded, "clear", reason="It is asked so.")
    answer = client.get(f"{ADMIN}suspectmark/{reworded.pk}/clear/")
    assert answer.headers["Location"].startswith(f"{ADMIN}question/")


# What an answer rests on


def test_an_answer_says_what_it_rests_on_in_the_words_of_then_and_of_now(cast, resting, client_of):
    ground, question, answer, _ = resting
    assert ground.text in page_of(client_of("member"), answer).split('id="grounds-heading"')[1]
    assert "Rests on <a" in page_of(client_of("member"), question)
    reword(ground, cast)
    assert "It reads differently now" in page_of(client_of("member"), answer)


@pytest.mark.parametrize("named", ["{0}", "{0} answer 1", "dsq {1}, Answer 1"])
def test_a_ground_is_named_by_its_reference(named, moved, client_of):
    answer, other = moved("in_review").answers.get(), moved("in_review")
    text = named.format(other.reference, other.reference.removeprefix("DSQ-"))
    send(client_of("triage"), answer, "rests-on", ground=text)
    ground = answer.grounds.get().ground
    assert ground == (other.answers.get() if "nswer" in named else other)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("", "This field is required."),
        ("the other one", "Name a question by its reference"),
        ("DSQ-999", "There is no question DSQ-999 that you may see."),
        ("{0} answer 7", "has no answer 7 that you may see."),
        ("{0}", "does not rest on itself"),
    ],
)
def test_what_is_no_ground_is_refused_in_a_sentence(named, said, moved, client_of):
    question = moved("in_review")
    assert said in send(
        client_of("triage"), question.answers.get(), "rests-on", ground=named.format(question.reference)
    )


@pytest.mark.parametrize(("role", "may"), [("triage", True), ("owner", True), ("member", False), ("approver", False)])
def test_triage_and_the_owners_people_name_grounds(role, may, moved, client_of):
    answer, client = moved("in_review").answers.get(), client_of(role)
    assert ("rests-on/" in page_of(client, answer)) == may
    assert client.get(f"{ADMIN}answer/{answer.pk}/rests-on/").status_code == (200 if may else 403)


def test_a_hidden_question_is_no_ground_to_name(moved, raised, client_of):
    answer, hidden = moved("in_review").answers.get(), raised(classification="restricted")
    said = send(client_of("owner"), answer, "rests-on", ground=hidden.reference)
    assert f"There is no question {hidden.reference} that you may see." in said


def test_a_ground_is_struck_out_with_a_reason(resting, client_of):
    _, _, answer, ground = resting
    assert client_of("owner").get(f"{ADMIN}answerground/{ground.pk}/strike-out/").status_code == 403
    assert (
        send(client_of("triage"), ground, "strike-out", reason="It never did.") == f"{ADMIN}answer/{answer.pk}/change/"
    )
    assert refreshed(ground).struck_out
    assert "Nothing is named." in page_of(client_of("triage"), answer)


# Lists, the desk, and the API


def list_questions(client):
    rows = client.get(f"{ADMIN}question/?tab=all&suspect=yes").context["cl"].result_list
    return list(rows)


def test_lists_are_filtered_by_what_is_suspect_and_note_it(cast, first, resting, client_of):
    client = client_of("member")
    assert list_questions(client) == []
    bring_in_edition(WORK, cast)
    reword(resting[0], cast)
    assert list_questions(client) == [resting[1]]
    actions = client.get(f"{ADMIN}action/?suspect=yes").context["cl"].result_list
    assert [action.reference for action in actions] == ["17/01"]
    for kind in ("question/?tab=all", "action/?"):
        assert client.get(ADMIN + kind).content.decode().count('class="status suspect"') == 1


def test_the_desk_of_triage_names_what_is_in_doubt(cast, first, client_of):
    client = client_of("triage")
    assert "Nothing is in doubt." in client.get("/admin/").content.decode()
    bring_in_edition(REWORDED, cast)
    card = client.get("/admin/").content.decode().split('aria-labelledby="doubts-heading"')[1].split("</section>")[0]
    assert f"{get_question().reference}</a>" in card
    assert "reworded, " in card
    assert "1 among questions" in card
    assert "in doubt" not in client_of("member").get("/admin/").content.decode().lower()


def test_what_has_several_marks_stands_on_the_desk_once(cast, resting, moved, client_of):
    ground, _, answer, _ = resting
    other = moved("open")
    name_ground(answer, other, by=cast.triage)
    for one in (ground, other):
        reword(one, cast)
    card = client_of("triage").get("/admin/").content.decode().split('aria-labelledby="doubts-heading"')[1]
    assert card.split("</section>")[0].count(f">{answer.reference}</a>") == 1


@pytest.mark.parametrize("kind", ["questions", "actions"])
def test_the_api_lists_what_is_suspect(kind, cast, first, api):
    feed = api("feed")
    bring_in_edition(REWORDED if kind == "questions" else WORK, cast)
    everything = feed.get(f"/api/v1/{kind}/").json()["results"]
    yes = feed.get(f"/api/v1/{kind}/?suspect=true").json()["results"]
    no = feed.get(f"/api/v1/{kind}/?suspect=false").json()["results"]
    assert (len(yes), len(no)) == (1, len(everything) - 1)
    assert yes[0]["suspect_marks"]


def test_the_api_tells_what_was_suspect(cast, reworded, client_of, api):
    marked = reworded.history.get().history_date.isoformat().replace("+", "%2B")
    send(client_of("triage"), reworded, "clear", reason="It is asked so.")
    then = api("feed").get(f"/api/v1/questions/?suspect=true&as_at={marked}").json()["results"]
    assert [row["reference"] for row in then] == [get_question().reference]
    assert api("feed").get("/api/v1/questions/?suspect=true").json()["results"] == []


def test_the_api_lists_nothing_by_a_mark_that_is_hidden(cast, resting, api):
    reclassify_question(refreshed(resting[0]), "restricted", by=cast.triage, reason="It names a supplier.")
    for role, count in (("triage", 1), ("member", 0)):
        assert len(api(role).get("/api/v1/questions/?suspect=true").json()["results"]) == count


# Editions


def test_the_page_of_a_report_lists_its_editions_and_what_one_changed(cast, reworded, client_of):
    bring_in_edition(REWORDED.replace("write it down", "write it all down"), cast)
    latest, middle, _ = HeadlineReport.objects.order_by("-pk")
    client = client_of("member")
    page = page_of(client, latest)
    assert page.count('<li id="edition-') == 3
    assert "<ins>" not in page
    asked = page_of(client, latest, edition=middle.pk)
    assert "1 reworded, against the edition of" in asked.lower()
    assert "<ins>often, and when,</ins>" in asked


def test_what_an_edition_moved_is_told_by_numbers(cast, first, client_of):
    bring_in_edition(MOVED, cast)
    latest = HeadlineReport.objects.latest("pk")
    assert "1.3 → 1.4" in page_of(client_of("member"), latest, edition=latest.pk)


def test_an_edition_whose_file_was_redacted_says_so(cast, reworded, client_of):
    reworded.report.is_file_redacted, reworded.report.content = True, b""
    record(reworded.report, by=cast.lead, reason="It names a customer.")
    assert "Its file was redacted" in page_of(client_of("member"), reworded.report, edition=reworded.report_id)


def test_an_edition_that_is_hidden_shows_in_no_comparison(cast, reworded, client_of):
    restrict(HeadlineReport.objects.earliest("pk"), cast)
    page = page_of(client_of("member"), reworded.report, edition=reworded.report_id)
    assert page.count('<li id="edition-') == 1
    assert "<del>" not in page


@pytest.mark.parametrize("edition", ["x", "999", "-1", "9" * 30, ""])
def test_an_edition_that_is_none_shows_none(edition, reworded, client_of):
    assert "<ins>" not in page_of(client_of("triage"), reworded.report, edition=edition)
