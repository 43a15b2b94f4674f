"""Compares the stored bytes of files with the digests that history keeps of them."""

import hashlib
from collections.abc import Iterator

from register.ledger.problems import Problem
from register.models import HeadlineReport, MeetingPack

KEEPING_FILES = (HeadlineReport, MeetingPack)


def find_differing_files() -> Iterator[Problem]:
    """Yield a problem for each report and pack whose bytes do not have its digest. One file is in memory at a time.

    Of a file that was redacted nothing is left but its digest; that it was, its history says.
    """
    for model in KEEPING_FILES:
        rows = model._base_manager.order_by("pk").values_list("pk", "digest", "content", "is_file_redacted")
        for pk, digest, content, is_redacted in rows.iterator(chunk_size=1):
            if content if is_redacted else hashlib.sha256(content).hexdigest() != digest:
                name = model._meta.model_name
                yield Problem(None, f"the file of {name} {pk} is not the one that its digest was taken of")
