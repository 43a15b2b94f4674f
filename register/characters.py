"""Which characters a text may hold: what XML, spreadsheets and feeds can all carry."""

import re
import unicodedata

# Control characters but tab and line ends, and halves of characters (surrogates).
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")
_NOT_COMPARED = {"Mn", "Me", "Cf"}  # categories: combining marks, and what only says how to show others
ASK = "Leave out control characters: feeds and spreadsheets could not carry them."


def is_printable(text: str) -> bool:
    return not _UNPRINTABLE.search(text)


def remove_unprintable(text: str) -> str:
    """Return text without unprintable characters: for files, and for text stored before they were refused."""
    return _UNPRINTABLE.sub("", text)


def unify_line_ends(text: str) -> str:
    r"""Return text whose lines end in `\n` alone: browsers send `\r\n` (HTML 4.10.22.4), spreadsheets keep `\n`."""
    return _LINE_END.sub("\n", text)


def fold_for_search(text: str) -> str:
    """Return text to compare with other folded text: without case, accents, ligatures and invisible characters."""
    if text.isascii():
        return text.casefold()
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if unicodedata.category(letter) not in _NOT_COMPARED).casefold()
