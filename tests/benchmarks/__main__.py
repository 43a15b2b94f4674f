"""Measure the register beside the least and the usual way: `make bench`, or

    python -m tests.benchmarks --sizes 10000 100000 --engines sqlite --clients 1 --only page search --json FILE

Registers are made where they are lacking, and kept: as databases `bench_SIZE` of the PostgreSQL server that
BENCH_POSTGRESQL names, and as SQLite files in `.bench`. The table is printed, progress told on standard error.
"""

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.client import Clients
from tests.benchmarks.figures import judge_figures
from tests.benchmarks.judging import judge_timings
from tests.benchmarks.machine import described
from tests.benchmarks.offline.start import second_start
from tests.benchmarks.places import places
from tests.benchmarks.registers import ready, scratch, told
from tests.benchmarks.rounds import measure
from tests.benchmarks.soak import soak
from tests.benchmarks.table import tables
from tests.benchmarks.works import WORKS

ENGINES = ("sqlite", "postgresql")
BEGAN = time.monotonic()
FAILED = []


def arguments():
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__.split(":")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000], help="questions; 10000 unless told")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8], help="at once; 1 and then 8 unless told")
    parser.add_argument("--rounds", type=int, default=60, help="the most, of every contender's bursts")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each contender of a work, in the end")
    parser.add_argument("--soak", type=int, default=0, metavar="REQUESTS", help="then see what a worker holds")
    parser.add_argument(
        "--only", nargs="+", default=[""], metavar="NAME", help="works with one of these in their names"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all that was measured there")
    return parser.parse_args()


def main():
    given = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what is up is stopped all the same
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(60))  # sessions made by one process, read by another
    timings, figures = [], []
    for engine in given.engines:
        figures += without_http(engine, given)
        timings += over_http(engine, given, figures)
    checks = judge_timings(timings) + judge_figures(figures)
    result = {**described(given.engines), "timings": timings, "figures": figures, "checks": checks}
    print(tables(result))
    if given.json:
        given.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    if FAILED:
        sys.exit("\n".join(["These were not measured:", *FAILED]))


def over_http(engine, given, figures):
    """Return the timings of the works on one engine; what a worker holds afterwards is added to the figures."""
    works = [work for work in WORKS if _wanted(work.name, given)]
    soaked = given.soak and _wanted("memory of a worker", given)
    if not works and not soaked:
        return []
    say(f"Starting the servers on {engine}.")
    with places(engine, given.sizes, say) as found:
        timings = [timing for count in given.clients for timing in _timed(works, found, count, given)]
        if soaked:
            figures.append(_figures("memory of a worker", engine, _soaked(found[0], given.soak), found[0].size))
    return timings


def _timed(works, found, count, given):
    with Clients(count) as clients:
        for work in (work for work in works if work.crowd or count == 1):
            say(f"{found[0].engine}, {count} at once: {work.name}")
            try:
                yield from measure(work, found, clients, given.rounds, given.seconds)
            except RuntimeError as error:  # the other works are worth their hours
                FAILED.append(f"{found[0].engine}, {count} at once, {work.name}: {error}")


def _soaked(place, requests):
    with Clients(8) as clients:
        return soak(place, clients, requests)


def without_http(engine, given):
    """Return the figures of what is measured in a process of its own, one after the other."""
    found = []
    if _wanted("verify_ledger", given):
        for size in sorted(given.sizes):
            url = ready(engine, size, size, say)
            found += _alone("verify_ledger", engine, url, "ledger", size)
    return found + _to_be_written_to(engine, given)


def _to_be_written_to(engine, given):
    """Return the figures of what is measured on a register that is thrown away."""
    works = {"a report of 5 MB": "report", "bulk intake": "intake", "eight writers": "writers"}
    if engine != "postgresql":
        del works["eight writers"]  # SQLite lets one write at a time
    elif "sqlite" in given.engines:
        del works["a report of 5 MB"]  # which asks nothing of the database
    wanted = {name: module for name, module in works.items() if _wanted(name, given)}
    starts = engine == "sqlite" and _wanted("make run, second start", given)
    if not wanted and not starts:
        return []
    with scratch(engine, say) as url:
        found = [record for name, module in wanted.items() for record in _alone(name, engine, url, module)]
        if starts:
            say("make run, second start")
            found.append(_figures("make run, second start", engine, {"seconds": second_start(url)}))
    return found


def _alone(work, engine, url, module, size=None):
    """Return a list of the figures of a module that is run by itself: none where it failed."""
    say(f"{engine}: {work}")
    try:
        return [_figures(work, engine, told(url, f"tests.benchmarks.offline.{module}"), size)]
    except subprocess.CalledProcessError as error:  # it showed why; the others are worth their hours
        FAILED.append(f"{engine}, {work}: {error}")
        return []


def _figures(work, engine, figures, size=None):
    return {"engine": engine, "questions": size, "work": work, "figures": figures}


def _wanted(name, given):
    return any(part.lower() in name.lower() for part in given.only)


def say(what):
    print(f"{time.monotonic() - BEGAN:5.0f} s  {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
