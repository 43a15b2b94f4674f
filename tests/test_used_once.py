"""A form that makes something is used once: sent again, it leads to what it made."""

import re
from threading import Thread

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from register.admin.used_once import UsedOnceMixin
from register.models import Answer, FormUse, MeetingLink, Organisation, Question, Token
from register.services.form_uses import KEPT_FOR

ADD = "/admin/register/{}/add/"
SAID = "You sent this form before"


def read_token(client, address):
    return re.search(r'name="form_token" value="([^"]+)"', client.get(address).content.decode())[1]


@pytest.fixture
def raising(client_of):
    """Return a client and what it sends to raise a question."""
    client = client_of("triage")
    token = read_token(client, ADD.format("question"))
    return client, {"title": "Once?", "text": "Only once?", "classification": "members", "form_token": token}


def test_back_and_save_again_raises_no_second_question(raising):
    client, sent = raising
    client.post(ADD.format("question"), sent)
    again = client.post(ADD.format("question"), sent | {"title": "Twice?"}, follow=True)
    question = Question.objects.get()
    assert again.redirect_chain == [(reverse("admin:register_question_change", args=[question.pk]), 302)]
    assert SAID in again.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(60)
def test_a_double_click_raises_one_question(raising):
    client, sent = raising
    answers = []

    def send():
        answers.append(client.post(ADD.format("question"), sent).status_code)
        connection.close()

    clicks = [Thread(target=send) for _ in range(4)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert (answers, Question.objects.count()) == ([302] * 4, 1)


def test_a_form_that_was_refused_can_still_be_used(raising):
    client, sent = raising
    page = client.post(ADD.format("question"), sent | {"title": ""}).content.decode()
    assert sent["form_token"] in page
    assert client.post(ADD.format("question"), sent).status_code == 302
    assert Question.objects.count() == 1


def test_a_form_that_a_service_refused_makes_nothing_and_can_still_be_used(raising):
    client, sent = raising
    assert client.post(ADD.format("question"), sent | {"raised_on": "2199-01-01"}).status_code == 200
    assert not FormUse.objects.exists()
    assert client.post(ADD.format("question"), sent).status_code == 302


def test_two_forms_make_two(raising):
    client, sent = raising
    client.post(ADD.format("question"), sent)
    client.post(ADD.format("question"), sent | {"form_token": read_token(client, ADD.format("question"))})
    assert Question.objects.count() == 2


def test_the_token_of_somebody_else_leads_nowhere(raising, client_of):
    client, sent = raising
    client.post(ADD.format("question"), sent)
    client_of("lead").post(ADD.format("question"), sent)
    assert Question.objects.count() == 2


@pytest.mark.parametrize("token", ["", "\0", "short", "x" * 999])
def test_what_is_no_token_is_passed_over(token, raising):
    client, sent = raising
    assert client.post(ADD.format("question"), sent | {"form_token": token}).status_code == 302


def test_every_form_that_adds_is_used_once(client_of):
    ours = [kept for model, kept in admin.site._registry.items() if model._meta.app_label == "register"]
    assert all(isinstance(kept, UsedOnceMixin) for kept in ours)
    client = client_of("superuser")
    for name in ("action", "answer", "meeting", "topic", "user", "token", "meetinglink", "actionlink"):
        assert read_token(client, ADD.format(name))


def test_a_unique_name_sent_twice_leads_to_the_first(client_of):
    client = client_of("triage")
    sent = {"name": "SECAS", "form_token": read_token(client, ADD.format("organisation"))}
    client.post(ADD.format("organisation"), sent)
    again = client.post(ADD.format("organisation"), sent)
    assert again["Location"] == reverse(
        "admin:register_organisation_change", args=[Organisation.objects.latest("pk").pk]
    )


def test_an_answer_and_a_link_sent_twice_are_one(client_of, moved):
    client, question = client_of("triage"), moved("open")
    answer = {"question": question.pk, "text": "An answer.", "form_token": read_token(client, ADD.format("answer"))}
    link = {"question": question.pk, "meeting": 1, "kind": "listed", "paragraph": "6.1"}
    link["form_token"] = read_token(client, ADD.format("meetinglink"))
    link["meeting"] = MeetingLink._meta.get_field("meeting").related_model.objects.first().pk
    for name, sent in (("answer", answer), ("meetinglink", link)):
        client.post(ADD.format(name), sent)
        assert SAID in client.post(ADD.format(name), sent, follow=True).content.decode()
    assert (Answer.objects.count(), MeetingLink.objects.count()) == (1, 1)


def test_a_token_for_the_api_is_issued_once(cast, client_of):
    client = client_of("superuser")
    sent = {"user": cast.feed.pk, "days": 30, "form_token": read_token(client, ADD.format("token"))}
    client.post(ADD.format("token"), sent)
    assert SAID in client.post(ADD.format("token"), sent, follow=True).content.decode()
    assert Token.objects.count() == 1


def test_a_split_sent_twice_leads_to_the_question_that_it_made(client_of, moved):
    client, question = client_of("triage"), moved("open")
    address = f"/admin/register/question/{question.pk}/split/"
    form = client.get(address).context["form"]
    sent = form.initial | {"text": "One half.", "new_text": "The other.", "new_title": "Other?", "reason": "Two."}
    sent["form_token"] = read_token(client, address)
    assert client.post(address, sent).status_code == 302
    rest = Question.objects.get(split_from=question)
    assert client.post(address, sent)["Location"] == reverse("admin:register_question_change", args=[rest.pk])


def test_a_move_sent_twice_leads_back_to_its_question(client_of, raised):
    question = raised(by=None)
    client, address = client_of("triage"), f"/admin/register/question/{question.pk}/move/open/"
    sent = {"form_token": read_token(client, address)}
    assert client.post(address, sent).status_code == 302
    assert SAID in client.post(address, sent, follow=True).content.decode()


def test_what_was_used_is_forgotten_after_a_week(raising, cast):
    client, sent = raising
    FormUse.objects.create(user=cast.lead, token="x" * 20, address="/admin/")
    FormUse.objects.update(at=timezone.now() - 2 * KEPT_FOR)
    client.post(ADD.format("question"), sent)
    assert FormUse.objects.get().user == cast.triage
