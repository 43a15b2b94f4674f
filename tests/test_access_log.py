"""The access log: every request to the admin and the API, by whom, with what, from where."""

import pytest
from rest_framework.test import APIClient

from register.client_address import get_client_address
from register.services.atom import make_address

API = "/api/v1/questions/"
QUESTIONS = "/admin/register/question/"


@pytest.fixture
def lines(caplog):
    caplog.set_level("INFO", "register.access")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "register.access"]


def test_a_read_by_token_names_login_token_and_address(api, raised, lines):
    client = api("feed")
    client.get(f"{API}?status=open", REMOTE_ADDR="192.0.2.7")
    assert lines() == [f"feed token {_get_token_key(client)} 192.0.2.7 GET {API}?status=open 200"]


def _get_token_key(client):
    return client._credentials["HTTP_AUTHORIZATION"].removeprefix("Bearer ")[:15]


def test_a_refused_token_is_no_session(db, lines):
    APIClient().get(API, headers={"authorization": "Bearer abcdefghijklmnopqrstuvwxyz"})
    assert lines() == [f"nobody refused-token abcdefgh 127.0.0.1 GET {API} 401"]


def test_nothing_of_a_password_in_a_header_is_noted(db, lines):
    APIClient().get(API, headers={"authorization": "Basic dHJpYWdlOnNlY3JldA=="})
    assert "dHJp" not in lines()[0]


@pytest.mark.parametrize("page", ["", "export.csv", "export.xlsx", "print/"])
def test_what_is_taken_away_from_the_admin_is_noted(page, client_of, lines):
    client_of("member").get(f"{QUESTIONS}{page}?tab=all")
    assert lines()[-1] == f"member session 127.0.0.1 GET {QUESTIONS}{page}?tab=all 200"


def test_the_history_of_a_question_is_noted(client_of, raised, lines):
    page = f"{QUESTIONS}{raised().pk}/history/"
    client_of("triage").get(page)
    assert lines()[-1] == f"triage session 127.0.0.1 GET {page} 200"


def test_an_atom_address_is_noted_without_its_secret(cast, client, lines):
    secret = make_address(cast.member)
    client.get(f"/api/v1/atom/{secret}/")
    assert lines() == ["member atom 127.0.0.1 GET /api/v1/atom/…/ 200"]


def test_a_stranger_is_nobody_with_nothing(client, db, lines):
    client.get(QUESTIONS)
    assert lines() == [f"nobody nothing 127.0.0.1 GET {QUESTIONS} 302"]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "192.0.2.7"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", "192.0.2.7"),
        (1, "", "192.0.2.7"),
        (1, "unknown", "192.0.2.7"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_believed_from_our_own_proxies_alone(proxies, forwarded, address, rf, settings):
    settings.TRUSTED_PROXIES = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert get_client_address(rf.get("/", REMOTE_ADDR="192.0.2.7", **headers)) == address
