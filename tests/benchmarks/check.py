"""One target beside what was reached."""


def check(record, target, reached, met):
    """Return a check of what was measured; `met` is None where nothing can be said."""
    same = {name: record[name] for name in ("engine", "questions", "clients", "work") if name in record}
    return {**same, "target": target, "reached": reached, "met": met}
