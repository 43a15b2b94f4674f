"""Fill a migrated register with as many questions as wanted, each with five history rows: for the benchmark alone.

    python -m tests.benchmarks.fill --questions 10000

Everything goes through the one bulk service (`register.ledger.bulk`) and `documents.updating`, as an intake does; so
documents, history and ledger are those of a register that was filled by hand, and the ledger verifies. The same number
gives the same register, times apart.
"""

import argparse
import os
import random
import time
from itertools import islice

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from django.conf import settings  # noqa: E402 models need the set-up before them
from django.contrib.auth.models import Group as RoleGroup  # noqa: E402
from django.db import connection  # noqa: E402

from register.ledger.bulk import record_many  # noqa: E402
from register.ledger.unit_of_work import unit_of_work  # noqa: E402
from register.models import Organisation, Question, User  # noqa: E402
from register.services.reference import get_or_new, keep_roles, keep_user, load_reference  # noqa: E402
from tests.benchmarks.lives import Batch  # noqa: E402

AT_ONCE = 500
TOGETHER = 10  # meetings to a transaction: a page of an index that many of them touch is then written once
LOGINS = {
    "bench.triage": ("Elexon", "Triage"),
    "bench.member": ("ENA", "Member"),
    "bench.reviewer": ("RECCo", "Member"),
    "bench.feed": ("DCC", "Feed"),
}


def fill(questions, progress=print):
    """Add questions until there are so many; what is there already stays, so a fill that was cut off goes on."""
    roomy()
    by = prepared()
    began, done = time.monotonic(), Question.objects.count()
    firsts = iter(range(done + 1, questions + 1, AT_ONCE))
    while some := list(islice(firsts, TOGETHER)):
        progress(f"{some[0] - 1:>9,} of {questions:,} questions after {time.monotonic() - began:,.0f} s")
        with unit_of_work():
            for first in some:
                one_batch(first, min(AT_ONCE, questions + 1 - first), by)
    analyse()


def roomy():
    """Give SQLite room for the indexes that every batch touches: its usual two megabytes are read again and again."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -400000")


def prepared():
    """Keep reference data and logins; return the triager to whom everything is credited."""
    load_reference(settings.BASE_DIR / "fixtures")
    for username, (organisation, role) in LOGINS.items():
        if not User.objects.filter(username=username).exists():
            user = get_or_new(User, username=username)
            user.organisation, user.is_staff = Organisation.objects.get(name=organisation), role != "Feed"
            user.set_unusable_password()
            keep_user(user, by=None)
            keep_roles(user, RoleGroup.objects.filter(name=role), by=None)
    return User.objects.get(username="bench.triage")


def one_batch(first, count, by):
    """Record a meeting, and the whole life until now of the questions that were raised there."""
    batch = Batch(random.Random(first), first, count, by)
    record_many([batch.meeting], by=by)
    record_many(batch.raised(), by=by)
    record_many(batch.answered(), by=by)
    for stage in range(1, 5):
        record_many(batch.moved(stage), by=by, reason="As it was minuted.")
    for made in (batch.reviews, batch.links, batch.minuted, batch.action_links):
        record_many(made(), by=by)


def analyse():
    """Let PostgreSQL look at what it holds, as it does by itself in time. SQLite is not asked to, so it never does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, required=True)
    fill(parser.parse_args().questions)
