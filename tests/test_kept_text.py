"""A session that ends in the middle of a form: the sign-in page carries what was typed, for the same login alone."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from register import kept_text
from register.admin_site import ANOTHER, FILE, NOT_KEPT
from register.models import Question
from register.services.questions import edit_question
from tests.conftest import PASSWORD

ADD, LOGIN = "/admin/register/question/add/", "/admin/login/"
TYPED = {"title": "Kept?", "text": "Line one\nÀ £ & <b>", "classification": "members"}


def hidden(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    return unescape(found[1]) if found else None


def sign_in(client, username="triage", password=PASSWORD, **given):
    return client.post(LOGIN, {"username": username, "password": password, **given})


@pytest.fixture
def browser(cast):
    """A browser in which triage is signed in."""
    client = Client()
    sign_in(client)
    return client


def lose_session(client):
    del client.cookies["sessionid"]


@pytest.fixture
def ended(browser):
    """Type into a new question, lose the session, send it; return the browser and the page that it is shown."""

    def send(address=ADD, **typed):
        form = browser.get(address)
        own = {name: hidden(form, name) for name in ("form_login", "form_token") if hidden(form, name)}
        lose_session(browser)
        return browser, browser.post(address, own | (typed or TYPED))

    return send


def test_sign_in_says_why_and_the_text_is_there_afterwards_unsaved(ended):
    browser, page = ended()
    assert "Your session ended, so nothing was saved. What you typed is kept" in page.content.decode()
    back = browser.get(sign_in(browser, kept=hidden(page, "kept"))["Location"])
    form = back.context["adminform"].form
    assert (form["title"].value(), form["text"].value()) == (TYPED["title"], TYPED["text"])
    assert "Your session ended" in str(form.non_field_errors())
    assert not Question.objects.exists()


def test_the_form_that_came_back_can_be_sent(ended):
    browser, page = ended()
    address = sign_in(browser, kept=hidden(page, "kept"))["Location"]
    token = hidden(browser.get(address), "form_token")
    assert browser.post(address, TYPED | {"form_token": token}).status_code == 302
    assert Question.objects.get().title == "Kept?"


def test_a_wrong_password_loses_nothing(ended):
    browser, page = ended()
    again = sign_in(browser, password="wrong", kept=hidden(page, "kept"))
    assert "kept=" in sign_in(browser, kept=hidden(again, "kept"))["Location"]


def test_another_login_does_not_see_it(ended):
    browser, page = ended()
    led = sign_in(browser, "lead", kept=hidden(page, "kept"))
    assert "kept=" not in led["Location"]
    page = browser.get(led["Location"], follow=True).content.decode()
    assert TYPED["title"] not in page
    assert ANOTHER in unescape(browser.get("/admin/").content.decode() + page)


def test_it_is_gone_after_the_sign_out(ended):
    browser, page = ended()
    address = sign_in(browser, kept=hidden(page, "kept"))["Location"]
    browser.post("/admin/logout/")
    sign_in(browser)
    assert TYPED["title"] not in browser.get(address).content.decode()


@pytest.mark.parametrize("spoil", [lambda kept: kept[:-2] + "xx", lambda kept: "", lambda kept: "\0"])
def test_what_was_tampered_with_is_not_shown(spoil, ended):
    browser, page = ended()
    assert "kept=" not in sign_in(browser, kept=spoil(hidden(page, "kept")))["Location"]


def test_an_edit_comes_back_and_is_still_guarded(cast, raised):
    question = raised()
    address = f"/admin/register/question/{question.pk}/change/"
    client = Client()
    sign_in(client)
    form = client.get(address).context["adminform"].form
    sent = {name: form[name].value() or "" for name in form.fields} | {"title": "Mine?"}
    sent["form_login"] = kept_text.sign_login(cast.triage)
    lose_session(client)
    edit_question(question, by=cast.lead, title="Theirs?")
    page = client.post(address, sent)
    back = client.get(sign_in(client, kept=hidden(page, "kept"))["Location"])
    again = back.context["adminform"].form
    assert again["title"].value() == "Mine?"
    refused = client.post(address, {name: again[name].value() or "" for name in again.fields})
    assert "lead (Ofgem) changed title" in refused.content.decode()


def test_a_short_page_keeps_its_text_too(raised, ended):
    question = raised()
    address = f"/admin/register/question/{question.pk}/move/withdraw/"
    browser, page = ended(address, reason="Nobody asks any more.", outcome="overtaken")
    back = browser.get(sign_in(browser, kept=hidden(page, "kept"))["Location"])
    assert back.context["form"]["reason"].value() == "Nobody asks any more."
    assert "Your session ended" in back.content.decode()
    assert Question.objects.get().status == "raised"


def test_passwords_and_files_are_not_kept(cast, rf):
    request = rf.post(ADD, {"title": "Kept?", "password1": "secret", "old_password": "secret"})
    assert kept_text.unpack(kept_text.pack(request, cast.triage.pk))["text"] == "title=Kept%3F"


def test_a_file_that_was_chosen_is_to_be_chosen_again(ended):
    _, page = ended(ADD, title="Kept?", file=SimpleUploadedFile("a.txt", b"words"))
    assert FILE in page.content.decode()


def test_a_text_beyond_bounds_is_said_to_be_lost(ended):
    _, page = ended(ADD, title="Kept?", text="x" * (kept_text.MOST_CHARACTERS + 1))
    assert NOT_KEPT in page.content.decode()
    assert hidden(page, "kept") is None


def test_without_a_form_of_ours_the_sign_in_is_as_ever(client, cast):
    assert client.post(ADD, TYPED)["Location"].startswith(LOGIN)


@pytest.fixture
def strict(cast):
    """A browser that has opened the form as triage, and checks CSRF tokens; and what the form then sends."""
    client = Client(enforce_csrf_checks=True)
    client.get(LOGIN)
    sign_in(client, csrfmiddlewaretoken=client.cookies["csrftoken"].value)
    page = client.get(ADD)
    names = ("form_login", "form_token", "csrfmiddlewaretoken")
    return client, TYPED | {name: hidden(page, name) for name in names}


def sign_in_elsewhere(client, username):
    """Sign in anew in another tab, which changes the CSRF token."""
    lose_session(client)
    client.get(LOGIN)
    sign_in(client, username, csrfmiddlewaretoken=client.cookies["csrftoken"].value)


def test_the_same_login_that_signed_in_anew_finds_its_text(strict):
    client, sent = strict
    sign_in_elsewhere(client, "triage")
    back = client.post(ADD, sent)
    assert client.get(back["Location"]).context["adminform"].form["title"].value() == "Kept?"
    assert not Question.objects.exists()


def test_another_login_in_the_same_browser_is_told_and_nothing_is_saved(strict):
    client, sent = strict
    sign_in_elsewhere(client, "lead")
    page = client.post(ADD, sent)
    assert (page.status_code, Question.objects.count()) == (403, 0)
    assert "Nothing was saved" in page.content.decode()
    assert TYPED["title"] not in page.content.decode()


def test_a_form_of_another_site_is_refused(strict):
    client, _ = strict
    page = client.post(ADD, TYPED)
    assert (page.status_code, Question.objects.count()) == (403, 0)


def test_a_session_keeps_no_more_than_a_few(cast, rf, client_of):
    request = rf.get(ADD)
    request.session = {}
    for number in range(9):
        kept_text.lead_back(request, {"address": ADD, "text": f"title={number}"})
    assert list(request.session["kept_text"].values()) == [f"title={number}" for number in range(4, 9)]
