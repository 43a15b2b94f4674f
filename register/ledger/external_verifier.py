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
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

GENESIS = "0" * 64

Entry = dict[str, Any]  # an entry as the API sends it, or {"head": …} after the last


def chain_digest(previous: str, position: int, content: str) -> str:
    return hashlib.sha256(f"{previous}\n{position}\n{content}".encode()).hexdigest()


def fetch_entries(url: str, token: str) -> Iterator[Entry]:
    """Yield every entry of the ledger at an address, in order, and after them {"head": …}."""
    since, reached, more = "0", 0, True
    while more:
        page_url = f"{url}?since={urllib.parse.quote(str(since))}&limit=1000"
        request = urllib.request.Request(page_url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 the caller names the address
            page = json.load(answer)
        yield from page["results"]
        last = page["results"][-1]["position"] if page["results"] else reached
        if page["more"] and last <= reached:
            raise ValueError("its pages do not go on")
        since, reached, more = page["next"], last, page["more"]
    yield {"head": page["head"]}


def parse_moment(text: str) -> datetime:
    """Return the aware moment of an ISO 8601 text, which may end in Z (Python 3.10 cannot parse that itself)."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def find_head_faults(head: dict[str, Any], position: int, digest: str) -> list[str]:
    """Return a sentence where the head has the position of the last entry, but another digest."""
    if head["position"] != position or head["digest"] == digest:
        return []  # another position is one written while the pages were read
    return [f"position {position}: the head's digest is not that of the last entry"]


def find_snapshot_faults(entry: Entry) -> Iterator[str]:
    """Yield sentences on what is wrong with the snapshot of an entry that has one."""
    salted = (entry["salt"] + entry["snapshot"]).encode()
    if hashlib.sha256(salted).hexdigest() != entry["snapshot_digest"]:
        yield f"position {entry['position']}: the snapshot is not the one that was recorded"
    row = json.loads(entry["snapshot"])
    if row["model"] != entry["model"] or parse_moment(row["history_date"]) != parse_moment(entry["at"]):
        yield f"position {entry['position']}: its model or time is not that of its snapshot"


def verify_entries(entries: Iterable[Entry], noted: tuple[int, str] | None = None) -> tuple[int, str, int, list[str]]:
    """Return (last position, its digest, how many entries had a snapshot, sentences on what does not follow).

    `noted` is the position and digest of a head noted earlier.
    """
    position, previous, read = 0, GENESIS, 0
    faults: list[str] = []
    for entry in entries:
        if "head" in entry:
            faults += find_head_faults(entry["head"], position, previous)
            continue
        if entry["position"] != position + 1:
            faults.append(f"position {position + 1} is missing")
        position = entry["position"]
        if entry["digest"] != chain_digest(previous, position, entry["snapshot_digest"]):
            faults.append(f"position {position}: the digest does not follow from the one before")
        if "snapshot" in entry:
            read += 1
            faults += find_snapshot_faults(entry)
        previous = entry["digest"]
        if noted and noted[0] == position and noted[1] != previous:
            faults.append(f"position {position}: the digest is not the one that was noted: the ledger was rewritten")
    if position == 0:
        faults.append("the ledger is empty: there is nothing to verify")
    if noted and noted[0] > position:
        faults.append(f"position {noted[0]} was noted as a head, but the ledger ends at {position}")
    return position, previous, read, faults


def main(url: str, token: str, noted: str | None = None, *, write: Callable[[str], Any] = print) -> int:
    """Verify the ledger at an address and write the result, a line at a time; return 0 where all follows, else 1."""
    noted_head = None
    if noted:
        number, _, noted_digest = noted.strip().partition(":")
        if not number.isdigit() or len(noted_digest) != 64:
            write("broken: give the noted head as POSITION:DIGEST, as it was printed")
            return 1
        noted_head = int(number), noted_digest.lower()
    try:
        position, digest, read, faults = verify_entries(fetch_entries(url, token), noted_head)
    except (urllib.error.URLError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        write(f"broken: the ledger at {url} cannot be read: {error}")
        return 1
    for fault in faults:
        write(f"broken: {fault}")
    if not faults:
        write(f"ok: {position} entries, {read} of them with a snapshot that you may read")
        write(f"head {position}:{digest}")
    return 1 if faults else 0


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
