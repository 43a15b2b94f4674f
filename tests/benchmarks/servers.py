"""The three contenders under gunicorn, with the same settings and as in production."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.backends import backends
from tests.benchmarks.client import Ask, Connection

# name: (application, settings, the address that says it is up)
CONTENDERS = {
    "floor": ("tests.benchmarks.floor", None, "/kept/"),
    "usual": ("django.core.wsgi:get_wsgi_application()", "tests.benchmarks.usual.settings", "/admin/login/"),
    "ours": ("project.wsgi", "tests.benchmarks.ours.settings", "/healthz"),
}
WORKERS, THREADS = 2, 4
GUNICORN = f"--worker-class gthread --workers {WORKERS} --threads {THREADS} --keep-alive 75 --log-level warning".split()
# The rate of one second, because a client's requests within the span are kept as a list, and read with each.
PRODUCTION = {
    "ALLOWED_HOSTS": "127.0.0.1",
    "BEHIND_TLS_PROXY": "1",
    "API_RATE": "1000000/second",
    "DATABASE_POOL": str(THREADS),
}
PATIENCE = 60


def environment(url, **more):
    """Return the environment of a process that works on the register at that address, as in production."""
    held = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "DJANGO_SETTINGS_MODULE")}
    return {**held, **PRODUCTION, "DATABASE_URL": url, **more}


class Server:
    """One contender over one register; what it writes to its log is kept in a file."""

    def __init__(self, name, url, log: Path):
        application, settings, self.up = CONTENDERS[name]
        self.url, self.port = url, free_port()
        self.label = f"bench_{name}_{self.port}"  # by which PostgreSQL knows its connections
        environ = environment(url, PGAPPNAME=self.label, **({"DJANGO_SETTINGS_MODULE": settings} if settings else {}))
        command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{self.port}", *GUNICORN]
        with log.open("w") as told:
            self.process = subprocess.Popen(command, env=environ, stdout=told, stderr=told)
        self.log = log

    def wait(self):
        """Wait until it answers. Raises RuntimeError where it does not."""
        last = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < last:
            try:
                with Connection(self.port) as connection:
                    connection.ask(Ask(self.up))
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"It does not answer; its log ends:\n{self.log.read_text()[-2000:]}")

    def workers(self):
        """Return the numbers of the worker processes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children]

    def processes(self):
        """Return the numbers of all processes that work for it: workers, and PostgreSQL's for their connections."""
        return frozenset([*self.workers(), *backends(self.url, self.label)])

    def memory(self):
        """Return the memory of each worker, in MB."""
        return [_resident(pid) for pid in self.workers()]

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _resident(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
