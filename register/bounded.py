"""Run a function over the bytes of a file in a process of its own, with bounds on time and memory.

A small file can unpack to more than the register should hold, or keep a parser busy for minutes. What meets a bound
here ends alone: the thread that asked goes on, and the memory is given back.
"""

import pickle
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

CPU_SECONDS = 20
SECONDS = 40  # by the clock, for a machine that is busy
MEGABYTES = 512
ROOT = Path(__file__).resolve().parent.parent
OUT_OF_MEMORY = 3  # exit code of the process

Result = TypeVar("Result")


class OutOfBounds(Exception):
    """A bound was met; the message is a sentence that says which."""


def run_bounded(function: Callable[[bytes], Result], content: bytes) -> Result:
    """Return what a function of a module makes of bytes. Raises OutOfBounds, and what the function raises.

    Result and exceptions are pickled. The process imports the function's module anew, without setting Django up.
    """
    command = [sys.executable, "-m", "register.bounded", function.__module__, function.__qualname__, str(CPU_SECONDS)]
    try:
        ended = subprocess.run(command, input=content, capture_output=True, cwd=ROOT, timeout=SECONDS)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise OutOfBounds(f"it takes more than {SECONDS} seconds to read") from None
    if ended.returncode:
        raise OutOfBounds(_explain_end(ended.returncode))
    # Pickle is trusted to load: the process runs our own code, and only the bytes that it read came from outside.
    result, error = pickle.loads(ended.stdout)  # noqa: S301
    if error is not None:
        raise error
    return result


def _explain_end(code: int) -> str:
    if code in (OUT_OF_MEMORY, -signal.SIGABRT):  # libraries in C abort where they are refused memory
        return f"it takes more than {MEGABYTES} MB of memory to read"
    is_timed_out = code in (-signal.SIGXCPU, -signal.SIGKILL)
    return f"it takes more than {CPU_SECONDS} seconds of a processor to read" if is_timed_out else "it cannot be read"


def _limit_process(cpu_seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _call(function: Callable[[bytes], Any], content: bytes) -> bytes:
    """Return (result, None) or (None, exception), pickled."""
    try:
        return pickle.dumps((function(content), None))
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    except Exception as error:
        return pickle.dumps((None, error))


def main(module: str, name: str, cpu_seconds: str) -> None:
    """Read bytes from standard input, and write what the function makes of them to standard output."""
    function = getattr(import_module(module), name)
    _limit_process(int(cpu_seconds))
    sys.stdout.buffer.write(_call(function, sys.stdin.buffer.read()))


if __name__ == "__main__":
    main(*sys.argv[1:])
