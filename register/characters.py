"""Which characters a text may hold, which of them show, and which texts are the same to whoever reads them."""

import re
import unicodedata

# Control characters but tab and line ends, and halves of characters (surrogates).
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_END = re.compile("\r\n|[\r\u2028\u2029]")
# Unicode's Default_Ignorable_Code_Point, and what has no ink though it is a letter or symbol: the blank of Braille and
# the null note of music.
_INVISIBLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Scripts that are written together, and first words of Unicode's names that stand for no script.
_TOGETHER = {"HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"}
_NO_SCRIPT = {"MODIFIER", "FEMININE", "MASCULINE", ""}
_BELONGS_TO_ANOTHER = {"Mn", "Mc", "Me", "Cf"}
LONGEST_NAME_KEY = 200
ASK = "Leave out control characters: feeds and spreadsheets could not carry them."


def is_printable(text: str) -> bool:
    return not _UNPRINTABLE.search(text)


def remove_unprintable(text: str) -> str:
    """Return text without unprintable characters: for files, and for text stored before they were refused."""
    return _UNPRINTABLE.sub("", text)


def unify_line_ends(text: str) -> str:
    r"""Return text whose lines end in `\n` alone: browsers send `\r\n` (HTML 4.10.22.4), spreadsheets keep `\n`."""
    return _LINE_END.sub("\n", text)


def shows_something(text: str) -> bool:
    """Return whether a reader sees anything of a text: more than blanks, format characters and combining marks."""
    return any(_has_ink(unicodedata.category(character)) for character in _INVISIBLE.sub("", text))


def _has_ink(category: str) -> bool:
    return category[0] not in "ZM" and category not in ("Cc", "Cf", "Cs")


def strip_unseen(text: str) -> str:
    """Return text without surrounding blanks; "" where a reader would see nothing of it."""
    return text.strip() if shows_something(text) else ""


def fold_name(name: str) -> str:
    """Return what names that read the same have in common: case-folded NFKC without what is invisible.

    Blanks in a row count as one, so that the result never holds a tab; it is cut at `LONGEST_NAME_KEY`.
    """
    seen = _INVISIBLE.sub("", unicodedata.normalize("NFKC", name))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen.casefold()).casefold())
    return " ".join(_INVISIBLE.sub("", folded).split())[:LONGEST_NAME_KEY].strip()


def fold_for_search(text: str) -> str:
    """Return text as it is compared in a search: without case, accents, ligatures, and what is invisible."""
    if text.isascii():
        return text.casefold()
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in _INVISIBLE.sub("", parts) if unicodedata.category(c) not in _BELONGS_TO_ANOTHER)


def get_name_refusal(name: str) -> str:
    """Return a sentence on why a name cannot be told from others by whoever reads it, or an empty string."""
    if not shows_something(name):
        return "Give it a name that can be seen."
    if len(scripts := _get_scripts(name)) > 1:
        return f"Write the name in one script: it mixes {' and '.join(scripts)} letters, which may look alike."
    return ""


def _get_scripts(name: str) -> list[str]:
    """Return the scripts of a name's letters. The first word of a letter's Unicode name says which it is of."""
    letters = [c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c)[0] == "L"]
    words = {unicodedata.name(letter, "").partition(" ")[0] for letter in letters} - _NO_SCRIPT
    return sorted({"CJK" if word in _TOGETHER else word for word in words})
