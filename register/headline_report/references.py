"""References of actions: `15/10` after the word Action, alone, in a list or in a range."""

import re

REFERENCE = r"\d{1,3}\s{0,3}/\s{0,3}\d{1,3}"
_JOINED = r"\s{0,3}(?:,|&|\+|-|–|—|\bto\b|\band\b)\s{0,3}(?:and\s{1,3})?(?:actions?\s{0,3})?"
_LIST = rf"{REFERENCE}(?:{_JOINED}{REFERENCE})*"
_WORD = r"actions?\s{0,3}(?:no\.?|nos\.?|number|ref\.?)?\s{0,3}:?\s{0,3}"
_MARKER = re.compile(rf"(?:new\s{{1,3}})?{_WORD}({_LIST})\)?(?:\s{{0,3}}([-–—:(].*))?", re.I)
_CUT = re.compile(rf"{_WORD}(?:{_LIST})?\s{{0,3}}(?:&|and|,|\+|to|-|–)?|{_WORD}\d{{1,3}}\s{{0,3}}/?", re.I)
_MENTIONED = re.compile(rf"\b{_WORD}({_LIST})", re.I)
_RANGE = re.compile(rf"({REFERENCE})\s{{0,3}}(?:-|–|—|\bto\b)\s{{0,3}}({REFERENCE})")
LONGEST_RANGE = 30


def parse_marker(bare: str) -> tuple[str, str] | None:
    """Return (references with commas, what follows them) of a line that is a marker, undecorated; else None."""
    match = _MARKER.fullmatch(bare)
    return (",".join(_parse_list(match[1])), (match[2] or "").strip(" -–—:()")) if match else None


def may_be_cut(bare: str) -> bool:
    """Return whether a line without decoration could be the first half of a marker."""
    return bool(bare) and bare[0] in "aA" and bool(_CUT.fullmatch(bare)) and parse_marker(bare) is None


def find_references(text: str) -> list[str]:
    """Return the references in a text that stand after the word Action or Actions, as `15/10`, ranges written out."""
    return [reference for match in _MENTIONED.finditer(text) for reference in _parse_list(match[1])]


def _parse_list(text: str) -> list[str]:
    """Return the references of a list such as `15/08 & 15/09` or `15/08 to 15/10`."""
    spelt_out = _RANGE.sub(
        lambda match: ", ".join(_expand_range(_remove_spaces(match[1]), _remove_spaces(match[2]))), text
    )
    return [_remove_spaces(reference) for reference in re.findall(REFERENCE, spelt_out)]


def _remove_spaces(reference: str) -> str:
    return re.sub(r"\s", "", reference)


def _expand_range(first: str, last: str) -> list[str]:
    (meeting, low), (other, high) = first.split("/"), last.split("/")
    if meeting != other or not 0 < int(high) - int(low) < LONGEST_RANGE:
        return [first, last]
    return [f"{meeting}/{number:0{len(low)}}" for number in range(int(low), int(high) + 1)]
