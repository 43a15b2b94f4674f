"""The pack as PDF, by Typst: tagged for PDF/UA-1, and the same bytes for the same paper and moment."""

import json
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from register.bounded import run_bounded
from register.packs.blocks import Paper

TEMPLATE = Path(__file__).with_name("pack.typ")


def make_pdf(paper: Paper, as_at: datetime) -> bytes:
    """Return the paper as an A4 PDF that is dated at an aware moment. Raises OutOfBounds for one that is far too long.

    It is made in a process of its own: Typst keeps what it laid out, some 100 MB of a long paper.
    """
    asked = {"pack": paper.as_plain(), "as_at": as_at.replace(microsecond=0).isoformat()}
    return run_bounded(compile_pack, json.dumps(asked).encode())


def compile_pack(asked: bytes) -> bytes:
    """Return the PDF of a pack and a moment, given as JSON.

    The template reads the texts as data. Its root is an empty folder, so that nothing of the machine can come in, and
    only the fonts that Typst brings are used.
    """
    given = json.loads(asked)
    template: Any = TEMPLATE.read_bytes()  # the types of typst want it to be what its root is
    with TemporaryDirectory() as empty:
        return typst.compile(
            template,
            root=empty,
            package_path=empty,
            package_cache_path=empty,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"pack": json.dumps(given["pack"])},
            pdf_standards="ua-1",
            timestamp=datetime.fromisoformat(given["as_at"]),
        )
