"""Search by words: the index finds what reading every row finds, the best first, on both engines."""

from contextlib import suppress

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from register.documents.search_texts import iterate_stale_words, rebuild_search_texts
from register.ledger.unit_of_work import unit_of_work
from register.models import Action, Group, Meeting, Question, SearchPassage, SearchText, search
from register.refusals import Refused
from register.services.answers import record_review
from register.services.links import link_action, link_meeting, strike_out
from register.services.questions import edit_question, reclassify_question
from register.services.reference import keep

DROP = {
    "sqlite": f"DROP TRIGGER {search.QUESTIONS.name}_added",
    "postgresql": f"ALTER TABLE {search.QUESTIONS.table} DROP COLUMN lexemes",
}
LIST = "/admin/register/question/?tab=all"
ALPHABET = "ab1é- _'\"*:&|()<>\\%ZÉ"
TEXTS = st.text(ALPHABET, min_size=1, max_size=12).filter(str.strip)


def found(text):
    return set(Question.objects.search(text, None).values_list("pk", flat=True))


def read(text):
    return set(search.find_in_rows(text, Question.objects.values_list("pk", "reference", "title", "text"))[0])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=1, max_size=4), sought=TEXTS)
def test_the_index_finds_what_reading_every_row_finds(texts, sought, raised):
    for text in texts:
        raised(title=text[:6].strip() or "?", text=text)
    assert found(sought) == read(sought)


@pytest.mark.parametrize(
    ("sought", "is_found"),
    [
        ("who", True),
        ("WHO", True),
        ("frequen", True),  # three letters and more find what begins with them
        ("requency", False),
        ("an", True),
        ("a", False),  # fewer must be the whole word
        ("on-demand", True),
        ("demand on", True),
        ("who nobody", False),
        ("MP162", True),
        ("'; --", False),
    ],
)
def test_what_is_a_word(sought, is_found, raised):
    question = raised(title="Who may fetch on-demand reads?", text="An MDR, at any frequency: see MP162.")
    assert (question.pk in found(sought), question.pk in read(sought)) == (is_found, is_found)


def test_a_reference_finds_its_question_first_and_those_that_name_it(api, raised):
    first, second = raised(), raised(title="As in DSQ-001?", text="DSQ-001 asked it.")
    assert [q.pk for q in Question.objects.search("dsq-1", None).order_by("relevance")] == [first.pk]
    results = api("feed").get("/api/v1/questions/?q=DSQ-001").json()["results"]
    assert [item["reference"] for item in results] == [first.reference, second.reference]


def test_words_in_the_title_come_first_in_api_and_admin(api, client_of, raised):
    below = raised(title="How often?", text="Whatever privacy and consent ask.")
    half = raised(title="Consent?", text="And privacy.")
    best = raised(title="Privacy, by consent?", text="How?")
    results = api("feed").get("/api/v1/questions/?q=privacy+consent").json()["results"]
    wanted = [best, half, below]
    assert [item["reference"] for item in results] == [question.reference for question in wanted]
    assert list(client_of("triage").get(f"{LIST}&q=privacy+consent").context["cl"].result_list) == wanted


def test_pages_of_a_search_hold_everything_once(api, raised):
    for n in range(7):
        raised(title="Privacy?" if n % 2 else "How?", text=f"Privacy {n}.")
    client, address, seen = api("feed"), "/api/v1/questions/?q=privacy&limit=2", []
    while address:
        page = client.get(address).json()
        seen += [item["reference"] for item in page["results"]]
        address = page["next"]
    assert seen == [f"DSQ-00{n}" for n in (2, 4, 6, 1, 3, 5, 7)]


def test_more_than_are_worth_ranking_come_in_the_order_of_their_references(api, raised, monkeypatch):
    monkeypatch.setattr("register.api.pagination.MOST_RANKED", 2)
    for title in ("How?", "How?", "Privacy?"):
        raised(title=title, text="Privacy.")
    results = api("feed").get("/api/v1/questions/?q=privacy").json()["results"]
    assert [item["reference"] for item in results] == ["DSQ-001", "DSQ-002", "DSQ-003"]


