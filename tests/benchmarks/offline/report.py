"""How fast a headline report of 5 MB is read, and one of half the size. Prints JSON.

python -m tests.benchmarks.offline.report
"""

import json
import os
import re
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()

from django.conf import settings  # noqa: E402 settings need the set-up

from register.services.reports.reading import read_file  # noqa: E402

SIZES = (2_500_000, 5_000_000)
PARAGRAPH = re.compile(r"^- (\d+)\.(\d+) ", re.M)
MARKER = re.compile(r"^.*\bActions? 15/.*\n", re.M)
ACTION = re.compile(r"15/(\d\d)\b")
MINTED, MOST = 11, 999  # actions of one copy, and of a report: a reference has no more digits


def report_of(size):
    """Return the text of the demo's report with the paragraphs of each section repeated, numbered on, to that size."""
    text = (settings.BASE_DIR / "fixtures" / "ccdg15-headline-report.md").read_text(encoding="utf-8")
    header, *sections = re.split(r"^(?=### \d+\. )", text, flags=re.M)
    times = size // len(MARKER.sub("", text)) + 1
    return header + "".join(_longer(section, times) for section in sections)


def _longer(section, times):
    heading, paragraphs = section.split("\n", 1)
    last = max(int(minor) for _, minor in PARAGRAPH.findall(paragraphs))
    return heading + "\n" + "".join(_numbered_on(paragraphs, n, last) for n in range(times))


def _numbered_on(paragraphs, n, last):
    moved = PARAGRAPH.sub(lambda found: f"- {found[1]}.{int(found[2]) + n * last} ", paragraphs)
    if (n + 1) * MINTED > MOST:
        return MARKER.sub("", moved)
    return ACTION.sub(lambda found: f"15/{int(found[1]) + n * MINTED:02}", moved)


def measured():
    """Return {what: number}: the seconds of a processor for each size."""
    half, whole = (_seconds(report_of(size).encode()[:size]) for size in SIZES)
    return {"half_seconds": half, "seconds": whole}


def _seconds(content):
    began = time.process_time()  # nothing is waited for, so it is what the clock says where nobody else works
    read_file(content)
    return time.process_time() - began


if __name__ == "__main__":
    print(json.dumps(measured()))
