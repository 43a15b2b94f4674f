"""Registers with their servers up, ready to be asked."""

from contextlib import ExitStack, contextmanager

from tests.benchmarks import agreement
from tests.benchmarks.registers import FOLDER, ROOT, ready, run, told
from tests.benchmarks.servers import CONTENDERS, Server
from tests.benchmarks.works import WORKS, Place


@contextmanager
def places(engine, sizes, say):
    """Yield a `Place` for each size, smallest first, the servers of all being up at once; stop them afterwards."""
    with ExitStack() as up:
        yield [_place(engine, size, up, say) for size in sorted(sizes)]


def _place(engine, size, up, say):
    url = ready(engine, size, size, say)
    _collect_static(url)
    usual, facts = (told(url, f"tests.benchmarks.{module}") for module in ("usual.tables", "facts"))
    servers = {name: Server(name, url, FOLDER / f"{engine}-{size}-{name}.log") for name in CONTENDERS}
    for server in servers.values():
        up.callback(server.stop)
    for server in servers.values():
        server.wait()
    place = Place(engine, size, servers, facts, usual)
    agreement.check(place, WORKS)
    return place


def _collect_static(url):
    """Collect static files as for production, unless that was done since they were changed."""
    manifest = ROOT / "staticfiles" / "staticfiles.json"
    changed = max(path.stat().st_mtime for path in (ROOT / "register" / "static").rglob("*"))
    if not manifest.exists() or manifest.stat().st_mtime < changed:
        run(url, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
