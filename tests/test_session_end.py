"""Nobody is surprised by the end of a sign-in."""

import re
import time

import pytest
from django.test import Client

from register import session_end
from tests.conftest import PASSWORD


@pytest.fixture
def browser(cast):
    client = Client()
    client.post("/admin/login/", {"username": "triage", "password": PASSWORD})
    return client


def seconds_left(page):
    return int(re.search(r'data-left="(\d+)"', page.content.decode())[1])


def test_each_page_knows_when_the_sign_in_ends(browser, settings):
    assert settings.SESSION_COOKIE_AGE - 60 < seconds_left(browser.get("/admin/")) <= settings.SESSION_COOKIE_AGE


def test_the_end_can_be_put_off(browser, settings):
    session = browser.session
    session[session_end.ENDS_AT] = int(time.time()) + 300
    session.save()
    assert seconds_left(browser.get("/admin/")) <= 300
    assert browser.post("/admin/stay/", headers={"X-Requested-With": "fetch"}).status_code == 204
    assert seconds_left(browser.get("/admin/")) > settings.SESSION_COOKIE_AGE - 60


def test_without_script_staying_leads_to_the_desk(browser):
    assert browser.post("/admin/stay/").url == "/admin/"


def test_nobody_stays_who_is_not_signed_in(db):
    assert Client().post("/admin/stay/").status_code == 302


def test_a_link_puts_nothing_off(browser):
    assert browser.get("/admin/stay/").status_code == 405
