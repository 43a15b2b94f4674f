"""What was measured without HTTP, beside its targets."""

from tests.benchmarks.check import check

FLAT = 1.25  # memory that grew by no more than this does not grow with the work
INTAKE = {"sqlite": 500, "postgresql": 300}  # questions a second
VERIFIED = 60_000  # entries a second


def judge_figures(records):
    """Return a list of checks: the targets of what was measured without HTTP."""
    first = {}  # of each work and engine: the smallest
    for record in records:
        first.setdefault((record["engine"], record["work"]), record["figures"])
    return [
        check(record, *told)
        for record in records
        for told in FIGURES[record["work"]](record, first[record["engine"], record["work"]])
    ]


def _ledger(record, first):
    f = record["figures"]
    share = f["per_second"] / f["hashing_per_second"]
    reached = f"{f['per_second']:,.0f}/s of {f['entries']:,}, {share:.2f} of hashing"
    yield f"{VERIFIED:,}/s or half of hashing alone", reached, f["per_second"] >= VERIFIED or share >= 0.5
    flat = None if f is first else f["peak_mb"] <= FLAT * first["peak_mb"]
    yield "flat memory", f"{f['peak_mb']:.0f} MB, {f['before_mb']:.0f} before", flat


def _report(record, first):
    f = record["figures"]
    yield "3 s", f"{f['seconds']:.1f} s", f["seconds"] < 3
    growth = f["seconds"] / f["half_seconds"]
    yield "linear: 2 × half of it", f"{growth:.2f}", growth <= 2 * FLAT


def _intake(record, first):
    f, least = record["figures"], INTAKE[record["engine"]]
    yield f"{least:,} questions/s", f"{f['per_second']:,.0f}/s", f["per_second"] >= least
    yield "flat memory", f"{f['peak_mb']:.0f} MB, {f['few_mb']:.0f} for a fifth", f["peak_mb"] <= FLAT * f["few_mb"]


def _writers(record, first):
    f = record["figures"]
    yield "beside one writer", f"{f['eight']:.0f}/s of eight, {f['one']:.0f}/s of one", None


def _start(record, first):
    seconds = record["figures"]["seconds"]
    yield "3 s", f"{seconds:.1f} s", seconds < 3


def _worker(record, first):
    f = record["figures"]
    reached = f"{f['mb']:.0f} MB after {f['requests']:,} requests, {f['half_way_mb']:.0f} half way"
    yield "150 MB, not growing", reached, f["mb"] < 150 and f["mb"] <= 1.05 * f["half_way_mb"]


FIGURES = {
    "verify_ledger": _ledger,
    "a report of 5 MB": _report,
    "bulk intake": _intake,
    "eight writers": _writers,
    "make run, second start": _start,
    "memory of a worker": _worker,
}