def test_relevance_is_asked_for_with_words(api, raised):
    assert api("feed").get("/api/v1/questions/?ordering=relevance").status_code == 400
    assert api("feed").get("/api/v1/questions/?ordering=-relevance&q=who").status_code == 200


def test_what_is_hidden_moves_nothing_that_is_seen(api, cast, raised):
    shown = [raised(title="Privacy?"), raised(text="Privacy.")]
    address = "/api/v1/questions/?q=privacy"
    before = api("feed").get(address).json()
    hidden = raised(title="Privacy, privacy, privacy?", classification="restricted")
    assert api("feed").get(address).json() == before
    reclassify_question(hidden, "public", by=cast.lead, reason="It may be seen.")
    assert len(api("feed").get(address).json()["results"]) == len(shown) + 1


def test_words_that_were_changed_are_found_anew_and_not_as_they_were(cast, raised):
    question = raised(title="Privacy?")
    edit_question(question, by=cast.triage, title="Consent?")
    assert (found("privacy"), found("consent")) == (set(), {question.pk})


def test_the_past_is_searched_by_the_same_words(api, cast, raised):
    question = raised(title="Privacy?")
    then = question.history.first().history_date.isoformat().replace("+", "%2B")
    edit_question(question, by=cast.triage, title="Consent?")
    address = f"/api/v1/questions/?as_at={then}&q="
    counts = [len(api("feed").get(address + word).json()["results"]) for word in ("privac", "consent", "rivacy")]
    assert counts == [1, 0, 0]


def test_an_index_whose_triggers_went_missing_is_made_anew(raised):
    with connection.cursor() as cursor:
        cursor.execute(DROP[connection.vendor])
    assert not search.are_search_indexes_installed()
    search.install_search_indexes()
    question = raised(title="Privacy?")
    assert found("privacy") == {question.pk}


FOUND = [
    ("cafe", "Le caf\u00e9"),
    ("caf\u00e9", "Le cafe\u0301"),
    ("CAFE\u0301", "Le cafe"),
    ("office", "The o\ufb03ce"),
    ("\ufb01rst", "At first"),
    ("settlement", "Settle\u00adment"),
    ("settlement", "Sett\u200ble\u2060ment"),
    ("sett\u200blement", "Settlement"),
    ("strasse", "Stra\u00dfe"),
    ("istanbul", "\u0130stanbul"),
    ("half-hourly", "half\u2011hourly"),
    ("\u043c\u0430\u0439", "\u041c\u0410\u0419"),
]


@pytest.mark.parametrize(("sought", "written"), FOUND)
def test_a_word_is_found_however_it_is_written(sought, written, raised):
    question = raised(title=f"{written}?", text="How?")
    assert found(sought) == read(sought) == {question.pk}


REFERENCES = ["DSQ-001", "DSQ 1", "dsq1", "001", "DSQ\u2013001", "DSQ\u2011001", "(DSQ-001)", "DSQ-001.", "[dsq 001];"]
REFERENCES += ["dsq_1", "DSQ no. 1", "question DSQ-1", "DSQ - 1"]


@pytest.mark.parametrize("written", REFERENCES)
def test_a_reference_is_found_as_people_write_it(written, raised):
    first = raised()
    raised()
    assert found(written) == read(written) == {first.pk}


@pytest.mark.parametrize(
    "written",
    ["DSQ-001 DSQ-002", "DSQ 1, DSQ 2", "dsq1 and dsq2", "001 & 002", "DSQ-002; DSQ-001", "DSQ 1 & 2", "DSQ-1/DSQ-2"],
)
def test_two_references_are_found_at_once(written, raised):
    pair = {raised().pk, raised().pk}
    raised()
    assert found(written) == read(written) == pair


