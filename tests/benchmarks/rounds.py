"""Measure a work: its contenders take turns, round after round, so that whatever disturbs falls on all alike."""

import statistics
import time

from tests.benchmarks.works import FIRST_PAGE

AT_LEAST = {1: 3}  # rounds of one client; else two, each of which has a burst of every client


def measure(work, places, clients, rounds, seconds):
    """Let so many clients do a work at every place, by each of its contenders; return a record of each.

    It ends after so many rounds, or sooner, once it took so many seconds for each contender and place.
    """
    asked = _asked(work, places)
    timings, least = {key: [] for key in asked}, AT_LEAST.get(clients.count, 2)
    times = work.burst if clients.count == 1 else 2
    enough = time.monotonic() + seconds * len(asked)
    for n in range(max(rounds // clients.count, least)):
        for (place, name), asks in asked.items():
            timings[place, name] += clients.burst(place.port(name), asks, n * times, times)
        if n + 1 >= least and time.monotonic() > enough:
            break
    return [_record(work, *key, clients.count, told) for key, told in timings.items()]


def _asked(work, places):
    """Return {(place, contender): requests}. What a work is held against is timed beside it, in the same rounds."""
    asked = {(place, name): make(place) for place in places for name, make in work.asks.items()}
    if any(target.against == "page" for target in work.targets):
        asked[places[0], "page"] = FIRST_PAGE(places[0])
    return asked


def _record(work, place, contender, clients, timings):
    took = sorted(milliseconds for milliseconds, _ in timings)
    return {
        "engine": place.engine,
        "questions": place.size,
        "clients": clients,
        "work": work.name,
        "contender": contender,
        "median_ms": round(statistics.median(took), 3),
        "p95_ms": round(took[int(0.95 * (len(took) - 1))], 3),
        "asked": len(took),
        "bytes": round(statistics.median(size for _, size in timings)),
    }
