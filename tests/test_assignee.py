"""Whom a question is assigned to: in its document, from one list, and kept when that person leaves."""

import pytest

from register.models import Question, User
from register.refusals import Refused
from register.services.answers import record_review
from register.services.questions import edit_question
from register.services.reference import keep_roles, keep_user
from register.services.splitting import split_question
from tests.conftest import refreshed
from tests.test_documents import everything_is_kept

LIST = "/api/v1/questions/"


def deactivate(user):
    user.is_active = False
    keep_user(user, by=None)


def lose_roles(user):
    keep_roles(user, [], by=None)


LEAVING = pytest.mark.parametrize("leave", [deactivate, lose_roles])


def read(client, question):
    answer = client.get(f"{LIST}{question.reference}/")
    return answer.json()["assignee"], answer["ETag"]


def test_only_who_may_read_everything_is_told_a_username(cast, api, raised):
    question = raised(assignee=cast.lead)
    told = {who: read(api(who), question)[0] for who in ("triage", "approver", "member", "feed")}
    assert told == {"triage": "lead", "approver": "lead", "member": None, "feed": None}


def test_of_four_assignments_with_one_etag_the_first_is_done(api, raised):
    question, client = raised(), api("triage")
    _, etag = read(client, question)
    given = [{"assignee": name} for name in ("lead", "triage", "approver", None)]
    url = f"{LIST}{question.reference}/"
    codes = [client.patch(url, body, format="json", headers={"If-Match": etag}).status_code for body in given]
    assert codes == [200, 412, 412, 412]
    assert read(client, question)[0] == "lead"


def test_who_is_not_told_of_an_assignment_reads_the_same_version(cast, api, raised):
    question = raised()
    before = read(api("feed"), question)
    edit_question(question, by=cast.triage, assignee=cast.lead)
    assert read(api("feed"), question) == before


def test_a_username_that_changes_brings_the_documents_along(cast, api, raised):
    question = raised(assignee=cast.lead)
    cast.lead.username = "head"
    keep_user(cast.lead, by=None)
    assert read(api("triage"), question)[0] == "head"
    assert everything_is_kept()


@pytest.mark.parametrize("name", ["member", "feed", "nobody"])
def test_the_api_assigns_nobody_whom_the_admin_does_not_offer(name, api, raised):
    url = f"{LIST}{raised().reference}/"
    answer = api("triage").patch(url, {"assignee": name}, format="json", headers={"If-Match": "*"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["assignee"])


def test_one_list_says_who_can_be_assigned(cast):
    assert {user.username for user in User.objects.assignable()} == {"triage", "approver", "lead", "superuser"}


@LEAVING
def test_who_left_is_assigned_nothing_new(leave, cast, raised):
    leave(cast.lead)
    with pytest.raises(Refused, match="Assign it to somebody active"):
        edit_question(raised(), by=cast.triage, assignee=cast.lead)


@LEAVING
def test_who_left_hinders_no_edit_and_keeps_the_name(leave, cast, raised):
    question = raised(assignee=cast.lead)
    leave(cast.lead)
    edit_question(question, by=cast.triage, title="Another title", assignee=cast.lead)
    assert (refreshed(question).title, refreshed(question).assignee) == ("Another title", cast.lead)


@LEAVING
def test_a_form_shows_who_left_and_leaves_the_name_alone(leave, cast, client_of, raised):
    question, client = raised(assignee=cast.lead), client_of("triage")
    leave(cast.lead)
    page = f"/admin/register/question/{question.pk}/change/"
    assert f'<option value="{cast.lead.pk}" selected>lead (left)</option>' in client.get(page).content.decode()
    form = client.get(page).context["adminform"].form
    client.post(page, {name: form[name].value() or "" for name in form.fields} | {"title": "Another title"})
    assert (refreshed(question).title, refreshed(question).assignee) == ("Another title", cast.lead)


def test_whoever_only_reads_is_shown_who_left(cast, client_of, raised):
    question = raised(assignee=cast.lead)
    deactivate(cast.lead)
    assert (
        "lead (left)" in client_of("approver").get(f"/admin/register/question/{question.pk}/change/").content.decode()
    )


def test_an_export_shows_who_left(cast, client_of, raised):
    raised(assignee=cast.lead)
    deactivate(cast.lead)
    assert "lead (left)" in client_of("triage").get("/admin/register/question/export.csv").content.decode()


def test_a_question_of_who_left_can_be_split(cast, raised):
    question = raised(assignee=cast.lead)
    deactivate(cast.lead)
    halves = {"title": "One?", "text": "One.", "new_title": "Two?", "new_text": "Two."}
    assert split_question(question, by=cast.triage, reason="Two.", **halves).assignee == cast.lead


@LEAVING
def test_a_member_who_left_is_not_waited_for(leave, cast, client_of, moved):
    question = moved("in_review")
    answer = question.answers.get()
    for review in answer.reviews.exclude(reviewer=cast.member):
        record_review(answer, "agree", by=review.reviewer)
    assert question in Question.objects.with_outstanding_positions()
    leave(cast.member)
    assert question not in Question.objects.with_outstanding_positions()
    page = client_of("triage").get(f"/admin/register/answer/{answer.pk}/change/")
    assert "none given: has left" in page.content.decode()
