"""References of actions: `15/10` after the word Action, alone, in a list or in a range, or in a group's own shape."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

LONGEST_RANGE = 30
_WORD = r"actions?\s{0,3}(?:no\.?|nos\.?|number|ref\.?)?\s{0,3}:?\s{0,3}"
_BETWEEN_TWO = r"\s{0,3}(?:,|&|\+|-|–|—|\bto\b|\band\b)\s{0,3}(?:and\s{1,3})?(?:actions?\s{0,3})?"


@dataclass(frozen=True)
class ReferenceShape:
    """How a group writes its references: `15/10` by default; `DAG14-01`, `SECP_101_04`, `EBC 0401`, `0606`.

    A reference is the prefix, `after_prefix`, the meeting's number, `between` and the action's number; a number of
    digits is 0 where it varies.
    """

    prefix: str = ""
    after_prefix: str = ""
    meeting_digits: int = 0
    between: str = "/"
    number_digits: int = 0

    def make_pattern(self, *, named: bool = False) -> str:
        """Return a regular expression of one reference, with the groups `meeting` and `number` where asked."""
        meeting, number = (self._count(digits) for digits in (self.meeting_digits, self.number_digits))
        if named:
            meeting, number = f"(?P<meeting>{meeting})", f"(?P<number>{number})"
        between = r"\s{0,3}/\s{0,3}" if self.between == "/" else re.escape(self.between)
        after = r"\s{0,3}" if self.after_prefix == " " else re.escape(self.after_prefix)
        return rf"(?:{re.escape(self.prefix)}{after}{meeting}{between}{number})(?![\d/])"

    @staticmethod
    def _count(digits: int) -> str:
        return rf"\d{{{digits}}}" if digits else r"\d{1,3}"

    def format(self, meeting: int, number: int) -> str:
        """Return the reference of an action in this shape; a number without fixed digits has two at least."""
        written = f"{meeting:0{self.meeting_digits}}{self.between}{number:0{self.number_digits or 2}}"
        return f"{self.prefix}{self.after_prefix}{written}"


DEFAULT_SHAPE = ReferenceShape()
_LIKE_A_REFERENCE = re.compile(r"([A-Za-z]{0,8})([ _-]?)(\d{1,3})([/_.-])(\d{1,3})|([A-Za-z]{0,8})([ _-]?)(\d{4})")


def infer_shape(reference: str) -> ReferenceShape | None:
    """Return the shape of a reference that stands in a column of references, or None where it is none."""
    match = _LIKE_A_REFERENCE.fullmatch(reference.strip())
    if match is None:
        return None
    if match[8]:
        return ReferenceShape(match[6], match[7], 2, "", 2)
    digits = 0 if match[4] == "/" else len(match[5])
    return ReferenceShape(match[1], match[2], 0, match[4], digits)


class References:
    """Finds the references of a report, in the default shape and in those that are given."""

    def __init__(self, shapes: Iterable[ReferenceShape] = ()) -> None:
        self.shapes = tuple(dict.fromkeys([*shapes, DEFAULT_SHAPE]))

    @cached_property
    def one(self) -> str:
        """A regular expression of one reference, without groups."""
        return "(?:" + "|".join(rf"(?<![\d/]){shape.make_pattern()}" for shape in self.shapes) + ")"

    def parse_marker(self, bare: str) -> tuple[str, str] | None:
        """Return (references with commas, what follows them) of a line that is a marker, undecorated; else None."""
        match = self._marker.fullmatch(bare)
        return (",".join(self._parse_list(match[1])), (match[2] or "").strip(" -–—:")) if match else None

    def may_be_cut(self, bare: str) -> bool:
        """Return whether a line without decoration could be the first half of a marker."""
        return bool(bare) and bare[0] in "aA" and bool(self._cut.fullmatch(bare)) and self.parse_marker(bare) is None

    def find(self, text: str) -> list[str]:
        """Return the references in a text, ranges written out; one without a prefix stands after the word Action."""
        return [reference for match in self._mentioned.finditer(text) for reference in self._parse_list(match[1])]

    def parse_one(self, text: str) -> str | None:
        """Return the reference that a text is, all of it, or None."""
        bare = re.sub(rf"^{_WORD}", "", text.strip(" *[]()."), flags=re.I)
        return self._clean(bare) if re.fullmatch(self.one, bare, re.I) else None

    def make(self, meeting: int, number: int) -> str | None:
        """Return the reference of an action that is numbered alone, in the first shape with room for it, or None."""
        written = (shape.format(meeting, number) for shape in self.shapes)
        return next((one for one in written if self.parse_one(one)), None)

    def get_meeting_number(self, reference: str) -> int:
        """Return the number of the meeting that a reference names: 15 of `15/10`."""
        return self._split(reference)[1]

    def get_number(self, reference: str) -> int:
        """Return the number of an action within its meeting: 10 of `15/10`."""
        return self._split(reference)[2]

    @cached_property
    def _list(self) -> str:
        return rf"{self.one}(?:{_BETWEEN_TWO}{self.one})*"

    @cached_property
    def _marker(self) -> re.Pattern[str]:
        lead = rf"(?:new\s{{1,3}})?{self._lead}"
        return re.compile(rf"{lead}({self._list})[)\]]?(?:\s{{0,3}}([-–—:(].*))?", re.I)

    @cached_property
    def _lead(self) -> str:
        """The word Action, which alone tells a reference from a date; one with a prefix needs none."""
        prefixes = "|".join(re.escape(shape.prefix) for shape in self.shapes if shape.prefix)
        return rf"(?:{_WORD}|(?=(?:{prefixes})[\s_-]?\d))" if prefixes else _WORD

    @cached_property
    def _cut(self) -> re.Pattern[str]:
        return re.compile(rf"{_WORD}(?:{self._list})?\s{{0,3}}(?:&|and|,|\+|to|-|–)?|{_WORD}\d{{1,3}}\s{{0,3}}/?", re.I)

    @cached_property
    def _mentioned(self) -> re.Pattern[str]:
        return re.compile(rf"\b{self._lead}({self._list})", re.I)

    def _parse_list(self, text: str) -> list[str]:
        """Return the references of a list such as `15/08 & 15/09` or `15/08 to 15/10`."""
        found = list(re.finditer(self.one, text, re.I))
        references: list[str] = []
        for before, match in zip([None, *found], found, strict=False):
            between = text[before.end() : match.start()] if before else ""
            is_range = before is not None and re.fullmatch(r"\s*(?:-|–|—|to)\s*", between)
            references += self._expand(before[0], match[0])[1:] if is_range and before else [self._clean(match[0])]
        return references

    def _expand(self, first: str, last: str) -> list[str]:
        """Return the references from one to another of the same meeting, or the two where they are no range."""
        first, last = self._clean(first), self._clean(last)
        (shape, meeting, low), (_, other, high) = self._split(first), self._split(last)
        if meeting != other or not 0 < high - low < LONGEST_RANGE:
            return [first, last]
        digits = len(re.findall(r"\d+", first)[-1]) if shape.between else shape.number_digits
        head = first[: len(first) - digits]
        return [f"{head}{number:0{digits}}" for number in range(low, high + 1)]

    @staticmethod
    def _clean(reference: str) -> str:
        return re.sub(r"\s*/\s*", "/", re.sub(r"\s+", " ", reference.strip()))

    def _split(self, reference: str) -> tuple[ReferenceShape, int, int]:
        for shape in self.shapes:
            if match := re.fullmatch(shape.make_pattern(named=True), reference, re.I):
                return shape, int(match["meeting"]), int(match["number"])
        raise ValueError(f"{reference} is in no shape of this report.")


@cache
def get_default_references() -> References:
    """Return the `References` of a report whose group declared no shape."""
    return References()
