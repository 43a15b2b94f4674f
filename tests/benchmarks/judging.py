"""From what was measured to what was reached: each target against its cost, and whether it was met."""

from tests.benchmarks.works import WORKS

FLAT = 1.25  # memory that grew by no more than this does not grow with the work
INTAKE = {"sqlite": 1_000, "postgresql": 500}  # questions a second


def judged(timings):
    """Return a list of checks: the targets of the works that were timed."""
    cost = {_key(t, t["contender"]): t["median_ms"] for t in timings}
    smallest = min((t["questions"] for t in timings), default=0)
    targets = {work.name: work.targets for work in WORKS}
    ours = [timing for timing in timings if timing["contender"] == "ours"]
    return [_check(t, target, cost, smallest) for t in ours for target in targets[t["work"]]]


def _key(timing, contender, **other):
    named = {**timing, **other}
    return named["engine"], named["questions"], named["clients"], named["work"], contender


def _check(timing, target, cost, smallest):
    if target.against == "ms":
        most = target.most[timing["engine"]]
        met = timing["median_ms"] <= most if timing["clients"] == 1 else None
        return _made(timing, f"{most} ms", f"{timing['median_ms']:.3g} ms", met)
    against = {
        "itself": _key(timing, "ours", questions=smallest),
        "page": _key(timing, "page", questions=smallest),
    }.get(target.against, _key(timing, target.against))
    held = cost.get(against)
    ratio = timing["median_ms"] / held if held else None
    tells = held and against != _key(timing, "ours")  # beside itself it has nothing to tell
    met = round(ratio, 2) <= target.most if tells else None
    return _made(timing, f"{target.most} × {_said(target.against)}", f"{ratio:.3g}" if held else "", met)


def _said(against):
    said = {"itself": "the smallest", "page": "the first page", "kept": "kept ones", "usual": "the usual way"}
    return said.get(against, f"the {against}")


def _made(record, target, reached, met):
    same = {name: record[name] for name in ("engine", "questions", "clients", "work") if name in record}
    return {**same, "target": target, "reached": reached, "met": met}


def judged_figures(records):
    """Return a list of checks: the targets of what was measured without HTTP."""
    first = {}  # of each work and engine: the smallest
    for record in records:
        first.setdefault((record["engine"], record["work"]), record["figures"])
    return [
        _made(record, *told)
        for record in records
        for told in FIGURES[record["work"]](record, first[record["engine"], record["work"]])
    ]


def _ledger(record, first):
    f = record["figures"]
    share = f["per_second"] / f["hashing_per_second"]
    reached = f"{f['per_second']:,.0f}/s of {f['entries']:,}, {share:.2f} of hashing"
    yield "100,000/s or half of hashing alone", reached, f["per_second"] >= 100_000 or share >= 0.5
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
    share, beside = f["full"] / f["plain"], f["full"] / f["no ledger"]
    yield "0.6 of plain writes", f"{share:.2f}: {f['full']:.0f}/s of {f['plain']:.0f}/s", share >= 0.6
    yield "0.6 of writes that keep documents", f"{beside:.2f}: of {f['no ledger']:.0f}/s", beside >= 0.6


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
