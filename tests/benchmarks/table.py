"""What was measured, as tables in Markdown."""

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def tables(told):
    """Return the whole text: the machine, a table for each engine and number of clients, and what needs no HTTP."""
    timings, checks = told["timings"], told["checks"]
    parts = [_machine(told)]
    for engine, clients in dict.fromkeys((t["engine"], t["clients"]) for t in timings):
        which = {"engine": engine, "clients": clients}
        parts.append(_timed(which, _where(timings, **which), _where(checks, **which)))
    if figures := [check for check in checks if "clients" not in check]:
        parts.append(_figures(figures))
    return "\n\n".join(parts)


def _machine(told):
    machine = told["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in told["versions"].items())
    size = f"{machine['cores']} cores ({machine['processor']}), {machine['memory_gb']} GB"
    return f"{told['date']}; {size}, shared by clients, servers and database; {versions}."


def _where(records, **values):
    return [record for record in records if all(record.get(name) == value for name, value in values.items())]


def _timed(which, timings, checks):
    sizes = sorted({t["questions"] for t in timings})
    cost = {(t["work"], t["contender"], t["questions"]): t["median_ms"] for t in timings}
    at = " / ".join(f"{size:,}" for size in sizes)
    clients = "one client" if which["clients"] == 1 else f"{which['clients']} clients"
    title = f"**{NAMES[which['engine']]}, {clients}**: medians in ms by the clock with {at} questions; what is reached,"
    lines = [f"{title} unless in ms, in processor time of server and database (the median, and its 95 % interval)", ""]
    lines += _rows("work", "register", "floor", "kept", "usual way", "at most", "reached", "met")
    for work in dict.fromkeys(t["work"] for t in timings):
        ours, floor, kept, usual, constant = (
            _costs(cost, work, who, sizes) for who in ("ours", "floor", "kept", "usual", "constant")
        )
        costs = [ours, f"{constant} (a constant)" if constant else floor, kept, usual]
        lines += _targets(work, costs, _where(checks, work=work))
    return "\n".join(lines)


def _rows(*heads):
    return [_line(heads), _line("---" for _ in heads)]


def _line(cells):
    return f"| {' | '.join(cells)} |"


def _costs(cost, work, contender, sizes):
    found = [cost.get((work, contender, size)) for size in sizes]
    return " / ".join(f"{ms:.3g}" if ms < 100 else f"{ms:,.0f}" for ms in found if ms is not None)


def _targets(work, costs, checks):
    """Yield a row for each target of a work; the costs stand in the first."""
    targets = list(dict.fromkeys(check["target"] for check in checks)) or [""]
    for n, target in enumerate(targets):
        about = _where(checks, target=target)
        reached = " / ".join(check["reached"] for check in about if check["reached"])
        first = [work, *costs] if n == 0 else [""] * 5
        yield _line([*first, target, reached, _met(about)])


def _met(checks):
    """Say whether all were met that say anything."""
    said = [check["met"] for check in checks if check["met"] is not None]
    return "" if not said else "yes" if all(said) else "no"


def _figures(checks):
    lines = _rows("work", "on", "questions", "target", "reached", "met")
    for check in checks:
        size = f"{check['questions']:,}" if check.get("questions") else ""
        cells = [check["work"], NAMES.get(check["engine"], ""), size, check["target"], check["reached"], _met([check])]
        lines.append(_line(cells))
    return "\n".join(lines)
