#!/usr/bin/env python3
"""Check a register's ledger from outside, over its API, with nothing but Python's standard library.

    python3 verify.py https://register.example.org/api/v1/ledger/ TOKEN [POSITION:DIGEST]

Recomputes the digest of every entry from the one before, and of every snapshot that the token may read. A head noted
earlier, POSITION:DIGEST, shows a ledger that was rewritten since as a whole. Prints the head, to be noted.

Exits with 0 where all follows; with 1 where it does not: something was changed, left out, or cut off; with 2 where that
could not be checked, for the network, the token, an answer that was cut off or is no ledger's, or a wrong argument.

A snapshot's digest is SHA-256 over its salt and its text. An entry's digest is SHA-256 over the digest before, its
position and its snapshot's digest, each on a line. The digest before the first entry is 64 zeros.
"""

from __future__ import annotations  # so that older versions of Python can run it

import hashlib
import http.client
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

GENESIS = "0" * 64
VERIFIED, BROKEN, NOT_CHECKED = 0, 1, 2  # what the script exits with

Entry = dict[str, Any]  # an entry as the API sends it, or {"head": …} after those of a page


class NotChecked(Exception):
    """The ledger cannot be checked; it may be right."""


def chain_digest(previous: str, position: int, content: str) -> str:
    return hashlib.sha256(f"{previous}\n{position}\n{content}".encode()).hexdigest()


def fetch_entries(url: str, token: str) -> Iterator[Entry]:
    """Yield every entry of the ledger at an address, in order, and after those of each page {"head": …}.

    It ends where a page reaches its own head, or has nothing to follow what a head before it named. Raises NotChecked.
    """
    since, reached, named = "0", 0, 0
    while True:
        page = fetch_page(url, token, since)
        results, head = page["results"], page["head"]
        yield from results
        yield {"head": head}
        is_further = bool(results) and results[-1]["position"] > reached
        reached = results[-1]["position"] if is_further else reached
        # A head may be further than its page: of an entry that was written between the two. The next page has it.
        if reached >= head["position"] or (not is_further and reached < named):
            return
        since, named = page["next"], head["position"]


