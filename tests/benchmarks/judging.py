"""Whether the works that were timed meet their targets.

A ratio is one of processor time, of server and database for each request: the clock on the wall also counts what others
do on the machine. A target counts as missed only where the whole interval of what was measured lies beyond it.
"""

from tests.benchmarks.check import check
from tests.benchmarks.interval import ratio_interval
from tests.benchmarks.works import WORKS

NAMES = {"itself": "the smallest", "page": "the first page", "usual": "the usual way"}


def judge_timings(timings, works=WORKS):
    """Return a list of checks: each target of a work with what the register reached, and whether that meets it."""
    by_key = {_key(timing, timing["contender"]): timing for timing in timings}
    smallest = min((timing["questions"] for timing in timings), default=0)
    targets = {work.name: work.targets for work in works}
    return [
        _judge(timing, target, _other(timing, target.against, by_key, smallest))
        for timing in timings
        if timing["contender"] == "ours"
        for target in targets[timing["work"]]
    ]


def _judge(timing, target, other):
    most = target.most[timing["engine"]] if isinstance(target.most, dict) else target.most
    if target.against == "ms":
        interval = timing["median_ms_interval"] if timing["clients"] == 1 else None
        reached = f"{interval} ms" if interval else f"{timing['median_ms']:.2f} ms"
        return check(timing, f"{most} ms", reached, _is_met(interval, most))
    interval = other and ratio_interval(timing["cpu_ms_of_rounds"], other["cpu_ms_of_rounds"])
    said = f"{most} × {NAMES.get(target.against, f'the {target.against}')}"
    return check(timing, said, str(interval or ""), _is_met(interval, most))


def _other(timing, against, by_key, smallest):
    """Return the timing that another is held against; None where there is none, or it would be itself."""
    keys = {"itself": _key(timing, "ours", questions=smallest), "page": _key(timing, "page", questions=smallest)}
    other = by_key.get(keys.get(against, _key(timing, against)))
    return None if other is timing else other


def _is_met(interval, most):
    return None if interval is None else not interval.is_beyond(most)


def _key(timing, contender, **other):
    named = {**timing, **other}
    return named["engine"], named["questions"], named["clients"], named["work"], contender
