"""The pack as PDF, by Typst: tagged for PDF/UA-1, and the same bytes for the same paper and moment."""

import json
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from register.packs.blocks import Paper

TEMPLATE = Path(__file__).with_name("pack.typ")


def make_pdf(paper: Paper, as_at: datetime) -> bytes:
    """Return the paper as an A4 PDF that is dated at an aware moment.

    The template reads the texts as JSON. Its root is an empty folder, so that nothing of the machine can come in, and
    only the fonts that Typst brings are used.
    """
    with TemporaryDirectory() as empty:
        return typst.compile(
            TEMPLATE.read_bytes(),
            root=empty,
            package_path=empty,
            package_cache_path=empty,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"pack": json.dumps(paper.as_plain())},
            pdf_standards="ua-1",
            timestamp=as_at.replace(microsecond=0),
        )
