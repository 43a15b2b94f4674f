"""Titles of questions that a report asks."""

import re

TITLE_LENGTH = 200  # characters


def make_title(published: str) -> str:
    """Return a title from a published question: without its citation, cut at a word where it is long."""
    bare = re.sub(r"\s*\([^()]*\bsee\b[^()]*\)", "", published).strip().rstrip(".")
    return bare if len(bare) <= TITLE_LENGTH else bare[: TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