def test_words_that_no_write_kept_are_kept_by_the_next_release(raised):
    question = raised(title="Privacy?")
    SearchText.objects.filter(question=question).update(words=" other ", title=" other ")
    assert (rebuild_search_texts(), rebuild_search_texts()) == (1, 0)
    assert found("privacy") == {question.pk}


def test_words_of_a_part_that_was_undone_are_not_kept(cast, raised):
    question = raised(title="Privacy?")
    with unit_of_work():
        edit_question(question, by=cast.triage, title="Consent?")
        with suppress(Refused), unit_of_work():
            edit_question(question, by=cast.triage, title="Settlement?")
            raise Refused("No.")
    assert (found("consent"), found("settlement")) == ({question.pk}, set())


@pytest.mark.parametrize("written", ["CCDG15", "ccdg 15", "CCDG\u201115", "(CCDG15)."])
@pytest.mark.parametrize("role", ["feed", "triage"])
def test_questions_of_a_meeting_are_found_by_its_name(written, role, api, cast, raised):
    raised()
    link_meeting(raised(), Meeting.objects.get(number=15), "listed", by=cast.triage)
    results = api(role).get("/api/v1/questions/", {"q": written}).json()["results"]
    assert [item["reference"] for item in results] == ["DSQ-002"]


@pytest.mark.parametrize("written", ["15/10", "Action 15/10", "action 15 / 10.", "[15/10]"])
def test_questions_of_an_action_are_found_by_its_reference(written, api, cast, raised):
    raised()
    group = Group.objects.get()
    action = keep(Action(group=group, reference="15/10", text="Ask.", classification="public"), by=cast.triage)
    link_action(action, raised(), by=cast.triage)
    results = api("feed").get("/api/v1/questions/", {"q": written}).json()["results"]
    assert [item["reference"] for item in results] == ["DSQ-002"]


@pytest.fixture
def spoken_of(cast, moved):
    """A question in review with a word of its own in its answer, a comment and an action."""
    question = moved("in_review")
    record_review(question.answers.get(), "disagree", by=cast.member, comment="A zephyr.")
    group = keep(Group(name="EX"), by=cast.triage)
    link_action(
        keep(Action(group=group, reference="1/1", text="Ask the quokka."), by=cast.triage), question, by=cast.triage
    )
    return question


@pytest.mark.parametrize("word", ["appointed", "zephyr", "quokka", "QUOKKA ask"])
def test_a_question_is_found_by_what_was_said_beside_it(word, spoken_of, cast):
    assert spoken_of in Question.objects.search(word, cast.member)


@pytest.mark.parametrize("word", ["appointed zephyr", "who zephyr"])
def test_one_passage_must_have_all_words(word, spoken_of, cast):
    assert spoken_of not in Question.objects.search(word, cast.member)


@pytest.mark.parametrize("word", ["appointed", "zephyr", "quokka"])
def test_what_stands_beside_a_question_is_found_by_those_who_may_see_it_alone(word, spoken_of, cast):
    assert spoken_of in Question.objects.visible_to(cast.feed)
    assert spoken_of not in Question.objects.search(word, cast.feed)
    assert spoken_of in Question.objects.search(word, cast.member)


def test_a_comment_that_was_taken_back_finds_nothing_any_more(spoken_of, cast):
    record_review(spoken_of.answers.get(), "agree", by=cast.member, comment="")
    assert not Question.objects.search("zephyr", cast.triage).exists()


def test_an_action_that_was_struck_out_finds_nothing_any_more(spoken_of, cast):
    strike_out(spoken_of.action_links.get(), by=cast.triage, reason="Another question's.")
    assert not Question.objects.search("quokka", cast.triage).exists()


def test_words_of_a_passage_that_went_missing_are_named_and_folded_anew(spoken_of, cast):
    SearchPassage.objects.all().delete()
    assert [kind for kind, _ in iterate_stale_words()] == ["answer", "review", "action"]
    assert rebuild_search_texts() == 3
    assert spoken_of in Question.objects.search("zephyr", cast.member)
