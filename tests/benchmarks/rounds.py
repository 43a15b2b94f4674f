"""Measure a work: its contenders take turns, round after round, so that whatever disturbs falls on all alike."""

import statistics
import time

from tests.benchmarks.interval import median_interval
from tests.benchmarks.meter import Meter
from tests.benchmarks.works import FIRST_PAGE

WARM = 2  # rounds that are not counted: connections are made in them, and statements prepared
AT_LEAST = 12  # rounds that count: of fewer the interval is too wide to tell anything
SHOWN = 6  # rounds of what no target compares, with one client
FEW = 2  # its rounds with several; and requests of a burst, of each of several clients and of what is not compared


def measure(work, places, clients, rounds, seconds):
    """Let so many clients do a work at every place, by each of its contenders; return a record of each.

    It ends after so many rounds, or sooner, once it took so many seconds for each contender and place. Rounds are even
    in number, because every second one takes back what the first one moved. Raises RuntimeError for a wrong answer.
    """
    asked = _asked(work, places)
    compared, bursts = _compared(work, asked, clients.count), {key: [] for key in asked}
    enough, shown = time.monotonic() + seconds * len(asked), WARM + (SHOWN if clients.count == 1 else FEW)
    for n in _until(enough, WARM + AT_LEAST, WARM + rounds // 2 * 2):
        for key in asked if n < shown else compared:
            times = work.burst if clients.count == 1 and key in compared else FEW
            bursts[key].append(_burst(key, clients, asked[key], n * times, times))
    return [_record(work, *key, clients.count, some[WARM:]) for key, some in bursts.items()]


def _until(enough, least, most):
    """Yield the numbers of rounds: at least so many, and at most; after the least an even number, once it is enough."""
    for n in range(max(least, most)):
        if n >= least and n % 2 == 0 and time.monotonic() > enough:
            return
        yield n


def _asked(work, places):
    """Return {(place, contender): requests}. What a work is held against is timed beside it, in the same rounds."""
    asked = {(place, name): make(place) for place in places for name, make in work.asks.items()}
    if any(target.against == "page" for target in work.targets):
        asked[places[0], "page"] = FIRST_PAGE(places[0])
    return asked


def _compared(work, asked, count):
    """Return those places and contenders that a target compares, in order: none where there is but one."""
    against = {target.against for target in work.targets if target.against != "ms" or count == 1}
    found = [key for key in asked if key[1] in {"ours", *against}]
    return found if "ms" in against or (against and len(found) > 1) else []


def _burst(key, clients, asks, first, times):
    """Return ([(milliseconds, bytes)], milliseconds of processor time for each request or None) of one burst."""
    place, contender = key
    server = place.server(contender)
    clients.prepare(server.port, asks, first, times)
    meter = Meter(server)
    timings = clients.run()
    spent = meter.cpu_seconds()
    return timings, spent and spent * 1000 / len(timings)


def _record(work, place, contender, clients, bursts):
    timings = [timing for some, _ in bursts for timing in some]
    took, spent = sorted(milliseconds for milliseconds, _ in timings), [cpu for _, cpu in bursts]
    return {
        "engine": place.engine,
        "questions": place.size,
        "clients": clients,
        "work": work.name,
        "contender": contender,
        "median_ms": round(statistics.median(took), 3),
        "median_ms_interval": median_interval(took),
        "p95_ms": round(took[int(0.95 * (len(took) - 1))], 3),
        "cpu_ms": _median([cpu for cpu in spent if cpu]),
        "cpu_ms_of_rounds": [cpu and round(cpu, 4) for cpu in spent],
        "asked": len(took),
        "bytes": round(statistics.median(size for _, size in timings)),
    }


def _median(values):
    return round(statistics.median(values), 3) if values else None
