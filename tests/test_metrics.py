"""Figures for Prometheus: for whoever has the token, of every process together, and none unless they are asked for."""

import re

import pytest
from django.conf import settings
from django.test import Client

from register.models import LedgerHead
from tests.test_outages import serve  # noqa: F401 a fixture
from tests.test_settings import PRODUCTION, manage

TOKEN = "a-token-of-twenty-characters"
METRICS = {"headers": {"authorization": f"Bearer {TOKEN}"}}


@pytest.fixture
def counting(monkeypatch, db):
    monkeypatch.setattr(settings, "METRICS_TOKEN", TOKEN)
    monkeypatch.setattr(settings, "MIDDLEWARE", ["project.metrics.MetricsMiddleware", *settings.MIDDLEWARE])
    return Client()


def get_figure(client, name):
    page = client.get("/metrics", **METRICS).content.decode()
    return float(re.search(rf"^{re.escape(name)} (\S+)$", page, re.M)[1])


def test_there_are_no_figures_unless_they_are_asked_for(client, db):
    assert client.get("/metrics", **METRICS).status_code == 404


@pytest.mark.parametrize("sent", [{}, {"headers": {"authorization": "Bearer wrong"}}])
def test_figures_are_for_whoever_has_the_token(sent, counting):
    answer = counting.get("/metrics", **sent)
    assert (answer.status_code, answer["WWW-Authenticate"], b"register_" in answer.content) == (401, "Bearer", False)


def test_requests_are_counted_by_status_whatever_they_are_called(counting):
    name = 'register_request_seconds_count{entrance="other",method="other",status="404"}'
    counting.generic("BREW", "/coffee/")
    before = get_figure(counting, name)
    counting.generic("BREW", "/tea/")
    assert get_figure(counting, name) == before + 1


def test_the_head_and_the_health_are_told(counting):
    assert get_figure(counting, "register_ledger_position") == LedgerHead.objects.get().position
    assert get_figure(counting, "register_healthy") == 1


def test_a_token_that_is_short_does_not_start():
    assert "Set METRICS_TOKEN" in manage("check", METRICS_TOKEN="1", **PRODUCTION).stderr


@pytest.mark.slow
@pytest.mark.django_db
def test_processes_of_gunicorn_count_together(other_database, serve):  # noqa: F811
    register = serve({**other_database, "METRICS_TOKEN": TOKEN}, "--workers=2")
    for _ in range(6):
        register.ask("/nowhere")
    _, _, page = register.ask("/metrics", Authorization=f"Bearer {TOKEN}", host="prometheus.example.org")
    assert 'register_request_seconds_count{entrance="other",method="GET",status="404"} 6.0' in page
