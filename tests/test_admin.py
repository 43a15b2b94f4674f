"""The admin's first part: triage by hand, guarded like every other entrance."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from register.admin.questions import QuestionAdmin
from register.clock import today
from register.ledger.versions import get_version
from register.models import Action, Group, LedgerEntry, Meeting, MeetingLink, Organisation, Question, User
from register.models.questions import make_holder_expression
from register.services.amending import amend_answer
from register.services.answers import edit_answer, propose_answer, record_review
from register.services.links import link_action, link_meeting
from register.services.questions import change_status, edit_question, reclassify_question
from register.services.redaction import redact
from register.services.reference import keep
from tests.conftest import GIVEN, PATHS, everything_about, refreshed
from tests.test_workflow import DESIGN

LIST = "/admin/register/question/"
PAGES = [
    "/admin/",
    *(
        f"/admin/register/{name}/"
        for name in ("question", "answer", "meeting", "action", "organisation", "topic", "group", "user")
    ),
]


def page_of(question, rest="change/"):
    return f"{LIST}{question.pk}/{rest}"


def typed(client, question, **changes):
    """Return what the edit form would send, as it was shown to this client, with changes."""
    form = client.get(page_of(question)).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in {**values, **changes}.items()}


def test_the_root_leads_to_the_admin(client, db):
    assert client.get("/").url == "/admin/"


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_asked_to_sign_in(path, client, db):
    assert client.get(path).url.startswith("/admin/login/")


@pytest.mark.parametrize("path", PAGES)
def test_triage_opens_every_list(path, client_of, moved):
    moved("closed")
    assert client_of("triage").get(path).status_code == 200


@pytest.mark.parametrize("role", ["feed", "nobody"])
def test_a_login_without_a_part_sees_no_question(role, client_of, raised):
    question = raised()
    assert client_of(role).get(page_of(question)).status_code in (302, 403)


def test_the_list_shows_status_owner_holder_age_and_due(client_of, moved):
    question = moved("awaiting_input", title="A findable title?")
    text = re.sub(r"<[^>]+>", " ", client_of("triage").get(LIST).content.decode())
    for shown in (question.reference, "A findable title?", "awaiting input", "ENA", "DCC", "Working days old"):
        assert shown in text


def test_the_list_costs_the_same_number_of_statements_whatever_its_length(
    client_of, moved, django_assert_max_num_queries
):
    client = client_of("triage")
    for status in ("open", "in_review", "merged", "closed"):
        moved(status)
    with django_assert_max_num_queries(12):
        client.get(LIST)


def test_a_triager_raises_a_question(client_of):
    answer = client_of("triage").post(
        f"{LIST}add/", {"title": "A new one?", "text": "What about it?", "classification": "members", "priority": ""}
    )
    question = Question.objects.get()
    assert answer.status_code == 302
    assert (question.status, question.raised_by.username, question.history.get().actor) == (
        "raised",
        "triage",
        "triage",
    )


def test_a_member_raises_a_question_for_members(client_of):
    client_of("member").post(f"{LIST}add/", {"title": "A new one?", "text": "What?", "classification": "public"})
    assert Question.objects.get().classification == "members"


def test_a_form_cannot_set_the_status(client_of, raised):
    client, question = client_of("triage"), raised()
    client.post(page_of(question), typed(client, question, status="closed", title="Renamed"))
    assert (refreshed(question).status, refreshed(question).title) == ("raised", "Renamed")


def test_the_second_of_two_triagers_gets_their_text_back_and_hears_who_changed_what(cast, client_of, raised):
    client, question = client_of("triage"), raised()
    sent = typed(client, question, text="What I typed at length.")
    edit_question(question, by=cast.lead, title="The first one's title")
    answer = client.post(page_of(question), sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "was changed since you opened it" in page
    assert "lead (Ofgem) changed title at" in page
    assert "What I typed at length." in page
    assert refreshed(question).text != "What I typed at length."


def test_saving_again_keeps_both_changes(cast, client_of, raised):
    client, question = client_of("triage"), raised()
    sent = typed(client, question, text="What I typed at length.")
    edit_question(question, by=cast.lead, title="The first one's title")
    form = client.post(page_of(question), sent).context["adminform"].form
    again = {name: form[name].value() or "" for name in form.fields}
    assert client.post(page_of(question), again).status_code == 302
    assert (refreshed(question).title, refreshed(question).text) == ("The first one's title", "What I typed at length.")


@pytest.mark.parametrize("name", DESIGN)
def test_each_move_has_a_page_that_makes_it(name, cast, client_of, moved, raised):
    question = moved("open" if name == "undo" else next(iter(DESIGN[name][1])))
    if name == "start_review":
        propose_answer(question, "An answer.", by=cast.triage)
    client, url = client_of("lead"), page_of(question, f"move/{name}/")
    given = dict(GIVEN[name])
    if name == "merge":
        given["merged_into"] = raised().reference
    if name == "agree_as_amended":
        amend_answer(question, "As amended.", Meeting.objects.get(number=15), by=cast.triage)
    if "waiting_on" in given:
        given["waiting_on"] = Organisation.objects.get(name=given["waiting_on"]).pk
    if "meeting" in given:
        given = {"reason": "By email."}
    assert client.get(url).status_code == 200
    assert client.post(url, given).url == page_of(question)
    assert refreshed(question).status == (DESIGN[name][0] or "raised")


def test_a_refused_move_keeps_what_was_typed(client_of, moved):
    question = moved("open")
    before = everything_about(question)
    answer = client_of("triage").post(page_of(question, "move/await_input/"), {"reason": "A long explanation"})
    assert "Choose the organisation that it waits on." in answer.content.decode()
    assert "A long explanation" in answer.content.decode()
    assert everything_about(question) == before


@pytest.mark.parametrize(("role", "status"), [("member", 403), ("owner", 200), ("triage", 200)])
def test_a_move_is_shown_to_whoever_may_make_it(role, status, client_of, moved):
    assert client_of(role).get(page_of(moved("open"), "move/await_input/")).status_code == status


def test_an_impossible_move_is_shown_with_its_reason(client_of, raised):
    page = client_of("triage").get(page_of(raised(owner=None))).content.decode()
    assert "Give it an owner first." in page
    assert "/move/open/" not in page


def test_the_page_shows_the_status_history(client_of, moved):
    page = client_of("member").get(page_of(moved("awaiting_input"))).content.decode()
    assert "What does the DCC say?" in page
    assert "lead (Ofgem)" in page


def test_members_read_but_do_not_edit(client_of, raised):
    client, question = client_of("member"), raised()
    assert client.get(page_of(question)).status_code == 200
    assert client.post(page_of(question), {"title": "Mine"}).status_code == 403
    assert refreshed(question).title != "Mine"


@pytest.mark.parametrize("rest", ["change/", "history/", "history/1/", "move/withdraw/", "reclassify/"])
def test_a_hidden_question_is_404_on_every_page(rest, client_of, raised):
    question = raised(classification="restricted")
    rest = rest.replace("history/1", f"history/{question.history.get().history_id}")
    assert client_of("member").get(page_of(question, rest)).status_code == 404


@pytest.mark.parametrize("rest", ["history/", "history/version/"])
def test_the_past_of_a_question_that_became_hidden_is_404(rest, cast, client_of, raised):
    question = raised()
    rest = rest.replace("version", str(question.history.get().history_id))
    reclassify_question(question, "restricted", by=cast.triage)
    assert client_of("member").get(page_of(question, rest)).status_code == 404


def test_a_hidden_question_is_in_no_list_count_search_or_autocomplete(client_of, raised):
    raised(title="Hush", classification="restricted")
    client = client_of("member")
    for url in (LIST, f"{LIST}?q=Hush"):
        assert client.get(url).context["cl"].result_count == 0
    found = client.get("/admin/autocomplete/?app_label=register&model_name=meetinglink&field_name=question&term=Hush")
    assert found.status_code == 403 or found.json()["results"] == []


@pytest.mark.parametrize("role", ["triage", "lead", "superuser", "member"])
def test_the_history_form_does_not_save(role, client_of, raised):
    question = raised()
    url = page_of(question, f"history/{question.history.get().history_id}/")
    client = client_of(role)
    assert client.get(url).status_code == 200
    assert client.post(url, {"title": "Rewritten", "text": "Rewritten"}).status_code == 405
    assert question.history.count() == 1


def test_a_version_that_was_restricted_then_stays_hidden(cast, client_of, raised):
    question = raised(classification="restricted", title="Hush")
    reclassify_question(question, "public", by=cast.lead, reason="It is out.")
    restricted = question.history.order_by("history_id").first()
    client = client_of("member")
    assert client.get(page_of(question, f"history/{restricted.history_id}/")).status_code == 404
    assert len(client.get(page_of(question, "history/")).context["page_obj"].object_list) == 1


@pytest.mark.parametrize("role", ["triage", "lead", "member", "superuser"])
def test_nothing_can_be_deleted(role, client_of, moved):
    question, client = moved("open"), client_of(role)
    assert client.post(page_of(question, "delete/"), {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": [question.pk], "post": "yes"})
    assert Question.objects.filter(pk=question.pk).exists()


def test_a_meeting_is_linked_and_struck_out_by_hand(cast, client_of, raised):
    question, client = raised(), client_of("triage")
    meeting = question.meeting_links.model.meeting.field.related_model.objects.get(number=15)
    sent = {"question": question.pk, "meeting": meeting.pk, "kind": "listed", "paragraph": "6.1"}
    assert client.post("/admin/register/meetinglink/add/", sent).status_code == 302
    link = MeetingLink.objects.get()
    client.post(f"/admin/register/meetinglink/{link.pk}/strike-out/", {"reason": "The wrong question"})
    assert refreshed(link).struck_out


def test_a_link_made_twice_is_one_sentence_on_the_form(cast, client_of, raised):
    question, client = raised(), client_of("triage")
    meeting = question.meeting_links.model.meeting.field.related_model.objects.get(number=15)
    sent = {"question": question.pk, "meeting": meeting.pk, "kind": "listed", "paragraph": "6.1"}
    client.post("/admin/register/meetinglink/add/", sent)
    answer = client.post("/admin/register/meetinglink/add/", sent)
    assert "already linked to that meeting in this way" in answer.content.decode()


def test_answers_are_proposed_reworded_and_reviewed_by_hand(cast, client_of, moved):
    question, triage = moved("open"), client_of("triage")
    sent = {"question": question.pk, "text": "An answer.", "classification": ""}
    assert triage.post("/admin/register/answer/add/", sent).status_code == 302
    answer = question.answers.get()
    triage.post(f"/admin/register/answer/{answer.pk}/change/", {"text": "A better one.", "seen": get_version(answer)})
    change_status(question, "start_review", by=cast.triage, **GIVEN["start_review"])
    url = f"/admin/register/answer/{answer.pk}/review/"
    client_of("member").post(url, {"position": "disagree", "comment": "Who pays?"})
    assert refreshed(answer).text == "A better one."
    assert answer.reviews.get(reviewer=cast.member).position == "disagree"


def test_no_one_answers_a_question_that_takes_no_answer(client_of, raised):
    sent = {"question": raised().pk, "text": "An answer.", "classification": ""}
    page = client_of("triage").post("/admin/register/answer/add/", sent).content.decode()
    assert "Choose a question that is open or awaits input" in page


def test_reference_data_is_kept_with_history(client_of):
    client_of("triage").post("/admin/register/organisation/add/", {"name": "SECAS", "reason": "They answered"})
    row = Organisation.objects.get(name="SECAS").history.get()
    assert (row.actor, row.history_change_reason) == ("triage", "They answered")


def test_triage_sees_logins_without_their_secrets_and_only_a_superuser_keeps_them(cast, client_of):
    url = reverse("admin:register_user_change", args=[cast.member.pk])
    page = client_of("triage").get(url).content.decode()
    assert "md5" not in page
    assert client_of("triage").post(url, {"username": "renamed"}).status_code == 403
    assert client_of("superuser").get(url).status_code == 200


def test_a_change_of_roles_is_recorded(cast, client_of):
    url = reverse("admin:register_user_change", args=[cast.member.pk])
    client = client_of("superuser")
    form = client.get(url).context["adminform"].form
    sent = {"username": "member", "is_active": "on", "is_staff": "on", "organisation": cast.member.organisation_id}
    sent["seen"] = form["seen"].value()
    triage = form.fields["groups"].queryset.get(name="Triage")
    assert client.post(url, {**sent, "groups": [triage.pk]}).status_code == 302
    assert cast.member.history.first().history_change_reason == "Roles: Member → Triage"
    assert User.objects.get(username="member").has_role("Triage")


def test_every_page_carries_the_strict_policy(client_of, moved):
    policy = client_of("triage").get(page_of(moved("open")))["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("rest", ["change/", "history/", "move/withdraw/"])
def test_no_page_has_an_inline_script_or_style(rest, client_of, moved):
    page = client_of("triage").get(page_of(moved("open"), rest)).content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*(src|type=\"application/json\"))", page)


def test_ten_wrong_passwords_lock_the_login(client, cast):
    for _ in range(10):
        answer = client.post("/admin/login/", {"username": "triage", "password": "wrong"})
    assert answer.status_code == 429


# What a newcomer found


def add_page(model, question):
    return f"/admin/register/{model}/add/?question={question if isinstance(question, str) else question.pk}"


@pytest.mark.parametrize("model", ["answer", "meetinglink", "actionlink"])
def test_a_preset_choice_names_nothing_hidden(model, client_of, raised, moved):
    moved("open")  # so that the owner's people have something to propose to
    hidden = raised(title="Hush", classification="restricted")
    answer = client_of("owner").get(add_page(model, hidden))
    assert "Hush" not in answer.content.decode()


@pytest.mark.parametrize("model", ["answer", "meetinglink", "actionlink"])
@pytest.mark.parametrize("preset", ["abc", "99999999999999999999", "-1"])
def test_a_preset_choice_that_is_no_key_is_passed_over(model, preset, client_of):
    assert client_of("triage").get(add_page(model, preset)).status_code == 200


def test_the_page_and_history_do_not_name_a_target_that_became_hidden(cast, client_of, moved):
    question = moved("merged")
    edit_question(question.merged_into, by=cast.triage, title="Hush")
    reclassify_question(question.merged_into, "restricted", by=cast.triage)
    for rest in ("change/", "history/", f"history/{question.history.first().history_id}/"):
        answer = client_of("member").get(page_of(question, rest))
        assert answer.status_code == 200
        assert "Hush" not in answer.content.decode()
    assert "Hush" in client_of("triage").get(page_of(question)).content.decode()


def test_members_who_own_nothing_are_not_asked_for_answers(client_of, moved):
    question = moved("open")
    assert client_of("member").get(add_page("answer", question)).status_code == 403
    assert client_of("owner").get(add_page("answer", question)).status_code == 200


def test_a_restricted_draft_can_be_loosened_by_hand(cast, client_of, moved):
    answer = propose_answer(moved("open"), "An answer.", by=cast.triage, classification="restricted")
    url = f"/admin/register/answer/{answer.pk}/reclassify/"
    client_of("lead").post(url, {"classification": "members", "reason": "Nothing secret in it"})
    assert refreshed(answer).classification == "members"


def test_reclassifying_offers_no_default_and_no_looser_choice_to_triage(client_of, raised):
    question = raised(classification="members")
    offered = client_of("triage").get(page_of(question, "reclassify/")).context["form"].fields["classification"].choices
    assert [value for value, _ in offered] == ["", "restricted"]


def test_a_reviewing_member_is_led_to_their_review(client_of, moved):
    question = moved("in_review")
    page = client_of("member").get(page_of(question)).content.decode()
    assert f"/admin/register/answer/{question.answers.get().pk}/review/" in page


def test_agreeing_shows_the_answer_and_the_positions(cast, client_of, moved):
    question = moved("in_review")
    record_review(question.answers.get(), "disagree", by=cast.member, comment="Who pays?")
    page = client_of("approver").get(page_of(question, "move/agree/")).content.decode()
    assert "Only the appointed MDR may." in page
    row = re.sub(r"<td[^>]*>", "|", page)
    assert "|member</td>|RECCo</td>|disagree</td>|Who pays?" in row


def test_the_second_editor_of_an_answer_hears_what_the_first_wrote(cast, client_of, moved):
    answer, client = propose_answer(moved("open"), "An answer.", by=cast.triage), client_of("triage")
    url = f"/admin/register/answer/{answer.pk}/change/"
    seen = client.get(url).context["adminform"].form["seen"].value()
    edit_answer(answer, "The first one's words.", by=cast.lead)
    page = client.post(url, {"text": "The second one's words.", "seen": seen}).content.decode()
    assert "lead (Ofgem) changed text at" in page
    assert "The first one&#x27;s words." in page
    assert "The second one&#x27;s words." in page
    assert refreshed(answer).text == "The first one's words."


def test_the_history_page_shows_moves_and_marks_redactions(cast, client_of, moved):
    question = moved("awaiting_input")
    redact(LedgerEntry.objects.last().position, by=cast.approver, reason="A name")
    page = client_of("triage").get(page_of(question, "history/")).content.decode()
    assert "<em>redacted</em>" in page
    assert "raised → open" in page


def test_a_search_of_any_length_answers(client_of):
    assert client_of("triage").get(LIST, {"q": "x" * 50_000}).status_code == 200


# The triage list


def listed(client, **query):
    return {question.reference for question in client.get(LIST, query).context["cl"].result_list}


def test_each_tab_holds_its_questions_and_live_ones_are_the_default(cast, client_of, moved):
    by_status = {
        status: moved(status).reference for status in ("raised", "open", "awaiting_input", "in_review", "closed")
    }
    overdue = edit_question(moved("open"), by=cast.triage, due_on=date(2021, 3, 16)).reference
    mine = edit_question(moved("open"), by=cast.triage, assignee=cast.triage).reference
    client, live = client_of("triage"), {*by_status.values(), overdue, mine} - {by_status["closed"]}
    assert listed(client) == listed(client, tab="live") == live
    assert listed(client, tab="all") == live | {by_status["closed"]}
    assert listed(client, tab="triage") == {by_status["raised"]}
    assert listed(client, tab="mine") == {mine}
    assert listed(client, tab="overdue") == {overdue}
    assert listed(client, tab="awaiting") == {by_status["awaiting_input"]}
    assert listed(client, tab="review") == {by_status["in_review"]}


def test_a_deferred_question_is_due_when_its_day_comes(cast, client_of, moved):
    due = change_status(moved("open"), "defer", by=cast.triage, reason="Today.", revisit_on=today())
    moved("deferred")
    assert listed(client_of("triage"), tab="deferred") == {due.reference}


def column(client, name):
    """Return the number by which an address sorts by a column."""
    return list(client.get(LIST).context["cl"].list_display).index(name)


@pytest.mark.parametrize("name", QuestionAdmin.list_display)
def test_every_column_sorts(name, client_of, moved):
    moved("open"), moved("deferred"), moved("raised", owner=None, priority="")
    client = client_of("triage")
    number = column(client, name)
    assert client.get(LIST, {"o": number}).context["cl"].get_ordering_field(name)
    order = [list(client.get(LIST, {"o": f"{sign}{number}"}).context["cl"].result_list) for sign in ("", "-")]
    assert len(order[0]) == len(order[1]) == 3


def test_the_list_sorts_by_age_as_the_clock_counts_it(client_of, moved):
    ages = [moved("open", raised_on=today() - timedelta(days=days)) for days in (40, 400, 4)]
    client = client_of("triage")
    shown = list(client.get(LIST, {"o": f"-{column(client, 'age')}"}).context["cl"].result_list)
    assert shown == sorted(ages, key=lambda question: -question.age(today()))
    assert [question.age_in_days for question in shown] == [question.age(today()) for question in shown]


def test_the_holder_that_lists_are_sorted_by_is_the_holder_of_the_workflow(client_of, moved):
    for status in PATHS:
        moved(status)
    for question in Question.objects.annotate(sorted_as=make_holder_expression()):
        assert (question.sorted_as or None) == question.holder
    client = client_of("triage")
    shown = client.get(LIST, {"tab": "all", "o": column(client, "whose_move")}).context["cl"].result_list
    assert [question.holder or "" for question in shown] == sorted(question.holder or "" for question in shown)


def test_the_list_finds_the_questions_that_an_action_serves(cast, client_of, raised):
    served, _ = raised(), raised()
    action = keep(Action(group=Group.objects.get(), reference="15/10", text="Share it."), by=cast.triage)
    link_action(action, served, by=cast.triage)
    assert listed(client_of("triage"), q="15/10") == {served.reference}


def test_the_list_filters_by_meeting(cast, client_of, raised):
    linked, _ = raised(), raised()
    link_meeting(linked, Meeting.objects.get(number=15), "listed", by=cast.triage)
    assert listed(client_of("triage"), meeting="CCDG15") == {linked.reference}


def test_a_move_of_a_question_that_moved_since_the_page_was_opened_is_refused_once(client_of, cast, moved):
    question, client = moved("awaiting_input"), client_of("triage")
    url = page_of(question, "move/receive_input/")
    form = client.get(url).context["form"]
    given = {"seen": form["seen"].value(), "reason": "DCC answered: daily."}
    change_status(question, "receive_input", by=cast.lead, reason="DCC answered.")
    change_status(question, "await_input", by=cast.lead, waiting_on="RECCo", reason="What does RECCo say?")
    page = client.post(url, given)
    assert "changed status" in str(page.context["form"].non_field_errors())
    assert refreshed(question).waiting_on.name == "RECCo"
    again = {**given, "seen": page.context["form"]["seen"].value()}  # now they have seen it
    assert client.post(url, again).status_code == 302
    assert refreshed(question).status == "open"
