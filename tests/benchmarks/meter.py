"""The processor time that a burst of requests takes of a server and of its database."""

import time

QUIET = 0.001  # seconds without work after which a server counts as done


class Meter:
    """Read before and after a burst. What a server still does once it has answered counts as well."""

    def __init__(self, server):
        self.server = server
        self.processes = server.processes()
        self.began = _when_quiet(self.processes)

    def cpu_seconds(self):
        """Return the processor time since then; None where a process came or went, whose own start would count."""
        try:
            spent = _when_quiet(self.processes) - self.began
        except OSError:  # one of them has ended meanwhile, and has no clock any more
            return None
        return spent if self.processes == self.server.processes() else None


def cpu_seconds(processes):
    """Return the processor time of processes until now, of all their threads: Linux counts it in nanoseconds."""
    return sum(time.clock_gettime(~pid << 3 | 2) for pid in processes)  # as clock_getcpuclockid(3) makes it of a pid


def _when_quiet(processes):
    """Return the processor time of processes once it stands still."""
    last = cpu_seconds(processes)
    while time.sleep(QUIET) or (now := cpu_seconds(processes)) != last:
        last = now
    return now
