"""How long `make run` takes to its first page, on a register that is there already."""

import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.registers import ROOT, run
from tests.benchmarks.servers import free_port

PATIENCE = 120


def second_start(url):
    """Return the seconds to the first page, after what a first start leaves behind is there."""
    run(url, "manage.py", "load_demo", DEBUG="1")
    return _start(url)


def _start(url):
    port, binaries = free_port(), Path(sys.executable).parent
    # The environment of this run serves: what is timed is the start, not an installation.
    command = ["make", "run", f"PORT={port}", f"BIN={binaries}", "--old-file", ".venv/runtime"]
    began = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, start_new_session=True, **quiet
    )
    try:
        _wait_for(port, started)
        return time.perf_counter() - began
    finally:
        os.killpg(started.pid, signal.SIGTERM)
        started.wait()


def _wait_for(port, started):
    last = time.monotonic() + PATIENCE
    while started.poll() is None and time.monotonic() < last:
        if _answers(port):
            return
        time.sleep(0.02)
    raise RuntimeError("make run came to no page.")


def _answers(port):
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        asking.request("GET", "/admin/login/")
        return asking.getresponse().status == 200
    except ConnectionError:
        return False
    finally:
        asking.close()
