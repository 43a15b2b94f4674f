"""Between which values a median lies, by the order of what was measured: whatever its spread, and however noisy."""

import statistics
from math import comb
from typing import NamedTuple

SURE = 0.95  # that the true median lies within
FEWEST = 6  # values: of fewer, not even the least and the most say it as surely


class Interval(NamedTuple):
    low: float
    middle: float
    high: float

    def __str__(self):
        return f"{self.middle:.2f} ({self.low:.2f} to {self.high:.2f})"

    def is_beyond(self, most):
        """Say whether all of it lies beyond the most that is allowed, as far as is shown of it."""
        return round(self.low, 2) > most


def median_interval(values):
    """Return the `Interval` of the median of values; None where they are too few."""
    ordered = sorted(values)
    if len(ordered) < FEWEST:
        return None
    outer = _left_out(len(ordered))
    return Interval(ordered[outer], statistics.median(ordered), ordered[-1 - outer])


def ratio_interval(values, others):
    """Return the `Interval` of the ratio of values to others, measured in the same rounds; None where too few.

    A round in which either is None says nothing.
    """
    return median_interval([one / other for one, other in zip(values, others, strict=True) if one and other])


def _left_out(count):
    """Return how many of so many values lie outside on each side: as few fall on one side of the median by chance."""
    left, chance = 0, 2**-count
    while chance <= (1 - SURE) / 2:
        left += 1
        chance += comb(count, left) / 2**count
    return left - 1