def fetch_page(url: str, token: str, since: Any) -> dict[str, Any]:
    """Return the page after a cursor. Raises NotChecked where no whole page of a ledger comes."""
    page_url = f"{url}?since={urllib.parse.quote(str(since))}&limit=1000"
    try:
        request = urllib.request.Request(page_url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 the caller names the address
            page = json.load(answer)
    except urllib.error.HTTPError as error:
        raise NotChecked(describe_refusal(error.code)) from error
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise NotChecked(f"no whole answer came from {url} ({str(error) or type(error).__name__})") from error
    if not is_page(page):
        raise NotChecked(f"what {url} answers is no page of a ledger")
    return page


def describe_refusal(status: int) -> str:
    """Return a sentence on an answer that is no page."""
    if status == 410:
        return "a backup was put back, or the roles of the login changed, while the pages were read: run this again"
    if status in (401, 403):
        return f"the register refuses this token (status {status})"
    return f"the register answers with status {status}"


def is_page(page: Any) -> bool:
    """Return whether an answer has the shape of a page of the ledger."""
    try:
        entries = [*page["results"], {**page["head"], "snapshot_digest": ""}]
        return "next" in page and all(
            isinstance(entry["position"], int)
            and isinstance(entry["digest"], str)
            and isinstance(entry["snapshot_digest"], str)
            for entry in entries
        )
    except (KeyError, TypeError):
        return False


def parse_moment(text: str) -> datetime:
    """Return the aware moment of an ISO 8601 text, which may end in Z (Python 3.10 cannot parse that itself)."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def find_snapshot_faults(entry: Entry) -> Iterator[str]:
    """Yield sentences on what is wrong with the snapshot of an entry that has one."""
    try:
        salted = (entry["salt"] + entry["snapshot"]).encode()
        if hashlib.sha256(salted).hexdigest() != entry["snapshot_digest"]:
            yield f"position {entry['position']}: the snapshot is not the one that was recorded"
        row = json.loads(entry["snapshot"])
        if row["model"] != entry["model"] or parse_moment(row["history_date"]) != parse_moment(entry["at"]):
            yield f"position {entry['position']}: its model or time is not that of its snapshot"
    except (KeyError, TypeError, ValueError, AttributeError):
        yield f"position {entry['position']}: its snapshot is none"


class Chain:
    """What was verified of a ledger so far: its last position and digest, the snapshots read, and what is wrong.

    `noted` is the position and digest of a head noted earlier.
    """

    def __init__(self, noted: tuple[int, str] | None = None) -> None:
        self.position, self.digest, self.read = 0, GENESIS, 0
        self.faults: list[str] = []
        self.noted = noted
        self.heads: dict[int, str] = {}

    def add(self, entry: Entry) -> None:
        """Verify one more entry, or a head."""
        if "head" in entry:
            self._add_head(entry["head"]["position"], entry["head"]["digest"])
            return
        if entry["position"] != self.position + 1:
            self.faults.append(f"position {self.position + 1} is missing")
        self.position = entry["position"]
        if entry["digest"] != chain_digest(self.digest, self.position, entry["snapshot_digest"]):
            self.faults.append(f"position {self.position}: the digest does not follow from the one before")
        self.digest = entry["digest"]
        if "snapshot" in entry:
            self.read += 1
            self.faults += find_snapshot_faults(entry)
        self._compare_heads()

    def _add_head(self, position: int, digest: str) -> None:
        if position < self.position:
            self.faults.append(f"position {self.position}: there are entries beyond the head, which is at {position}")
        else:
            self.heads[position] = digest
            self._compare_heads()

    def _compare_heads(self) -> None:
        if self.heads.pop(self.position, self.digest) != self.digest:
            self.faults.append(f"position {self.position}: the head's digest is not that of the last entry")
        if self.noted == (self.position, self.digest):
            self.noted = None
        elif self.noted and self.noted[0] == self.position:
            self.faults.append(
                f"position {self.position}: the digest is not the one that was noted: the ledger was rewritten"
            )
            self.noted = None

    def finish(self) -> None:
        """Note what is wrong with a ledger that ends here."""
        if self.position == 0:
            self.faults.append("the ledger is empty: there is nothing to verify")
        if self.heads:
            self.faults.append(f"the ledger stops at {self.position}, although its own head is at {max(self.heads)}")
        if self.noted:
            self.faults.append(f"position {self.noted[0]} was noted as a head, but the ledger ends at {self.position}")


def verify_entries(entries: Iterable[Entry], noted: tuple[int, str] | None = None) -> tuple[int, str, int, list[str]]:
    """Return (last position, its digest, how many entries had a snapshot, sentences on what does not follow)."""
    chain = Chain(noted)
    for entry in entries:
        chain.add(entry)
    chain.finish()
    return chain.position, chain.digest, chain.read, chain.faults


def parse_head(text: str) -> tuple[int, str]:
    """Return the position and digest of a head as it was printed. Raises NotChecked."""
    number, _, digest = text.strip().partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise NotChecked("give the noted head as POSITION:DIGEST, as it was printed")
    return int(number), digest.lower()


def main(url: str, token: str, noted: str | None = None, *, write: Callable[[str], Any] = print) -> int:
    """Verify the ledger at an address and write the result, a line at a time; return what the script exits with."""
    chain, stopped = Chain(), ""
    try:
        chain = Chain(parse_head(noted) if noted else None)
        for entry in fetch_entries(url, token):
            chain.add(entry)
        chain.finish()
    except NotChecked as error:
        stopped = str(error)
    for fault in chain.faults:
        write(f"broken: {fault}")
    if stopped:
        write(f"could not be checked{f' beyond position {chain.position}' if chain.position else ''}: {stopped}")
    elif not chain.faults:
        write(f"ok: {chain.position} entries, {chain.read} of them with a snapshot that you may read")
        write(f"head {chain.position}:{chain.digest}")
    return BROKEN if chain.faults else NOT_CHECKED if stopped else VERIFIED


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        print(__doc__, file=sys.stderr)
        sys.exit(NOT_CHECKED)
    sys.exit(main(*sys.argv[1:]))
