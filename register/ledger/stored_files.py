"""Compares the stored bytes of files with the digests that history keeps of them."""

import hashlib
from collections.abc import Iterator

from register.ledger.problems import Problem
from register.models import HeadlineReport


def find_differing_files() -> Iterator[Problem]:
    """Yield a problem for each report whose bytes do not have its digest. One file is in memory at a time.

    Of a file that was redacted nothing is left but its digest; that it was, its history says.
    """
    reports = HeadlineReport._base_manager.order_by("pk").values_list("pk", "digest", "content", "is_file_redacted")
    for pk, digest, content, is_redacted in reports.iterator(chunk_size=1):
        if content if is_redacted else hashlib.sha256(content).hexdigest() != digest:
            yield Problem(None, f"the file of headlinereport {pk} is not the one that its digest was taken of")
