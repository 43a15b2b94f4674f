"""How the benchmark judges: it calls a target missed only where nothing of what was measured says otherwise."""

import os
import random
import subprocess
import threading
import time
from types import SimpleNamespace

import pytest

from tests.benchmarks.interval import median_interval, ratio_interval
from tests.benchmarks.judging import judge_timings
from tests.benchmarks.meter import Meter, cpu_seconds
from tests.benchmarks.works import Target, Work

EVEN = [1.0] * 12


def timing(contender, cpu, engine="sqlite", questions=1_000, wall=None):
    return {
        "engine": engine,
        "questions": questions,
        "clients": 1,
        "work": "page",
        "contender": contender,
        "median_ms": 1.0,
        "median_ms_interval": median_interval(wall or EVEN),
        "cpu_ms_of_rounds": cpu,
    }


def met(target, *timings):
    work = Work("page", {}, (target,))
    return [check["met"] for check in judge_timings(timings, [work])]


def noisy(around, count, spread=0.3):
    chance = random.Random(1)
    return [around * chance.uniform(1 - spread, 1 + spread) for _ in range(count)]


def test_an_interval_covers_the_median_and_leaves_out_the_outermost():
    low, middle, high = median_interval(range(1, 13))
    assert (low, middle, high) == (3, 6.5, 10)


def test_six_values_are_the_fewest_that_tell_an_interval():
    assert median_interval([1, 2, 3, 4, 5]) is None
    assert median_interval([1, 2, 3, 4, 5, 6])[::2] == (1, 6)


def test_more_samples_narrow_the_interval():
    few, many = (median_interval(noisy(1, count)) for count in (12, 400))
    assert many.high - many.low < (few.high - few.low) / 2


def test_an_interval_covers_the_true_median_as_often_as_it_says():
    chance = random.Random(1)
    found = [median_interval([chance.lognormvariate(0, 1) for _ in range(15)]) for _ in range(1_000)]
    assert sum(low <= 1 <= high for low, _, high in found) >= 940


def test_what_disturbs_a_whole_round_leaves_its_ratio():
    disturbed = [1, 9, 1, 1, 5, 1, 7, 1]
    assert ratio_interval([2 * ms for ms in disturbed], disturbed) == (2, 2, 2)


def test_a_round_without_processor_time_is_left_out():
    assert ratio_interval([None, *[3.0] * 6], [1.0] * 7) == (3, 3, 3)
    assert ratio_interval([None, *[3.0] * 5], [1.0] * 6) is None


def test_a_target_is_missed_where_the_whole_interval_lies_beyond():
    assert met(Target("floor", 2), timing("ours", [2.5] * 12), timing("floor", EVEN)) == [False]


def test_a_target_is_met_where_the_whole_interval_lies_within():
    assert met(Target("floor", 2), timing("ours", [1.5] * 12), timing("floor", EVEN)) == [True]


def test_a_noisy_sample_around_the_target_is_no_miss():
    ours = noisy(2.1, 12)
    assert median_interval(ours).middle > 2
    assert met(Target("floor", 2), timing("ours", ours), timing("floor", EVEN)) == [True]


def test_too_few_rounds_say_nothing():
    assert met(Target("floor", 2), timing("ours", [9.0] * 5), timing("floor", [1.0] * 5)) == [None]


@pytest.mark.parametrize(("engine", "is_met"), [("sqlite", True), ("postgresql", False)])
def test_the_most_of_a_target_may_differ_by_engine(engine, is_met):
    target = Target("floor", {"sqlite": 2.0, "postgresql": 1.1})
    assert met(target, timing("ours", [1.5] * 12, engine), timing("floor", EVEN, engine)) == [is_met]


def test_beside_itself_only_a_larger_size_says_anything():
    small, large = timing("ours", EVEN), timing("ours", [1.4] * 12, questions=10_000)
    assert met(Target("itself", 1.3), small, large) == [None, False]


def test_milliseconds_are_judged_by_the_clock_on_the_wall():
    target = Target("ms", {"sqlite": 150})
    assert met(target, timing("ours", EVEN, wall=[200.0] * 12)) == [False]
    assert met(target, timing("ours", [200.0] * 12, wall=[100.0] * 12)) == [True]


def test_processor_time_is_that_of_all_threads():
    busy = threading.Thread(target=sum, args=[range(100_000)])
    busy.start()
    busy.join()
    before = time.process_time()
    assert before <= cpu_seconds([os.getpid()]) <= time.process_time()


def test_a_process_that_ends_within_a_burst_leaves_it_unmeasured():
    with subprocess.Popen(["sleep", "30"]) as process:
        meter = Meter(SimpleNamespace(processes=lambda: [process.pid]))
        process.kill()
    assert meter.cpu_seconds() is None
