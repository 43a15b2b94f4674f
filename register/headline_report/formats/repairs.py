"""Undo what conversion does to characters, and take off Markdown's marks."""

import re

_SUBSTITUTES = str.maketrans(
    {
        "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2009": " ", "\u3000": " ",  # spaces that do not break
        "\u2011": "-", "\u2010": "-",  # hyphens that do not break
        "\u200b": None, "\u200c": None, "\u200d": None, "\u2060": None, "\ufeff": None,  # nothing at all
        "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl",
        "\ufb05": "st", "\ufb06": "st",
        "\x0b": "\n", "\x0c": "\n", "\u2028": "\n", "\u2029": "\n", "\x85": "\n",
        "\x7f": "•", "\uf0b7": "•", "\uf0a7": "•", "\uf06f": "•", "\uf0d8": "•",  # bullets of symbol fonts
    }
)  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_SOFT_HYPHEN = re.compile("\u00ad[ \t]*\n?")
_LINK = re.compile(r"\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!&-])")
_UNDERLINED = re.compile(r"(?<!\w)__|__(?!\w)")


def remove_markdown(text: str) -> str:
    """Return text without Markdown's links, emphasis and escapes."""
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    return _UNDERLINED.sub("", text.replace("**", "")) if "__" in text else text.replace("**", "")


def repair_text(text: str) -> str:
    """Return text with its line ends, spaces, hyphens, ligatures and control characters as a person would type them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_SUBSTITUTES)
    return _SOFT_HYPHEN.sub("", _CONTROL.sub("", text))
