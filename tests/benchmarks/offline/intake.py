"""How fast many questions are raised at once, each with its history row, ledger entry and document. Prints JSON.

python -m tests.benchmarks.offline.intake      # adds 12,000 questions to the register that DATABASE_URL names
"""

import json
import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from register.models import Organisation, Question, Topic, User  # noqa: E402 models need the set-up before them
from register.services.intake import raise_questions  # noqa: E402
from tests.benchmarks.offline.memory import peak  # noqa: E402

FEW, MANY = 2_000, 10_000
TEXT = "Which party may ask for it, how often, by which service, and who tells the customer? " * 4


def measured():
    """Return {what: number}: questions a second, and the memory held at most after a few and after many more."""
    by = User.objects.get(username="bench.triage")
    _seconds(FEW, by)
    few, took = peak(), _seconds(MANY, by)
    return {"questions": MANY, "seconds": took, "per_second": MANY / took, "few_mb": few, "peak_mb": peak()}


def _seconds(count, by):
    began = time.perf_counter()
    raise_questions(_asked(count), by=by, reason="From a spreadsheet.")
    return time.perf_counter() - began


def _asked(count):
    topics, bodies = list(Topic.objects.all()), list(Organisation.objects.all())
    for n in range(count):
        yield Question(
            title=f"What does part {n} of the design answer?",
            text=f"{n}: {TEXT}",
            topic=topics[n % len(topics)],
            owner=bodies[n % len(bodies)],
            priority="medium",
            classification="public",
        )


if __name__ == "__main__":
    print(json.dumps(measured()))
