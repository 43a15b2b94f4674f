"""How fast the ledger is verified, beside hashing alone. Prints JSON.

    python -m tests.benchmarks.offline.ledger

Hashing alone is the SHA-256 of the same canonical texts and the same chain of digests, the texts being at hand already.
"""

import hashlib
import json
import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from register.ledger.audited_models import load_history_rows  # noqa: E402 models need the set-up
from register.ledger.digests import GENESIS, canonical_json, entry_digest  # noqa: E402
from register.ledger.verification import verify  # noqa: E402
from register.models import LedgerEntry  # noqa: E402
from tests.benchmarks.offline.memory import peak, peak_of_a_child  # noqa: E402

HASHED, BATCH = 20_000, 2_000


def measured():
    """Return {what: number}: entries a second of both, and the most memory that any process of it took."""
    before, began = peak(), time.perf_counter()
    verdict = verify()
    took = time.perf_counter() - began
    if not verdict.ok:
        raise SystemExit(f"The ledger does not verify, so its speed says nothing: {verdict.problems[:3]}")
    return {
        "entries": verdict.position,
        "seconds": took,
        "per_second": verdict.position / took,
        "before_mb": before,
        "peak_mb": max(peak(), peak_of_a_child()),
        "hashing_per_second": _hashing(),
    }


def _hashing():
    took, previous, done = 0, GENESIS, 0
    for first in range(1, HASHED, BATCH):
        texts = _texts(first)
        began = time.perf_counter()
        for position, salt, text in texts:
            previous = entry_digest(previous, position, hashlib.sha256(salt.encode() + text).hexdigest())
        took, done = took + time.perf_counter() - began, done + len(texts)
    return done / took


def _texts(first):
    entries = list(LedgerEntry.objects.filter(position__gte=first, position__lt=first + BATCH))
    rows = load_history_rows(entries)
    return [(entry.position, entry.salt, canonical_json(rows[entry.model, entry.history_id])) for entry in entries]


if __name__ == "__main__":
    print(json.dumps(measured()))
