#!/usr/bin/env python3
"""Check a register's ledger from outside, over its API, with nothing but Python's standard library.

    python3 verify.py https://register.example.org/api/v1/ledger/ TOKEN [POSITION:DIGEST]

Recomputes the digest of every entry from the one before, and of every snapshot that the token may read. A head noted
earlier, POSITION:DIGEST, shows a ledger that was rewritten since as a whole. Prints the head, to be noted; exits with 1
where anything does not follow.

A snapshot's digest is SHA-256 over its salt and its text. An entry's digest is SHA-256 over the digest before, its
position and its snapshot's digest, each on a line. The digest before the first entry is 64 zeros.
"""

from __future__ import annotations  # so that older versions of Python can run it

import hashlib
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

GENESIS = "0" * 64

Entry = dict[str, Any]  # an entry as the API sends it, or {"head": …} after the last


def chained(previous: str, position: int, content: str) -> str:
    return hashlib.sha256(f"{previous}\n{position}\n{content}".encode()).hexdigest()


def entries_of(url: str, token: str) -> Iterator[Entry]:
    """Yield every entry of the ledger at an address, in order, page by page."""
    since, more = 0, True
    while more:
        page_url = f"{url}?since={since}&limit=1000"
        request = urllib.request.Request(page_url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 the caller names the address
            page = json.load(answer)
        yield from page["results"]
        if page["more"] and page["next"] <= since:
            raise ValueError("its pages do not go on")
        since, more = page["next"], page["more"]
    yield {"head": page["head"]}


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def misnamed(head: dict[str, Any], position: int, digest: str) -> list[str]:
    """Return a sentence where the head that a ledger names is its last entry, with another digest."""
    if head["position"] != position or head["digest"] == digest:
        return []  # another position is one written while the pages were read
    return [f"position {position}: the head's digest is not that of the last entry"]


def check(entries: Iterable[Entry], noted: tuple[int, str] | None = None) -> tuple[int, str, int, list[str]]:
    """Return (last position, its digest, how many snapshots were read, sentences on what does not follow)."""
    position, previous, read = 0, GENESIS, 0
    faults: list[str] = []
    for entry in entries:
        if "head" in entry:
            faults += misnamed(entry["head"], position, previous)
            continue
        if entry["position"] != position + 1:
            faults.append(f"position {position + 1} is missing")
        position = entry["position"]
        if entry["digest"] != chained(previous, position, entry["snapshot_digest"]):
            faults.append(f"position {position}: the digest does not follow from the one before")
        if "snapshot" in entry:
            read += 1
            salted = (entry["salt"] + entry["snapshot"]).encode()
            if hashlib.sha256(salted).hexdigest() != entry["snapshot_digest"]:
                faults.append(f"position {position}: the snapshot is not the one that was recorded")
            told = json.loads(entry["snapshot"])
            if told["model"] != entry["model"] or moment(told["history_date"]) != moment(entry["at"]):
                faults.append(f"position {position}: its model or time is not that of its snapshot")
        previous = entry["digest"]
        if noted and noted[0] == position and noted[1] != previous:
            faults.append(f"position {position}: the digest is not the one that was noted: the ledger was rewritten")
    if position == 0:
        faults.append("the ledger is empty: there is nothing to verify")
    if noted and noted[0] > position:
        faults.append(f"position {noted[0]} was noted as a head, but the ledger ends at {position}")
    return position, previous, read, faults


def main(url: str, token: str, noted: str | None = None, *, say: Callable[[str], Any] = print) -> int:
    """Verify the ledger at an address and say what was found; return 0 where all follows, else 1."""
    noted_head = None
    if noted:
        number, _, noted_digest = noted.strip().partition(":")
        if not number.isdigit() or len(noted_digest) != 64:
            say("broken: give the noted head as POSITION:DIGEST, as it was printed")
            return 1
        noted_head = int(number), noted_digest.lower()
    try:
        position, digest, read, faults = check(entries_of(url, token), noted_head)
    except (urllib.error.URLError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        say(f"broken: the ledger at {url} cannot be read: {error}")
        return 1
    for fault in faults:
        say(f"broken: {fault}")
    if not faults:
        say(f"ok: {position} entries, {read} of them with a snapshot that you may read")
        say(f"head {position}:{digest}")
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
