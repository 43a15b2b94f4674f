"""Figures for Prometheus at `/metrics`, for whoever sends `METRICS_TOKEN`; without that setting there are none.

Each process counts what it answers. Under gunicorn they share a folder (`gunicorn.conf.py`), so that whichever is asked
answers for all.
"""

import os
import secrets
import time

from django.conf import settings
from django.db import Error, connection
from django.http import HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client import generate_latest as write_figures
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from register.health import find_problems
from register.models import LedgerHead

PATH = "/metrics"
ENTRANCES = ("api", "admin")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

REQUESTS = Histogram("register_request_seconds", "Requests by how long they took", ["entrance", "method", "status"])
OUTAGES = Counter("register_database_outages", "Requests that the database could not serve", ["outage"])
CONNECTIONS = Gauge("register_database_connections", "Open connections", multiprocess_mode="livesum")


class StateCollector(Collector):
    """What the database says when it is asked for figures."""

    def collect(self):
        try:
            is_healthy, position = not list(find_problems()), LedgerHead.objects.get().position
        except (Error, LedgerHead.DoesNotExist):
            is_healthy, position = False, None
        yield GaugeMetricFamily("register_healthy", "Whether /healthz answers 200", value=int(is_healthy))
        if position is not None:
            yield GaugeMetricFamily("register_ledger_position", "Position of the ledger's head", value=position)


STATE = CollectorRegistry()
STATE.register(StateCollector())


class MetricsMiddleware:
    """Counts what is answered, and answers `/metrics` before anything looks at the Host."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info == PATH:
            return answer_metrics(request)
        begun = time.perf_counter()
        response = self.get_response(request)
        count_response(request, response, time.perf_counter() - begun)
        return response


def count_response(request, response, seconds):
    """Count a response by entrance, method and status: few values, whatever is asked for."""
    first = request.path_info.split("/")[1]
    entrance = first if first in ENTRANCES else "other"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(entrance, method, response.status_code).observe(seconds)
    if outage := getattr(response, "outage", ""):
        OUTAGES.labels(outage).inc()
    if pool := getattr(connection, "pool", None):
        CONNECTIONS.set(pool.get_stats().get("pool_size", 0))


def answer_metrics(request):
    """Return the figures of every process, or 401 for whoever does not send the token."""
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(sent.encode(), settings.METRICS_TOKEN.encode()):
        return HttpResponse("Send METRICS_TOKEN as a bearer token.", status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return HttpResponse(write_figures(registry) + write_figures(STATE), content_type=CONTENT_TYPE_LATEST)
