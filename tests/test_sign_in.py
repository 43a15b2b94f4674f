"""Wrong passwords slow the address that sends them, and nobody else."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from register.api.throttles import AddressThrottle, LoginThrottle
from register.client_address import get_client_network
from register.sign_in import MOST_NAMES

SIGN_IN = "/admin/login/"
HERE, ELSEWHERE = "192.0.2.7", "192.0.2.8"


@pytest.fixture
def passwords(cast):
    for user in get_user_model().objects.all():
        user.set_password(f"right-{user.username}")
        user.save()


@pytest.fixture(autouse=True)
def _forget_counts():
    yield
    for cache in caches.all():
        cache.clear()


def sign_in(name, password=None, address=HERE, **headers):
    given = {"username": name, "password": password or f"right-{name}"}
    return Client().post(SIGN_IN, given, REMOTE_ADDR=address, **headers)


def guess(name, times, address=HERE):
    return [sign_in(name, "wrong", address).status_code for _ in range(times)]


def test_ten_guesses_lock_the_name_for_the_address_that_made_them(passwords):
    guess("triage", 10)
    assert sign_in("triage").status_code == 429


def test_the_person_signs_in_from_elsewhere_all_the_same(passwords):
    guess("triage", 30)
    assert sign_in("triage", address=ELSEWHERE).status_code == 302


def test_behind_a_proxy_each_client_is_counted_by_its_own_address(passwords, settings):
    settings.TRUSTED_PROXIES = 1
    for _ in range(12):
        sign_in("triage", "wrong", "10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert sign_in("triage", address="10.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.4").status_code == 302


def test_an_address_that_is_made_up_helps_nobody_past_a_lock(passwords):
    for number in range(10):
        sign_in("triage", "wrong", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert sign_in("triage", HTTP_X_FORWARDED_FOR="198.51.100.77").status_code == 429


def test_one_password_tried_on_many_names_locks_the_address(passwords):
    for number in range(MOST_NAMES):
        sign_in(f"name{number}", "Summer2026!")
    assert sign_in("triage").status_code == 429


def test_a_spraying_neighbour_does_not_lock_whoever_signed_in_lately(passwords):
    assert sign_in("triage").status_code == 302
    for number in range(MOST_NAMES + 5):
        sign_in(f"name{number}", "Summer2026!")
    assert sign_in("triage").status_code == 302


def test_a_lock_says_until_when_and_ends_then(passwords):
    guess("triage", 10)
    answer = sign_in("triage")
    assert 880 <= int(answer["Retry-After"]) <= 901
    until = timezone.localtime(timezone.now() + timedelta(seconds=int(answer["Retry-After"])))
    assert f"before {until:%H:%M}" in answer.content.decode()
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert sign_in("triage").status_code == 302


def test_further_guesses_do_not_make_the_lock_longer(passwords):
    guess("triage", 10)
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14))
    guess("triage", 3)
    assert int(sign_in("triage")["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("", None)],
)
def test_an_ipv6_client_counts_as_its_network(address, network, rf):
    assert get_client_network(rf.get("/", REMOTE_ADDR=address)) == network


def test_requests_from_made_up_addresses_push_no_login_out_of_the_counts(api, raised, monkeypatch, settings):
    monkeypatch.setattr(LoginThrottle, "THROTTLE_RATES", {"user": "2/minute"})
    monkeypatch.setattr(AddressThrottle, "THROTTLE_RATES", {"anon": "1000/minute"})
    monkeypatch.setattr(caches["address_requests"], "_max_entries", 10)
    settings.TRUSTED_PROXIES, client = 1, api("feed")
    for _ in range(2):
        client.get("/api/v1/topics/")
    for number in range(50):
        APIClient().get("/api/v1/schema/", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}")
    assert client.get("/api/v1/topics/").status_code == 429


def test_a_made_up_address_gives_no_stranger_a_count_of_its_own(db, monkeypatch):
    monkeypatch.setattr(AddressThrottle, "THROTTLE_RATES", {"anon": "3/minute"})
    statuses = [
        APIClient().get("/api/v1/schema/", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}").status_code
        for number in range(5)
    ]
    assert statuses == [200, 200, 200, 429, 429]
